"""Messages as they come in: written down before anything is done with them, each one once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.incoming import IncomingMessage, Sender
from bot.records import InboxRow, SenderRow
from flows.conversation import Conversation

WAITING, DONE, FAILED = "waiting", "done", "failed"
MAX_TRIES = 3
"""A message that fails so often is put aside, and the person is told."""


async def take_in(session: AsyncSession, message: IncomingMessage, now: datetime) -> int:
    """Write a message down unless it is there already; the id of its sender."""
    sender = await session.scalar(_ids(message.sender))
    if sender is None:
        sender = await _new_sender(session, message.sender)
    await _insert_once(
        session,
        InboxRow,
        {"sender_id": sender, "key": message.key, "message": message.to_json(), "state": WAITING, "received_at": now},
    )
    return sender


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


async def _new_sender(session: AsyncSession, sender: Sender) -> int:
    new = {"person": secrets.token_hex(16), "conversation": Conversation().to_json()}
    await _insert_once(
        session, SenderRow, {"channel": sender.channel, "kind": sender.kind, "value": sender.value, **new}
    )
    return (await session.scalars(_ids(sender))).one()


def _ids(sender: Sender) -> Select[int]:
    return select(SenderRow.id).where(
        SenderRow.channel == sender.channel, SenderRow.kind == sender.kind, SenderRow.value == sender.value
    )


async def _insert_once(session: AsyncSession, table: type[SenderRow | InboxRow], values: dict[str, Any]) -> None:
    """Add a row unless it is there already, or another process adds it at the same moment."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    await session.execute(insert(table).values(values).on_conflict_do_nothing())
