"""Where channels hand in what arrived: messages, what became of replies, new addresses of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from bot.incoming import IncomingMessage, Sender
from bot.outgoing import SendError


@dataclass(frozen=True)
class Report:
    """What a channel tells later of a reply that it had taken: `posting` is our number of it, where it says so."""

    external_id: str
    state: Literal["sent", "delivered", "read", "failed"]
    posting: int | None = None
    problem: SendError | None = None
    """Why it failed."""


@dataclass(frozen=True)
class NewAddress:
    """Somebody is no longer at the old identities but at the new ones, since `at` (seconds since 1970, UTC)."""

    old: tuple[Sender, ...]
    new: tuple[Sender, ...]
    at: float


@dataclass(frozen=True)
class Withdrawal:
    """Somebody has deleted a message of theirs: `key` is the channel's id of it."""

    sender: Sender
    also: tuple[Sender, ...]
    key: str


Arrival: TypeAlias = IncomingMessage | Withdrawal | Report | NewAddress


class Reception(Protocol):
    """Where a channel hands in what arrived."""

    async def receive(self, message: IncomingMessage) -> None:
        """Take the message in: durable when this returns, answered later; the same message twice is harmless."""

    async def unreachable(self, sender: Sender) -> None:
        """Remember that this person has blocked us: nothing is sent until they write again."""


class BatchReception(Protocol):
    """Where a channel hands in what arrived in one call."""

    async def receive_all(self, arrivals: Sequence[Arrival]) -> None:
        """Take in what came in one call, in its order: all of it is durable when this returns."""
