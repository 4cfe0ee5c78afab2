"""Messages as they come in: written down before anything is done with them, each one once."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.incoming import IncomingMessage, Sender
from bot.records import InboxRow, SenderRow
from flows.conversation import Conversation

WAITING, DONE, FAILED = "waiting", "done", "failed"
MAX_TRIES = 3
"""A message that fails so often is put aside, and the person is told."""


async def take_in(session: AsyncSession, message: IncomingMessage, now: datetime) -> int:
    """Write a message down unless it is there already; the id of its sender."""
    sender = await sender_of(session, message.sender)
    if sender is None:
        sender = await _new_sender(session, message.sender)
    if await find(session, sender.id, message.key) is None:
        row = InboxRow(sender_id=sender.id, key=message.key, message=message.to_json(), state=WAITING, received_at=now)
        await _unless_there(session, row)
    return sender.id


async def sender_of(session: AsyncSession, sender: Sender) -> SenderRow | None:
    """The sender's row, if they have ever written."""
    return await session.scalar(
        select(SenderRow).where(
            SenderRow.channel == sender.channel, SenderRow.kind == sender.kind, SenderRow.value == sender.value
        )
    )


async def find(session: AsyncSession, sender_id: int, key: str) -> InboxRow | None:
    """The message of that sender with that key."""
    return await session.scalar(select(InboxRow).where(InboxRow.sender_id == sender_id, InboxRow.key == key))


async def lock(session: AsyncSession, sender_id: int) -> SenderRow | None:
    """The sender, locked until the transaction ends (SQLite: the whole database is); None when erased meanwhile."""
    return await session.scalar(select(SenderRow).where(SenderRow.id == sender_id).with_for_update())


async def oldest_waiting(session: AsyncSession, sender_id: int) -> InboxRow | None:
    """The next message of a sender to be answered."""
    return await session.scalar(
        select(InboxRow)
        .where(InboxRow.sender_id == sender_id, InboxRow.state == WAITING)
        .order_by(InboxRow.id)
        .limit(1)
    )


async def waiting_senders(session: AsyncSession, before: datetime) -> list[int]:
    """Senders with a message that has waited since before then."""
    found = await session.scalars(
        select(InboxRow.sender_id).where(InboxRow.state == WAITING, InboxRow.received_at <= before).distinct()
    )
    return list(found)


async def _new_sender(session: AsyncSession, sender: Sender) -> SenderRow:
    row = SenderRow(
        channel=sender.channel,
        kind=sender.kind,
        value=sender.value,
        person=secrets.token_hex(16),
        conversation=Conversation().to_json(),
    )
    if await _unless_there(session, row):
        return row
    found = await sender_of(session, sender)
    if found is None:
        raise LookupError("a sender that could neither be added nor found")
    return found


async def _unless_there(session: AsyncSession, row: SenderRow | InboxRow) -> bool:
    """Add a row; False when another process has added it at the same moment."""
    try:
        async with session.begin_nested():
            session.add(row)
            await session.flush()
    except IntegrityError:
        return False
    return True
