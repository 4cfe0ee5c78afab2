"""A town on a copy of the example database, for every test of the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.town import Town, opened


@pytest.fixture
def example_copy(example_sqlite_url: str) -> Path:
    """A database file of one's own."""
    return Path(example_sqlite_url.removeprefix("sqlite+aiosqlite:///"))


@pytest.fixture
async def town(example_sqlite_url: str) -> AsyncIterator[Town]:
    """A house whose people fetch their answers, as on the web."""
    async with opened(example_sqlite_url) as town:
        yield town
