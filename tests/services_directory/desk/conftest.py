"""A desk on a copy of the example database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services_directory.store.session import Database
from tests.services.postgresql import PostgreSQL
from tests.town import found


def fill(url: str) -> None:
    """Found a town there; in a thread, for this one may belong to a loop already."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, found(url)).result()


@pytest.fixture(scope="session")
def example_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("example") / "example.db"
    fill(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def example_postgresql(postgresql_server: PostgreSQL) -> str:
    postgresql_server.template("example", fill)
    return "example"


@pytest.fixture
def example_sqlite_url(example_sqlite: Path, tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{shutil.copy(example_sqlite, tmp_path / 'town.db')}"


@pytest.fixture
def example_postgresql_url(postgresql_server: PostgreSQL, example_postgresql: str) -> Iterator[str]:
    with postgresql_server.fresh(example_postgresql) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def town_url(request: pytest.FixtureRequest) -> str:
    """The address of a town of one's own: the test runs on SQLite and on PostgreSQL."""
    return str(request.getfixturevalue(f"example_{request.param}_url"))


@pytest.fixture
async def database(town_url: str) -> AsyncIterator[Database]:
    database = Database(town_url)
    yield database
    await database.close()
