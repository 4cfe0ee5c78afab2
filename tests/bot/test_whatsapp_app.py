"""The whole program with a WhatsApp number, called over HTTP as Meta calls it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from bot.app import build
from bot.channels.whatsapp_intake import LARGEST
from bot.settings import Settings
from tests.fakes.serving import serving
from tests.fakes.whatsapp import FakeWhatsApp


@pytest.fixture
async def fake() -> AsyncIterator[FakeWhatsApp]:
    async with FakeWhatsApp().served() as fake:
        yield fake


@pytest.fixture
async def address(demonstration_url: str, fake: FakeWhatsApp) -> AsyncIterator[str]:
    """Where the program takes WhatsApp's calls."""
    app = build(
        Settings(
            database_url=demonstration_url,
            demo=True,
            secret_key=SecretStr("k" * 40),
            whatsapp_token=SecretStr(fake.token),
            whatsapp_phone_id=fake.phone_id,
            whatsapp_app_secret=SecretStr(fake.app_secret),
            whatsapp_verify_token=SecretStr(fake.verify_token),
            whatsapp_api_base=fake.url,
        )
    )
    async with app.router.lifespan_context(app), serving(app) as url:
        fake.webhook = f"{url}/whatsapp/webhook"
        yield fake.webhook


async def test_who_knows_the_word_subscribes_and_nobody_else(address: str, fake: FakeWhatsApp) -> None:
    assert fake.webhook == address
    assert await fake.verifies()
    assert not await fake.verifies("a guess")


async def test_a_person_writes_and_is_answered(address: str, fake: FakeWhatsApp) -> None:
    amina = fake.person("393331112223", bsuid="IT.13491208655302741918")
    wamid = await amina.says("ciao")
    news = await amina.hears()
    assert fake.words(news[0])
    assert (fake.webhook, fake.webhook_statuses) == (address, [200])
    await fake.redeliver(wamid)
    assert fake.webhook_statuses == [200, 200]


async def test_what_is_not_signed_or_was_changed_on_its_way_is_refused(address: str, fake: FakeWhatsApp) -> None:
    fake.webhook = None
    await fake.person("393331112223").says("ciao")
    (body,) = fake.undelivered
    fake.webhook = address
    assert await fake.deliver(body, sign=False) == 401
    assert await fake.deliver(body, secret="another") == 401
    async with httpx.AsyncClient() as client:
        signed = {"X-Hub-Signature-256": "sha256=" + "0" * 64}
        assert (await client.post(address, content=body + b" ", headers=signed)).status_code == 401
        assert (await client.post(address, content=b"x" * (LARGEST + 1))).status_code == 413
    assert fake.sent == []
