"""Replies as they go out: claimed, sent in order, tried again, and given up in the open."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import inbox
from bot.clock import Clock
from bot.incoming import Sender
from bot.metrics import REPLIES
from bot.outgoing import Channel, Reply, SendError, UndeliverableError, UnreachableError
from bot.records import OutboxRow, SenderRow
from services_directory.desk.notices import mark_delivered, mark_failed, mark_unreached, may_still_go
from services_directory.store.session import Database

log = logging.getLogger(__name__)

DUE, SENT, GIVEN_UP = "due", "sent", "given_up"
LEASE = timedelta(seconds=60)
"""How long a reply belongs to the process that is sending it; longer than any channel's time-out."""
MAX_TRIES = 8
"""After so many failures (over half an hour) a reply is given up."""


@dataclass(frozen=True)
class Claimed:
    """A reply that this process is to send, for the time of its lease."""

    row: int
    to: Sender
    reply: Reply
    tries: int


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


async def claim(session: AsyncSession, sender: SenderRow, rows: Sequence[OutboxRow], now: datetime) -> list[Claimed]:
    """Claim replies that were just written; none of them while an older one has not gone out."""
    mine = [row.id for row in rows]
    older = select(OutboxRow.id).where(OutboxRow.sender_id == sender.id, OutboxRow.state == DUE)
    if await session.scalar(older.where(OutboxRow.id.not_in(mine)).limit(1)) is not None:
        return []
    for row in rows:
        row.due_at, row.tries = now + LEASE, 1
    to = Sender(sender.channel, sender.kind, sender.value)
    return [Claimed(row.id, to, Reply.from_json(row.reply), 1) for row in rows]


async def send(database: Database, channels: Mapping[str, Channel], clock: Clock, claimed: Sequence[Claimed]) -> None:
    """Send what a turn has written and claimed, in order; from the first that must wait on, all wait."""
    for position, one in enumerate(claimed):
        behind = [later.row for later in claimed[position + 1 :]]
        if not await _attempt(database, channels, clock, one, behind):
            return


async def deliver(database: Database, channels: Mapping[str, Channel], clock: Clock, sender_id: int) -> None:
    """Send what is due to one person, in order, until nothing is, or until something must wait."""
    while (one := await _next(database, clock.now(), sender_id)) is not None:
        if not await _attempt(database, channels, clock, one):
            return


async def _attempt(
    database: Database, channels: Mapping[str, Channel], clock: Clock, one: Claimed, behind: Sequence[int] = ()
) -> bool:
    """Send one reply and note what became of it; False when it, and those behind it, must wait."""
    try:
        external_id = await _send(channels, one)
    except SendError as problem:
        REPLIES.labels(one.to.channel, type(problem).__name__).inc()
        go_on = isinstance(problem, UndeliverableError)
        await _failed(database, channels, one, problem, clock.now(), waiting=() if go_on else behind)
        return go_on
    REPLIES.labels(one.to.channel, "sent").inc()
    async with database.writing() as session:
        ticked = update(OutboxRow).where(OutboxRow.id == one.row)
        ticked = ticked.values(state=SENT, external_id=external_id, problem=None).returning(OutboxRow.notice_id)
        notice = await session.scalar(ticked)
        if notice is not None:
            await mark_delivered(session, notice, clock.now())
        if behind:
            renewed = update(OutboxRow).where(OutboxRow.id.in_(behind), OutboxRow.state == DUE)
            await session.execute(renewed.values(due_at=clock.now() + LEASE))
    return True


async def _send(channels: Mapping[str, Channel], claimed: Claimed) -> str | None:
    channel = channels.get(claimed.to.channel)
    if channel is None:
        raise SendError("this channel is switched off")
    return await channel.send(claimed.to, claimed.reply)


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


async def _next(database: Database, now: datetime, sender_id: int) -> Claimed | None:
    """Claim the oldest unsent reply, if it is due, for the time of a lease."""
    async with database.writing() as session:
        sender = await inbox.lock(session, sender_id)
        unsent = await session.scalars(
            select(OutboxRow).where(OutboxRow.sender_id == sender_id, OutboxRow.state == DUE).order_by(OutboxRow.id)
        )
        for row in unsent.all():
            # An older reply that is being sent, or waits for its next try, goes first.
            if sender is None or row.due_at > now:
                return None
            # A claimed one of which nothing was heard since may have gone out: its process has died.
            perhaps_sent = row.tries > 0 and row.problem is None
            if row.notice_id is not None and not await may_still_go(
                session, row.notice_id, now, perhaps_sent=perhaps_sent
            ):
                row.state, row.problem = GIVEN_UP, "perhaps sent" if perhaps_sent else "no longer holds"
                continue
            row.due_at, row.tries, row.problem = now + LEASE, row.tries + 1, None
            to = Sender(sender.channel, sender.kind, sender.value)
            return Claimed(row.id, to, Reply.from_json(row.reply), row.tries)
    return None


async def _failed(
    database: Database,
    channels: Mapping[str, Channel],
    claimed: Claimed,
    problem: SendError,
    now: datetime,
    *,
    waiting: Sequence[int] = (),
) -> None:
    hopeless = isinstance(problem, UnreachableError | UndeliverableError) or claimed.tries >= MAX_TRIES
    log.warning("reply %d not sent, try %d: %s", claimed.row, claimed.tries, problem.reason)
    async with database.writing() as session:
        row = await session.get(OutboxRow, claimed.row)
        if row is None:
            return  # the person was forgotten meanwhile
        if waiting:
            # No longer ours: they wait behind this one, for whoever sends it.
            await session.execute(update(OutboxRow).where(OutboxRow.id.in_(waiting)).values(due_at=now, tries=0))
        row.problem = problem.reason[:200]
        if not hopeless:
            row.due_at = now + timedelta(seconds=problem.retry_after or _pause(claimed.tries))
            return
        sender = await session.get_one(SenderRow, row.sender_id)
        sender.lost, lost = True, [row]
        if isinstance(problem, UnreachableError):
            sender.unreachable = True
            due = select(OutboxRow).where(OutboxRow.sender_id == sender.id, OutboxRow.state == DUE)
            lost = list(await session.scalars(due))
        for one in lost:
            one.state, one.problem = GIVEN_UP, "unreachable" if sender.unreachable else one.problem
        if not all([await _told_elsewhere(session, channels, one, sender.person, now) for one in lost]):
            await mark_unreached(session, sender.person, now)


async def _told_elsewhere(
    session: AsyncSession, channels: Mapping[str, Channel], lost: OutboxRow, person: str, now: datetime
) -> bool:
    """Whether what nobody had asked for goes on to another channel of the person, one that it was not tried on."""
    if lost.notice_id is None:
        return False
    tried = select(OutboxRow.sender_id).where(OutboxRow.notice_id == lost.notice_id)
    other = await channel_of(session, channels, person, but=tried)
    if other is None:
        await mark_failed(session, lost.notice_id, now)
        return False
    await write_notice(session, channels, other, [Reply.from_json(lost.reply)], lost.notice_id, now)
    return other.channel in channels


async def channel_of(
    session: AsyncSession, channels: Mapping[str, Channel], person: str, but: Select[int] | None = None
) -> SenderRow | None:
    """Where to tell a person what they did not ask for; None where there is nothing left.

    The channel that they used last, of those that we can push onto; else one where they find it when they look.
    """
    theirs = select(SenderRow).where(SenderRow.person == person, ~SenderRow.unreachable, ~SenderRow.forgotten)
    if but is not None:
        theirs = theirs.where(SenderRow.id.not_in(but))
    found = (await session.scalars(theirs.order_by(SenderRow.last_inbound.desc().nulls_last()))).all()
    return next((one for one in found if one.channel in channels), found[0] if found else None)


def _pause(tries: int) -> float:
    """Seconds before the next try: 1, 4, 16, ... with a little chance, so that many do not return at once."""
    return min(900.0, 4.0 ** (tries - 1)) * random.uniform(0.8, 1.2)  # noqa: S311, no secret depends on it
