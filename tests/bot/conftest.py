"""A town on a copy of the example database, for every test of the bot."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.town import Town, found, opened


@pytest.fixture(scope="session")
def example_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated and filled once; tests copy it."""
    path = tmp_path_factory.mktemp("town") / "example.db"
    asyncio.run(found(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def example_copy(example_database: Path, tmp_path: Path) -> Path:
    """A database of one's own."""
    return Path(shutil.copy(example_database, tmp_path / "town.db"))


@pytest.fixture
async def town(example_copy: Path) -> AsyncIterator[Town]:
    """A house whose people fetch their answers, as on the web."""
    async with opened(f"sqlite+aiosqlite:///{example_copy}") as town:
        yield town
