"""What the interfaces are tried on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from services_directory.store.session import Database
from tests.town import found


@pytest.fixture
def machine_database(sqlite_url: str) -> Iterator[Database]:
    """The example data, for callers that make a loop for every call, as a machine that makes calls up does."""
    asyncio.run(found(sqlite_url))
    database = Database(sqlite_url)
    yield database
    asyncio.run(database.close())
