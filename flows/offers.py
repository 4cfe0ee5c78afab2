"""What can be put on offer in a question: anything with a lasting key and a label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from locales.text import Value

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


class NothingOnOfferError(Exception):
    """A question has nothing to choose from; the flow says what the person can do instead."""
