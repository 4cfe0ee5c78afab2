"""A console with the example data, made once and copied for each test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services_directory.store.session import Database
from tests.services_directory.console.room import Room, found


@pytest.fixture(scope="session")
def furnished_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example data and the accounts, to be copied."""
    path = tmp_path_factory.mktemp("console") / "console.db"
    asyncio.run(found(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
async def room(furnished_database: Path, tmp_path: Path) -> AsyncIterator[Room]:
    """A console of one's own."""
    database = Database(f"sqlite+aiosqlite:///{shutil.copy(furnished_database, tmp_path / 'console.db')}")
    yield Room(database)
    await database.close()
