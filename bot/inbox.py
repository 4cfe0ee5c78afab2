"""Messages as they come in: written down before anything is done with them, each one once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.identities import insert_once, sender_for
from bot.incoming import IncomingMessage, Sender
from bot.reception import Withdrawal
from bot.records import InboxRow, SenderRow

WAITING, DONE, FAILED = "waiting", "done", "failed"
MAX_TRIES = 3
"""A message that fails so often is put aside, and the person is told."""


async def take_in(session: AsyncSession, message: IncomingMessage, now: datetime) -> int:
    """Write a message down unless it is there already; the id of its sender."""
    sender = await sender_for(session, (message.sender, *message.also))
    await insert_once(
        session,
        InboxRow,
        {"sender_id": sender, "key": message.key, "message": message.to_json(), "state": WAITING, "received_at": now},
    )
    return sender


async def withdraw(session: AsyncSession, withdrawal: Withdrawal) -> None:
    """Forget a message that its writer has deleted; one that is not answered yet never will be."""
    sender = await sender_for(session, (withdrawal.sender, *withdrawal.also))
    row = await find(session, sender, withdrawal.key)
    if row is not None:
        row.message, row.state = {}, DONE


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


async def waiting(session: AsyncSession, sender_id: int) -> Sequence[InboxRow]:
    """The next message of a sender to be answered, and whether there is another one behind it: at most two."""
    rows = await session.scalars(
        select(InboxRow)
        .where(InboxRow.sender_id == sender_id, InboxRow.state == WAITING)
        .order_by(InboxRow.id)
        .limit(2)
    )
    return rows.all()


async def waiting_senders(session: AsyncSession, before: datetime) -> list[int]:
    """Senders with a message that has waited since before then."""
    found = await session.scalars(
        select(InboxRow.sender_id).where(InboxRow.state == WAITING, InboxRow.received_at <= before).distinct()
    )
    return list(found)
