"""One message as it leaves: in the person's language, not yet cut to a channel's limits."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.incoming import Sender


@dataclass(frozen=True)
class Choice:
    """A button: `key` comes back as the tap. At most 64 ASCII characters, Telegram's limit."""

    key: str
    label: str
    description: str | None = None


@dataclass(frozen=True)
class Pin:
    """A point on the map."""

    latitude: float
    longitude: float
    name: str
    address: str | None = None


@dataclass(frozen=True)
class File:
    """A file to keep, or a picture to show: the content of an image is base64, of anything else plain text."""

    name: str
    media_type: str
    content: str

    @property
    def is_image(self) -> bool:
        """Whether it is shown rather than kept."""
        return self.media_type.startswith("image/")

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return base64.b64decode(self.content) if self.is_image else self.content.encode()


@dataclass(frozen=True)
class Template:
    """The same as a reply says, in a form that the channel has approved in advance: it may open a conversation.

    `name` is one of `bot.templates.TEMPLATES`; `values` are its placeholders and what fills them, `keys` what its
    buttons send back, in their order.
    """

    name: str
    language: str
    values: tuple[tuple[str, str], ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reply:
    """What is sent: text, buttons, a place, a link, a file. `language` is the one it is written in.

    `templates` say the same to somebody who has not written for a day, where a channel asks for that: in the
    person's language first, then in those that they may understand.
    """

    text: str
    language: str
    options: tuple[Choice, ...] = ()
    location: Pin | None = None
    link: str | None = None
    document: File | None = None
    wants_location: bool = False
    templates: tuple[Template, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The saved form, and, without templates, the one that `POST /chat/messages` answers with."""
        saved = asdict(self)
        if not self.templates:
            del saved["templates"]
        return saved

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Reply:
        """The reply as it was saved."""
        location, document = saved.get("location"), saved.get("document")
        return cls(
            text=saved["text"],
            language=saved["language"],
            options=tuple(Choice(**option) for option in saved.get("options", ())),
            location=Pin(**location) if location else None,
            link=saved.get("link"),
            document=File(**document) if document else None,
            wants_location=saved.get("wants_location", False),
            templates=tuple(_template(template) for template in saved.get("templates", ())),
        )


def _template(saved: dict[str, Any]) -> Template:
    values = tuple((name, value) for name, value in saved["values"])
    return Template(saved["name"], saved["language"], values, tuple(saved["keys"]))


@dataclass(frozen=True)
class Posting:
    """What is known of a reply beside its content.

    `number` is ours, and comes back with what the channel tells of the reply later. `heard_at` (aware) is when the
    person last wrote, `answers` the channel's id of the message that is answered. `only_template`: the channel has
    said that nothing else may go out.
    """

    number: int = 0
    heard_at: datetime | None = None
    answers: str | None = None
    only_template: bool = False


UNKNOWN = Posting()


class SendError(Exception):
    """A reply did not go out; it may later. `retry_after` is in seconds, when the channel said so."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.retry_after = reason, retry_after


class UnreachableError(SendError):
    """The person cannot be reached on this channel (blocked, deleted): not tried again until they write."""


class UndeliverableError(SendError):
    """The channel refuses this very reply: trying again would not help."""


class SuspendedError(SendError):
    """Nothing goes out on this channel until our account with it is in order: replies wait for that."""


class WindowClosedError(SendError):
    """The person has not written for a day: only an approved template may go out, at once."""


class Channel(Protocol):
    """A wire that replies are pushed onto. The web and the terminal have none: they fetch what is theirs."""

    name: str
    template_languages: frozenset[str]
    """Languages in which it approves templates; none where anything may be written to anybody at any time."""

    async def send(self, to: Sender, reply: Reply, posting: Posting = UNKNOWN) -> str | None:
        """Send one saved reply, laid out within the channel's limits; the channel's id of it, where it has one.

        Raises SendError or one of its kinds.
        """
