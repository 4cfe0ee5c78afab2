"""Two keys that turn out to be one person: what the one has goes to the other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from services_directory.desk.notices import mark_unreached
from services_directory.store.bookings import AppointmentRow, EnrolmentRow
from services_directory.store.waiting import NoticeRow, WaitingRow

OWNED = (AppointmentRow, EnrolmentRow, WaitingRow, NoticeRow)


async def join_people(session: AsyncSession, person: str, into: str, now: datetime) -> None:
    """Give appointments, seats, places in line and notices of `person` to `into`, who has just been reached."""
    for table in OWNED:
        await session.execute(update(table).where(table.person == person).values(person=into))
    await mark_unreached(session, into, now, unreached=False)
