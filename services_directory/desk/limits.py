"""What one person may have: against hoarding and trade, kindly. Counts are of one chat identity."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import ROME
from services_directory.booked import TooManyBookingsError, TooManyHoldsError
from services_directory.desk.appointments import NOT_BOOKED, OPEN, being_asked, fact
from services_directory.desk.directory import Directory
from services_directory.facts import Service
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow

BOOKINGS_A_DAY = 3
"""How many appointments one person may book in a day."""
HOLDS_A_DAY = 20
"""How many times one person may hold a time in a day; each replaces the one before."""
MOVES_A_DAY = 5
"""How often one appointment may be moved in a day by the person."""


class Limits:
    """The limits of one person, in one transaction. `now` is aware."""

    def __init__(self, session: AsyncSession, directory: Directory, person: str, now: datetime) -> None:
        self.session, self.directory, self.person, self.now = session, directory, person, now
        self._midnight = now.astimezone(ROME).replace(hour=0, minute=0, second=0, microsecond=0)

    async def refuse_second_booking(self, service: Service, *, for_other: bool, besides: int = 0) -> None:
        """One open appointment a service for oneself and one for others, `besides` it. Raises TooManyBookingsError.

        What another system is being asked for counts as one.
        """
        coming = await self.session.scalar(
            select(AppointmentRow)
            .where(AppointmentRow.person == self.person, AppointmentRow.state.in_(OPEN) | being_asked())
            .where(AppointmentRow.service == service.key, AppointmentRow.for_other == for_other)
            .where(AppointmentRow.id != besides)
            .where(AppointmentRow.starts >= self.now - timedelta(hours=2))
            .limit(1)
        )
        if coming is not None:
            raise TooManyBookingsError(fact(self.directory, coming))

    async def refuse_many_bookings(self) -> None:
        """Raises TooManyBookingsError when enough was booked today, cancelled or not."""
        today = await self._count(AppointmentRow.state.not_in(NOT_BOOKED))
        if today >= BOOKINGS_A_DAY:
            raise TooManyBookingsError(None)

    async def refuse_many_holds(self) -> None:
        """Raises TooManyHoldsError when enough was held today."""
        if await self._count(AppointmentRow.state.in_(NOT_BOOKED)) >= HOLDS_A_DAY:
            raise TooManyHoldsError

    async def refuse_many_moves(self, appointment: int) -> None:
        """Raises TooManyBookingsError when the appointment was moved often enough today."""
        moved = await self.session.scalar(
            select(func.count())
            .select_from(AppointmentEventRow)
            .where(AppointmentEventRow.appointment == appointment, AppointmentEventRow.what == "moved")
            .where(AppointmentEventRow.by == "person", AppointmentEventRow.at >= self._midnight)
        )
        if (moved or 0) >= MOVES_A_DAY:
            raise TooManyBookingsError(None)

    async def _count(self, which: object) -> int:
        found = await self.session.scalar(
            select(func.count())
            .select_from(AppointmentRow)
            .where(AppointmentRow.person == self.person, AppointmentRow.booked_at >= self._midnight, which)  # type: ignore[arg-type]
        )
        return found or 0
