"""What a webhook of the Cloud API says: every entry, change, message and status of it, whatever is missing or new."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

from bot.channels.whatsapp_errors import from_status
from bot.channels.whatsapp_links import read_first_message
from bot.incoming import MAX_WORDS, Attachment, IncomingMessage, Sender
from bot.reception import Arrival, NewAddress, Report, Withdrawal

NAME = "whatsapp"
JSON: TypeAlias = Mapping[str, Any]

KINDS: Mapping[str, Attachment] = {
    "audio": "voice",
    "image": "photo",
    "video": "video",
    "document": "document",
    "sticker": "sticker",
    "contacts": "contact",
}
"""Any other kind that we do not know is "other": it is answered, too."""
SILENT = frozenset({"reaction", "ephemeral", "request_welcome"})
"""Kinds that ask for no answer."""
STATES: Mapping[str, Literal["sent", "delivered", "read", "failed"]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
MOVED = frozenset({"user_changed_number", "customer_changed_number", "user_changed_user_id"})
KNOWN = frozenset({"from", "from_user_id", "from_parent_user_id", "id", "timestamp", "type", "context"})
"""Fields of a message that are read for themselves."""
LONGEST_REST = 2000
LONGEST_ID = 200
LONGEST_TRACKER = 9
"""Digits of a reply's number: what is longer is none of ours, and no database would take it."""
TEN_DIGITS = 10
"""Of a time in seconds: enough until the year 2286."""
MAX_LATITUDE, MAX_LONGITUDE = 90, 180
MAX_KEY = 64
"""Our own buttons' keys; what is longer did not come from one."""

log = logging.getLogger(__name__)


def arrivals(body: JSON, phone_id: str) -> list[Arrival]:
    """All that a webhook tells of our telephone number, in its order.

    A part that cannot be read is left out and logged by the type of the error: it must not take the others with it.
    """
    found: list[Arrival] = []
    for field, value in _changes(body):
        metadata = value.get("metadata")
        ours = not isinstance(metadata, Mapping) or str(metadata.get("phone_number_id", phone_id)) == phone_id
        if field != "messages" or not ours:
            log.info("WhatsApp: a change of %s, of which nothing is done", field)
            continue
        for error in _objects(value.get("errors")):
            log.warning("WhatsApp tells of an error: %s", error.get("code"))
        people = list(_objects(value.get("contacts")))
        for kind, parts, read in (
            ("message", value.get("messages"), lambda part: _message(part, people)),  # noqa: B023, used in this round
            ("status", value.get("statuses"), _status),
        ):
            for part in _objects(parts):
                try:
                    arrival = read(part)
                except (KeyError, TypeError, ValueError, AttributeError) as odd:
                    log.error("WhatsApp: a %s cannot be read (%s)", kind, type(odd).__name__)  # noqa: TRY400, no words
                    continue
                if arrival is not None:
                    found.append(arrival)
    return found


def _changes(body: JSON) -> Iterator[tuple[str, JSON]]:
    for entry in _objects(body.get("entry")):
        for change in _objects(entry.get("changes")):
            value = change.get("value")
            if isinstance(value, Mapping):
                yield str(change.get("field", "messages")), value


def _objects(parts: object) -> Iterator[JSON]:
    """The objects of what should be a list of them."""
    if isinstance(parts, list):
        yield from (part for part in parts if isinstance(part, Mapping))


def _message(part: JSON, people: list[JSON]) -> Arrival | None:
    if part.get("group_id"):
        return None  # we only talk in private
    kind = str(part.get("type", ""))
    if kind == "system":
        return _moved(part, people)
    who = _identities(part, people)
    if not who:
        log.error("WhatsApp: a message without a sender")
        return None
    wamid = _id(part["id"])
    if kind == "revoke":
        return Withdrawal(who[0], who[1:], _id(part["revoke"]["original_message_id"]))
    if kind == "edit":
        part = {**part, **part["edit"]["message"]}
        kind = str(part.get("type", ""))
    said = None if kind in SILENT else _said(kind, part)
    if said is None:
        return None
    return IncomingMessage(who[0], wamid, also=who[1:], written_at=_time(part), rest=_rest(part, kind), **said)


def _identities(part: JSON, people: list[JSON]) -> tuple[Sender, ...]:
    """Who wrote, under every name that is told: the number first, by which everything can be sent."""
    number, scoped = part.get("from"), part.get("from_user_id")
    contact: JSON = next(
        (one for one in people if (one.get("wa_id") or "") == number or (one.get("user_id") or "") == scoped),
        people[0] if len(people) == 1 else {},
    )
    told = (
        ("wa_id", contact.get("wa_id")),
        ("wa_id", number),
        ("bsuid", scoped or contact.get("user_id")),
        ("parent_bsuid", part.get("from_parent_user_id") or contact.get("parent_user_id")),
    )
    return tuple(dict.fromkeys(Sender(NAME, kind, _id(value)) for kind, value in told if value))


def _moved(part: JSON, people: list[JSON]) -> NewAddress | None:
    """Somebody has a new number, and with it a new business-scoped id; other news of the system are not for us."""
    news = part["system"]
    if news.get("type") not in MOVED:
        return None
    old = _identities({**part, "from": news.get("customer") or part.get("from")}, people)
    new = _identities(
        {
            "from": news.get("wa_id") or news.get("new_wa_id"),
            "from_user_id": news.get("user_id"),
            "from_parent_user_id": news.get("parent_user_id"),
        },
        [],
    )
    # What is the same before and after is no old address.
    old = tuple(one for one in old if one not in new)
    return NewAddress(old, new, _time(part) or 0.0) if old and new else None


def _said(kind: str, part: JSON) -> dict[str, Any] | None:
    """Words, tapped button, place or attachment."""
    content: JSON = found if isinstance(found := part.get(kind), Mapping) else {}
    match kind, content:
        case "text", {"body": str(words)}:
            return _words(words)
        case "button", {"text": str(label)}:
            return _tapped(content.get("payload"), label)
        case "interactive", {"type": str(way)} if isinstance(chosen := content.get(way), Mapping) and "id" in chosen:
            return _tapped(chosen["id"], str(chosen.get("title", "")))
        case "location", {"latitude": int() | float() as latitude, "longitude": int() | float() as longitude} if (
            abs(latitude) <= MAX_LATITUDE and abs(longitude) <= MAX_LONGITUDE
        ):
            return {"location": (float(latitude), float(longitude))}
    return {"attachment": KINDS.get(kind, "other"), "words": _clean(content.get("caption") or "")[:MAX_WORDS]}


def _words(words: str) -> dict[str, Any]:
    words = _clean(words)
    first = read_first_message(words)
    if first.city is None and first.language is None:
        return {"words": words[:MAX_WORDS]}
    if first.words:
        return {"words": first.words[:MAX_WORDS], "city": first.city}
    return {"start": first.city or "", "language": first.language, "language_chosen": first.language is not None}


def _tapped(key: object, label: str) -> dict[str, Any]:
    """A button of ours; one of somebody else's (a template made by hand) counts as its words."""
    if isinstance(key, str) and 0 < len(key) <= MAX_KEY and key.isascii() and "=" in key:
        return {"tap": key}
    return {"words": _clean(label)[:MAX_WORDS]}


def _clean(told: object) -> str:
    """A text without what no database keeps: zero bytes, halves of characters."""
    return str(told).replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _id(told: object) -> str:
    return _clean(told)[:LONGEST_ID]


def _rest(part: JSON, kind: str) -> str | None:
    """What the message holds beside what is understood, for whoever looks into it later: never people's files."""
    unknown = {name: value for name, value in part.items() if name not in KNOWN and name not in {kind, "edit"}}
    return json.dumps(unknown, ensure_ascii=False)[:LONGEST_REST] if unknown else None


def _time(part: JSON) -> float | None:
    told = str(part.get("timestamp", ""))
    return float(told) if told.isdecimal() and len(told) <= TEN_DIGITS else None


def _status(part: JSON) -> Report | None:
    state = STATES.get(str(part.get("status")))
    if state is None or part.get("recipient_type") == "group":
        return None
    told = str(part.get("biz_opaque_callback_data") or "")
    tracker = int(told) if told.isdecimal() and len(told) <= LONGEST_TRACKER else None
    problem = from_status(next(_objects(part.get("errors")), None)) if state == "failed" else None
    return Report(_id(part["id"]), state, tracker, problem)
