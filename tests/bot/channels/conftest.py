"""Telegram as this machine serves it, the channel onto it, and a reception that remembers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.channels.telegram import TelegramChannel, TelegramRequest
from bot.incoming import IncomingMessage, Sender
from tests.fakes.telegram import FakeTelegram


@dataclass
class FakeReception:
    """Takes in what arrives; the next messages are refused with the errors in `failures`, first come first."""

    received: list[IncomingMessage] = field(default_factory=list)
    gone: list[Sender] = field(default_factory=list)
    failures: list[Exception | None] = field(default_factory=list)
    unbearable: str | None = None
    """Words at which it always fails."""

    async def receive(self, message: IncomingMessage) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        if self.unbearable is not None and message.words == self.unbearable:
            raise ValueError(message.words)
        self.received.append(message)

    async def unreachable(self, sender: Sender) -> None:
        self.gone.append(sender)


@pytest.fixture
def reception() -> FakeReception:
    return FakeReception()


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram().served() as fake:
        yield fake


@pytest.fixture
async def channel(fake: FakeTelegram) -> AsyncIterator[TelegramChannel]:
    async with TelegramChannel(fake.token, fake.url, TelegramRequest(read_timeout=5)) as channel:
        yield channel
