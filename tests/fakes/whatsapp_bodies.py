"""What Meta posts to a webhook: messages, statuses, and several of them in one body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from tests.fakes.whatsapp_checks import CODES, JSON

ACCOUNT_ID = "102290129340398"
PHONE_ID = "106540352242922"
APP_SECRET = "0123456789abcdef0123456789abcdef"
BUSINESS = "390998877665"
"""The telephone number of the office, as WhatsApp writes it."""
Layout = Literal["mixed", "messages", "changes", "entries"]
"""How the parts of a batch are laid out: all in one change, a change each, an entry each, or some of each."""
UNSUPPORTED = {"code": 131051, "title": "Message type unknown", "message": "Message type unknown"}


def _file(media_type: str, number: int, **more: object) -> JSON:
    digest = base64.b64encode(hashlib.sha256(str(number).encode()).digest()).decode()
    return {"mime_type": media_type, "sha256": digest, "id": str(1_900_000_000_000_000 + number), **more}


KINDS: dict[str, JSON] = {
    "voice": {"type": "audio", "audio": _file("audio/ogg; codecs=opus", 1, voice=True)},
    "audio": {"type": "audio", "audio": _file("audio/mpeg", 2, voice=False)},
    "image": {"type": "image", "image": _file("image/jpeg", 3)},
    "video": {"type": "video", "video": _file("video/mp4", 4)},
    "document": {"type": "document", "document": _file("application/pdf", 5, filename="permit.pdf")},
    "sticker": {"type": "sticker", "sticker": _file("image/webp", 6, animated=False)},
    "contacts": {
        "type": "contacts",
        "contacts": [
            {
                "name": {"first_name": "Luca", "formatted_name": "Luca"},
                "phones": [{"phone": "+39 333 000 0000", "wa_id": "393330000000", "type": "CELL"}],
            }
        ],
    },
    "order": {
        "type": "order",
        "order": {
            "catalog_id": "354160437058",
            "text": "",
            "product_items": [{"product_retailer_id": "BREAD", "quantity": 2, "item_price": 3, "currency": "EUR"}],
        },
    },
    "flow": {
        "type": "interactive",
        "interactive": {
            "type": "nfm_reply",
            "nfm_reply": {"name": "flow", "body": "Sent", "response_json": '{"flow_token":"unused","city":"Taranto"}'},
        },
    },
    "empty_interactive": {"type": "interactive"},
    "unsupported": {
        "type": "unsupported",
        "errors": [UNSUPPORTED | {"error_data": {"details": "Message type is currently not supported."}}],
    },
    "poll": {
        "type": "unsupported",
        "errors": [UNSUPPORTED | {"error_data": {"details": "Message type is currently not supported."}}],
        "unsupported": {"type": "poll"},
    },
    "something_new": {"type": "hologram", "hologram": {"id": "1"}},
    "advert": {
        "type": "text",
        "text": {"body": "ciao"},
        "referral": {"source_url": "https://fb.me/1", "source_id": "1", "source_type": "ad", "headline": "Sportello"},
    },
    "system_identity": {
        "type": "system",
        "system": {"type": "customer_identity_changed", "body": "The security code of this person has changed"},
        "identity": {"acknowledged": True, "created_timestamp": "1697044706", "hash": "rS9Nn1lL2Q="},
    },
}
"""What people send beside words and places."""


@dataclass(frozen=True)
class Identity:
    """By what WhatsApp knows a person: a telephone number, a business-scoped id, or both."""

    wa_id: str | None
    bsuid: str | None = None
    parent_bsuid: str | None = None

    def __post_init__(self) -> None:
        assert self.wa_id or self.bsuid, "nobody has neither a number nor a business-scoped id"

    def named(self, wa_id: str, bsuid: str, parent_bsuid: str) -> JSON:
        """Those of the three that there are, under the names that they have in that place."""
        pairs = ((wa_id, self.wa_id), (bsuid, self.bsuid), (parent_bsuid, self.parent_bsuid))
        return {name: value for name, value in pairs if value}


def contact(who: Identity, name: str) -> JSON:
    return {"profile": {"name": name}, **who.named("wa_id", "user_id", "parent_user_id")}


def message(who: Identity, wamid: str, now: datetime, content: JSON) -> JSON:
    sender = who.named("from", "from_user_id", "from_parent_user_id")
    return {**sender, "id": wamid, "timestamp": stamp(now), **content}


def value(kind: Literal["messages", "statuses"], item: JSON, contacts: Sequence[JSON] = ()) -> JSON:
    """What one change tells."""
    metadata = {"display_phone_number": BUSINESS, "phone_number_id": PHONE_ID}
    told: JSON = {"messaging_product": "whatsapp", "metadata": metadata}
    return told | ({"contacts": list(contacts)} if contacts else {}) | {kind: [item]}


def status(who: Identity, wamid: str, now: datetime, told: str, tracker: str | None) -> JSON:
    """One status of a message of ours, without what only some of them have."""
    recipient = who.named("recipient_id", "recipient_user_id", "recipient_parent_user_id")
    more = {} if tracker is None else {"biz_opaque_callback_data": tracker}
    return {"id": wamid, "status": told, "timestamp": stamp(now), **recipient, **more}


def charged(told: str, now: datetime, category: str) -> JSON:
    """The conversation and the price of a message that was not lost."""
    conversation: JSON = {"id": "7270432eae37498234f4444b35ffc5", "origin": {"type": category}}
    if told == "sent":
        conversation["expiration_timestamp"] = stamp(now + timedelta(days=1))
    pricing = {"billable": category != "service", "pricing_model": "PMP", "type": "regular", "category": category}
    return {"conversation": conversation, "pricing": pricing}


def errors(code: int, details: str = "") -> list[JSON]:
    """Why a message failed."""
    _status, title = CODES.get(code, (400, "Something went wrong"))
    href = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"
    return [{"code": code, "title": title, "message": title, "error_data": {"details": details or title}, "href": href}]


def envelope(values: Sequence[JSON], layout: Layout = "messages") -> JSON:
    """The body of one POST that tells all those."""
    entries = [[[one]] for one in values]
    if layout == "messages":
        entries = [[list(values)]]
    elif layout == "changes":
        entries = [[[one] for one in values]]
    elif layout == "mixed":
        # Two in one change, the third in a change beside it, the rest in entries of their own.
        entries = [[part for part in (list(values[:2]), list(values[2:3])) if part], *([[one]] for one in values[3:])]
    return {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "id": ACCOUNT_ID,
                "changes": [{"value": _merged(part), "field": "messages"} for part in changes],
            }
            for changes in entries
        ],
    }


def _merged(values: Sequence[JSON]) -> JSON:
    merged: JSON = {}
    for one in values:
        for name, told in one.items():
            if isinstance(told, list):
                merged[name] = [*merged.get(name, []), *(item for item in told if item not in merged.get(name, []))]
            else:
                merged[name] = told
    return merged


def ids(body: JSON) -> list[str]:
    """The `wamid` of everything that is told there."""
    changes = [change["value"] for entry in body.get("entry", ()) for change in entry.get("changes", ())]
    return [item["id"] for told in changes for kind in ("messages", "statuses") for item in told.get(kind, ())]


def encoded(body: JSON) -> bytes:
    # Meta escapes what is not ASCII, and signs what it has written.
    return json.dumps(body, separators=(",", ":")).encode()


def signed(body: bytes, secret: str) -> dict[str, str]:
    """The headers of a webhook."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={digest}"}


def stamp(now: datetime) -> str:
    return str(int(now.timestamp()))
