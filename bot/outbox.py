"""Replies that wait to go out, and those that have: written in the transaction of their turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outgoing import Channel, Reply
from bot.records import OutboxRow, SenderRow
from services_directory.desk.notices import mark_unreached

DUE, SENT, GIVEN_UP = "due", "sent", "given_up"


async def write(
    session: AsyncSession,
    sender: SenderRow,
    replies: Sequence[Reply],
    now: datetime,
    *,
    inbox_id: int | None,
    pushed: bool,
) -> list[OutboxRow]:
    """Add replies in the transaction of their turn; where nothing is pushed (web, terminal) they count as sent."""
    blocked = pushed and sender.unreachable
    if blocked:
        await mark_unreached(session, sender.person, now)
    rows = [
        OutboxRow(
            sender_id=sender.id,
            inbox_id=inbox_id,
            reply=(reply if pushed else replace(reply, templates=())).to_json(),
            state=GIVEN_UP if blocked else DUE if pushed else SENT,
            problem="unreachable" if blocked else None,
            due_at=now,
            written_at=now,
        )
        for reply in replies
    ]
    session.add_all(rows)
    await session.flush()
    return rows


async def write_notice(
    session: AsyncSession,
    channels: Mapping[str, Channel],
    sender: SenderRow,
    replies: Sequence[Reply],
    notice: int,
    now: datetime,
) -> None:
    """Add replies that nobody had asked for; what becomes of them is recorded in the notice that they tell of."""
    rows = await write(session, sender, replies, now, inbox_id=None, pushed=sender.channel in channels)
    for row in rows:
        row.notice_id = notice


async def channel_of(
    session: AsyncSession, channels: Mapping[str, Channel], person: str, but: Select[int] | None = None
) -> SenderRow | None:
    """Where to tell a person what they did not ask for; None where there is nothing left.

    The channel that they used last, of those that we can push onto; else one where they find it when they look.
    Never one where they said that we must not write first.
    """
    theirs = select(SenderRow).where(
        SenderRow.person == person,
        ~SenderRow.unreachable,
        ~SenderRow.forgotten,
        SenderRow.silenced_at.is_(None),
    )
    if but is not None:
        theirs = theirs.where(SenderRow.id.not_in(but))
    found = (await session.scalars(theirs.order_by(SenderRow.last_inbound.desc().nulls_last()))).all()
    return next((one for one in found if one.channel in channels), found[0] if found else None)


async def due_senders(session: AsyncSession, now: datetime) -> list[int]:
    """People to whom something is due."""
    found = await session.scalars(
        select(OutboxRow.sender_id).where(OutboxRow.state == DUE, OutboxRow.due_at <= now).distinct()
    )
    return list(found)


async def erase_forgotten(session: AsyncSession, before: datetime) -> None:
    """Erase the identities of people who asked for it, once the farewell is no longer on its way."""
    on_its_way = select(OutboxRow.sender_id).where(OutboxRow.state == DUE)
    await session.execute(
        delete(SenderRow)
        .where(SenderRow.forgotten, SenderRow.last_inbound < before)
        .where(SenderRow.id.not_in(on_its_way))
    )
