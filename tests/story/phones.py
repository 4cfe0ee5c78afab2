"""A person's phone on each channel: the same three gestures, whatever carries them."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any, Protocol

import httpx
from sqlalchemy import func, select

from bot.channels.terminal import Terminal
from bot.records import InboxRow, OutboxRow
from services_directory.store.session import Database
from tests.fakes.telegram import Person


class Phone(Protocol):
    """What a person can do, and what they then see."""

    text: str
    keys: list[str]

    async def starts(self, language: str, city: str) -> None:
        """Open the chat, choose the language, choose the city."""

    async def says(self, words: str) -> None:
        """Write something."""

    async def taps(self, beginning: str) -> None:
        """Tap the first button whose key begins so."""


def matching(keys: list[str], part: str) -> str:
    """The first key that holds a part; the assertion shows what there was."""
    found = [key for key in keys if part in key]
    assert found, f"no button with {part!r} among {keys}"
    return found[0]


class WebPhone:
    """Over `POST /chat/messages`."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client, self.conversation = client, secrets.token_hex(8)
        self.text, self.keys = "", [""]

    async def starts(self, language: str, city: str) -> None:
        await self._post(start="")
        await self.taps(f".language={language}")
        await self.taps(f".city={city}")

    async def says(self, words: str) -> None:
        await self._post(text=words)

    async def taps(self, beginning: str) -> None:
        await self._post(tap=matching(self.keys, beginning))

    async def _post(self, **parts: Any) -> None:
        response = await self.client.post("/chat/messages", json={"conversation": self.conversation, **parts})
        assert response.status_code == 200, response.text
        replies = response.json()["replies"]
        self.text = "\n".join(reply["text"] for reply in replies)
        self.keys = [option["key"] for reply in replies for option in reply["options"]]


class TelegramPhone:
    """Over the Bot API: buttons by their callback data."""

    def __init__(self, person: Person, database: Database) -> None:
        self.person, self.database = person, database
        self.text, self.keys = "", [""]

    async def starts(self, language: str, city: str) -> None:
        await self._answered(await self.person.says("/start"))
        await self.taps(f".language={language}")
        await self.taps(f".city={city}")

    async def says(self, words: str) -> None:
        await self._answered(await self.person.says(words))

    async def taps(self, beginning: str) -> None:
        await self._answered(await self.person.taps(matching(self.keys, beginning)))

    async def _answered(self, _update: int) -> None:
        """Wait until the message is answered and every reply has gone out; then read them."""
        async with asyncio.timeout(60):
            while not await self._is_answered():  # noqa: ASYNC110, the program tells nobody
                await asyncio.sleep(0.02)
        news = await self.person.hears()
        self.text = "\n".join(message.get("text", "") for message in news)
        rows = [row for message in news for row in message.get("reply_markup", {}).get("inline_keyboard", ())]
        self.keys = [button["callback_data"] for row in rows for button in row if "callback_data" in button]

    async def _is_answered(self) -> bool:
        async with self.database.reading() as session:
            received = await session.scalar(select(func.count()).select_from(InboxRow))
            waiting = await session.scalar(select(func.count()).where(InboxRow.state == "waiting"))
            due = await session.scalar(select(func.count()).where(OutboxRow.state == "due"))
        return received == len(self.person.fake.history) and not waiting and not due


class TerminalPhone:
    """At the keyboard: options by their number."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.text, self.keys = "", [""]

    async def starts(self, language: str, city: str) -> None:
        self._show(await self.terminal.start())
        await self.taps(f".language={language}")
        await self.taps(f".city={city}")

    async def says(self, words: str) -> None:
        self._show(await self.terminal.says(words))

    async def taps(self, beginning: str) -> None:
        number = self.keys.index(matching(self.keys, beginning)) + 1
        self._show(await self.terminal.says(str(number)))

    def _show(self, told: Any) -> None:
        replies = [reply for _number, reply in told.replies]
        self.text = "\n".join(reply.text for reply in replies)
        self.keys = [option.key for reply in replies for option in reply.options]
