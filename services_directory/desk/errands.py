"""Our half of an appointment at a counter whose calendar another system keeps: rows, one transaction at a time.

No cells are claimed for it: how many desks stand behind such a counter, and which of them is free, only the other
system knows. What we have asked of it is written down before it is asked, so that it can be settled after a crash:

- held, with no end: that time is asked for; nobody lets it go but us.
- newest in the history `moving_elsewhere`: another time is asked for.
- the same in the history once more, by the clock: somebody is carrying it out.
- cancelled, with a name over there: its time has still to be given back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, update
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.booked import Appointment, AppointmentState, Slot, SlotTakenError
from services_directory.desk import appointments
from services_directory.desk.appointments import (
    ASKED,
    CANCELLED,
    NOT_BOOKED,
    OPEN,
    CannotChangeError,
    Who,
    being_asked,
    change,
    note,
    tell,
)
from services_directory.desk.directory import Directory
from services_directory.desk.errand_rows import CARRIER, MOVING, asked, moving, rows, to_do
from services_directory.desk.limits import Limits
from services_directory.desk.line import Line
from services_directory.desk.reminders import drop
from services_directory.facts import Counter, Elsewhere
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow

STAYED = "stayed_elsewhere"
GIVEN_BACK, LEFT_THERE = "given_back_elsewhere", "left_elsewhere"
"""What the history calls the steps that only such appointments have."""
NOW_BOOKED, NOT_BOOKED_NOW = "booked_elsewhere", "not_booked_elsewhere"
NOW_MOVED, NOT_MOVED = "moved_elsewhere", "not_moved_elsewhere"
MOVED_THERE = "moved_by_office"
"""Kinds of notice: how it came out, for who waits to hear it, or what the office did in its own calendar."""
A_ROUND = 10
"""How many errands are taken at once."""


@dataclass(frozen=True)
class Errand:
    """What is to be done in the other system for one appointment. `starts` and `to` are aware, in Rome's time."""

    appointment: int
    code: str
    counter: str
    first_name: str
    elsewhere: Elsewhere
    starts: datetime
    minutes: int
    external: str | None
    to: datetime | None = None
    """The time that it is being moved to."""


class Errands:
    """The appointments of other calendars in one transaction. `now` is aware; nothing is committed here."""

    def __init__(self, session: AsyncSession, directory: Directory, now: datetime) -> None:
        self.session, self.directory, self.now = session, directory, now
        self.line = Line(session, directory, now)

    async def ask(self, slot: Slot, counter: Counter, name: str, who: Who, *, key: str) -> Errand:
        """Write down that this time is being asked for, once per `key`.

        Raises TooManyBookingsError, TooManyHoldsError, SlotTakenError for a service that cannot be booked, and
        CannotChangeError when that was asked already: `state` is then what it is now.
        """
        service = self.directory.service(slot.service)
        if service is None or not service.bookable or counter.elsewhere is None:
            raise SlotTakenError(slot)
        row = await self.session.scalar(rows().where(AppointmentRow.booking_key == key).with_for_update())
        if row is not None and row.state != AppointmentState.LAPSED:
            raise CannotChangeError(AppointmentState(row.state))
        limits = Limits(self.session, self.directory, who.person, self.now)
        await limits.refuse_second_booking(service, for_other=who.party.for_other)
        await limits.refuse_many_bookings()
        if row is None:
            await limits.refuse_many_holds()
            row = AppointmentRow(code=await appointments.new_code(self.session), booking_key=key)
            self.session.add(row)
        row.city, row.service, row.office, row.counter = service.city, service.key, counter.office, counter.key
        row.person, row.language, row.spoken, row.name = who.person, who.language, who.party.spoken, name
        row.people, row.for_other = who.party.people, who.party.for_other
        row.starts, row.minutes = slot.starts, slot.minutes
        row.state, row.held_until = AppointmentState.HELD, None
        row.booked_at = row.changed_at = self.now
        await self.session.flush()
        note(self.session, row, ASKED, by="person", before={})
        return _errand(row, counter.elsewhere)

    async def of_key(self, key: str) -> Appointment | None:
        """What was booked or asked for under that key."""
        return await self._fact(
            AppointmentRow.booking_key == key, AppointmentRow.state.not_in(NOT_BOOKED) | being_asked()
        )

    async def of_code(self, code: str) -> Appointment | None:
        """The appointment with that code, if it stands in the calendar of another system."""
        return await self._fact(AppointmentRow.code == code, AppointmentRow.external.is_not(None))

    async def is_moving(self, code: str) -> bool:
        """Whether another time is being asked for it."""
        return await self.session.scalar(moving().where(AppointmentRow.code == code)) is not None

    async def withdraw(self, person: str) -> None:
        """Nothing is asked for that person any more; what the other system books all the same is given back."""
        theirs = update(AppointmentRow).where(AppointmentRow.person == person, being_asked())
        await self.session.execute(theirs.values(state=AppointmentState.LAPSED, changed_at=self.now))

    async def anything_to_do(self) -> bool:
        """Whether anybody waits for something to be carried out."""
        return await self.session.scalar(to_do().limit(1)) is not None

    async def take(self) -> list[Errand]:
        """What is asked for and nobody carries out: from now on the caller does, and no other process."""
        free = to_do().with_only_columns(AppointmentRow.id).limit(A_ROUND)
        ours = await self.session.scalars(free.with_for_update(skip_locked=True, of=AppointmentRow))
        # Looked at again now that nobody else can: another process may have taken and committed them meanwhile.
        found = await self.session.execute(
            to_do().where(AppointmentRow.id.in_(ours.all())).add_columns(AppointmentEventRow)
        )
        taken: list[Errand] = []
        for row, event in found.all():
            row.changed_at = self.now
            again = {"appointment": row.id, "what": event.what, "before": event.before, "after": event.after}
            self.session.add(AppointmentEventRow(**again, by=CARRIER, at=self.now))
            to = datetime.fromisoformat(event.after["starts"]) if event.what == MOVING else None
            taken += self._errands([row], to)
        return taken

    async def booked(self, errand: Errand, external: str) -> Appointment | None:
        """The other system has booked it, and the person is told; None when we have let it go meanwhile."""
        row = await self._still(errand, asked())
        if row is None:
            return None
        row.external = external
        change(self.session, row, AppointmentState.BOOKED, self.now, by="person")
        await appointments.remind(self.session, self.directory, row, self.now)
        await self.line.now_has(row)
        tell(self.session, row, NOW_BOOKED, self.now)
        return appointments.fact(self.directory, row)

    async def let_go(self, errand: Errand) -> None:
        """The other system has not booked it, and the person is told."""
        row = await self._still(errand, asked())
        if row is not None:
            row.state, row.changed_at = AppointmentState.LAPSED, self.now
            tell(self.session, row, NOT_BOOKED_NOW, self.now)

    async def ask_to_move(self, code: str, starts: datetime, *, by: str) -> Errand:
        """Write down that another time is being asked for.

        Raises LookupError, TooManyBookingsError, and CannotChangeError for what is not open or is being moved already.
        """
        row = await self.session.scalar(rows().where(AppointmentRow.code == code).with_for_update())
        counter = None if row is None else self.directory.counter(row.counter)
        if row is None or row.external is None or counter is None or counter.elsewhere is None:
            raise LookupError(code)
        if row.state not in OPEN or await self.session.scalar(moving().where(AppointmentRow.id == row.id)):
            raise CannotChangeError(AppointmentState(row.state))
        if by == "person":
            await Limits(self.session, self.directory, row.person or "", self.now).refuse_many_moves(row.id)
        before = appointments.where(row)
        wanted = {**before, "starts": in_rome(starts).isoformat()}
        self.session.add(
            AppointmentEventRow(appointment=row.id, what=MOVING, by=by, at=self.now, before=before, after=wanted)
        )
        return _errand(row, counter.elsewhere, starts)

    async def moved(self, errand: Errand) -> Appointment | None:
        """The other system has moved it, and the person is told; None when it has been cancelled here meanwhile."""
        row = await self._still(errand, moving())
        if row is None or errand.to is None:
            return None
        await self._bring(row, errand.to, by="person")
        tell(self.session, row, NOW_MOVED, self.now)
        return appointments.fact(self.directory, row)

    async def stayed(self, errand: Errand) -> None:
        """The other system has not moved it, and the person is told."""
        row = await self._still(errand, moving())
        if row is not None:
            row.changed_at = self.now
            note(self.session, row, STAYED, by="clock", before={})
            tell(self.session, row, NOT_MOVED, self.now)

    async def given_back(self, errand: Errand, *, there: bool = True) -> None:
        """A cancelled one has given its time back; or (`there` False) the other system keeps it all the same."""
        row = await self._still(errand, rows().where(AppointmentRow.state.in_(CANCELLED)))
        if row is not None:
            row.external, row.changed_at = None, self.now
            note(self.session, row, GIVEN_BACK if there else LEFT_THERE, by="clock", before={})

    async def ended_there(self, errand: Errand) -> None:
        """The office has cancelled it in its own calendar: so it is here, and the person is told."""
        row = await self._still(errand, rows().where(AppointmentRow.state.in_(OPEN)))
        if row is not None:
            row.external = None
            await drop(self.session, row.id)
            change(self.session, row, AppointmentState.CANCELLED_BY_OFFICE, self.now, by="clock")
            tell(self.session, row, AppointmentState.CANCELLED_BY_OFFICE, self.now)
            await self.line.no_longer_has(row, wants_another=True)

    async def moved_there(self, errand: Errand, starts: datetime) -> None:
        """The office has moved it in its own calendar: so it is here, and the person is told."""
        row = await self._still(errand, rows().where(AppointmentRow.state == AppointmentState.BOOKED))
        if row is not None:
            await self._bring(row, starts, by="clock")
            tell(self.session, row, MOVED_THERE, self.now)

    async def asked(self, before: datetime) -> list[Errand]:
        """What was asked for before then and has not been settled, the oldest first."""
        return self._errands(await self.session.scalars(asked().where(AppointmentRow.changed_at <= before)))

    async def being_moved(self, before: datetime) -> list[Errand]:
        """What we asked to be moved before then and has not been settled."""
        found = await self.session.execute(
            moving().add_columns(AppointmentEventRow.after["starts"]).where(AppointmentEventRow.at <= before)
        )
        return [one for row, to in found for one in self._errands([row], datetime.fromisoformat(to))]

    async def to_give_back(self) -> list[Errand]:
        """What is cancelled here and not yet there."""
        wanted = rows().where(AppointmentRow.state.in_(CANCELLED), AppointmentRow.external.is_not(None))
        return self._errands(await self.session.scalars(wanted))

    async def standing(self, within: timedelta) -> list[Errand]:
        """The coming appointments of that time that are booked there, and are not being moved."""
        wanted = (
            rows()
            .where(AppointmentRow.state == AppointmentState.BOOKED, AppointmentRow.external.is_not(None))
            .where(AppointmentRow.starts > self.now, AppointmentRow.starts <= self.now + within)
            .where(AppointmentRow.id.not_in(moving().with_only_columns(AppointmentRow.id).order_by(None)))
        )
        return self._errands(await self.session.scalars(wanted))

    async def _bring(self, row: AppointmentRow, starts: datetime, *, by: str) -> None:
        before = appointments.where(row)
        row.starts, row.state, row.changed_at = starts, AppointmentState.BOOKED, self.now
        note(self.session, row, "moved", by=by, before=before)
        await appointments.remind(self.session, self.directory, row, self.now)
        await self.line.now_has(row)

    async def _fact(self, *which: ColumnElement[bool]) -> Appointment | None:
        row = await self.session.scalar(rows().where(*which))
        return None if row is None else appointments.fact(self.directory, row)

    async def _still(self, errand: Errand, wanted: Select[AppointmentRow]) -> AppointmentRow | None:
        """Its row, locked, if it is still as that wants it: others may have settled it meanwhile."""
        row: AppointmentRow | None = await self.session.scalar(
            wanted.where(AppointmentRow.id == errand.appointment).with_for_update(of=AppointmentRow)
        )
        return row

    def _errands(self, rows: Iterable[AppointmentRow], to: datetime | None = None) -> list[Errand]:
        found = ((row, self.directory.counter(row.counter)) for row in rows)
        return [_errand(row, at.elsewhere, to) for row, at in found if at is not None and at.elsewhere is not None]


def _errand(row: AppointmentRow, elsewhere: Elsewhere, to: datetime | None = None) -> Errand:
    first_name = row.name.split()[0] if row.name.strip() else ""
    return Errand(
        row.id, row.code, row.counter, first_name, elsewhere, in_rome(row.starts), row.minutes, row.external, to
    )
