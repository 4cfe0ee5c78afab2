"""Telegram's wire: what an update says, and how a reply goes out. The loop and the webhook are in telegram_intake."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import Any, Self, TypeAlias

from telegram import (
    Bot,
    CallbackQuery,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.constants import BotDescriptionLimit, ChatType, MessageType
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError
from telegram.request import HTTPXRequest
from telegram.warnings import PTBDeprecationWarning

from bot.channels import telegram_words as words
from bot.channels.cutting import shortened
from bot.channels.halfway import Halfway
from bot.channels.words import HOW_TO_SEND_LOCATION
from bot.incoming import MAX_WORDS, Attachment, IncomingMessage, Sender
from bot.outgoing import UNKNOWN, Posting, Reply, SendError, UndeliverableError, UnreachableError
from locales.languages import FALLBACK, SPOKEN
from locales.rendering import render

NAME = "telegram"
API_BASE = "https://api.telegram.org"
PATIENCE = 10.0
"""Seconds that Telegram has for each step of an answer."""
LONGEST_REASON = 200
NOBODY = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated")
"""How Telegram says, in a 400, that there is nobody to write to."""
COMMAND = re.compile(r"/([A-Za-z0-9_]+)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
KINDS: dict[str, Attachment] = {
    "voice": "voice",
    "audio": "voice",
    "video_note": "voice",
    "photo": "photo",
    "live_photo": "photo",
    "video": "video",
    "animation": "video",  # before "document": Telegram sends a moving picture as both
    "document": "document",
    "sticker": "sticker",
    "contact": "contact",
    "poll": "other",
    "dice": "other",
    "game": "other",
    "story": "other",
    "checklist": "other",
    "invoice": "other",
    "paid_media": "other",
}

Step: TypeAlias = Callable[[], Awaitable[Message]]
Keyboard: TypeAlias = InlineKeyboardMarkup | ReplyKeyboardMarkup | None


def sender(chat_id: int) -> Sender:
    """Who writes in that private chat."""
    return Sender(NAME, "chat", str(chat_id))


def read_update(raw: dict[str, Any]) -> Update:
    """The update as PTB reads it. Raises whatever PTB does when a field is missing or of another kind."""
    with warnings.catch_warnings():
        # Some of PTB's types warn of their own future while they are made, as long as PTB_TIMEDELTA is not set.
        warnings.simplefilter("ignore", PTBDeprecationWarning)
        return Update.de_json(raw, None)


def incoming(update: Update) -> IncomingMessage | None:
    """What a person wrote in a private chat; None for everything that is not theirs to say or ours to answer."""
    if update.callback_query is not None:
        return _tapped(update.callback_query)
    message = update.message or update.edited_message
    if message is None or message.chat.type != ChatType.PRIVATE:
        return None
    said = _said(message, edited=update.edited_message is not None)
    if said is None:
        return None
    key = f"m{message.message_id}"
    if message.edit_date is not None:
        key = f"e{message.message_id}.{int(message.edit_date.timestamp())}"
    language = message.from_user.language_code if message.from_user else None
    return IncomingMessage(sender(message.chat.id), key, language=language, **said)


def _tapped(query: CallbackQuery) -> IncomingMessage | None:
    if query.data is None or query.message is None or query.message.chat.type != ChatType.PRIVATE:
        return None
    who = sender(query.message.chat.id)
    return IncomingMessage(who, f"c{query.id}", tap=query.data, language=query.from_user.language_code)


def _said(message: Message, *, edited: bool) -> dict[str, Any] | None:
    """Words, place or attachment of a message; None when it only tells that something happened in the chat."""
    if message.text is not None:
        return _read(message.text[:MAX_WORDS])
    if message.location is not None:
        # Only a live location is ever edited, every few seconds while its owner walks: one answer is enough.
        return None if edited else {"location": (message.location.latitude, message.location.longitude)}
    caption = (message.caption or "")[:MAX_WORDS]
    for attribute, kind in KINDS.items():
        if getattr(message, attribute):
            return {"attachment": kind, "words": caption}
    if any(getattr(message, kind.value, None) for kind in MessageType):
        return None
    return {"attachment": "other", "words": caption}


def _read(text: str) -> dict[str, Any]:
    command = COMMAND.fullmatch(text)
    if command is None:
        return {"words": text}
    name, rest = command[1].lower(), (command[2] or "").strip()
    if name == "start":
        return {"start": rest if START_PARAMETER.fullmatch(rest) else ""}
    return {"words": f"{name} {rest}".rstrip()}


class FloodError(TelegramError):
    """We wrote too much too fast; `seconds` is how long Telegram wants to be left alone, when it said so."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__("Too many requests")
        self.seconds = seconds


class TelegramRequest(HTTPXRequest):
    """PTB's client with two habits changed.

    A 429 is our own error: PTB's warns of its future shape unless an environment variable is set. And an answer that
    cannot be read is not logged: it may be half a batch of what people wrote.
    """

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:  # noqa: ANN401, passed on untouched
        """As in PTB. Raises FloodError."""
        code, payload = await super().do_request(*args, **kwargs)
        if code == HTTPStatus.TOO_MANY_REQUESTS:
            raise FloodError(_retry_after(payload))
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As in PTB. Raises TelegramError."""
        try:
            answer = json.loads(payload)
        except ValueError:
            raise TelegramError("Invalid server response") from None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer


def _retry_after(payload: bytes) -> float | None:
    try:
        return float(json.loads(payload)["parameters"]["retry_after"])
    except (ValueError, TypeError, KeyError):
        return None


@contextmanager
def refusals() -> Iterator[None]:
    """Telegram's refusals as ours: SendError, UnreachableError or UndeliverableError."""
    try:
        yield
    except FloodError as flood:
        raise SendError("Telegram: too many requests", flood.seconds) from flood
    except Forbidden as refused:
        raise UnreachableError(_reason(refused)) from refused
    except (BadRequest, ChatMigrated) as refused:
        gone = any(phrase in refused.message.lower() for phrase in NOBODY)
        raise (UnreachableError if gone else UndeliverableError)(_reason(refused)) from refused
    except TelegramError as failed:
        raise SendError(_reason(failed)) from failed


async def _refusable(step: Step) -> Message:
    with refusals():
        return await step()


def _reason(error: TelegramError) -> str:
    # A broken proxy answers with a page of HTML, and PTB quotes all of it.
    return f"Telegram: {error.message}"[:LONGEST_REASON]


class TelegramChannel:
    """Replies onto Telegram, as `async with TelegramChannel(...)`; nothing is asked of Telegram before it is needed."""

    name = NAME
    template_languages: frozenset[str] = frozenset()

    def __init__(self, token: str, api_base: str = API_BASE, request: TelegramRequest | None = None) -> None:
        self.request = request or TelegramRequest(
            read_timeout=PATIENCE, write_timeout=PATIENCE, connect_timeout=PATIENCE, pool_timeout=PATIENCE
        )
        base = api_base.rstrip("/")
        self.bot = Bot(token, f"{base}/bot", f"{base}/file/bot", self.request, self.request)
        self._username: str | None = None
        self._halfway = Halfway()

    async def send(self, to: Sender, reply: Reply, _posting: Posting = UNKNOWN) -> str:
        """Send one reply within Telegram's limits; the id of its last message.

        A long text, a place, a file and the question for a location are calls of their own. When a later one fails,
        the next attempt begins at that one: how far a reply got is remembered in this process only, so that only a
        restart, another worker, or an answer of Telegram's lost on its way makes a person read something twice.

        Raises SendError, UnreachableError or UndeliverableError.
        """
        steps = [partial(_refusable, step) for step in self._steps(to.value, reply)]
        if not steps:
            raise UndeliverableError("Telegram: there is nothing to say")
        sent: Message | None = None
        async for _position, message in self._halfway.through(to, reply, steps):
            sent = message
        return str(sent.message_id) if sent else ""

    async def set_commands(self) -> None:
        """Tell Telegram the commands and who we are, in every language; Italian for the others. Raises SendError."""
        for language, code in ((FALLBACK, None), *((language, language) for language in SPOKEN)):
            commands = [(name, render(meaning, language)) for name, meaning in words.COMMANDS.items()]
            description = render(words.DESCRIPTION, language)
            short = render(words.SHORT_DESCRIPTION, language)
            with refusals():
                await self.bot.set_my_commands(commands, language_code=code)
                await self.bot.set_my_description(
                    shortened(description, BotDescriptionLimit.MAX_DESCRIPTION_LENGTH), language_code=code
                )
                await self.bot.set_my_short_description(
                    shortened(short, BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH), language_code=code
                )

    async def username(self) -> str:
        """The bot's name in links (t.me/NAME), asked once. Raises SendError."""
        if self._username is None:
            with refusals():
                self._username = (await self.bot.get_me()).username or ""
        return self._username

    async def __aenter__(self) -> Self:
        await self.request.initialize()
        return self

    async def __aexit__(self, *_trouble: object) -> None:
        await self.request.shutdown()

    def _steps(self, chat: str, reply: Reply) -> list[Step]:
        """The calls that make up a reply, the words first: whatever fails after them, the person has been answered."""
        buttons = words.buttons(reply)
        asks = words.location_keyboard(reply.language) if reply.wants_location else None
        texts = words.texts(reply)
        if buttons is not None and not texts:
            raise UndeliverableError("Telegram: buttons without words")
        # No parse_mode anywhere: words of the directory may hold any character, and plain text cannot be misread.
        steps: list[Step] = [partial(self._say, chat, text) for text in texts[:-1]]
        steps.extend(partial(self._say, chat, text, buttons or asks) for text in texts[-1:])
        if (pin := reply.location) is not None and pin.address:
            steps.append(partial(self.bot.send_venue, chat, pin.latitude, pin.longitude, pin.name, pin.address))
        elif pin is not None:
            steps.append(partial(self.bot.send_location, chat, pin.latitude, pin.longitude))
        if (file := reply.document) is not None and file.is_image:
            steps.append(partial(self.bot.send_photo, chat, file.data, filename=file.name))
        elif file is not None:
            steps.append(partial(self.bot.send_document, chat, file.data, filename=file.name))
        if asks is not None and (buttons is not None or not texts):
            # One message carries buttons or a keyboard, never both.
            steps.append(partial(self._say, chat, render(HOW_TO_SEND_LOCATION, reply.language), asks))
        return steps

    async def _say(self, chat: str, text: str, keyboard: Keyboard = None) -> Message:
        preview = LinkPreviewOptions(is_disabled=True)
        return await self.bot.send_message(chat, text, reply_markup=keyboard, link_preview_options=preview)
