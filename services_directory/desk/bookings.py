"""The verbs of an appointment: hold, book, move, cancel, arrive, serve, miss, undo. The only writers of its rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.booked import (
    Appointment,
    AppointmentState,
    Hold,
    Slot,
    SlotTakenError,
    TooManyBookingsError,
)
from services_directory.desk import appointments
from services_directory.desk.appointments import NOT_BOOKED, OPEN, CannotChangeError, Who, change, note, tell, where
from services_directory.desk.claims import Claims, alone_in, held_in
from services_directory.desk.directory import Directory
from services_directory.desk.limits import Limits
from services_directory.desk.line import Line, Span
from services_directory.desk.reminders import drop
from services_directory.desk.slots import Want
from services_directory.facts import Counter, Service
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow

HELD_FOR = timedelta(minutes=10)
"""How long a time is kept while a person says yes."""


class Bookings:
    """Appointments in one transaction. `now` is aware; nothing is committed here."""

    def __init__(self, session: AsyncSession, directory: Directory, now: datetime) -> None:
        self.session, self.directory, self.now = session, directory, now.astimezone(UTC)
        self.claims = Claims(session, directory, now)
        self.line = Line(session, directory, now)

    async def hold(self, slot: Slot, who: Who, *, key: str) -> Hold:
        """Keep that time for some minutes; it replaces what the person held before.

        The same `key` for the same time again keeps the end that was set. Raises SlotTakenError, TooManyBookingsError,
        TooManyHoldsError, and CannotChangeError when it has been booked already.
        """
        service = self._bookable(slot)
        await alone_in(self.session, [service.city], held_in(AppointmentRow.person == who.person))
        row = await self._of_key(key)
        if row is not None and row.state not in NOT_BOOKED:
            raise CannotChangeError(AppointmentState(row.state))
        if row is not None and self._still_held(row, slot, who):
            return Hold(slot, in_rome(row.held_until or self.now))
        limits = Limits(self.session, self.directory, who.person, self.now)
        await limits.refuse_second_booking(service, for_other=who.party.for_other)
        if row is None:
            await limits.refuse_many_holds()
        until = self.now + HELD_FOR
        row = await self._take(row, slot, who, key, until)
        row.held_until = until
        return Hold(slot, in_rome(until))

    async def book(self, slot: Slot, name: str, who: Who, *, key: str) -> Appointment:
        """Book that time, held or free, once per `key`. Raises SlotTakenError, TooManyBookingsError."""
        row = await self._of_key(key)
        if row is not None and row.state not in NOT_BOOKED:
            return self.fact(row)
        service = self._bookable(slot)
        await alone_in(self.session, [service.city], held_in(AppointmentRow.person == who.person))
        row = await self._of_key(key)
        if row is not None and row.state not in NOT_BOOKED:
            return self.fact(row)
        limits = Limits(self.session, self.directory, who.person, self.now)
        await limits.refuse_second_booking(service, for_other=who.party.for_other)
        await limits.refuse_many_bookings()
        row = await self._take(row, slot, who, key, None)
        row.name, row.state, row.held_until = name, AppointmentState.BOOKED, None
        row.booked_at = row.changed_at = self.now
        note(self.session, row, "booked", by="person", before={})
        await appointments.remind(self.session, self.directory, row, self.now)
        await self.line.now_has(row)
        return self.fact(row)

    async def move(self, code: str, slot: Slot, *, by: str = "person") -> Appointment:
        """Another time, the same code. Raises SlotTakenError, CannotChangeError, and leaves it where it was.

        Raises TooManyBookingsError when the person has moved it often enough today, or has another by now.
        """
        row = await self._row(code, *OPEN)
        service = self.directory.service(row.service)
        if service is None or slot.service != row.service:
            raise SlotTakenError(slot)
        limits = Limits(self.session, self.directory, row.person or "", self.now)
        await limits.refuse_second_booking(service, for_other=row.for_other, besides=row.id)
        if by == "person":
            await limits.refuse_many_moves(row.id)
        before, place = where(row), self.line.span(row)
        want = Want(service, row.people, row.spoken, mine=frozenset({row.id}))
        async with self.session.begin_nested():
            free = await self._let_go(row.person)
            await self._try(row, await self.claims.counters(want, slot, row.language), slot, want, None)
        row.starts, row.minutes = slot.starts, want.minutes
        row.state, row.changed_at = AppointmentState.BOOKED, self.now
        note(self.session, row, "moved", by=by, before=before)
        await appointments.remind(self.session, self.directory, row, self.now)
        await self.line.now_has(row)
        for span in ([] if place == self.line.span(row) else [place]) + free:
            await self.line.freed(*span)
        return self.fact(row)

    async def cancel(self, code: str, *, by: str = "person") -> Appointment:
        """Cancel it: its time is offered to who waits, or free at once; whom the office cancels is told.

        Raises CannotChangeError.
        """
        row = await self._row(code, *OPEN)
        state = AppointmentState.CANCELLED_BY_PERSON if by == "person" else AppointmentState.CANCELLED_BY_OFFICE
        await self.claims.release(row)
        await drop(self.session, row.id)
        change(self.session, row, state, self.now, by=by)
        if by != "person":
            tell(self.session, row, "cancelled_by_office", self.now)
        await self.line.no_longer_has(row, wants_another=by != "person")
        await self.line.freed(*self.line.span(row))
        return self.fact(row)

    async def arrive(self, code: str, *, by: str) -> Appointment:
        """The person is here. Raises CannotChangeError."""
        return await self._came(code, AppointmentState.ARRIVED, by, AppointmentState.BOOKED)

    async def serve(self, code: str, *, by: str) -> Appointment:
        """The person was served. Raises CannotChangeError."""
        return await self._came(code, AppointmentState.SERVED, by, *OPEN)

    async def miss(self, code: str, *, by: str) -> Appointment:
        """The person did not come: said by somebody, never by the clock. Raises CannotChangeError."""
        return await self._came(code, AppointmentState.MISSED, by, AppointmentState.BOOKED)

    async def undo(self, code: str, *, by: str) -> Appointment:
        """Take back the office's last change. Raises CannotChangeError, and SlotTakenError when the time is gone."""
        row = await self._row(code)
        last = await self.session.scalar(
            select(AppointmentEventRow)
            .where(AppointmentEventRow.appointment == row.id)
            .order_by(AppointmentEventRow.id.desc())
            .limit(1)
        )
        if last is None or not last.by.startswith("staff:") or "state" not in last.before or last.what == "undone":
            raise CannotChangeError(AppointmentState(row.state))
        state = AppointmentState(last.before["state"])
        service = self.directory.service(row.service)
        if row.state not in OPEN and service is not None and row.person is not None:
            try:
                limits = Limits(self.session, self.directory, row.person, self.now)
                await limits.refuse_second_booking(service, for_other=row.for_other)
            except TooManyBookingsError:
                raise CannotChangeError(AppointmentState(row.state)) from None
        if last.what == AppointmentState.CANCELLED_BY_OFFICE:
            await self._reclaim(row)
            tell(self.session, row, "restored_by_office", self.now)
            await self.line.now_has(row)
        change(self.session, row, state, self.now, by=by, what="undone")
        await appointments.remind(self.session, self.directory, row, self.now)
        return self.fact(row)

    async def of_person(self, person: str) -> list[Appointment]:
        """The coming open appointments of a person, the next one first."""
        rows = await self.session.scalars(
            select(AppointmentRow)
            .where(AppointmentRow.person == person, AppointmentRow.state.in_(OPEN))
            .where(AppointmentRow.starts >= self.now - timedelta(hours=2))
            .order_by(AppointmentRow.starts)
        )
        return [self.fact(row) for row in rows]

    async def let_go(self, person: str) -> None:
        """Whatever the person holds is free, or goes to who waits for it."""
        await alone_in(self.session, held_in(AppointmentRow.person == person))
        for span in await self._let_go(person):
            await self.line.freed(*span)

    def fact(self, row: AppointmentRow) -> Appointment:
        """The row as a fact. Raises LookupError for a service or office that was never published."""
        return appointments.fact(self.directory, row)

    def _bookable(self, slot: Slot) -> Service:
        service = self.directory.service(slot.service)
        if service is None or not service.bookable:
            raise SlotTakenError(slot)
        return service

    def _still_held(self, row: AppointmentRow, slot: Slot, who: Who) -> bool:
        same = (row.service, row.starts, row.people, row.spoken) == (
            slot.service,
            slot.starts,
            who.party.people,
            who.party.spoken,
        )
        return same and row.held_until is not None and row.held_until > self.now

    async def _take(
        self, row: AppointmentRow | None, slot: Slot, who: Who, key: str, until: datetime | None
    ) -> AppointmentRow:
        """The row of that key with its cells claimed, instead of all that the person held.

        Raises SlotTakenError, and then everything is as it was.
        """
        service = self._bookable(slot)
        before = self.line.span(row) if row is not None and row.state == AppointmentState.HELD else None
        async with self.session.begin_nested():
            free = await self._let_go(who.person, besides=row)
            want = Want(
                service, who.party.people, who.party.spoken, mine=frozenset() if row is None else frozenset({row.id})
            )
            counters = await self.claims.counters(want, slot, who.language)
            if not counters:
                raise SlotTakenError(slot)
            if row is None:
                code = await appointments.new_code(self.session)
                row = AppointmentRow(code=code, booking_key=key, name="", booked_at=self.now)
            first = counters[0]
            row.city, row.service, row.office, row.counter = service.city, service.key, first.office, first.key
            row.person, row.language, row.spoken = who.person, who.language, who.party.spoken
            row.people, row.for_other = who.party.people, who.party.for_other
            row.starts, row.minutes, row.changed_at = slot.starts, want.minutes, self.now
            row.state = AppointmentState.HELD
            self.session.add(row)
            await self.session.flush()
            await self._try(row, counters, slot, want, until)
        for span in free if before in {None, self.line.span(row)} else [before, *free]:
            await self.line.freed(*span)
        return row

    async def _try(
        self, row: AppointmentRow, counters: Iterable[Counter], slot: Slot, want: Want, until: datetime | None
    ) -> None:
        """Claim the time at the first of the counters that is not quicker taken. Raises SlotTakenError."""
        for counter in counters:
            if await self.claims.claim(row, counter, slot.starts, want, until):
                return
        raise SlotTakenError(slot)

    async def _reclaim(self, row: AppointmentRow) -> None:
        service, counter = self.directory.service(row.service), self.directory.counter(row.counter)
        slot = Slot(row.code, row.service, row.office, in_rome(row.starts), row.minutes)
        if service is None or counter is None or counter.elsewhere is not None:
            raise SlotTakenError(slot)
        # What it takes today may not be what it took then: the minutes are those of the appointment.
        want = Want(replace(service, minutes=row.minutes, more_minutes=0), row.people)
        await self._try(row, [counter], slot, want, None)

    async def _came(self, code: str, state: AppointmentState, by: str, *before: AppointmentState) -> Appointment:
        row = await self._row(code, *before)
        change(self.session, row, state, self.now, by=by)
        await self.line.no_longer_has(row, wants_another=False)
        return self.fact(row)

    async def _of_key(self, key: str) -> AppointmentRow | None:
        found: AppointmentRow | None = await self.session.scalar(
            select(AppointmentRow).where(AppointmentRow.booking_key == key).execution_options(populate_existing=True)
        )
        return found

    async def _let_go(self, person: str | None, *, besides: AppointmentRow | None = None) -> list[Span]:
        """End what the person holds, but for what was offered to them: which cells that leaves free."""
        held = select(AppointmentRow).where(
            AppointmentRow.person == person,
            AppointmentRow.state == AppointmentState.HELD,
            AppointmentRow.held_until.is_not(None),
        )
        ended = [row for row in await self.session.scalars(held) if row is not besides]
        return [await self.line.end(row) for row in ended]

    async def _row(self, code: str, *states: AppointmentState) -> AppointmentRow:
        """The appointment, once nobody else changes it. Raises CannotChangeError, LookupError."""
        this = AppointmentRow.code == code
        whose = select(AppointmentRow.person).where(this).scalar_subquery()
        city = select(AppointmentRow.city).where(this)
        await alone_in(self.session, city, held_in(AppointmentRow.person == whose))
        row = await self.session.scalar(
            select(AppointmentRow)
            .where(this, AppointmentRow.state.not_in(NOT_BOOKED))
            .execution_options(populate_existing=True)
        )
        if row is None:
            raise LookupError(code)
        if states and row.state not in states:
            raise CannotChangeError(AppointmentState(row.state))
        return row
