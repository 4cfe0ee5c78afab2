"""People with a phone and a stopwatch: on Telegram before the fake Bot API, and on the web before the real address."""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import httpx

from tests.bench.figures import BenchError
from tests.fakes.telegram import FakeTelegram, Person
from tests.fakes.telegram_checks import JSON
from tests.story.words import WORDS

CITIES = ("taranto", "milano", "palermo", "bari")
ONE_SHOP = "taranto"
"""A city whose question about hours is answered in one message."""
PATIENCE = 30.0
"""Seconds for one answer."""
TIMES, HOUR = (".hour=", ".slot="), 3
"""What a day is answered with, and the place of the step in which an hour is chosen."""
MESSAGES = 24
"""Messages a conversation on the web: fewer than it may send in a minute."""


class Stopwatch(FakeTelegram):
    """Telegram that notes when each update is queued, and when each message of the bot arrives."""

    def __init__(self) -> None:
        super().__init__(f"{secrets.randbelow(10**9)}:BENCH")  # one program a token polls: not anybody else's
        self.queued: dict[int, float] = {}
        self.heard: dict[int, asyncio.Queue[tuple[float, JSON]]] = defaultdict(asyncio.Queue)

    async def happen(self, kind: str, body: JSON) -> int:
        self.queued[(body.get("message") or body)["chat"]["id"]] = perf_counter()
        return await super().happen(kind, body)

    def _send(self, method: str, values: JSON) -> JSON:
        arrived = perf_counter()
        answer = super()._send(method, values)
        self.heard[values["chat_id"]].put_nowait((arrived, self.sent[-1]))
        return answer


@dataclass(frozen=True)
class Turn:
    """Seconds from a message to the first word of its answer, and to the last."""

    first: float
    last: float


class TelegramPerson:
    """Somebody who writes again as soon as the answer is complete."""

    def __init__(self, telegram: Stopwatch, number: int, language: str) -> None:
        self.telegram, self.number, self.language = telegram, number, language
        self.words = WORDS[language]
        self.person: Person = telegram.person(1000 + number, language)
        self.keys: list[str] = []

    async def arrives(self, city: str) -> None:
        """Open the chat, choose the language."""
        await self._says(f"/start {city}", until=".language=")
        await self._taps(f".language={self.language}", until="go=")

    async def asks(self) -> float:
        """Ask when the office is open: seconds until the answer."""
        return (await self._says(self.words.hours, until="go=help")).first

    async def echoes(self) -> float:
        """Say the same to a bot that repeats it: seconds until the echo."""
        return (await self._says(self.words.hours)).first

    async def books(self, pause: float = 0.0) -> list[Turn]:
        """Book the first time of a day that nobody else of the same city chooses at this moment; pauses in seconds."""
        steps: tuple[Callable[[], Awaitable[Turn]], ...] = (
            lambda: self._says(self.words.book, until=".service="),
            lambda: self._taps(".service=", until=".day="),
            lambda: self._taps(".day=", until=TIMES, at=self.number // len(CITIES)),
            lambda: self._taps(".hour=", until=".slot="),
            lambda: self._taps(".slot="),
            lambda: self._says(self.words.name, until=".agreed="),
            lambda: self._taps(".agreed=yes", until="go=cancel_appointment"),
        )
        turns: list[Turn] = []
        for position, step in enumerate(steps):
            if position == HOUR and not any(".hour=" in key for key in self.keys):
                continue  # on a short day there is one screen of times
            await asyncio.sleep(pause)
            turns.append(await step())
        return turns

    async def cancels(self) -> None:
        """Give the time back."""
        await self._says(self.words.cancel, until=".agreed=")
        await self._taps(".agreed=yes", until="go=book_appointment")

    async def _says(self, words: str, *, until: str | tuple[str, ...] = "") -> Turn:
        self._must_have_heard_all()
        await self.person.says(words)
        return await self._answer(until)

    async def _taps(self, part: str, *, until: str | tuple[str, ...] = "", at: int = 0) -> Turn:
        self._must_have_heard_all()
        found = [key for key in self.keys if part in key]
        if not found:
            raise BenchError(f"no button with {part!r} among {self.keys}")
        await self.person.taps(found[at % len(found)])
        return await self._answer(until)

    async def _answer(self, until: str | tuple[str, ...]) -> Turn:
        """The answer is complete with the message that has a button whose key holds `until`, or with any message."""
        wanted = (until,) if isinstance(until, str) else until
        queued, first = self.telegram.queued[self.person.id], None
        while True:
            try:
                arrived, message = await asyncio.wait_for(self.telegram.heard[self.person.id].get(), PATIENCE)
            except TimeoutError:
                raise BenchError(f"no answer with {until!r} to {self.person.id}; last buttons: {self.keys}") from None
            first = first or arrived
            rows = message.get("reply_markup", {}).get("inline_keyboard", ())
            self.keys = [button.get("callback_data", "") for row in rows for button in row]
            if not until or any(part in key for key in self.keys for part in wanted):
                return Turn(first - queued, arrived - queued)

    def _must_have_heard_all(self) -> None:
        if not self.telegram.heard[self.person.id].empty():
            raise BenchError(f"{self.person.id} has been told more than was expected; last buttons: {self.keys}")


@dataclass
class WebPerson:
    """Somebody with the page open, at an address of their own: addresses and conversations have limits a minute."""

    url: str
    number: int
    language: str
    client: httpx.AsyncClient = field(init=False)
    conversation: str = ""
    written: int = MESSAGES

    def __post_init__(self) -> None:
        here = f"127.0.{1 + self.number // 200}.{1 + self.number % 200}"
        transport = httpx.AsyncHTTPTransport(local_address=here)
        self.client = httpx.AsyncClient(transport=transport, base_url=self.url, timeout=PATIENCE)

    async def asks(self) -> float:
        """Ask when the office is open: seconds until the answer; a new conversation's first message is not timed."""
        if self.written == MESSAGES:
            self.conversation, self.written = secrets.token_hex(8), 1
            await self._posts(city=ONE_SHOP, language=self.language)
        self.written += 1
        began = perf_counter()
        await self._posts()
        return perf_counter() - began

    async def _posts(self, **more: Any) -> None:
        said = {"conversation": self.conversation, "text": WORDS[self.language].hours, **more}
        answer = await self.client.post("/chat/messages", json=said)
        if not answer.is_success or answer.json()["intent"] != "office_hours":
            raise BenchError(f"the web channel answered {answer.status_code}: {answer.text}")
