"""The verbs of an appointment: book, move, cancel, arrive, serve, miss, undo. The only writers of its rows."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import ROME, in_rome
from services_directory.booked import Appointment, AppointmentState, Slot, SlotTakenError, TooManyBookingsError
from services_directory.desk.directory import Directory
from services_directory.desk.slots import cells, openings
from services_directory.facts import Counter, Service
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow, ClaimedCellRow
from services_directory.store.waiting import NoticeRow

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Neither 0 and O nor 1 and I: codes are read out at a desk."""
CODE_LENGTH = 6
BOOKINGS_A_DAY = 3
"""How many appointments one person may book in a day."""
OPEN = (AppointmentState.BOOKED, AppointmentState.ARRIVED)
CANCELLED = (AppointmentState.CANCELLED_BY_PERSON, AppointmentState.CANCELLED_BY_OFFICE)


class CannotChangeError(Exception):
    """The appointment is not in a state from which that can be done; `state` is the one it is in."""

    def __init__(self, state: AppointmentState) -> None:
        super().__init__(state.value)
        self.state = state


class Bookings:
    """Appointments in one transaction. `now` is aware; nothing is committed here."""

    def __init__(self, session: AsyncSession, directory: Directory, now: datetime) -> None:
        self.session, self.directory, self.now = session, directory, now

    async def book(self, slot: Slot, name: str, *, person: str, language: str, key: str) -> Appointment:
        """Book that time, once per `key`. Raises SlotTakenError, TooManyBookingsError."""
        already = await self.session.scalar(select(AppointmentRow).where(AppointmentRow.booking_key == key))
        if already is not None:
            return self.fact(already)
        service = self.directory.service(slot.service)
        if service is None or not service.bookable:
            raise SlotTakenError(slot)
        await self._refuse_too_many(person, service)
        for counter in await self._counters(service, slot):
            row = AppointmentRow(
                code="".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)),
                booking_key=key,
                city=service.city,
                office=counter.office,
                counter=counter.key,
                service=service.key,
                person=person,
                name=name,
                language=language,
                starts=slot.starts,
                minutes=slot.minutes,
                state=AppointmentState.BOOKED,
                booked_at=self.now,
                changed_at=self.now,
            )
            if await self._claim(row, counter):
                self._note(row, "booked", by="person", before={})
                return self.fact(row)
        raise SlotTakenError(slot)

    async def move(self, code: str, slot: Slot, *, by: str = "person") -> Appointment:
        """Another time, the same code. Raises SlotTakenError, CannotChangeError, and leaves it where it was."""
        row = await self._row(code, *OPEN)
        service = self.directory.service(row.service)
        if service is None:
            raise SlotTakenError(slot)
        before = _where(row)
        for counter in await self._counters(service, slot):
            try:
                async with self.session.begin_nested():
                    await self.session.execute(delete(ClaimedCellRow).where(ClaimedCellRow.appointment == row.id))
                    self._add_cells(row.id, counter, slot.starts, slot.minutes)
                    await self.session.flush()
            except IntegrityError:
                continue
            row.starts, row.minutes, row.counter, row.office = slot.starts, slot.minutes, counter.key, counter.office
            row.state, row.changed_at = AppointmentState.BOOKED, self.now
            self._note(row, "moved", by=by, before=before)
            return self.fact(row)
        raise SlotTakenError(slot)

    async def cancel(self, code: str, *, by: str = "person") -> Appointment:
        """Cancel it: its cells are free at once; whom the office cancels is told. Raises CannotChangeError."""
        row = await self._row(code, *OPEN)
        state = AppointmentState.CANCELLED_BY_PERSON if by == "person" else AppointmentState.CANCELLED_BY_OFFICE
        await self.session.execute(delete(ClaimedCellRow).where(ClaimedCellRow.appointment == row.id))
        self._change(row, state, by)
        if by != "person":
            self._tell(row, "cancelled_by_office")
        return self.fact(row)

    async def arrive(self, code: str, *, by: str) -> Appointment:
        """The person is here. Raises CannotChangeError."""
        row = await self._row(code, AppointmentState.BOOKED)
        self._change(row, AppointmentState.ARRIVED, by)
        return self.fact(row)

    async def serve(self, code: str, *, by: str) -> Appointment:
        """The person was served. Raises CannotChangeError."""
        row = await self._row(code, *OPEN)
        self._change(row, AppointmentState.SERVED, by)
        return self.fact(row)

    async def miss(self, code: str, *, by: str) -> Appointment:
        """The person did not come: said by somebody, never by the clock. Raises CannotChangeError."""
        row = await self._row(code, AppointmentState.BOOKED)
        self._change(row, AppointmentState.MISSED, by)
        return self.fact(row)

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
        if last.what == AppointmentState.CANCELLED_BY_OFFICE:
            await self._reclaim(row)
            self._tell(row, "restored_by_office")
        self._change(row, AppointmentState(last.before["state"]), by, what="undone")
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

    def fact(self, row: AppointmentRow) -> Appointment:
        """The row as a fact. Raises LookupError for a service or office that was never published."""
        service, office = self.directory.service(row.service), self.directory.office(row.office)
        if service is None or office is None:
            raise LookupError(f"appointment {row.id} is for an unpublished service or office")
        return Appointment(
            key=row.code,
            code=row.code,
            service=service,
            office=office,
            starts=in_rome(row.starts),
            minutes=row.minutes,
            name=row.name,
            language=row.language,
            state=AppointmentState(row.state),
        )

    async def _refuse_too_many(self, person: str, service: Service) -> None:
        mine = await self.of_person(person)
        same = next((appointment for appointment in mine if appointment.service.key == service.key), None)
        if same is not None:
            raise TooManyBookingsError(same)
        midnight = self.now.astimezone(ROME).replace(hour=0, minute=0, second=0, microsecond=0)
        today = await self.session.scalar(
            select(func.count())
            .select_from(AppointmentRow)
            .where(AppointmentRow.person == person, AppointmentRow.booked_at >= midnight)
        )
        if (today or 0) >= BOOKINGS_A_DAY:
            raise TooManyBookingsError(None)

    async def _counters(self, service: Service, slot: Slot) -> Sequence[Counter]:
        """The counters that have room at that time, the one with the least to do that day first."""
        room = await openings(self.session, self.directory, service, [slot.starts.date()], self.now)
        counters = room.by_start.get(slot.starts, ())
        midnight = slot.starts.replace(hour=0, minute=0)
        busy = await self.session.execute(
            select(ClaimedCellRow.counter, func.count())
            .where(ClaimedCellRow.counter.in_([counter.key for counter in counters]))
            .where(ClaimedCellRow.starts >= midnight, ClaimedCellRow.starts < midnight + timedelta(days=1))
            .group_by(ClaimedCellRow.counter)
        )
        load = {counter: count for counter, count in busy}  # noqa: C416, rows are not pairs to the type checker
        return sorted(counters, key=lambda counter: (load.get(counter.key, 0), counter.key))

    async def _claim(self, row: AppointmentRow, counter: Counter) -> bool:
        """Write the appointment and its cells; False when another process has just claimed one of them."""
        try:
            async with self.session.begin_nested():
                self.session.add(row)
                await self.session.flush()
                self._add_cells(row.id, counter, row.starts, row.minutes)
                await self.session.flush()
        except IntegrityError:
            return False
        return True

    async def _reclaim(self, row: AppointmentRow) -> None:
        counter = next((one for one in self.directory.counters(row.service) if one.key == row.counter), None)
        service = self.directory.service(row.service)
        slot = Slot(row.code, row.service, row.office, in_rome(row.starts), row.minutes)
        if counter is None or service is None:
            raise SlotTakenError(slot)
        try:
            async with self.session.begin_nested():
                self._add_cells(row.id, counter, row.starts, row.minutes)
                await self.session.flush()
        except IntegrityError:
            raise SlotTakenError(slot) from None

    def _add_cells(self, appointment: int, counter: Counter, starts: datetime, minutes: int) -> None:
        self.session.add_all(
            ClaimedCellRow(counter=counter.key, starts=cell, appointment=appointment)
            for cell in cells(counter, starts, minutes)
        )

    async def _row(self, code: str, *states: AppointmentState) -> AppointmentRow:
        """The appointment, locked until the transaction ends. Raises CannotChangeError, LookupError."""
        row = await self.session.scalar(select(AppointmentRow).where(AppointmentRow.code == code).with_for_update())
        if row is None:
            raise LookupError(code)
        if states and row.state not in states:
            raise CannotChangeError(AppointmentState(row.state))
        return row

    def _change(self, row: AppointmentRow, state: AppointmentState, by: str, what: str | None = None) -> None:
        before = {"state": row.state}
        row.state, row.changed_at = state, self.now
        self._note(row, what or state, by=by, before=before)

    def _note(self, row: AppointmentRow, what: str, *, by: str, before: dict[str, Any]) -> None:
        event = AppointmentEventRow(
            appointment=row.id, what=what, by=by, at=self.now, before=before, after={"state": row.state, **_where(row)}
        )
        self.session.add(event)

    def _tell(self, row: AppointmentRow, kind: str) -> None:
        if row.person is not None:
            notice = NoticeRow(person=row.person, appointment=row.id, kind=kind, due_at=self.now, state="due")
            self.session.add(notice)


def _where(row: AppointmentRow) -> dict[str, Any]:
    return {"starts": in_rome(row.starts).isoformat(), "counter": row.counter}
