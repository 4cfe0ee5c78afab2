"""Inside one process: understanding a message, and a whole turn. `python -m tests.bench.inside URL`: JSON, seconds."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import perf_counter

import uvicorn

from bot import inbox
from bot.clock import SystemClock
from bot.house import House
from bot.incoming import IncomingMessage, Sender
from bot.turn import take_turn
from locales.dates import ROME
from nlu.embedded import EmbeddedInterpreter
from nlu.evaluation import read_cases
from services_directory.store.session import Database
from tests.bench.people import ONE_SHOP
from tests.story.words import WORDS, Words
from tests.town import found

CASES = Path(__file__).parents[1] / "understanding"
TURNS, WARM = 50, 10
"""Turns of each language, and how many of them before the clock counts."""


def parsing(interpreter: EmbeddedInterpreter) -> list[float]:
    """How long each sentence of the development set takes, read for the first time."""
    times: list[float] = []
    now = datetime.now(ROME)
    for case in read_cases(sorted(CASES.glob("*.tsv"))):
        began = perf_counter()
        interpreter.understand(case.text, now=now, language=case.language)
        times.append(perf_counter() - began)
    return times


async def turning(house: House, question: Callable[[Words], str] = lambda words: words.hours) -> list[float]:
    """How long `take_turn` takes to answer that question, in each language, from lock to commit."""
    times: list[float] = []
    for language, words in WORDS.items():
        sender = Sender("web", "chat", language)
        first = {"city": ONE_SHOP, "language": language, "language_chosen": True}
        for number in range(WARM + TURNS):
            message = IncomingMessage.from_json(sender, str(number), {"words": question(words), **first})
            first = {}
            async with house.database.writing() as session:
                sender_id = await inbox.take_in(session, message, house.clock.now())
            began = perf_counter()
            await take_turn(house, sender_id)
            if number >= WARM:
                times.append(perf_counter() - began)
    return times


async def main(url: str) -> None:
    """Measure on a new database at that address, and print."""
    await found(url, SystemClock().now())
    interpreter, database = EmbeddedInterpreter.shipped(), Database(url)
    try:
        measured = {"parse": parsing(interpreter), "turn": await turning(House(database, interpreter))}
    finally:
        await database.close()
    sys.stdout.write(json.dumps(measured))


if __name__ == "__main__":
    # On the event loop that the program itself runs on.
    with asyncio.Runner(loop_factory=uvicorn.Config("", log_config=None).get_loop_factory()) as runner:
        runner.run(main(sys.argv[1]))
