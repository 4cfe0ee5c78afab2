"""Codes by which a person joins a second channel to the first: made on the one, written to us on the other."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.incoming import IncomingMessage
from bot.records import InboxRow, LinkRow, SenderRow
from flows.conversation import Conversation
from flows.second_channel import MINUTES
from services_directory.desk.appointments import CODE_LETTERS
from services_directory.desk.joining import join_people

LIFETIME = timedelta(minutes=MINUTES)
LENGTH = 8
MOST_WRONG = 5
"""So many words that look like a code but are none may one sender write in a day; then no code of theirs counts."""
A_DAY = timedelta(days=1)
_CODE = re.compile(f"[{CODE_LETTERS}]{{{LENGTH}}}")
_AROUND = re.compile(r"[\s\u200e\u200f\u2066-\u2069-]+")
"""What a phone may copy or write into a code: spaces, hyphens, marks of direction."""


async def make(session: AsyncSession, person: str, now: datetime) -> str:
    """A new code for a person; those given to them before no longer work."""
    await session.execute(delete(LinkRow).where(LinkRow.person == person))
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(LENGTH))
    session.add(LinkRow(code=code, person=person, until=now + LIFETIME))
    return code


async def join(
    session: AsyncSession, sender: SenderRow, message: IncomingMessage, conversation: Conversation, now: datetime
) -> bool:
    """Whether the message is exactly a code given to somebody on another channel: the sender is then that person.

    The code is used up. What the sender had goes along, with every other channel that was theirs; who has not yet
    said which language and city they want has those of the first channel.
    """
    code = _code_in(message.start or message.words)
    if code is None or await _guesses(session, sender, now):
        return False
    given = delete(LinkRow).where(LinkRow.code == code, LinkRow.until > now, LinkRow.person != sender.person)
    into = await session.scalar(given.returning(LinkRow.person))
    if into is None:
        return False
    first = await session.scalar(
        select(SenderRow).where(SenderRow.person == into).order_by(SenderRow.last_inbound.desc()).limit(1)
    )
    if first is not None and not conversation.profile.welcomed:
        conversation.profile = Conversation.from_json(first.conversation).profile
    await join_people(session, sender.person, into, now)
    await session.execute(update(SenderRow).where(SenderRow.person == sender.person).values(person=into))
    return True


async def erase(session: AsyncSession, person: str) -> None:
    """No code leads to that person any more."""
    await session.execute(delete(LinkRow).where(LinkRow.person == person))


async def erase_old(session: AsyncSession, now: datetime) -> None:
    """Codes that were never used."""
    await session.execute(delete(LinkRow).where(LinkRow.until <= now))


def _code_in(words: str) -> str | None:
    written = _AROUND.sub("", words).upper()
    return written if _CODE.fullmatch(written) else None


async def _guesses(session: AsyncSession, sender: SenderRow, now: datetime) -> bool:
    """Whether the sender has written too many words today that looked like a code; this message is among them."""
    said = await session.scalars(
        select(InboxRow.message).where(InboxRow.sender_id == sender.id, InboxRow.received_at > now - A_DAY)
    )
    looked_like_one = sum(_code_in(message.get("start") or message.get("words") or "") is not None for message in said)
    return looked_like_one > MOST_WRONG
