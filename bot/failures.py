"""What becomes of a reply that did not go out: tried again, sent as a template, given up, told on another channel."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.outbox import DUE, GIVEN_UP, channel_of, write_notice
from bot.outgoing import (
    Channel,
    Reply,
    SendError,
    SuspendedError,
    UndeliverableError,
    UnreachableError,
    WindowClosedError,
)
from bot.records import OutboxRow, SenderRow
from services_directory.desk.notices import mark_failed, mark_unreached

MAX_TRIES = 8
"""After so many failures (over half an hour) a reply is given up."""
A_DAY = timedelta(days=1)
"""As long as our account with the channel is not in order, a reply waits; then what it says is no answer any more."""
WINDOW_CLOSED = "window closed"
"""The problem of a reply that may only go out as a template."""


async def settle(
    session: AsyncSession, channels: Mapping[str, Channel], row: OutboxRow, problem: SendError, now: datetime
) -> None:
    """Decide what becomes of a reply that failed, when it was sent or after the channel had taken it."""
    if isinstance(problem, WindowClosedError) and row.problem != WINDOW_CLOSED:
        row.state, row.problem, row.due_at = DUE, WINDOW_CLOSED, now
        return
    row.problem = problem.reason[:200]
    if not _is_hopeless(row, problem, now):
        row.state, row.due_at = DUE, now + timedelta(seconds=problem.retry_after or _pause(row.tries))
        return
    sender = await session.get_one(SenderRow, row.sender_id)
    sender.lost, lost = True, [row]
    if isinstance(problem, UnreachableError):
        sender.unreachable = True
        due = select(OutboxRow).where(OutboxRow.sender_id == sender.id, OutboxRow.state == DUE, OutboxRow.id != row.id)
        lost += await session.scalars(due)
    for one in lost:
        one.state, one.problem = GIVEN_UP, "unreachable" if sender.unreachable else one.problem
    if not all([await _told_elsewhere(session, channels, one, sender.person, now) for one in lost]):
        await mark_unreached(session, sender.person, now)


def _is_hopeless(row: OutboxRow, problem: SendError, now: datetime) -> bool:
    match problem:
        case UnreachableError() | UndeliverableError() | WindowClosedError():
            return True
        case SuspendedError():
            return now - row.written_at > A_DAY
    return row.tries >= MAX_TRIES


def _pause(tries: int) -> float:
    """Seconds before the next try: 1, 4, 16, ... with a little chance, so that many do not return at once."""
    return min(900.0, 4.0 ** (max(tries, 1) - 1)) * random.uniform(0.8, 1.2)  # noqa: S311, no secret depends on it


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
