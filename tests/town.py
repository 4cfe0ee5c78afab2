"""A whole house for tests: real database, real understanding, example data, and a clock that tests move."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.history import Told
from bot.house import House
from bot.incoming import IncomingMessage, Sender
from bot.outgoing import Channel, Choice, Reply
from bot.workers import Workers
from locales.dates import ROME
from nlu.embedded import EmbeddedInterpreter
from services_directory.desk.publishing import publish_files
from services_directory.store.migrating import upgrade
from services_directory.store.session import Database

WEDNESDAY = datetime(2026, 11, 25, 8, 0, tzinfo=ROME)
"""Early on an ordinary working day."""


class FakeClock:
    """Stands still until a test moves it."""

    def __init__(self, at: datetime = WEDNESDAY) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def passes(self, **duration: float) -> None:
        self.at += timedelta(**duration)


async def found(url: str, at: datetime = WEDNESDAY) -> None:
    """Migrate a new database and publish the example data."""
    database = Database(url)
    await upgrade(database)
    async with database.writing() as session:
        await publish_files(session, example=True, now=at)
    await database.close()


def run_apart(work: Coroutine[None, None, None]) -> None:
    """Run it to its end in a thread of its own: this one may belong to a loop already."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, work).result()


@asynccontextmanager
async def opened(
    url: str, channels: Mapping[str, Channel] | None = None, clock: Clock | None = None
) -> AsyncIterator[Town]:
    """A house on an existing database, closed at the end."""
    database = Database(url)
    clock = clock or FakeClock()
    workers = Workers(House(database, EmbeddedInterpreter.shipped(), channels=dict(channels or {}), clock=clock))
    town = Town(workers, clock if isinstance(clock, FakeClock) else FakeClock())
    try:
        yield town
    finally:
        await town.workers.rest()
        await database.close()


@dataclass
class Town:
    """The house with its workers, and the people who write to it."""

    workers: Workers
    clock: FakeClock

    @property
    def house(self) -> House:
        return self.workers.house

    @property
    def database(self) -> Database:
        return self.workers.house.database

    def person(self, language: str = "en", city: str = "taranto", name: str | None = None) -> Person:
        """Somebody new, who has already chosen language and city."""
        return Person(self, Sender("web", "chat", name or secrets.token_hex(8)), language, city)


@dataclass
class Person:
    """A person on the web channel; remembers the last answer."""

    town: Town
    sender: Sender
    language: str | None
    city: str | None
    told: Told = field(default_factory=lambda: Told("", {}, []))

    async def says(self, words: str) -> None:
        await self._sends(words=words)

    async def starts(self, parameter: str = "") -> None:
        await self._sends(start=parameter)

    async def sends_location(self, latitude: float, longitude: float) -> None:
        await self._sends(location=(latitude, longitude))

    async def sends(self, attachment: str) -> None:
        await self._sends(attachment=attachment)

    async def taps(self, label: str) -> None:
        """Tap the button with that label, or with that key."""
        await self._sends(tap=self.button(label).key)

    async def taps_key(self, key: str) -> None:
        """Tap a button by its key, whether or not it is shown now."""
        await self._sends(tap=key)

    def button(self, label: str) -> Choice:
        options = self.options
        chosen = next((option for option in options if label in {option.label, option.key}), None)
        assert chosen is not None, f"no button {label!r} among {[option.label for option in options]}\n{self.text}"
        return chosen

    @property
    def replies(self) -> list[Reply]:
        return [reply for _number, reply in self.told.replies]

    @property
    def options(self) -> list[Choice]:
        return [option for reply in self.replies for option in reply.options]

    @property
    def labels(self) -> list[str]:
        return [option.label for option in self.options]

    @property
    def text(self) -> str:
        """All that was answered to the last message."""
        return "\n".join(reply.text for reply in self.replies)

    @property
    def intent(self) -> object:
        return self.told.meaning.get("intent")

    @property
    def flow(self) -> object:
        return self.told.meaning.get("flow")

    async def _sends(self, **parts: object) -> None:
        first = {"city": self.city, "language": self.language, "language_chosen": self.language is not None}
        message = IncomingMessage.from_json(self.sender, secrets.token_hex(8), {**first, **parts})
        self.city = self.language = None
        self.told = await self.town.workers.ask(message)
