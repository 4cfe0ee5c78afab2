"""The database of a town of one's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services_directory.store.session import Database


@pytest.fixture
async def database(town_url: str) -> AsyncIterator[Database]:
    database = Database(town_url)
    yield database
    await database.close()
