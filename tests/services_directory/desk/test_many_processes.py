"""Four processes, four hundred people, a hundred times, and processes killed in the middle: the counts add up."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from collections import Counter as Count
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from services_directory.desk.directory import Directory
from services_directory.desk.line import anything_over, go_on
from services_directory.desk.slots import Want, bookable_days, openings
from services_directory.store.session import Database
from tests.services_directory.desk.booking_model import KEEPS_ITS_TIME, Seen
from tests.services_directory.desk.model_offices import city, office, publish, service
from tests.services_directory.desk.people_at_once import SERVICE
from tests.town import WEDNESDAY

PEOPLE, PROCESSES, TIMES = 400, 4, 100
KILLED_AFTER = 2.0
"""Seconds between one `kill -9` and the next."""
KILLS = 4
PATIENCE = 90.0


@dataclass
class Process:
    """One of the processes, started again after each kill with those who are not done."""

    url: str
    errors: Path
    waiting: set[int]
    told: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        numbers = ",".join(map(str, sorted(self.waiting)))
        command = [sys.executable, "-m", "tests.services_directory.desk.people_at_once", self.url, numbers]
        with self.errors.open("ab") as errors:
            self.running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)  # noqa: S603, our own module
        self.reader = threading.Thread(target=self.listen)
        self.reader.start()

    def listen(self) -> None:
        assert self.running.stdout is not None
        for line in self.running.stdout:
            number, _space, ended = line.strip().partition(" ")
            if ended:
                self.told[int(number)] = ended
                self.waiting.discard(int(number))

    def ends(self) -> int:
        status = self.running.wait(PATIENCE)
        self.reader.join()
        assert self.running.stdout is not None
        self.running.stdout.close()
        return status


@pytest.mark.timeout(240)
def test_four_hundred_people_in_four_processes_that_are_killed(postgresql_url: str, tmp_path: Path) -> None:
    asyncio.run(founded(postgresql_url))
    errors = tmp_path / "errors"
    share = PEOPLE // PROCESSES
    processes = [Process(postgresql_url, errors, set(range(first, first + share))) for first in range(0, PEOPLE, share)]
    killed = 0
    began = monotonic()
    while killed < KILLS and any(one.running.poll() is None for one in processes):
        sleep(max(0.0, began + (killed + 1) * KILLED_AFTER - monotonic()))
        one = processes[killed % PROCESSES]
        if one.running.poll() is None:
            one.running.send_signal(signal.SIGKILL)
            assert one.ends() == -signal.SIGKILL
            one.start()
        killed += 1
    assert [one.ends() for one in processes] == [0] * PROCESSES, errors.read_text(encoding="utf-8")[-3000:]
    told = {number: ended for one in processes for number, ended in one.told.items()}
    assert told.keys() == set(range(PEOPLE)), "everybody was told"
    assert "deadlock" not in errors.read_text(encoding="utf-8")
    asyncio.run(adds_up(postgresql_url, told))


async def founded(url: str) -> None:
    database = Database(url)
    counters = [{"key": f"c{number}", "grid": 15, "services": [SERVICE]} for number in range(5)]
    async with database.writing() as session:
        many = service(SERVICE, "place", 25, buffer_minutes=5, lead_minutes=0, horizon_days=3)
        place = office("place", "We 09:00-11:30; Th-Sa 09:00-11:30", *counters)
        await publish(session, place, many, city=city())
    async with database.reading() as session:
        directory = await Directory.load(session, WEDNESDAY.date())
        assert len(await free(session, directory)) == TIMES
    await database.close()


async def free(session: object, directory: Directory) -> list[tuple[str, object]]:
    """Each counter and start that can be booked on the first morning."""
    wanted = directory.service(SERVICE)
    assert wanted is not None
    found = await openings(session, directory, Want(wanted), bookable_days(wanted, WEDNESDAY), WEDNESDAY)  # type: ignore[arg-type]
    return [(counter.key, starts) for starts, counters in found.by_start.items() for counter in counters]


async def adds_up(url: str, told: dict[int, str]) -> None:
    database = Database(url)
    over = WEDNESDAY + timedelta(hours=4)
    async with database.reading() as session:
        directory = await Directory.load(session, WEDNESDAY.date())
    while True:
        async with database.writing() as session:
            if not await anything_over(session, over):
                break
            await go_on(session, directory, over)
    async with database.reading() as session:
        seen = await Seen.read(session, directory, over)
        left = await free(session, directory)
    await database.close()
    booked = [row for row in seen.rows.values() if row.state in KEEPS_ITS_TIME]
    offered = [row for row in seen.rows.values() if seen.held(row)]
    assert len(booked) + len(offered) + len(left) == TIMES
    taken = {(counter, at) for counter, times in seen.taken().items() for at in times}
    assert taken == seen.cells.keys(), "no appointment without its cells, no cell without its appointment"
    assert all(seen.rows[cell.appointment] in booked + offered for cell in seen.cells.values())
    assert max(Count(row.person for row in booked).values()) == 1
    assert not [row for row in seen.rows.values() if row.state == "held" and row.held_until is not None]
    with_a_time = {int((row.person or "").removeprefix("person-")) for row in booked}
    assert with_a_time == {number for number, ended in told.items() if ended == "has a time"}
    assert {"accepted", "lapsed", "declined"} & {offer.state for offer in seen.offers}, "the line was used"
