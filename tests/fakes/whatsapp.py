"""WhatsApp with people in it: what they write reaches the webhook as Meta's own, and what the office sends can be read.

    async with FakeWhatsApp().served() as fake:
        fake.webhook = "http://127.0.0.1:8000/whatsapp"
        amina = fake.person("393331234567", bsuid="IT.13491208655302741918", name="Amina")
        await amina.says("ciao")
        (welcome,) = await amina.hears()

Start the bot with `fake.url`, `fake.token`, `fake.phone_id`, `fake.account_id`, `fake.app_secret`, `fake.verify_token`.
The Cloud API itself is in `whatsapp_api`.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Self

from tests.fakes.serving import serving
from tests.fakes.whatsapp_api import Account, GraphApi, new_wamid
from tests.fakes.whatsapp_bodies import BUSINESS, KINDS, Identity, contact, message, value
from tests.fakes.whatsapp_checks import CAPTIONED, JSON


class Person(Account):
    """Somebody with WhatsApp. What they do gives the `wamid` under which the office is told of it."""

    def __init__(self, fake: FakeWhatsApp, identity: Identity, name: str) -> None:
        super().__init__(identity, name)
        self.fake = fake
        self._heard = 0
        self._last = ""
        self._read: set[str] = set()

    async def says(self, text: str, *, answering: str | None = None) -> str:
        """Write, perhaps in answer to the message with that `wamid`."""
        context = {"context": {"from": BUSINESS, "id": answering}} if answering else {}
        return await self._write({"type": "text", "text": {"body": text}, **context})

    async def sends(self, kind: str, caption: str | None = None) -> str:
        """Send one of KINDS; only what a person writes opens the window, not what WhatsApp says of the person."""
        content = copy.deepcopy(KINDS[kind])
        if caption is not None:
            assert content["type"] in CAPTIONED, f"{kind} has no caption"
            content[content["type"]]["caption"] = caption
        return await (self._tell(content) if content["type"] == "system" else self._write(content))

    async def sends_location(self, latitude: float, longitude: float, name: str | None = None) -> str:
        """Send where they are, or a place with a name."""
        place = {"name": name, "address": f"{name}, Taranto"} if name else {}
        content = {"latitude": latitude, "longitude": longitude, **place}
        return await self._write({"type": "location", "location": content})

    async def forwards(self, text: str, *, often: bool = False) -> str:
        """Pass on what somebody else wrote."""
        context = {"frequently_forwarded" if often else "forwarded": True}
        return await self._write({"type": "text", "text": {"body": text}, "context": context})

    async def taps(self, button: str) -> str:
        """Tap the newest button, row or quick reply with that key or that label."""
        for sent in reversed(self.got):
            for keys, content in self._buttons(sent):
                if button in keys:
                    return await self._write({**content, "context": {"from": BUSINESS, "id": sent["id"]}})
        raise AssertionError(f"no button {button!r} in what {self.name} was sent")

    async def reacts(self, emoji: str, wamid: str | None = None) -> str:
        """Put an emoji on the newest message that they got; an empty one takes it off."""
        target = wamid or self.got[-1]["id"]
        reaction = {"message_id": target} | ({"emoji": emoji} if emoji else {})
        return await self._tell({"type": "reaction", "reaction": reaction})

    async def edits(self, text: str, wamid: str | None = None) -> str:
        """Change the words of their last message."""
        changed = {"context": {"id": "M0"}, "type": "text", "text": {"body": text}}
        edit = {"original_message_id": wamid or self._last, "message": changed}
        return await self._tell({"type": "edit", "edit": edit})

    async def deletes(self, wamid: str | None = None) -> str:
        """Take their last message back."""
        return await self._tell({"type": "revoke", "revoke": {"original_message_id": wamid or self._last}})

    async def changes_number(
        self, wa_id: str | None = None, bsuid: str | None = None, parent_bsuid: str | None = None
    ) -> str:
        """Have a new number, a new business-scoped id, or both; nothing else of the old ones stays, nor the window."""
        old, self.identity = self.identity, Identity(wa_id, bsuid, parent_bsuid)
        self.wrote = None
        kind = "user_changed_number" if wa_id != old.wa_id else "user_changed_user_id"
        said = f"User {self.name} changed from {old.wa_id or old.bsuid} to {wa_id or bsuid}"
        system = {"body": said, "type": kind, **self.identity.named("wa_id", "user_id", "parent_user_id")}
        wamid = new_wamid()
        told = message(old, wamid, self.fake.now(), {"type": "system", "system": system})
        await self.fake.happen(value("messages", told))
        return wamid

    async def reads(self, wamid: str | None = None) -> None:
        """Open the chat: a status `read` for each message not read yet, or for that one (again)."""
        unread = [sent["id"] for sent in self.got if sent["id"] not in self._read]
        for number in [wamid] if wamid else unread:
            self._read.add(number)
            await self.fake.status(number, "read")

    def blocks(self) -> None:
        """Want no more of the office's messages; WhatsApp tells nobody."""
        self.blocked = True

    def unblocks(self) -> None:
        self.blocked = False

    async def hears(self, count: int = 1, timeout: float = 30) -> list[JSON]:  # noqa: ASYNC109, reads like the test
        """The next messages as they were sent, with their `id`, once there are so many; none is told twice."""
        async with asyncio.timeout(timeout):
            while len(news := self.got[self._heard :]) < count:  # noqa: ASYNC110, tells nobody
                await asyncio.sleep(0.01)
        self._heard += len(news)
        return news

    async def _write(self, content: JSON) -> str:
        self.wrote = self.fake.now()
        self._last = await self._tell(content)
        return self._last

    async def _tell(self, content: JSON) -> str:
        wamid = new_wamid()
        self.fake.inbound.add(wamid)
        told = message(self.identity, wamid, self.fake.now(), content)
        await self.fake.happen(value("messages", told, [contact(self.identity, self.name)]))
        return wamid

    def _buttons(self, sent: JSON) -> Iterator[tuple[set[str], JSON]]:
        """What can be tapped there: the key and the label of each, and what tapping it sends."""
        if sent["type"] == "template":
            yield from self._quick_replies(sent["template"])
        action = sent.get("interactive", {}).get("action", {})
        for button in action.get("buttons", ()):
            reply = button["reply"]
            yield set(reply.values()), _reply("button_reply", reply)
        for section in action.get("sections", ()):
            for row in section["rows"]:
                yield {row["id"], row["title"]}, _reply("list_reply", row)

    def _quick_replies(self, sent: JSON) -> Iterator[tuple[set[str], JSON]]:
        template = self.fake.templates[sent["name"], sent["language"]["code"]]
        payloads: dict[int, str] = {
            int(part["index"]): part["parameters"][0]["payload"]
            for part in sent.get("components", ())
            if part["type"] == "button"
        }
        for number, button in enumerate(template.buttons):
            if button["type"] == "QUICK_REPLY":
                text: str = button["text"]
                payload = payloads.get(number, text)
                yield {text, payload}, {"type": "button", "button": {"payload": payload, "text": text}}


class FakeWhatsApp(GraphApi):
    """One office's WhatsApp, served on this machine."""

    def person(
        self,
        wa_id: str | None = None,
        *,
        bsuid: str | None = None,
        parent_bsuid: str | None = None,
        name: str = "Amina",
    ) -> Person:
        """Somebody with WhatsApp who has written nothing yet: the window is closed. A username hides the number."""
        person = Person(self, Identity(wa_id, bsuid, parent_bsuid), name)
        self.people.append(person)
        return person

    def passes(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Time passes for WhatsApp, for nobody else."""
        before, later = self.clock, timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        self.clock = lambda: before() + later

    def called(self, edge: str) -> list[JSON]:
        """What each call of that edge said that was not made to fail."""
        return [content for name, content in self.calls if name == edge]

    def words(self, sent: JSON) -> str:
        """What the person reads of a message; empty for a picture without a caption."""
        kind = sent["type"]
        if kind == "template":
            asked = sent["template"]
            return self.templates[asked["name"], asked["language"]["code"]].filled(asked.get("components", ()))
        part = sent[kind][0] if kind == "contacts" else sent[kind]
        return str(part["body"]["text"] if kind == "interactive" else part.get("body") or part.get("caption", ""))

    @asynccontextmanager
    async def served(self) -> AsyncIterator[Self]:
        """On a free port of 127.0.0.1, at `url`, until the block ends; statuses that are due are told before."""
        async with serving(self) as self.url:
            try:
                yield self
                await self.settles()
            finally:
                self.closing.set()
                for task in self.tasks:
                    task.cancel()


def _reply(kind: str, about: JSON) -> JSON:
    return {"type": "interactive", "interactive": {"type": kind, kind: dict(about)}}
