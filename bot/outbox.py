"""Replies as they go out: claimed, sent in order, tried again, and given up in the open."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot import inbox
from bot.clock import Clock
from bot.incoming import Sender
from bot.metrics import REPLIES
from bot.outgoing import Channel, Reply, SendError, UndeliverableError, UnreachableError
from bot.records import OutboxRow, SenderRow
from services_directory.desk.notices import mark_unreached
from services_directory.store.session import Database

log = logging.getLogger(__name__)

DUE, SENT, GIVEN_UP = "due", "sent", "given_up"
LEASE = timedelta(seconds=60)
"""How long a reply belongs to the process that is sending it; longer than any channel's time-out."""
MAX_TRIES = 8
"""After so many failures (over half an hour) a reply is given up."""


@dataclass(frozen=True)
class _Claimed:
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
) -> None:
    """Add replies in the transaction of their turn; where nothing is pushed (web, terminal) they count as sent."""
    blocked = pushed and sender.unreachable
    if blocked:
        await mark_unreached(session, sender.person, now)
    session.add_all(
        OutboxRow(
            sender_id=sender.id,
            inbox_id=inbox_id,
            reply=reply.to_json(),
            state=GIVEN_UP if blocked else DUE if pushed else SENT,
            problem="unreachable" if blocked else None,
            due_at=now,
            written_at=now,
        )
        for reply in replies
    )


async def deliver(database: Database, channels: Mapping[str, Channel], clock: Clock, sender_id: int) -> None:
    """Send what is due to one person, in order, until nothing is, or until something must wait."""
    claimed = await _next(database, clock.now(), sender_id)
    while claimed is not None:
        try:
            external_id = await _send(channels, claimed)
        except SendError as problem:
            REPLIES.labels(claimed.to.channel, type(problem).__name__).inc()
            await _failed(database, claimed, problem, clock.now())
            if not isinstance(problem, UndeliverableError):
                return
            claimed = await _next(database, clock.now(), sender_id)
        else:
            REPLIES.labels(claimed.to.channel, "sent").inc()
            claimed = await _next(database, clock.now(), sender_id, sent=(claimed.row, external_id))


async def _send(channels: Mapping[str, Channel], claimed: _Claimed) -> str | None:
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


async def _next(
    database: Database, now: datetime, sender_id: int, *, sent: tuple[int, str | None] | None = None
) -> _Claimed | None:
    """Tick off what was sent and claim the oldest unsent reply, if it is due, for the time of a lease."""
    async with database.writing() as session:
        sender = await inbox.lock(session, sender_id)
        if sent is not None:
            row_id, external_id = sent
            ticked = update(OutboxRow).where(OutboxRow.id == row_id)
            await session.execute(ticked.values(state=SENT, external_id=external_id, problem=None))
        row = await session.scalar(
            select(OutboxRow)
            .where(OutboxRow.sender_id == sender_id, OutboxRow.state == DUE)
            .order_by(OutboxRow.id)
            .limit(1)
        )
        # An older reply that is being sent, or waits for its next try, goes first.
        if sender is None or row is None or row.due_at > now:
            return None
        row.due_at, row.tries = now + LEASE, row.tries + 1
        to = Sender(sender.channel, sender.kind, sender.value)
        return _Claimed(row.id, to, Reply.from_json(row.reply), row.tries)


async def _failed(database: Database, claimed: _Claimed, problem: SendError, now: datetime) -> None:
    hopeless = isinstance(problem, UnreachableError | UndeliverableError) or claimed.tries >= MAX_TRIES
    log.warning("reply %d not sent, try %d: %s", claimed.row, claimed.tries, problem.reason)
    async with database.writing() as session:
        row = await session.get_one(OutboxRow, claimed.row)
        row.problem = problem.reason[:200]
        if hopeless:
            sender = await session.get_one(SenderRow, row.sender_id)
            sender.lost = True
            await mark_unreached(session, sender.person, now)
        if isinstance(problem, UnreachableError):
            sender.unreachable = True
            everything = update(OutboxRow).where(OutboxRow.sender_id == sender.id, OutboxRow.state == DUE)
            await session.execute(everything.values(state=GIVEN_UP, problem="unreachable"))
        elif hopeless:
            row.state = GIVEN_UP
        else:
            row.due_at = now + timedelta(seconds=problem.retry_after or _pause(claimed.tries))


def _pause(tries: int) -> float:
    """Seconds before the next try: 1, 4, 16, ... with a little chance, so that many do not return at once."""
    return min(900.0, 4.0 ** (tries - 1)) * random.uniform(0.8, 1.2)  # noqa: S311, no secret depends on it
