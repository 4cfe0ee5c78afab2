"""How updates come in from Telegram, by polling or by webhook: handed in first, confirmed to Telegram after."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Coroutine
from contextlib import suppress
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode

from telegram import CallbackQuery, ChatMemberUpdated, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, Conflict, Forbidden, TelegramError

from bot.channels import telegram_words as words
from bot.channels.errands import Errands
from bot.channels.telegram import FloodError, TelegramChannel, incoming, read_update, refusals, sender
from bot.reception import Reception
from locales.rendering import render

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
LONG_POLL = 25
"""Seconds that Telegram holds a request open while there is nothing to tell."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between attempts, doubled each time."""
PATIENCE = 5
"""Attempts after which later updates are tried too, to learn whether it is this update that cannot be taken in."""

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class TelegramIntake:
    """Hands what arrives to the reception. Logs name updates by their number and errors by their type: no one's words.

    Telegram is told that an update arrived only after the reception has it in its keeping; what a crash leaves
    unconfirmed comes again, and is the same message to the reception.
    """

    def __init__(
        self, channel: TelegramChannel, reception: Reception, secret: str | None, first_pause: float = FIRST_PAUSE
    ) -> None:
        self.channel, self._reception, self._secret = channel, reception, secret or ""
        self._first_pause = first_pause
        self._offset = 0
        self._refusals = 0
        self._declined: set[int] = set()
        self._errands = Errands()

    async def poll(self, stop: asyncio.Event) -> None:
        """Fetch updates until stopped; a webhook that was set is deleted first. Survives every error."""
        pause, webhook_gone = self._first_pause, False
        while not stop.is_set():
            wait: float | None = None
            try:
                if not webhook_gone:
                    await _until(stop, self.channel.bot.delete_webhook())
                    webhook_gone = True
                if await self._hand_in(await _until(stop, self._fetch()) or []):
                    pause = self._first_pause
                    continue
            except FloodError as flood:
                wait = flood.seconds
            except Conflict:
                log.warning("Telegram: another program reads this bot's updates, or a webhook is set.")
                webhook_gone = False
            except TelegramError as problem:
                log.warning("Telegram: updates could not be fetched (%s).", type(problem).__name__)
            except Exception as problem:  # noqa: BLE001, whatever a broken proxy answers must not end the loop
                log.error("Telegram: the answer was no list of updates (%s).", type(problem).__name__)  # noqa: TRY400
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait or pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        await self.close()

    async def webhook(self, secret_header: str | None, body: bytes) -> int:
        """The HTTP status for a call of Telegram's: 200 once the update is in keeping; after another it comes again."""
        given, expected = (secret_header or "").encode(), self._secret.encode()
        if not expected or not hmac.compare_digest(given, expected):
            return HTTPStatus.FORBIDDEN
        try:
            raw = json.loads(body)
        except ValueError:
            return HTTPStatus.BAD_REQUEST
        if not _is_update(raw):
            return HTTPStatus.BAD_REQUEST
        return HTTPStatus.OK if await self._taken(raw) else HTTPStatus.SERVICE_UNAVAILABLE

    async def register_webhook(self, url: str) -> None:
        """Ask Telegram to call that address. Raises SendError."""
        with refusals():
            await self.channel.bot.set_webhook(url, allowed_updates=ALLOWED_UPDATES, secret_token=self._secret)

    async def close(self) -> None:
        """Wait for the small errands that are still under way."""
        await self._errands.close()

    async def _fetch(self) -> list[Any]:
        # Not Bot.get_updates: one update that PTB cannot read would take the whole batch with it, and be logged.
        query = {"offset": self._offset, "timeout": LONG_POLL, "allowed_updates": json.dumps(ALLOWED_UPDATES)}
        request = self.channel.request
        result = await request.post(
            f"{self.channel.bot.base_url}/getUpdates?{urlencode(query)}",
            read_timeout=LONG_POLL + (request.read_timeout or 0),
        )
        updates = [raw for raw in result if _is_update(raw)] if isinstance(result, list) else []
        if result and not updates:
            raise TypeError("no update in the answer")
        return updates

    async def _hand_in(self, updates: list[Any]) -> bool:
        """Hand the updates in, in their order; whether the last one tried was taken."""
        taken = True
        for raw in updates:
            taken = await self._taken(raw)
            if taken:
                if self._refusals >= PATIENCE:
                    log.error(
                        "Telegram: updates from %d on were given up; %d was taken.", self._offset, raw["update_id"]
                    )
                self._offset, self._refusals = raw["update_id"] + 1, 0
                continue
            # One that fails is waited for, or its person's next words would overtake it; but not for ever: once a
            # later update is taken in, the store works, and this one would keep all of the city waiting.
            self._refusals += 1
            if self._refusals < PATIENCE:
                break
        return taken

    async def _taken(self, raw: Any) -> bool:  # noqa: ANN401, it is whatever came over the wire
        try:
            update = read_update(raw)
            message = incoming(update)
        except Exception as problem:  # noqa: BLE001, PTB raises whatever a missing field leads to
            log.error("Telegram: update %d cannot be read (%s).", raw["update_id"], type(problem).__name__)  # noqa: TRY400
            return True
        try:
            if update.my_chat_member is not None:
                await self._membership(update.my_chat_member)
            elif message is not None:
                await self._reception.receive(message)
        except Exception as problem:  # noqa: BLE001, Telegram keeps the update until it can be taken in
            # No traceback: a database error carries the row, and the row is what somebody wrote.
            log.error("Telegram: update %d was not taken in (%s).", update.update_id, type(problem).__name__)  # noqa: TRY400
            return False
        if message is not None and update.callback_query is not None:
            self._errands.run(self._acknowledge(update.callback_query))
        return True

    async def _acknowledge(self, query: CallbackQuery) -> None:
        # Only the clock on the button stops. Too late ("query is too old") or not at all: the answer comes anyway.
        with suppress(TelegramError):
            await self.channel.bot.answer_callback_query(query.id)

    async def _membership(self, change: ChatMemberUpdated) -> None:
        left = change.new_chat_member.status in {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}
        if change.chat.type != ChatType.PRIVATE:
            if not left:
                await self._decline(change.chat.id, words.spoken(change.from_user.language_code))
        elif left:
            await self._reception.unreachable(sender(change.chat.id))

    async def _decline(self, group: int, language: str) -> None:
        """Say once that we only talk in private, and leave. Raises what the network raises: then it is tried again."""
        if group not in self._declined:
            # Where we may not write, or are out already, leaving is all there is to do.
            with suppress(Forbidden, BadRequest):
                link = f"https://t.me/{await self.channel.username()}"
                button = InlineKeyboardButton(render(words.WRITE_TO_ME, language), url=link)
                text = render(words.NOT_IN_GROUPS, language)
                await self.channel.bot.send_message(group, text, reply_markup=InlineKeyboardMarkup([[button]]))
            self._declined.add(group)
        with suppress(Forbidden, BadRequest):
            await self.channel.bot.leave_chat(group)
        self._declined.discard(group)


def _is_update(raw: object) -> bool:
    return isinstance(raw, dict) and isinstance(raw.get("update_id"), int)


async def _until(stop: asyncio.Event, work: Coroutine[Any, Any, Result]) -> Result | None:
    """The result of the work; None when we are stopped before it is there, and the work is given up."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)
