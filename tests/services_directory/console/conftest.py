"""A console with the example data, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from services_directory.store.session import Database
from tests.services.postgresql import PostgreSQL
from tests.services_directory.console.room import Room, found
from tests.town import run_apart


@pytest.fixture(scope="session")
def furnished_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example data and the accounts, to be copied."""
    path = tmp_path_factory.mktemp("console") / "console.db"
    run_apart(found(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
async def room(furnished_database: Path, tmp_path: Path) -> AsyncIterator[Room]:
    """A console of one's own."""
    database = Database(f"sqlite+aiosqlite:///{shutil.copy(furnished_database, tmp_path / 'console.db')}")
    yield Room(database)
    await database.close()


@pytest.fixture(scope="session")
def furnished_postgresql(postgresql_server: PostgreSQL) -> str:
    """The same on PostgreSQL, to be copied."""
    postgresql_server.template("console", lambda url: run_apart(found(url)))
    return "console"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def any_room(request: pytest.FixtureRequest, furnished_database: Path, tmp_path: Path) -> AsyncIterator[Room]:
    """A console of one's own, on SQLite and on PostgreSQL."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite+aiosqlite:///{shutil.copy(furnished_database, tmp_path / 'console.db')}"
        else:
            server: PostgreSQL = request.getfixturevalue("postgresql_server")
            url = stack.enter_context(server.fresh(request.getfixturevalue("furnished_postgresql")))
        database = Database(url)
        yield Room(database)
        await database.close()
