"""Replies as they go out: claimed, sent in order, tried again, and given up in the open."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Update, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import inbox, reports
from bot.clock import Clock
from bot.failures import WINDOW_CLOSED, settle
from bot.incoming import Sender
from bot.metrics import REPLIES
from bot.outbox import DUE, GIVEN_UP, SENT
from bot.outgoing import Channel, Posting, Reply, SendError, UndeliverableError
from bot.records import InboxRow, OutboxRow, SenderRow
from services_directory.desk.notices import mark_delivered, may_still_go
from services_directory.store.session import Database

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""How long a reply belongs to the process that is sending it; longer than any channel's time-out."""


@dataclass(frozen=True)
class Claimed:
    """A reply that this process is to send, for the time of its lease."""

    row: int
    to: Sender
    reply: Reply
    tries: int
    posting: Posting


async def claim(
    session: AsyncSession, sender: SenderRow, rows: Sequence[OutboxRow], now: datetime, answers: str | None = None
) -> list[Claimed]:
    """Claim replies that were just written; none of them while an older one has not gone out.

    `answers` is the channel's id of the message that they answer.
    """
    mine = [row.id for row in rows]
    older = select(OutboxRow.id).where(OutboxRow.sender_id == sender.id, OutboxRow.state == DUE)
    if await session.scalar(older.where(OutboxRow.id.not_in(mine)).limit(1)) is not None:
        return []
    for row in rows:
        row.due_at, row.tries = now + LEASE, 1
    return [_claimed(sender, row, Posting(row.id, sender.last_inbound, answers)) for row in rows]


def _claimed(sender: SenderRow, row: OutboxRow, posting: Posting) -> Claimed:
    to = Sender(sender.channel, sender.kind, sender.value)
    return Claimed(row.id, to, Reply.from_json(row.reply), row.tries, posting)


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
    go_on = True
    async with database.writing() as session:
        ticked = update(OutboxRow).where(OutboxRow.id == one.row)
        ticked = ticked.values(state=SENT, external_id=external_id, problem=None)
        row = (await session.execute(ticked.returning(OutboxRow.notice_id, OutboxRow.delivery))).first()
        if row is not None and row.notice_id is not None:
            await mark_delivered(session, row.notice_id, clock.now())
        if row is not None and row.delivery == reports.FAILED:
            # It failed after all: what is behind it waits for what becomes of it.
            await reports.catch_up(session, channels, await session.get_one(OutboxRow, one.row), clock.now())
            go_on = False
        if behind and go_on:
            await session.execute(_still_due(behind).values(due_at=clock.now() + LEASE))
        elif behind:
            await _let_go(session, behind, clock.now())
    return go_on


async def _send(channels: Mapping[str, Channel], claimed: Claimed) -> str | None:
    channel = channels.get(claimed.to.channel)
    if channel is None:
        raise SendError("this channel is switched off")
    return await channel.send(claimed.to, claimed.reply, claimed.posting)


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
            answered = None
            if row.inbox_id is not None:
                answered = await session.scalar(select(InboxRow.key).where(InboxRow.id == row.inbox_id))
            posting = Posting(row.id, sender.last_inbound, answered, only_template=row.problem == WINDOW_CLOSED)
            row.due_at, row.tries, row.problem = now + LEASE, row.tries + 1, None
            return _claimed(sender, row, posting)
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
    log.warning("reply %d not sent, try %d: %s", claimed.row, claimed.tries, problem.reason)
    async with database.writing() as session:
        row = await session.get(OutboxRow, claimed.row)
        if row is None:
            return  # the person was forgotten meanwhile
        if waiting:
            await _let_go(session, waiting, now)
        if claimed.posting.only_template:
            row.problem = WINDOW_CLOSED
        await settle(session, channels, row, problem, now)


async def _let_go(session: AsyncSession, behind: Sequence[int], now: datetime) -> None:
    """No longer ours: they wait behind the one that failed, for whoever sends it."""
    await session.execute(_still_due(behind).values(due_at=now, tries=0))


def _still_due(rows: Sequence[int]) -> Update:
    return update(OutboxRow).where(OutboxRow.id.in_(rows), OutboxRow.state == DUE)
