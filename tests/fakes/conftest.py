"""WhatsApp, a person in it, and what calls it, for the tests of the fake itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fakes.whatsapp import FakeWhatsApp, Person
from tests.fakes.whatsapp_examples import BSUID, NUMBER, PARENT, Hook


@pytest.fixture
def fake() -> FakeWhatsApp:
    return FakeWhatsApp()


@pytest.fixture
def hook(fake: FakeWhatsApp) -> Hook:
    fake.webhook = hook = Hook()
    return hook


@pytest.fixture
async def api(fake: FakeWhatsApp) -> AsyncIterator[httpx.AsyncClient]:
    # Without a server between, where none is needed: a tenth of the time.
    transport = httpx.ASGITransport(fake)
    headers = {"Authorization": f"Bearer {fake.token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://graph/v23.0", headers=headers) as client:
        yield client


@pytest.fixture
async def line(fake: FakeWhatsApp) -> AsyncIterator[httpx.AsyncClient]:
    """The same over a socket."""
    headers = {"Authorization": f"Bearer {fake.token}"}
    async with fake.served(), httpx.AsyncClient(headers=headers, trust_env=False) as client:
        client.base_url = httpx.URL(f"{fake.url}/v23.0")
        yield client


@pytest.fixture
async def amina(fake: FakeWhatsApp) -> Person:
    person = fake.person(NUMBER, bsuid=BSUID, parent_bsuid=PARENT)
    await person.says("ciao")
    return person
