"""A long past does not slow free times down: a ratio within one run, with room for a machine that is busy."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from tests.bench.calendars import booking, fill, looking, opened

YOUNG, OLD = 500, 50_000
ROOM = 3
"""Of what is aimed at half would do; a busy machine is not quiet in both halves of a test."""


async def test_an_office_with_a_hundred_times_the_past_finds_its_free_times_as_fast(tmp_path: Path) -> None:
    took = {}
    for past in (YOUNG, OLD):
        database, directory = await opened(f"sqlite+aiosqlite:///{tmp_path}/{past}.db")
        await fill(database, past)
        took[past] = [median(times) for times in await looking(database, directory, 60)]
        await database.close()
    for young, old in zip(took[YOUNG], took[OLD], strict=True):
        assert old < ROOM * young, took


async def test_what_is_booked_is_compared_with_all_of_its_rows(tmp_path: Path) -> None:
    database, directory = await opened(f"sqlite+aiosqlite:///{tmp_path}/booked.db")
    booked, bare = await booking(database, directory, 5)
    await database.close()
    assert (len(booked), len(bare)) == (5, 5)
