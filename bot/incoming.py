"""One message as it arrived, whatever the channel; frozen, and the same after a trip through the database."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

MAX_WORDS = 4096
"""Longer messages are cut: no channel lets a person write more in one go."""

Attachment = Literal["voice", "photo", "video", "document", "sticker", "contact", "other"]


@dataclass(frozen=True)
class Sender:
    """Who writes: the channel, the kind of identity on it (`chat`, `wa_id`, ...), and its value."""

    channel: str
    kind: str
    value: str


@dataclass(frozen=True)
class IncomingMessage:
    """What a person sent. `key` is the channel's own id of the message: the same key twice is the same message."""

    sender: Sender
    key: str
    words: str = ""
    tap: str | None = None
    location: tuple[float, float] | None = None
    """Latitude and longitude, WGS 84 degrees."""
    attachment: Attachment | None = None
    start: str | None = None
    """The parameter of a deep link ("taranto")."""
    city: str | None = None
    language: str | None = None
    """What the channel says of the person's language: a hint, unless they chose it there."""
    language_chosen: bool = False
    also: tuple[Sender, ...] = ()
    """Other identities of the same account, when the channel tells them in one breath."""
    written_at: float | None = None
    """When it was written, by the channel's clock: seconds since 1970, UTC."""
    rest: str | None = None
    """JSON: what the channel told beside it that nobody understands yet."""

    def to_json(self) -> dict[str, Any]:
        """The saved form, without the identities, which have rows of their own."""
        saved = asdict(self)
        del saved["sender"], saved["key"], saved["also"]
        return {name: value for name, value in saved.items() if value not in (None, False)}

    @classmethod
    def from_json(cls, sender: Sender, key: str, saved: dict[str, Any]) -> IncomingMessage:
        """The message as it was saved."""
        location = saved.get("location")
        return cls(sender, key, **{**saved, "location": tuple(location) if location else None})
