"""Telegram with people in it: what they write arrives as real updates, and what the bot sends can be read.

    async with FakeTelegram().served() as fake:
        amina = fake.person(42, language="fr", name="Amina")
        await amina.says("/start")
        (welcome,) = await amina.hears()

Start the bot with `fake.token` and `fake.url`. The Bot API itself is in `telegram_api`.
"""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from tests.fakes.serving import serving
from tests.fakes.telegram_api import BotApi, Chat
from tests.fakes.telegram_checks import JSON, utf16

FILE = {"file_id": "AwACAgQ", "file_unique_id": "AgADbQ", "file_size": 4096}
SIZED = {**FILE, "width": 320, "height": 240}
MOVING = {**SIZED, "duration": 3, "mime_type": "video/mp4"}
POINT = {"latitude": 40.4644, "longitude": 17.2470}
KINDS: dict[str, JSON] = {
    "voice": {"voice": {**FILE, "duration": 3, "mime_type": "audio/ogg"}},
    "audio": {"audio": {**FILE, "duration": 180, "mime_type": "audio/mpeg", "title": "Song"}},
    "video_note": {"video_note": {**FILE, "duration": 3, "length": 240}},
    "photo": {"photo": [{**SIZED, "width": 90, "height": 67}, SIZED]},
    "video": {"video": MOVING},
    "animation": {"animation": MOVING, "document": {**FILE, "file_name": "a.mp4", "mime_type": "video/mp4"}},
    "document": {"document": {**FILE, "file_name": "permit.pdf", "mime_type": "application/pdf"}},
    "sticker": {"sticker": {**SIZED, "type": "regular", "is_animated": False, "is_video": False, "emoji": "👋"}},
    "contact": {"contact": {"phone_number": "+39333000000", "first_name": "Luca"}},
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
    "venue": {"venue": {"location": POINT, "title": "Town hall", "address": "Piazza 1"}, "location": POINT},
    "live_location": {"location": {**POINT, "live_period": 900}},
    "something_new": {"hologram": {**FILE}},
    "timer": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
}


class Person:
    """Somebody with the bot's private chat open."""

    def __init__(self, fake: FakeTelegram, chat_id: int, language: str | None, name: str) -> None:
        self.fake, self.id = fake, chat_id
        self.about: JSON = {"id": chat_id, "is_bot": False, "first_name": name}
        if language is not None:
            self.about["language_code"] = language
        self.chat: JSON = {"id": chat_id, "first_name": name, "type": "private"}
        self._heard = 0
        self._said: JSON = {}

    async def says(self, text: str) -> int:
        """Write; the number of the update, as of all that follow."""
        return await self._write({"text": text, **_entities(text)})

    async def sends(self, kind: str, caption: str | None = None) -> int:
        """Send one of KINDS."""
        return await self._write(copy.deepcopy(KINDS[kind]) | ({"caption": caption} if caption else {}))

    async def sends_location(self, latitude: float, longitude: float) -> int:
        return await self._write({"location": {"latitude": latitude, "longitude": longitude}})

    async def edits(self, text: str) -> int:
        """Change the words of the last message."""
        self._said |= {"text": text, "edit_date": int(time.time())}
        return await self.fake.happen("edited_message", copy.deepcopy(self._said))

    async def moves(self, latitude: float, longitude: float) -> int:
        """Be somewhere else, with a live location on."""
        self._said["location"] |= {"latitude": latitude, "longitude": longitude}
        self._said["edit_date"] = int(time.time())
        return await self.fake.happen("edited_message", copy.deepcopy(self._said))

    async def taps(self, button: str) -> int:
        """Tap the newest button with that key or that label."""
        message, key = self._button(button)
        query = f"43{len(self.fake.history):016}"
        self.fake.queries.add(query)
        body = {"id": query, "from": self.about, "message": message, "chat_instance": "-3141592653589", "data": key}
        return await self.fake.happen("callback_query", body)

    async def blocks(self) -> int:
        self.fake.chats[self.id].closed = "bot was blocked by the user"
        return await self.fake.changes_membership(self.chat, self.about, "member", "kicked")

    async def unblocks(self) -> int:
        self.fake.chats[self.id].closed = ""
        return await self.fake.changes_membership(self.chat, self.about, "kicked", "member")

    async def hears(self, count: int = 1, timeout: float = 30) -> list[JSON]:  # noqa: ASYNC109, reads like the test
        """The next messages, once there are so many; those before are not told again."""
        async with asyncio.timeout(timeout):
            while len(news := self.fake.messages(self.id)[self._heard :]) < count:  # noqa: ASYNC110, tells nobody
                await asyncio.sleep(0.01)
        self._heard += len(news)
        return news

    async def _write(self, content: JSON) -> int:
        number = {"message_id": self.fake.next_message_id()}
        self._said = {**number, "from": self.about, "chat": self.chat, "date": int(time.time()), **content}
        return await self.fake.happen("message", copy.deepcopy(self._said))

    def _button(self, wanted: str) -> tuple[JSON, str]:
        for message in reversed(self.fake.messages(self.id)):
            for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
                for button in row:
                    if wanted in {button.get("callback_data"), button["text"]} and "callback_data" in button:
                        return message, button["callback_data"]
        raise AssertionError(f"no button {wanted!r} in what {self.id} was sent")


class Group:
    """A group or a channel."""

    def __init__(self, fake: FakeTelegram, chat_id: int, kind: str) -> None:
        self.fake, self.id = fake, chat_id
        self.chat: JSON = {"id": chat_id, "title": "Neighbours", "type": kind}

    async def adds_the_bot(self, by: Person) -> int:
        """Both updates that Telegram makes of it; the number of the first."""
        self.fake.chats[self.id].closed = ""
        body = {
            "message_id": self.fake.next_message_id(),
            "from": by.about,
            "chat": self.chat,
            "date": int(time.time()),
        }
        number = await self.fake.changes_membership(self.chat, by.about, "left", "member")
        await self.fake.happen("message", {**body, "new_chat_members": [self.fake.bot]})
        return number

    async def hears(self, by: Person, text: str) -> int:
        """Somebody writes to everybody."""
        body = {
            "message_id": self.fake.next_message_id(),
            "from": by.about,
            "chat": self.chat,
            "date": int(time.time()),
        }
        return await self.fake.happen("message", {**body, "text": text, **_entities(text)})


class FakeTelegram(BotApi):
    """One bot's Telegram, served on this machine."""

    url = ""

    def person(self, chat_id: int, language: str | None = "it", name: str = "Amina") -> Person:
        """Somebody who has opened the chat; nothing is written yet."""
        person = Person(self, chat_id, language, name)
        self.chats[chat_id] = Chat(person.chat)
        return person

    def group(self, chat_id: int, kind: str = "supergroup") -> Group:
        """A `group`, `supergroup` or `channel`; its number is below zero."""
        group = Group(self, chat_id, kind)
        self.chats[chat_id] = Chat(group.chat, closed=f"bot is not a member of the {kind} chat")
        return group

    def messages(self, chat_id: int) -> list[JSON]:
        """What the bot sent into that chat, in order."""
        return [message for message in self.sent if message["chat"]["id"] == chat_id]

    def called(self, method: str) -> list[JSON]:
        """The parameters of each call of that method that was not made to fail."""
        return [values for name, values in self.calls if name == method]

    async def redeliver(self, update_id: int) -> None:
        """The same update once more, as when our confirmation was lost."""
        await self.deliver(self.history[update_id])

    def let_queries_expire(self) -> None:
        self.queries.clear()

    async def changes_membership(self, chat: JSON, by: JSON, before: str, after: str) -> int:
        member = {"user": self.bot, "status": after} | ({"until_date": 0} if after == "kicked" else {})
        old = {"user": self.bot, "status": before} | ({"until_date": 0} if before == "kicked" else {})
        body = {"chat": chat, "from": by, "date": int(time.time()), "old_chat_member": old, "new_chat_member": member}
        return await self.happen("my_chat_member", body)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[Self]:
        """On a free port of 127.0.0.1, at `url`, until the block ends."""
        async with serving(self) as self.url:
            try:
                yield self
            finally:
                self.closing.set()
                async with self.arrived:
                    self.arrived.notify_all()


def _entities(text: str) -> JSON:
    command = text.split(maxsplit=1)[0] if text.startswith("/") else ""
    return {"entities": [{"offset": 0, "length": utf16(command), "type": "bot_command"}]} if command else {}
