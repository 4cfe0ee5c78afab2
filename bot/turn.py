"""One turn: the oldest waiting message of a person is answered, in one transaction."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import delivery, inbox, links, outbox
from bot.always import command_in
from bot.history import Told
from bot.house import House
from bot.incoming import IncomingMessage, Sender
from bot.metrics import FAILURES, MESSAGES, TURNS
from bot.outgoing import Choice, Reply
from bot.records import InboxRow, OutboxRow, SenderRow
from bot.replies import replies
from bot.router import Reaction, Router
from bot.visitor import CONSENT_NEEDED, Visitor
from flows.conversation import Conversation
from locales.dates import in_rome
from locales.languages import FALLBACK
from locales.rendering import render
from locales.text import _
from nlu.understanding import Understanding
from services_directory.desk.missed import note
from services_directory.desk.notices import mark_unreached

log = logging.getLogger(__name__)

MISSED = frozenset({"not-understood", "out-of-scope"})
"""Flows that say that nothing could be done."""


@dataclass(frozen=True)
class _Answered:
    """What a turn leads to, before it is saved."""

    reaction: Reaction
    replies: list[Reply]
    conversation: Conversation
    forgotten: bool


@dataclass(frozen=True)
class Turn:
    """What became of a sender's message: the answer, what of it is ours to send, whether another message waits."""

    key: str = ""
    told: Told | None = None
    claimed: tuple[delivery.Claimed, ...] = ()
    more: bool = False
    pushed: bool = True
    """Whether replies are pushed to this person; on the web and in the terminal they are fetched."""


async def take_turn(house: House, sender_id: int) -> Turn:
    """Answer the sender's oldest waiting message, if one waits.

    Lock, load, decide, save: the deed, the conversation and the replies are committed together or not at all.
    """
    tried: int | None = None
    began = perf_counter()
    try:
        async with house.database.writing() as session:
            sender = await inbox.lock(session, sender_id)
            rows = () if sender is None else await inbox.waiting(session, sender_id)
            if sender is None or not rows:
                return Turn()
            row = rows[0]
            tried = row.id
            message = IncomingMessage.from_json(_sender(sender), row.key, row.message)
            now = house.clock.now()
            if sender.forgotten:
                _start_anew(sender)
            answered = await _answer(house, session, sender, message, now)
            written = await _save(house, session, sender, row, answered, now)
            claimed = (
                await delivery.claim(session, sender, written, now, row.key) if sender.channel in house.channels else []
            )
        TURNS.observe(perf_counter() - began)
        MESSAGES.labels(sender.channel, answered.reaction.flow or "").inc()
        numbered = [(one.id, reply) for one, reply in zip(written, answered.replies, strict=True)]
        language = answered.replies[-1].language if answered.replies else FALLBACK
        told = Told(language, row.meaning or {}, numbered)
        return Turn(row.key, told, tuple(claimed), len(rows) > 1, sender.channel in house.channels)
    except Exception:
        if tried is None:
            raise
        # A mistake in a flow must neither lose the message nor block the next one: it is tried again, then put aside.
        log.exception("message %d failed", tried)
        FAILURES.inc()
        await _put_aside(house, sender_id, tried)
        return Turn(more=True)


async def _answer(
    house: House, session: AsyncSession, sender: SenderRow, message: IncomingMessage, now: datetime
) -> _Answered:
    conversation = Conversation.from_json(sender.conversation)
    if await links.join(session, sender, message, conversation, now):
        message = replace(message, words="", start=None, tap="go=joined")
    elif sender.channel in CONSENT_NEEDED and command_in(message.words) == "stop":
        message = replace(message, words="", tap="go=be_silent")
    directory = await house.shelf.newest(session, in_rome(now).date())
    desk = Visitor(session, directory, sender.person, now, sender)
    reaction = await Router(message, conversation, desk).react(await _understand(house, message, conversation, now))
    language = conversation.profile.language or FALLBACK
    return _Answered(reaction, replies(reaction, conversation, language), conversation, desk.forgotten)


async def _understand(
    house: House, message: IncomingMessage, conversation: Conversation, now: datetime
) -> Understanding | None:
    """What the words mean; a tapped button, a location or a file needs no understanding."""
    if not message.words or message.tap is not None:
        return None
    return await house.interpreter.parse(message.words, now=in_rome(now), language=conversation.profile.language)


async def _save(
    house: House, session: AsyncSession, sender: SenderRow, row: InboxRow, answered: _Answered, now: datetime
) -> list[OutboxRow]:
    if sender.lost:
        await mark_unreached(session, sender.person, now, unreached=False)
    sender.last_inbound, sender.unreachable, sender.lost = _written_at(row, now), False, False
    sender.conversation = answered.conversation.to_json()
    row.state, row.tries = inbox.DONE, row.tries + 1
    reaction = answered.reaction
    row.meaning = {"intent": reaction.intent, "confidence": reaction.confidence, "flow": reaction.flow}
    if answered.forgotten:
        await _erase(session, sender, row)
    elif reaction.flow in MISSED:
        await _note_missed(house, session, answered, row.message.get("words") or "", now)
    pushed = sender.channel in house.channels
    return await outbox.write(session, sender, answered.replies, now, inbox_id=row.id, pushed=pushed)


def _written_at(row: InboxRow, now: datetime) -> datetime:
    """When the person wrote, by the channel's clock if it told: it counts the hours since then by its own."""
    told = row.message.get("written_at")
    return min(now, row.received_at if told is None else datetime.fromtimestamp(told, UTC))


async def _note_missed(house: House, session: AsyncSession, answered: _Answered, words: str, now: datetime) -> None:
    """What could not be answered is put before staff, without what tells who wrote it."""
    directory = await house.shelf.newest(session, in_rome(now).date())
    cities = [name for city in directory.cities for name in city.label.texts.values()]
    profile = answered.conversation.profile
    guess = answered.reaction.intent or ""
    language = profile.language or FALLBACK
    await note(session, words, language=language, city=profile.city, guess=guess, known=cities, now=now)


async def _erase(session: AsyncSession, sender: SenderRow, row: InboxRow) -> None:
    """What the bot keeps of a person, on every channel, goes now; the addresses go once the farewell has gone out."""
    await links.erase(session, sender.person)
    theirs = await session.scalars(select(SenderRow).where(SenderRow.person == sender.person))
    for one in theirs:
        await session.execute(delete(OutboxRow).where(OutboxRow.sender_id == one.id))
        await session.execute(delete(InboxRow).where(InboxRow.sender_id == one.id, InboxRow.id != row.id))
        one.forgotten, one.conversation = True, Conversation().to_json()
    row.message = {}


def _start_anew(sender: SenderRow) -> None:
    """Somebody who was forgotten writes again before the address was erased: nothing is remembered."""
    sender.forgotten, sender.conversation = False, Conversation().to_json()
    sender.person = secrets.token_hex(16)


async def _put_aside(house: House, sender_id: int, message: int) -> None:
    """Count the failure; after the last try the person is told, and the next message gets its turn."""
    async with house.database.writing() as session:
        sender = await inbox.lock(session, sender_id)
        row = await session.get(InboxRow, message)
        if sender is None or row is None or row.state != inbox.WAITING:
            return
        row.tries += 1
        if row.tries < inbox.MAX_TRIES:
            return
        row.state = inbox.FAILED
        conversation = Conversation.from_json(sender.conversation)
        language = conversation.profile.language or FALLBACK
        sorry = _("I am sorry, something went wrong on my side. Please try again, or go to the menu.")
        reply = Reply(render(sorry, language), language, (Choice("go=help", render(_("Menu"), language)),))
        pushed = sender.channel in house.channels
        await outbox.write(session, sender, [reply], house.clock.now(), inbox_id=row.id, pushed=pushed)


def _sender(row: SenderRow) -> Sender:
    return Sender(row.channel, row.kind, row.value)
