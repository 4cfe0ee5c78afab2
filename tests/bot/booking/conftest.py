"""A browser without script in front of the booking pages, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from bot.booking.desks import Desks
from bot.booking.own import own_router
from bot.booking.pages import booking_router
from bot.limits import Limits
from services_directory.desk.directory import Shelf
from services_directory.store.session import Database
from tests.bot.booking.pages import Visitor
from tests.town import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def database(town_url: str) -> AsyncIterator[Database]:
    database = Database(town_url)
    yield database
    await database.close()


@pytest.fixture
async def visitor(database: Database, clock: FakeClock) -> AsyncIterator[Visitor]:
    """Somebody who reads English."""
    app = FastAPI()
    desks, limits = Desks(database, Shelf(), clock.now), Limits(None, lambda: clock.now().timestamp())
    app.include_router(booking_router(desks, limits))
    app.include_router(own_router(desks, limits, "https://sportello.example.org"))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://sportello.test", headers={"Accept-Language": "en"}
    ) as client:
        yield Visitor(client)
