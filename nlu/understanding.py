"""What one message was understood to mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal, Protocol

Danger = Literal["emergency", "violence", "suicide"]
Part = Literal["morning", "afternoon", "evening"]


@dataclass(frozen=True)
class Entity:
    """A piece of the message that names something: `value` is normalised (slug, ISO date, HH:MM)."""

    kind: Literal["city", "day", "time", "part"]
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Understanding:
    """Language, intent and entities of one message; `ranking` holds the likeliest intents, best first."""

    text: str
    language: str | None
    intent: str
    confidence: float
    sure: bool
    ranking: tuple[tuple[str, float], ...] = ()
    entities: tuple[Entity, ...] = ()
    danger: Danger | None = None


class Interpreter(Protocol):
    """An engine that understands messages; never raises for anything a person can write."""

    def parse(self, text: str, *, now: datetime, language: str | None = None) -> Understanding:
        """What `text` means. `now` is aware, in the city's time zone; `language` is the person's own choice."""


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
