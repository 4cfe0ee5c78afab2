"""The whole story in every language, on one channel at least; the operators' console shows each change of it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.app import build
from bot.channels.terminal import Terminal
from bot.clock import SystemClock
from bot.preparing import EXAMPLE_PASSWORD
from bot.settings import Settings
from locales.dates import in_rome
from locales.languages import SPOKEN
from locales.rendering import RLM, render
from locales.text import Phone as Number
from services_directory.store.bookings import AppointmentRow
from services_directory.store.session import Database
from tests.fakes.telegram import FakeTelegram
from tests.story.phones import Phone, TelegramPhone, TerminalPhone, WebPhone, matching
from tests.story.words import WORDS, Words
from tests.town import opened

CITY = "taranto"
ON_ALL_CHANNELS = ("it", "en", "ar")
CHANNELS = 3


def spoken_on(channel: int) -> list[str]:
    """A third of the languages, and those that are told on every channel."""
    third = [language for at, language in enumerate(SPOKEN) if at % CHANNELS == channel]
    return list(dict.fromkeys((*ON_ALL_CHANNELS, *third)))


@pytest.fixture
async def database(demonstration_url: str) -> AsyncIterator[Database]:
    database = Database(demonstration_url)
    yield database
    await database.close()


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram().served() as fake:
        yield fake


@pytest.fixture
async def console(database: Database, demonstration_url: str, telegram: FakeTelegram) -> AsyncIterator[Console]:
    """The whole program, prepared and started: with Telegram, the web, and an operator who has signed in."""
    assert database.is_sqlite
    app = build(
        Settings(
            database_url=demonstration_url,
            demo=True,
            secret_key=SecretStr("k" * 40),
            telegram_token=SecretStr(telegram.token),
            telegram_api_base=telegram.url,
        )
    )
    async with app.router.lifespan_context(app):
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sportello.test")
        async with client:
            console = Console(client)
            await console.sign_in()
            yield console


class Console:
    """An operator's browser."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def sign_in(self) -> None:
        page = (await self.client.get("/console/login")).text
        token = re.search(r'name="csrf"\s+value="([^"]+)"', page)
        form = {
            "email": f"operatore.{CITY}@example.org",
            "password": EXAMPLE_PASSWORD,
            "csrf": token[1] if token else "",
        }
        headers = {"Origin": "http://sportello.test"}
        answer = await self.client.post("/console/login", data=form, headers=headers)
        assert answer.status_code == 303, answer.text

    async def shows(self, *words: str) -> None:
        page = (await self.client.get("/console/")).text
        for word in words:
            assert word in page, f"{word!r} is not on the page"

    async def lacks_open(self, code: str) -> None:
        """No button of an open appointment is left for it."""
        page = (await self.client.get("/console/")).text
        assert f"/appointments/{code}/arrive" not in page


async def the_appointment(database: Database) -> AppointmentRow:
    async with database.reading() as session:
        (row,) = (await session.scalars(select(AppointmentRow))).all()
        return row


async def tell(phone: Phone, words: Words, language: str, database: Database, console: Console) -> None:
    """The story itself, the same on every channel."""
    await phone.starts(language, CITY)
    await phone.says(words.hours)
    assert "re-point" in phone.text
    await phone.says(words.course)
    assert matching(phone.keys, "go=enrol")
    await phone.says(words.tonight)
    assert shown("112", language) in phone.text
    await phone.says(words.unpaid)
    assert matching(phone.keys, "go=guide:work-")

    await phone.says(words.book)
    await phone.taps(".service=taranto-")
    await choose_time(phone)
    await phone.says(words.name)
    await phone.taps(".agreed=yes")
    booked = await the_appointment(database)
    assert booked.code in phone.text
    await console.shows(booked.code, words.name)

    await phone.says(words.mine)
    assert booked.code in phone.text

    await phone.says(words.move)
    await choose_time(phone)
    await phone.taps(".agreed=yes")
    moved = await the_appointment(database)
    assert moved.code == booked.code
    assert moved.starts != booked.starts
    assert moved.code in phone.text
    await console.shows(booked.code, f"{in_rome(moved.starts):%H:%M}")

    await phone.says(words.cancel)
    await phone.taps(".agreed=yes")
    assert (await the_appointment(database)).state == "cancelled_by_person"
    await console.lacks_open(booked.code)
    await phone.says(words.mine)
    assert booked.code not in phone.text


async def choose_time(phone: Phone) -> None:
    """The first of what is offered; who speaks and the part of the day are asked only where it matters."""
    for question in (".spoken=", ".day=", ".hour=", ".slot="):
        if question in {".day=", ".slot="} or any(question in key for key in phone.keys):
            await phone.taps(question)


def shown(number: str, language: str) -> str:
    return render(Number(number), language).removeprefix(RLM)


@pytest.mark.parametrize("language", spoken_on(0))
async def test_on_the_web(language: str, console: Console, database: Database) -> None:
    await tell(WebPhone(console.client), WORDS[language], language, database, console)


@pytest.mark.parametrize("language", spoken_on(1))
async def test_over_telegram(language: str, console: Console, database: Database, telegram: FakeTelegram) -> None:
    phone = TelegramPhone(telegram.person(42, language=language), database)
    await tell(phone, WORDS[language], language, database, console)


@pytest.mark.parametrize("language", spoken_on(2))
async def test_in_the_terminal(language: str, console: Console, database: Database, demonstration_url: str) -> None:
    async with opened(demonstration_url, clock=SystemClock()) as town:
        terminal = Terminal(town.workers, "keyboard", city=None, language=None)
        await tell(TerminalPhone(terminal), WORDS[language], language, database, console)
