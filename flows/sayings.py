"""What a flow says: messages, buttons, places and files, none of them in a language yet."""

from __future__ import annotations

from dataclasses import dataclass

from flows.offers import Offered
from locales.text import Value, Words


@dataclass(frozen=True)
class Option:
    """A button: its key, its label and, where the channel has room, one line more."""

    key: str
    label: Value
    description: Words | None = None

    @classmethod
    def of(cls, item: Offered) -> Option:
        """The button for something on offer."""
        return cls(item.key, item.label)


@dataclass(frozen=True)
class Place:
    """A point on the map, with its name and address."""

    latitude: float
    longitude: float
    name: Words
    address: str | None = None


@dataclass(frozen=True)
class Document:
    """A file to keep, or a picture to show: the content of an image is base64, of anything else plain text."""

    name: str
    media_type: str
    content: str


@dataclass(frozen=True)
class Saying:
    """One message to the person; `suggestions` are buttons that start something else."""

    text: Words
    suggestions: tuple[Option, ...] = ()
    place: Place | None = None
    file: Document | None = None
