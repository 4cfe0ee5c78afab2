"""Search grows slower than the directory: a ratio within one run, with room for a machine that is busy."""

from __future__ import annotations

import shutil
from pathlib import Path
from statistics import median

from services_directory.desk.search import SearchIndex
from services_directory.store.session import Database
from tests.bench.figures import Growth, Sample, growths
from tests.bench.growth import MISSPELT, NEEDED, WRITTEN, grow, read, searching

SMALL, LARGE = 100, 10_000


async def test_a_directory_a_hundred_times_as_large_is_not_searched_in_half_as_many_times_the_time(
    tmp_path: Path, example_sqlite: Path
) -> None:
    indexes = {}
    for services in (SMALL, LARGE):
        path = shutil.copy(example_sqlite, tmp_path / f"{services}.db")
        database = Database(f"sqlite+aiosqlite:///{path}")
        await grow(database, services)
        indexes[services] = SearchIndex(await read(database))
        await database.close()
        assert len(indexes[services].items) == services
    for wishes in (WRITTEN, MISSPELT, NEEDED):
        small, large = (median(searching(indexes[services], wishes, rounds=10)) for services in (SMALL, LARGE))
        assert large < LARGE / SMALL / 2 * small, (wishes[0], small, large)


def test_growth_is_told_beside_that_of_the_directory() -> None:
    samples = [Sample([ms / 1000] * 2, 1) for ms in (1.0, 2.0)]
    _sizes, _units, directory, row = growths([Growth("search", samples)], (100, 10_000))
    assert directory.split()[-2:] == ["x", "100.0"]
    assert row.split() == ["search", "1.00", "1.00", "2.00", "2.00", "x", "2.0"]
