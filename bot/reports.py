"""What a channel tells later of the replies that it took: each thing once, in whatever order it comes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import failures, outbox
from bot.identities import insert_once
from bot.outgoing import (
    Channel,
    SendError,
    SuspendedError,
    UndeliverableError,
    UnreachableError,
    WindowClosedError,
)
from bot.reception import Report
from bot.records import OutboxRow, ReportRow
from services_directory.desk.notices import mark_on_its_way

FURTHER = ("sent", "failed", "delivered", "read")
"""Each state is further than those before it: a reply never goes back."""
FAILED = "failed"
KINDS: Mapping[str, type[SendError]] = {
    kind.__name__: kind for kind in (SendError, SuspendedError, UndeliverableError, UnreachableError, WindowClosedError)
}
"""Errors by the name under which a report keeps them."""


async def take_in(session: AsyncSession, channels: Mapping[str, Channel], report: Report, now: datetime) -> None:
    """Note what became of a reply; one that failed after all is seen to, as if it had failed when it was sent.

    A report may overtake the answer to the very call that sent the reply: then a failure waits for `catch_up`.
    """
    row = await _row(session, report)
    problem = report.problem or UndeliverableError("failed")
    failed = {"kind": type(problem).__name__, "reason": problem.reason[:200]} if report.state == FAILED else {}
    values = {"external_id": report.external_id, "state": report.state, "at": now, "acted": False}
    is_news = await insert_once(session, ReportRow, values | failed | {"outbox_id": None if row is None else row.id})
    if row is None or not is_news:
        return
    if row.delivery is None or FURTHER.index(report.state) > FURTHER.index(row.delivery):
        row.delivery = report.state
    if report.state == FAILED and row.state == outbox.SENT:
        await catch_up(session, channels, row, now)


async def catch_up(session: AsyncSession, channels: Mapping[str, Channel], row: OutboxRow, now: datetime) -> None:
    """See to the failures of a reply that is no longer being sent: the first that was told decides."""
    waiting = select(ReportRow).where(ReportRow.outbox_id == row.id, ReportRow.state == FAILED, ~ReportRow.acted)
    told = (await session.scalars(waiting.order_by(ReportRow.at))).all()
    if not told:
        return
    for one in told:
        one.acted = True
    if row.notice_id is not None:
        await mark_on_its_way(session, row.notice_id, now)
    first = told[0]
    await failures.settle(session, channels, row, KINDS[first.kind or "SendError"](first.reason or ""), now)
    if row.state == outbox.DUE:
        row.delivery = None  # what is told from now on is told of the next attempt


async def _row(session: AsyncSession, report: Report) -> OutboxRow | None:
    """The reply; a report may come before we have noted the channel's own id of it, so ours is looked for first.

    Locked: who notes at the same moment that it was sent must see the failure, or be seen here.
    """
    ours = OutboxRow.external_id == report.external_id if report.posting is None else OutboxRow.id == report.posting
    return (await session.scalars(select(OutboxRow).where(ours).limit(1).with_for_update())).first()
