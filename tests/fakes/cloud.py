"""WhatsApp with people in it: what they write arrives as signed webhooks, and what the bot sends can be read.

async with FakeCloud().served() as fake:
    fake.webhook = "http://127.0.0.1:8000/whatsapp/webhook"
    amina = fake.person("393331112223", bsuid="IT.77")
    await amina.says("ciao")
    (welcome,) = await amina.hears()
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import httpx

from tests.fakes.cloud_api import Account, CloudApi
from tests.fakes.cloud_checks import JSON
from tests.fakes.telegram import serving

FILE = {"id": "1479537139650973", "mime_type": "x/y", "sha256": "kRqtuG+E="}
KINDS: dict[str, Any] = {
    "audio": {**FILE, "mime_type": "audio/ogg; codecs=opus", "voice": True},
    "image": {**FILE, "mime_type": "image/jpeg"},
    "video": {**FILE, "mime_type": "video/mp4"},
    "document": {**FILE, "mime_type": "application/pdf", "filename": "permesso.pdf"},
    "sticker": {**FILE, "mime_type": "image/webp", "animated": False},
    "contacts": [{"name": {"formatted_name": "Luca"}, "phones": [{"phone": "+39 333"}]}],
    "order": {"catalog_id": "1", "product_items": []},
    "unsupported": {"type": "poll"},
}
"""What people send that nobody can read."""


class Person:
    """Somebody with the chat open."""

    def __init__(self, fake: FakeCloud, account: Account) -> None:
        self.fake, self.account = fake, account
        self._heard = 0

    @property
    def contact(self) -> JSON:
        """Who they are, as a webhook tells it."""
        told = {"wa_id": self.account.wa_id, "user_id": self.account.bsuid}
        return {"profile": {"name": "Amina"}, **{name: value for name, value in told.items() if value}}

    async def says(self, words: str) -> str:
        """Write; the wamid, as of all that follow."""
        return await self._write("text", {"body": words})

    def writes(self, words: str) -> bytes:
        """The call that would tell it; it is not made."""
        return self.fake.body({"contacts": [self.contact], "messages": [self.message("text", {"body": words})]})

    async def sends(self, kind: str) -> str:
        """Send one of KINDS."""
        return await self._write(kind, KINDS[kind])

    async def sends_location(self, latitude: float, longitude: float) -> str:
        return await self._write("location", {"latitude": latitude, "longitude": longitude})

    async def taps(self, wanted: str) -> str:
        """Tap the newest button or row whose key holds that, or whose title is that."""
        for body in reversed(self.received):
            for kind, key, title in tappable(body):
                if wanted in key or wanted == title:
                    if kind == "button":
                        return await self._write("button", {"payload": key, "text": title})
                    return await self._write("interactive", {"type": kind, kind: {"id": key, "title": title}})
        raise AssertionError(f"nothing like {wanted!r} to tap")

    async def changes_number(self, wa_id: str, bsuid: str | None = None) -> None:
        """Take the account to another number: Meta tells it, under the old one."""
        news = {"body": "changed", "type": "user_changed_number", "wa_id": wa_id}
        message = self.message("system", {**news, **({"user_id": bsuid} if bsuid else {})})
        self.account.wa_id, self.account.bsuid = wa_id, bsuid or self.account.bsuid
        await self.fake.happen({"messages": [message]})

    @property
    def received(self) -> list[JSON]:
        """All that they were sent."""
        return [body for account, body, _wamid in self.fake.sent if account is self.account]

    async def hears(self, count: int = 1, timeout: float = 20) -> list[JSON]:  # noqa: ASYNC109, reads like the test
        """The next messages, once there are so many; those before are not told again."""
        async with asyncio.timeout(timeout), self.fake.news:
            await self.fake.news.wait_for(lambda: len(self.received) >= self._heard + count)
        news = self.received[self._heard :]
        self._heard += len(news)
        return news

    def message(self, kind: str, content: Any) -> JSON:
        self.account.wrote_at = self.fake.now()
        wamid = f"wamid.{secrets.token_urlsafe(24)}"
        self.fake.inbound.add(wamid)
        sender = {"from": self.account.wa_id, "from_user_id": self.account.bsuid}
        known = {name: value for name, value in sender.items() if value}
        return {**known, "id": wamid, "timestamp": str(int(self.fake.now())), "type": kind, kind: content}

    async def _write(self, kind: str, content: Any) -> str:
        message = self.message(kind, content)
        await self.fake.happen({"contacts": [self.contact], "messages": [message]})
        return str(message["id"])


class FakeCloud(CloudApi):
    """One telephone number's WhatsApp, served on this machine."""

    url = ""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        super().__init__(now)
        self.webhook: str | Callable[[str, bytes], Awaitable[int]] = ""
        """Where signed bodies go: an address, or what takes a signature and a body."""
        self.statuses: list[int] = []
        self.undelivered: list[bytes] = []
        self._client = httpx.AsyncClient(trust_env=False, timeout=30)
        self._together: list[JSON] | None = None

    def person(self, wa_id: str | None, bsuid: str | None = None) -> Person:
        """Somebody who has WhatsApp; nothing is written yet."""
        account = Account(wa_id, bsuid)
        self.accounts.append(account)
        return Person(self, account)

    async def happen(self, *values: JSON) -> None:
        """Tell the business of it, at once or with what else happens in a batch."""
        if self._together is not None:
            self._together += values
        else:
            await self.deliver(self.body(*values))

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """What happens meanwhile comes in one call."""
        self._together = []
        yield
        values, self._together = self._together, None
        await self.deliver(self.body(*values))

    async def tells(self, number: int, state: str, *, code: int | None = None, tracker: bool = True) -> None:
        """What became of the message with that place among all that were sent."""
        account, body, wamid = self.sent[number]
        told: JSON = {"id": wamid, "status": state, "timestamp": str(int(self.now())), "recipient_id": account.wa_id}
        if tracker:
            told["biz_opaque_callback_data"] = body.get("biz_opaque_callback_data")
        if code is not None:
            told["errors"] = [{"code": code, "title": "failed", "message": "failed", "error_data": {"details": ""}}]
        await self.happen({"statuses": [told]})

    def body(self, *values: JSON) -> bytes:
        """A call with a change for each value."""
        metadata = {"display_phone_number": "390612345678", "phone_number_id": self.phone_id}
        changes = [
            {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
            for value in values
        ]
        told = {"object": "whatsapp_business_account", "entry": [{"id": self.account_id, "changes": changes}]}
        return json.dumps(told, ensure_ascii=False).encode()

    async def deliver(self, body: bytes) -> int:
        """Call the business; what it does not take is kept, to come again."""
        signature = "sha256=" + hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()
        if callable(self.webhook):
            status = await self.webhook(signature, body)
        else:
            headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
            status = (await self._client.post(self.webhook, content=body, headers=headers)).status_code
        self.statuses.append(status)
        if status != httpx.codes.OK:
            self.undelivered.append(body)
        return status

    async def try_again(self) -> None:
        """Call once more with what was not taken."""
        bodies, self.undelivered = self.undelivered, []
        for body in bodies:
            await self.deliver(body)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[Self]:
        """On a free port of 127.0.0.1, at `url`, until the block ends."""
        async with self._client, serving(self) as self.url:
            try:
                yield self
            finally:
                self.closing.set()


def tappable(body: JSON) -> list[tuple[str, str, str]]:
    """(kind of the tap, key, title) of all that can be tapped below a message."""
    if body["type"] == "template":
        parts = [part for part in body["template"].get("components", ()) if part["type"] == "button"]
        return [("button", part["parameters"][0]["payload"], part["parameters"][0]["payload"]) for part in parts]
    action = body.get("interactive", {}).get("action", {})
    buttons = [("button_reply", one["reply"]["id"], one["reply"]["title"]) for one in action.get("buttons", ())]
    rows = [row for section in action.get("sections", ()) for row in section["rows"]]
    return [*buttons, *(("list_reply", row["id"], row["title"]) for row in rows)]


def words_of(body: JSON) -> str:
    """What is read in a message."""
    match body["type"]:
        case "text":
            return str(body["text"]["body"])
        case "interactive":
            return str(body["interactive"]["body"]["text"])
        case "template":
            parts = [part for part in body["template"].get("components", ()) if part["type"] == "body"]
            return " ".join(str(one["text"]) for part in parts for one in part["parameters"])
    return ""
