"""The verbs of who waits for a time: join the line, accept or decline what is offered, leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.booked import (
    Appointment,
    AppointmentState,
    OfferOverError,
    PartOfDay,
    Slot,
    TooManyBookingsError,
    WhenWanted,
    Wish,
)
from services_directory.desk.appointments import OPEN, Who, fact, note, remind, where
from services_directory.desk.claims import Claims, alone_in
from services_directory.desk.directory import Directory
from services_directory.desk.limits import Limits
from services_directory.desk.line import ACCEPTED, DECLINED, OFFERED, OPEN_OFFER, SERVED, WAITING, Line
from services_directory.desk.slots import Want
from services_directory.facts import Service
from services_directory.store.bookings import AppointmentRow
from services_directory.store.offerings import ServiceRow
from services_directory.store.waiting import OfferRow, WaitingRow


class Waiting:
    """The line as one transaction changes it. `now` is aware; nothing is committed here."""

    def __init__(self, session: AsyncSession, directory: Directory, now: datetime) -> None:
        self.session, self.directory, self.now = session, directory, now.astimezone(UTC)
        self.line, self.claims = Line(session, directory, now), Claims(session, directory, now)

    async def join(self, service: Service, when: WhenWanted, name: str, who: Who, *, key: str) -> Wish:
        """Wait for a time, once per `key`. Who waits already for that service keeps their place, for these days."""
        await alone_in(self.session, [service.city])
        row = await self.session.scalar(
            select(WaitingRow)
            .where(WaitingRow.person == who.person, WaitingRow.service == service.key)
            .where(WaitingRow.state.in_([WAITING, OFFERED]) | (WaitingRow.booking_key == key))
            .limit(1)
        )
        if row is None:
            has = await self.session.scalar(
                select(AppointmentRow.id)
                .where(AppointmentRow.person == who.person, AppointmentRow.state.in_(OPEN))
                .where(AppointmentRow.for_other == who.party.for_other)
                .where(AppointmentRow.service == service.key, AppointmentRow.starts > self.now)
                .limit(1)
            )
            row = WaitingRow(
                booking_key=key,
                service=service.key,
                person=who.person,
                appointment=has,
                state=WAITING,
                joined_at=self.now,
            )
            self.session.add(row)
        row.name, row.language, row.people, row.for_other = name, who.language, who.party.people, who.party.for_other
        row.first_day, row.last_day, row.parts = when.first_day, when.last_day, [part.value for part in when.parts]
        await self.session.flush()
        return await self._wish(row, service)

    async def leave(self, key: str, person: str) -> None:
        """Wait no longer; what is on offer to them goes to the next. Somebody else's place stays."""
        await self._alone(person)
        row = await self.session.scalar(_of(person).where(WaitingRow.id == _number(key)))
        if row is not None:
            await self.line.leave(row)

    async def leave_all(self, person: str) -> None:
        """Wait for nothing any longer."""
        await self._alone(person)
        for row in (await self.session.scalars(_of(person))).all():
            await self.line.leave(row)

    async def of_person(self, person: str) -> Sequence[Wish]:
        """What a person waits for, in the order in which they joined."""
        rows = (await self.session.scalars(_of(person).order_by(WaitingRow.id))).all()
        return [
            await self._wish(row, service)
            for row in rows
            if (service := self.directory.service(row.service)) is not None
        ]

    async def accept(self, key: str, person: str) -> Appointment:
        """Take the time that is offered; an appointment that it replaces keeps its code and moves there.

        Raises OfferOverError, and TooManyBookingsError for who has another open appointment for that service.
        """
        await self._alone(person)
        offer, waiting, hold = await self._open(key, person)
        service = self.directory.service(hold.service)
        slot = Slot(key, hold.service, hold.office, in_rome(hold.starts), hold.minutes)
        want = None if service is None else Want(service, hold.people, hold.spoken, frozenset({hold.id}))
        still = () if want is None else await self.claims.counters(want, slot)
        if service is None or all(counter.key != hold.counter for counter in still):
            await self.line.give_up(offer, DECLINED)  # the counter was closed meanwhile
            raise OfferOverError
        earlier = await self.session.scalar(
            select(AppointmentRow)
            .where(AppointmentRow.id == waiting.appointment, AppointmentRow.state == AppointmentState.BOOKED)
            .execution_options(populate_existing=True)
        )
        if earlier is not None:
            kept = await self._replace(earlier, hold)
        else:
            limits = Limits(self.session, self.directory, person, self.now)
            try:
                await limits.refuse_second_booking(service, for_other=hold.for_other)
            except TooManyBookingsError:
                await self.line.give_up(offer, DECLINED, stays=False)
                raise
            kept = hold
            kept.state, kept.booked_at, kept.changed_at = AppointmentState.BOOKED, self.now, self.now
            note(self.session, kept, "booked", by="person", before={})
        await remind(self.session, self.directory, kept, self.now)
        offer.state, waiting.state = ACCEPTED, SERVED
        return fact(self.directory, kept)

    async def decline(self, key: str, person: str) -> None:
        """Not this one: it goes to the next, and the person stays in the line. Raises OfferOverError."""
        await self._alone(person)
        offer, _waiting, _hold = await self._open(key, person)
        await self.line.give_up(offer, DECLINED)

    async def _alone(self, person: str) -> None:
        """Nobody else changes what is booked in the cities in which that person waits."""
        cities = select(ServiceRow.city).join(WaitingRow, WaitingRow.service == ServiceRow.key)
        await alone_in(self.session, cities.where(WaitingRow.person == person))

    async def _replace(self, row: AppointmentRow, hold: AppointmentRow) -> AppointmentRow:
        before, span = where(row), self.line.span(row)
        await self.claims.hand_over(hold, row)
        row.counter, row.office, row.starts, row.minutes = hold.counter, hold.office, hold.starts, hold.minutes
        row.people, row.changed_at = hold.people, self.now
        note(self.session, row, "moved", by="person", before=before)
        hold.state, hold.changed_at = AppointmentState.LAPSED, self.now
        await self.session.flush()
        await self.line.freed(*span)
        return row

    async def _open(self, key: str, person: str) -> tuple[OfferRow, WaitingRow, AppointmentRow]:
        """The open offer with that key to that person. Raises OfferOverError."""
        found = await self.session.execute(
            select(OfferRow, WaitingRow, AppointmentRow)
            .join(WaitingRow, WaitingRow.id == OfferRow.waiting)
            .join(AppointmentRow, AppointmentRow.id == OfferRow.hold)
            .where(OfferRow.id == _number(key), WaitingRow.person == person)
            .where(OfferRow.state == OPEN_OFFER, OfferRow.until > self.now)
            .execution_options(populate_existing=True)
        )
        row = found.one_or_none()
        if row is None:
            raise OfferOverError
        return row[0], row[1], row[2]

    async def _wish(self, row: WaitingRow, service: Service) -> Wish:
        has = await self.session.get(AppointmentRow, row.appointment) if row.appointment else None
        than = in_rome(has.starts) if has is not None and has.state in OPEN else None
        return Wish(str(row.id), service, row.first_day, row.last_day, tuple(map(PartOfDay, row.parts)), than)


def _of(person: str) -> Select[WaitingRow]:
    return select(WaitingRow).where(WaitingRow.person == person, WaitingRow.state.in_([WAITING, OFFERED]))


def _number(key: str) -> int:
    """The row's number; 0, which none has, for anything else that comes back from a button."""
    return int(key) if key.isdecimal() and len(key) < 10 else 0  # noqa: PLR2004, digits of a 32 bit integer
