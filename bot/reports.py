"""What a channel tells later of the replies that it took: each thing once, in whatever order it comes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import failures, outbox
from bot.identities import insert_once
from bot.outgoing import Channel, UndeliverableError
from bot.reception import Report
from bot.records import OutboxRow, ReportRow
from services_directory.desk.notices import mark_on_its_way

FURTHER = ("sent", "failed", "delivered", "read")
"""Each state is further than those before it: a reply never goes back."""


async def take_in(session: AsyncSession, channels: Mapping[str, Channel], report: Report, now: datetime) -> None:
    """Note what became of a reply; one that failed after all is seen to, as if it had failed when it was sent."""
    values = {"external_id": report.external_id, "state": report.state, "at": now}
    if not await insert_once(session, ReportRow, values):
        return
    row = await _row(session, report)
    if row is None:
        return
    if row.delivery is None or FURTHER.index(report.state) > FURTHER.index(row.delivery):
        row.delivery = report.state
    if report.state == "failed" and row.state == outbox.SENT:
        if row.notice_id is not None:
            await mark_on_its_way(session, row.notice_id, now)
        await failures.settle(session, channels, row, report.problem or UndeliverableError("failed"), now)


async def _row(session: AsyncSession, report: Report) -> OutboxRow | None:
    """The reply; a report may come before we have noted the channel's own id of it, so ours is looked for first."""
    if report.posting is not None:
        return await session.get(OutboxRow, report.posting)
    found = await session.scalars(select(OutboxRow).where(OutboxRow.external_id == report.external_id).limit(1))
    return found.first()
