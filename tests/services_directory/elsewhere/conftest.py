"""A city whose Booking Folder has two gates, open in the mornings, on an ordinary Wednesday."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from services_directory.elsewhere.redturtle import SYSTEM, RedTurtle
from services_directory.facts import Elsewhere
from tests.fakes.redturtle import ACCOUNT, ADDRESS, RedTurtleSite
from tests.fakes.redturtle_folder import BookingType, Folder
from tests.town import FakeClock

MORNING = (9 * 60, 12 * 60)
PERMIT = "Permesso di soggiorno"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def site(clock: FakeClock) -> RedTurtleSite:
    types = [BookingType(PERMIT, 30), BookingType("Interno", 30, published=False)]
    return RedTurtleSite(Folder(clock.now, ["Sportello 1", "Sportello 2"], types, dict.fromkeys(range(5), (MORNING,))))


@pytest.fixture
def folder(site: RedTurtleSite) -> Folder:
    return site.folder


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere(SYSTEM, ADDRESS, PERMIT)


@pytest.fixture
async def system(site: RedTurtleSite) -> AsyncIterator[RedTurtle]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site)) as http:
        yield RedTurtle(http, {ADDRESS: ACCOUNT}, time_out=2)
