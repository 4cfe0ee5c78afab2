"""Thirty people want the last three times at once, on two processes: three get them, the others a kind refusal."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from locales.dates import ROME
from services_directory.desk.directory import Directory
from services_directory.desk.slots import CELL, cells
from services_directory.facts import Counter, Service
from services_directory.store.bookings import AppointmentRow, ClaimedCellRow
from services_directory.store.session import Database
from tests.bot.crowd import READY
from tests.town import WEDNESDAY

PEOPLE, LEFT = 30, ("10:00", "10:30", "11:00")
THURSDAY = date(2026, 11, 26)


async def test_thirty_people_and_three_times(town_url: str) -> None:
    database = Database(town_url)
    await leave_only_three_times(database)
    processes = [start(town_url, first, PEOPLE // 2) for first in (0, PEOPLE // 2)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == READY
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [answer for process in processes for answer in json.loads(process.communicate(timeout=60)[0])]
    booked = [text for text, _labels in told if "Booked! Your code is" in text]
    refused = [(text, labels) for text, labels in told if text not in booked]
    async with database.reading() as session:
        booked_rows = select(func.count()).select_from(AppointmentRow).where(AppointmentRow.state == "booked")
        appointments = await session.scalar(booked_rows)
    await database.close()
    assert (len(booked), len(refused), appointments) == (3, 27, 3)
    for text, labels in refused:
        assert "has just been taken by somebody else" in text or "no longer available" in text, text
        # What is still free then, or to be told when something is.
        assert set(labels) & {*LEFT, "Thursday 26 November", "Tell me when a time is free"}, (text, labels)


def start(url: str, first: int, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bot.crowd", url, str(first), str(count)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603, our own module


async def leave_only_three_times(database: Database) -> None:
    """Claim every other cell of the work desk's counters, each stretch of them for an appointment long ago."""
    async with database.writing() as session:
        directory = await Directory.load(session, WEDNESDAY.date())
        service = next(one for one in directory.bookable("taranto") if one.label.texts["en"] == "Work desk")
        counters = directory.counters(service.key)
        left = {datetime.combine(THURSDAY, time.fromisoformat(clock), ROME) for clock in LEFT}
        kept = {cell for starts in left for cell in cells(starts, service.minutes or 0)}
        for counter in counters:
            filler: AppointmentRow | None = None
            before = WEDNESDAY
            for number, cell in enumerate(every_cell(directory, service, counter)):
                if counter is counters[0] and cell in kept:
                    continue
                if filler is None or cell - before != timedelta(minutes=CELL):
                    filler = AppointmentRow(
                        code=f"{number}{counter.key[-8:]}", booking_key=f"filler-{number}-{counter.key}",
                        city="taranto", office=counter.office, counter=counter.key, service=service.key, person=None,
                        name="", language="it", starts=WEDNESDAY - timedelta(days=400), minutes=30, state="served",
                        booked_at=WEDNESDAY, changed_at=WEDNESDAY,
                    )  # fmt: skip
                    session.add(filler)
                    await session.flush()
                session.add(ClaimedCellRow(counter=counter.key, starts=cell, appointment=filler.id))
                before = cell


def every_cell(directory: Directory, service: Service, counter: Counter) -> list[datetime]:
    days = [WEDNESDAY.date() + timedelta(days=ahead) for ahead in range(service.horizon_days + 2)]
    found: set[datetime] = set()
    for day in days:
        for opens, closes in directory.counter_hours(counter, day):
            starts, ends = (datetime.combine(day, at, ROME) for at in (opens, closes))
            found.update(cells(starts, int((ends - starts).total_seconds()) // 60))
    return sorted(found)
