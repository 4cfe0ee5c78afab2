"""What a flow asks, and what comes back: all frozen, none of it in a language yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from flows.sayings import Option, Saying
from locales.text import Text, Value, Words

T_co = TypeVar("T_co", bound="Offered", covariant=True)


class Offered(Protocol):
    """Anything that can be put on a button: a lasting key and a label."""

    @property
    def key(self) -> str:
        """What is saved: chosen to last, at most 40 ASCII characters."""

    @property
    def label(self) -> Value:
        """What the person reads."""


class Offers(Protocol[T_co]):
    """The choices of one question: listed only while it is open, looked up by key when it is replayed."""

    async def all(self) -> Sequence[T_co]:
        """Everything on offer now, in the order in which it is shown."""

    async def find(self, key: str) -> T_co | None:
        """The offer with that key if it can still be had; None for anything else a person may have written."""


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


class UnreadableError(ValueError):
    """An answer that cannot be read; `hint` tells the person, kindly, what would do."""

    def __init__(self, hint: Text) -> None:
        """Carry the hint."""
        super().__init__(hint.message)
        self.hint = hint


class NothingOnOfferError(Exception):
    """A question has nothing to choose from; the flow says what the person can do instead."""


class Waiting(BaseException):
    """The first open question puts the flow to sleep."""

    def __init__(self, question: Question) -> None:
        """Carry the question."""
        super().__init__(question.step)
        self.question = question
