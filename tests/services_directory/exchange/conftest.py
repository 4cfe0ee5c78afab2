"""A database with the example data, and what was published there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services_directory.desk.publishing import publish_files
from services_directory.store.session import Database
from tests.town import WEDNESDAY


@pytest.fixture
async def session(sqlite_url: str) -> AsyncIterator[AsyncSession]:
    database = Database(sqlite_url)
    async with database.writing() as session:
        await publish_files(session, example=True, now=WEDNESDAY)
        yield session
    await database.close()
