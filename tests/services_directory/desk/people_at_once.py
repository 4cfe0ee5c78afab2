"""One of several processes in which people book at the same time: `python -m tests...people_at_once URL FIRST COUNT`.

Each person is finished, and said to be, only once: whoever was in the middle when the process was killed begins again
with the same keys, as their messages would be answered again.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import select

from services_directory.booked import (
    Appointment,
    OfferOverError,
    SlotTakenError,
    TooManyBookingsError,
    TooManyHoldsError,
    WhenWanted,
)
from services_directory.desk.appointments import CannotChangeError
from services_directory.desk.directory import Directory, Shelf
from services_directory.desk.line import anything_over, go_on
from services_directory.desk.person_desk import PersonDesk
from services_directory.store.session import Database
from services_directory.store.waiting import OfferRow, WaitingRow
from tests.town import WEDNESDAY

SERVICE = "many"
AT_ONCE = 8
TRIES = 6
REFUSED = (SlotTakenError, TooManyBookingsError, TooManyHoldsError, OfferOverError, CannotChangeError)
STARTED = WEDNESDAY


class Crowd:
    """The people of one process. `now` runs a minute for each person, so that holds come to their end."""

    def __init__(self, database: Database) -> None:
        self.database, self.shelf = database, Shelf()
        self.done = 0

    async def turn(self, person: str, deed: Callable[[PersonDesk], Awaitable[str]]) -> str:
        """One transaction; what is refused is a word, anything else an error that the test sees."""
        now = STARTED + timedelta(seconds=20 * self.done)
        async with self.database.writing() as session:
            directory: Directory = await self.shelf.newest(session, now.date())
            desk = PersonDesk(session, directory, person, now)
            try:
                return await deed(desk)
            except REFUSED as refusal:
                return type(refusal).__name__

    async def person(self, number: int) -> None:
        """Look, hold, book; then keep it, move it, cancel it, or wait for a time; and say how it ended."""
        name = f"person-{number}"
        chance = random.Random(number)  # noqa: S311, no secret
        ended = "no"
        for attempt in range(TRIES):
            key = f"{attempt}"
            await self.turn(name, lambda desk, key=key: hold(desk, chance, key))  # type: ignore[misc]
            if chance.random() < 0.1:
                break  # walks away while holding
            ended = await self.turn(name, lambda desk, key=key: book(desk, chance, key))  # type: ignore[misc]
            if ended in {"booked", "nothing free"}:
                break
        if ended == "booked" and chance.random() < 0.3:
            ended = await self.turn(name, lambda desk: move(desk, chance))
        if ended in {"booked", "moved"} and chance.random() < 0.2:
            ended = await self.turn(name, cancel)
        if ended not in {"booked", "moved"} and chance.random() < 0.5:
            await self.turn(name, wait)
        for accepts in await self.offers(name):
            await self.turn(name, lambda desk, key=accepts: answer(desk, chance, key))  # type: ignore[misc]
        # After a kill somebody may have done more than they remember: what they have is what they are told.
        ended = await self.turn(name, has)
        self.done += 1
        sys.stdout.write(f"{number} {ended}\n")
        sys.stdout.flush()

    async def offers(self, person: str) -> list[str]:
        """The keys of what is on offer to a person, as the notices say them."""
        theirs = (
            select(OfferRow.id)
            .join(WaitingRow, WaitingRow.id == OfferRow.waiting)
            .where(WaitingRow.person == person, OfferRow.state == "open")
        )
        async with self.database.reading() as session:
            return [str(key) for key in await session.scalars(theirs)]

    async def clock(self) -> None:
        """What the bot's rounds do."""
        while True:
            now = STARTED + timedelta(seconds=20 * self.done)
            async with self.database.writing() as session:
                if await anything_over(session, now):
                    await go_on(session, await self.shelf.newest(session, now.date()), now)
            await asyncio.sleep(0.2)


async def hold(desk: PersonDesk, chance: random.Random, key: str) -> str:
    service = desk.directory.service(SERVICE)
    assert service is not None
    slots = await desk.next_slots(service, count=100)
    if not slots:
        return "nothing free"
    # Most want the first times, so that they meet.
    await desk.hold(slots[min(int(chance.expovariate(0.2)), len(slots) - 1)], language="en", key=key)
    return "held"


async def book(desk: PersonDesk, chance: random.Random, key: str) -> str:
    if await desk.my_appointments.all():
        return "booked"
    service = desk.directory.service(SERVICE)
    assert service is not None
    slots = await desk.next_slots(service, count=100)
    if not slots:
        return "nothing free"
    await desk.book(slots[min(int(chance.expovariate(0.2)), len(slots) - 1)], desk.person, language="en", key=key)
    return "booked"


async def mine(desk: PersonDesk) -> Appointment | None:
    return next(iter(await desk.my_appointments.all()), None)


async def move(desk: PersonDesk, chance: random.Random) -> str:
    appointment = await mine(desk)
    if appointment is None:
        return "booked"
    slots = await desk.next_slots(appointment.service, count=100)
    if slots:
        await desk.move(appointment, chance.choice(slots))
    return "moved"


async def cancel(desk: PersonDesk) -> str:
    appointment = await mine(desk)
    if appointment is not None:
        await desk.cancel(appointment)
    return "cancelled"


async def has(desk: PersonDesk) -> str:
    return "has a time" if await mine(desk) is not None else "has none"


async def wait(desk: PersonDesk) -> str:
    service = desk.directory.service(SERVICE)
    assert service is not None
    today = desk.now.date()
    await desk.wait(service, WhenWanted(today, today + timedelta(days=9)), desk.person, language="en", key="wait")
    return "waits"


async def answer(desk: PersonDesk, chance: random.Random, key: str) -> str:
    try:
        if chance.random() < 0.7:
            await desk.accept(key)
        else:
            await desk.decline(key)
    except OfferOverError:
        return "over"
    return "answered"


async def main(url: str, numbers: list[int]) -> None:
    """Everybody of this process, some at once."""
    database = Database(url)
    crowd = Crowd(database)
    clock = asyncio.create_task(crowd.clock())
    places = asyncio.Semaphore(AT_ONCE)

    async def comes(number: int) -> None:
        async with places:
            await crowd.person(number)

    await asyncio.gather(*(comes(number) for number in numbers))
    clock.cancel()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], [int(number) for number in sys.argv[2].split(",")]))
