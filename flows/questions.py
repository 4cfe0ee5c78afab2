"""What a flow asks, and what comes back: all frozen, none of it in a language yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.sayings import Option, Saying
from locales.text import Text, Words


@dataclass(frozen=True)
class Question:
    """An open question. `typed`: any words are an answer; `wants_location`: a location is one too."""

    step: str
    text: Words
    options: tuple[Option, ...] = ()
    typed: bool = False
    wants_location: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back: the tapped or matched key, the words, and the entities understood in them by kind."""

    words: str = ""
    key: str | None = None
    heard: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a turn of a flow leads to: what is said, and the question now open (None when the flow has ended)."""

    said: tuple[Saying, ...]
    question: Question | None


@dataclass(eq=False)
class UnreadableError(ValueError):
    """An answer that cannot be read; `hint` tells the person, kindly, what would do."""

    hint: Text


@dataclass(eq=False)
class Waiting(BaseException):
    """The first open question puts the flow to sleep."""

    question: Question
