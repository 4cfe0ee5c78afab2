"""A long past does not slow free times down: a ratio within one run, with room for a machine that is busy."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from tests.bench.calendars import booking, fill, looking, opened

YOUNG, OLD = 500, 50_000
ROOM = 3
"""Twice what is aimed at."""


async def test_an_office_with_a_hundred_times_the_past_finds_its_free_times_as_fast(tmp_path: Path) -> None:
    offices = [await opened(f"sqlite+aiosqlite:///{tmp_path}/{past}.db") for past in (YOUNG, OLD)]
    for (database, _directory), past in zip(offices, (YOUNG, OLD), strict=True):
        await fill(database, past)
    young, old = await looking(offices, 80)
    for database, _directory in offices:
        await database.close()
    for name, times in young.items():
        assert median(old[name]) < ROOM * median(times), (name, median(times), median(old[name]))


async def test_what_is_booked_is_compared_with_all_of_its_rows(tmp_path: Path) -> None:
    database, directory = await opened(f"sqlite+aiosqlite:///{tmp_path}/booked.db")
    booked, bare = await booking(database, directory, 5)
    await database.close()
    assert (len(booked), len(bare)) == (5, 5)
