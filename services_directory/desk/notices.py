"""What the office has to tell people: taken by the bot in the transaction that writes it into its outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services_directory.booked import Appointment, AppointmentState
from services_directory.desk.bookings import Bookings
from services_directory.desk.directory import Directory
from services_directory.store.bookings import AppointmentRow
from services_directory.store.waiting import NoticeRow

A_DAY = timedelta(days=1)
A_ROUND = 50
"""How many notices are taken at once."""


@dataclass(frozen=True)
class Notice:
    """Something to tell one person about one appointment. `kind`: cancelled_by_office, restored_by_office."""

    person: str
    kind: str
    appointment: Appointment


async def mark_unreached(session: AsyncSession, person: str, now: datetime, *, unreached: bool = True) -> None:
    """Show the offices of a person's appointments that the chat does not reach them; or that it does again."""
    theirs = update(AppointmentRow).where(AppointmentRow.person == person, AppointmentRow.starts > now - A_DAY)
    await session.execute(theirs.values(unreached=unreached, changed_at=now))


async def any_due(session: AsyncSession, now: datetime) -> bool:
    """Whether anybody has to be told anything."""
    due = select(NoticeRow.id).where(NoticeRow.state == "due", NoticeRow.due_at <= now).limit(1)
    return await session.scalar(due) is not None


async def take_due(session: AsyncSession, directory: Directory, now: datetime) -> list[Notice]:
    """The notices that are due, marked as taken; one that no longer holds is dropped."""
    found = await session.execute(
        select(NoticeRow, AppointmentRow)
        .join(AppointmentRow, AppointmentRow.id == NoticeRow.appointment)
        .where(NoticeRow.state == "due", NoticeRow.due_at <= now)
        .order_by(NoticeRow.id)
        .limit(A_ROUND)
        .with_for_update(skip_locked=True, of=NoticeRow)
    )
    bookings = Bookings(session, directory, now)
    notices: list[Notice] = []
    for row, appointment in found:
        cancelled = appointment.state == AppointmentState.CANCELLED_BY_OFFICE
        holds = cancelled == (row.kind == "cancelled_by_office")
        row.state = "sent" if holds else "dropped"
        if holds:
            notices.append(Notice(row.person, row.kind, bookings.fact(appointment)))
    return notices
