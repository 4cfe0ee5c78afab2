"""Bookings beside bare inserts of the same rows, and free times of an office with a long past. JSON, seconds.

`python -m tests.bench.calendars URL`: bookings. `... URL OTHER PAST`: free times, with hardly any past and with that.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

import uvicorn
from sqlalchemy import delete, func, insert, select, text

from services_directory.booked import Slot
from services_directory.desk.directory import Directory
from services_directory.desk.person_desk import PersonDesk
from services_directory.facts import Service
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow, ClaimedCellRow
from services_directory.store.migrating import upgrade
from services_directory.store.session import Database
from tests.services_directory.desk.model_offices import city, office, publish, service
from tests.town import WEDNESDAY

COUNTERS, MINUTES, A_DAY = 6, 30, 16
"""Of the office: a working day of eight hours."""
A_BATCH = 20_000
BOOKINGS = 300
LOOKS, WARM = 300, 30
YOUNG = 1_000
"""Past appointments of an office with hardly any past."""
CELLS_ON_POSTGRESQL = """
    INSERT INTO claimed_cell (counter, starts, appointment)
    SELECT counter, starts + cell * interval '5 minutes', id FROM appointment, generate_series(0, 5) AS cell ORDER BY id
"""
CELLS_ON_SQLITE = """
    WITH cells (cell) AS (VALUES (0), (1), (2), (3), (4), (5))
    INSERT INTO claimed_cell (counter, starts, appointment)
    SELECT counter, strftime('%Y-%m-%d %H:%M:00.000000', starts, (cell * 5) || ' minutes'), id
    FROM appointment, cells ORDER BY id
"""
FILLED = 0.8
"""How much of the coming weeks is booked."""


async def opened(url: str) -> tuple[Database, Directory]:
    """A new database at that address with one office in it."""
    database = Database(url)
    await upgrade(database)
    counters = [{"key": f"c{number}", "grid": 15, "services": ["s"]} for number in range(COUNTERS)]
    async with database.writing() as session:
        place = office("o", "Mo-Fr 09:00-17:00", *counters)
        await publish(session, place, service("s", "o", MINUTES, lead_minutes=0), city=city())
    async with database.reading() as session:
        return database, await Directory.load(session, WEDNESDAY.date())


def served(directory: Directory) -> Service:
    """The service of the office."""
    found = directory.service("s")
    assert found is not None
    return found


async def fill(database: Database, past: int) -> None:
    """So many appointments in the past, one after the other at each counter, with their cells, and busy weeks ahead."""
    first = WEDNESDAY.replace(hour=9) - timedelta(days=past // (COUNTERS * A_DAY) + 2)
    coming = [
        (WEDNESDAY.replace(hour=9) + timedelta(days=day, minutes=MINUTES * at), counter)
        for day in range(31)
        for at in range(int(A_DAY * FILLED))
        for counter in range(COUNTERS)
    ]
    times = [
        (first + timedelta(days=n // (COUNTERS * A_DAY), minutes=MINUTES * (n // COUNTERS % A_DAY)), n % COUNTERS)
        for n in range(past)
    ] + coming
    for begin in range(0, len(times), A_BATCH):
        batch = times[begin : begin + A_BATCH]
        rows = [_row(number, *time) for number, time in enumerate(batch, begin + 1)]
        async with database.writing() as session:
            await session.execute(insert(AppointmentRow), rows)
    async with database.writing() as session:
        await session.execute(text(CELLS_ON_SQLITE if database.is_sqlite else CELLS_ON_POSTGRESQL))
        if not database.is_sqlite:  # numbers were given by hand
            highest = select(func.max(AppointmentRow.id)).scalar_subquery()
            await session.execute(select(func.setval("appointment_id_seq", highest)))


def _row(number: int, starts: datetime, counter: int) -> dict[str, Any]:
    state = "served" if starts < WEDNESDAY else "booked"
    return {
        "id": number, "code": f"N{number}", "booking_key": str(number), "city": "taranto", "office": "o",
        "counter": f"c{counter}", "service": "s", "person": None, "name": "", "language": "it", "starts": starts,
        "minutes": MINUTES, "state": state, "booked_at": starts, "changed_at": starts, "people": 1, "for_other": False,
    }  # fmt: skip


async def looking(offices: Sequence[tuple[Database, Directory]], looks: int = LOOKS) -> list[dict[str, list[float]]]:
    """Of each office, how long the days with a free time take, and the free times of one of them.

    Looked at in turn: a machine that is busy is busy for all of them.
    """
    took: list[dict[str, list[float]]] = [{"days": [], "slots": []} for _office in offices]
    for number in range(WARM + looks):
        for (database, directory), times in zip(offices, took, strict=True):
            async with database.reading() as session:
                desk = PersonDesk(session, directory, f"p{number}", WEDNESDAY)
                began = perf_counter()
                found = await desk.days_with_room(served(directory)).all()
                between = perf_counter()
                assert await desk.free_slots(served(directory), found[number % len(found)].day).all()
                ended = perf_counter()
            if number >= WARM:
                times["days"].append(between - began)
                times["slots"].append(ended - between)
    return took


async def booking(
    database: Database, directory: Directory, bookings: int = BOOKINGS
) -> tuple[list[float], list[float]]:
    """How long a booking takes, and how long inserting the rows that it wrote: one transaction each."""
    async with database.reading() as session:
        times = await PersonDesk(session, directory, "looks", WEDNESDAY).next_slots(served(directory), count=10_000)
    chosen: list[Slot] = [slot for slot in times for _counter in range(COUNTERS)][:bookings]
    booked = []
    for number, slot in enumerate(chosen):
        began = perf_counter()
        async with database.writing() as session:
            await PersonDesk(session, directory, f"p{number}", WEDNESDAY).book(slot, "A", language="en", key="k")
        booked.append(perf_counter() - began)
    tables = (AppointmentRow, AppointmentEventRow, ClaimedCellRow)
    async with database.reading() as session:
        written = {table: [_values(row) for row in await session.scalars(select(table))] for table in tables}
    async with database.writing() as session:
        await session.execute(delete(AppointmentRow))
    bare = []
    for appointment in written[AppointmentRow]:
        its = {
            table: [one for one in written[table] if one["appointment"] == appointment["id"]] for table in tables[1:]
        }
        began = perf_counter()
        async with database.writing() as session:
            await session.execute(insert(AppointmentRow), [appointment])
            for table, rows in its.items():
                await session.execute(insert(table), rows)
        bare.append(perf_counter() - began)
    return booked, bare


def _values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}


async def _vacuum(database: Database) -> None:
    """As PostgreSQL does it by itself; the server of the tests is told not to."""
    async with database.engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.exec_driver_sql("VACUUM ANALYZE")


async def bookings_of(url: str) -> dict[str, list[float]]:
    """Bookings and bare inserts on a new database at that address."""
    database, directory = await opened(url)
    booked, bare = await booking(database, directory)
    await database.close()
    return {"booked": booked, "bare": bare}


async def looks_at(urls: Sequence[str], pasts: Sequence[int]) -> list[dict[str, list[float]]]:
    """Free times on new databases at those addresses, with so many appointments in the past."""
    offices = [await opened(url) for url in urls]
    for (database, _directory), past in zip(offices, pasts, strict=True):
        await fill(database, past)
        if not database.is_sqlite:
            await _vacuum(database)
    took = await looking(offices)
    for database, _directory in offices:
        await database.close()
    return took


async def main(urls: Sequence[str], past: int) -> None:
    """Measure, and print."""
    measured = await bookings_of(urls[0]) if len(urls) == 1 else await looks_at(urls, (YOUNG, past))
    sys.stdout.write(json.dumps(measured))


if __name__ == "__main__":
    # On the event loop that the program itself runs on.
    with asyncio.Runner(loop_factory=uvicorn.Config("", log_config=None).get_loop_factory()) as runner:
        runner.run(main(sys.argv[1:3], int(sys.argv[3]) if len(sys.argv) > 3 else 0))
