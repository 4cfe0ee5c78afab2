"""A process that takes messages in and answers them, and is killed where it is told: `python -m tests.bot.dying`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from bot import inbox
from bot.incoming import IncomingMessage, Sender
from bot.outgoing import UNKNOWN, Posting, Reply
from bot.rounds import one_round
from bot.workers import Workers
from tests.town import WEDNESDAY, FakeClock, opened


class Wire:
    """Writes each reply to a file as the wire to the person would; may die just before."""

    name = "wire"
    template_languages: frozenset[str] = frozenset()

    def __init__(self, path: Path, *, deadly: bool) -> None:
        self.path, self.deadly = path, deadly

    async def send(self, to: Sender, reply: Reply, _posting: Posting = UNKNOWN) -> str | None:
        if self.deadly:
            die()
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{to.value}\t{reply.text.splitlines()[0]}\n")
        return None


def die() -> None:
    """As the kernel or a power cut would have it."""
    os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, path: Path, people: int, where: str) -> None:
    """Take a message of each person in, unless this is the process after the crash; answer what waits."""
    clock = FakeClock(WEDNESDAY + timedelta(minutes=5) if where == "after" else WEDNESDAY)
    async with opened(url, {"wire": Wire(path, deadly=where == "before-send")}, clock) as town:
        if where != "after":
            await take_in(town.workers, people, where)
        await one_round(town.house, town.workers.wake, timedelta(0))
        await town.workers.rest()


async def take_in(workers: Workers, people: int, where: str) -> None:
    """A message of each person, written down but not yet answered."""
    for number in range(people):
        sender = Sender("wire", "chat", f"person-{number}")
        said = {"words": "goodbye", "city": "taranto", "language": "en", "language_chosen": True}
        async with workers.house.database.writing() as session:
            await inbox.take_in(session, IncomingMessage.from_json(sender, "1", said), workers.house.clock.now())
    if where == "before-turn":
        die()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
