"""What one message was understood to mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal, Protocol

Danger = Literal["emergency", "violence", "suicide"]
Kind = Literal["city", "day", "time", "part", "problem", "number", "topic", "language"]
Part = Literal["morning", "afternoon", "evening"]
Ranking = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Entity:
    """A piece of the message that names something: `value` is normalised (slug, ISO date, HH:MM, ISO code, digits).

    A `problem` (`past`, `impossible`) is a typed time that cannot be meant.
    """

    kind: Kind
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Understanding:
    """Language, intent and entities of one message; `ranking` holds the likeliest intents, best first.

    `also`: further needs in the same message, in the order in which they were written.
    """

    text: str
    language: str | None
    intent: str
    confidence: float
    sure: bool
    ranking: Ranking = ()
    entities: tuple[Entity, ...] = ()
    danger: Danger | None = None
    also: tuple[str, ...] = ()


class Interpreter(Protocol):
    """An engine that understands messages; never raises for anything a person can write."""

    async def parse(self, text: str, *, now: datetime, language: str | None = None) -> Understanding:
        """What `text` means. `now` is aware, in the city's time zone; `language` is the one spoken so far."""


@dataclass(frozen=True)
class Moment:
    """A typed time: a day, a part of day and an hour, each only when said; `problem` says why there is none."""

    text: str
    date: date | None = None
    part: Part | None = None
    time: time | None = None
    problem: Literal["past", "impossible", "none_found"] | None = None
    spans: tuple[tuple[str, int, int], ...] = field(default=())
    """Where it was said: (kind in {"day", "time", "part"}, start, end)."""
