"""A person's phone on each channel: the same three gestures, whatever carries them."""

from __future__ import annotations

import secrets
from typing import Any, Protocol

import httpx

from bot.channels.terminal import Terminal


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

    async def _post(self, **parts: Any) -> None:  # noqa: ANN401, the parts of a message
        response = await self.client.post("/chat/messages", json={"conversation": self.conversation, **parts})
        assert response.status_code == 200, response.text
        replies = response.json()["replies"]
        self.text = "\n".join(reply["text"] for reply in replies)
        self.keys = [option["key"] for reply in replies for option in reply["options"]]


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

    def _show(self, told: Any) -> None:  # noqa: ANN401, bot.history.Told
        replies = [reply for _number, reply in told.replies]
        self.text = "\n".join(reply.text for reply in replies)
        self.keys = [option.key for reply in replies for option in reply.options]
