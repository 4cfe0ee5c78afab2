"""The terminal channel: one message a line; an option by its number, its label, or `/tap KEY`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator

from bot.history import Told
from bot.incoming import IncomingMessage, Sender
from bot.outgoing import Choice, Reply
from bot.workers import Workers

TAP = "/tap "


class Terminal:
    """One conversation at a keyboard, in the same database as everybody else's."""

    def __init__(self, workers: Workers, conversation: str, *, city: str | None, language: str | None) -> None:
        self.workers, self.sender = workers, Sender("terminal", "chat", conversation)
        self.city, self.language = city, language
        self._options: list[Choice] = []

    async def start(self) -> Told:
        """The first words, as when a chat is opened."""
        return await self._ask(start="")

    async def says(self, line: str) -> Told:
        """One line typed, and the answer to it."""
        if line.startswith(TAP):
            return await self._ask(tap=line.removeprefix(TAP).strip())
        number = int(line) if line.isascii() and line.isdecimal() else 0
        if 1 <= number <= len(self._options):
            return await self._ask(tap=self._options[number - 1].key)
        return await self._ask(words=line)

    async def _ask(self, *, words: str = "", tap: str | None = None, start: str | None = None) -> Told:
        message = IncomingMessage(
            self.sender,
            secrets.token_urlsafe(12),
            words=words,
            tap=tap,
            start=start,
            city=self.city,
            language=self.language,
            language_chosen=self.language is not None,
        )
        told = await self.workers.ask(message)
        # A city and a language given at the start are the first message's, not every one's.
        self.city = self.language = None
        self._options = [option for _number, reply in told.replies for option in reply.options]
        return told


async def converse(terminal: Terminal, lines: Iterator[str], show: Callable[[str], None], *, as_json: bool) -> None:
    """Answer line after line until there are no more."""
    if not as_json:
        show(_shown(await terminal.start()))
    for line in lines:
        if not line.strip():
            continue
        told = await terminal.says(line.strip())
        show(json.dumps(told.to_json(terminal.sender.value), ensure_ascii=False) if as_json else _shown(told))


def _shown(told: Told) -> str:
    """The answer as it is read in a terminal, the options numbered."""
    lines: list[str] = []
    number = 0
    for _id, reply in told.replies:
        lines.append(reply.text)
        lines.extend(_extras(reply))
        for option in reply.options:
            number += 1
            lines.append(f"  {number}. {option.label}" + (f" - {option.description}" if option.description else ""))
        lines.append("")
    return "\n".join(lines)


def _extras(reply: Reply) -> Iterator[str]:
    if reply.location is not None:
        yield f"  [map: {reply.location.latitude}, {reply.location.longitude}]"
    if reply.link is not None:
        yield f"  [{reply.link}]"
    if reply.document is not None:
        yield f"  [file: {reply.document.name}]"
