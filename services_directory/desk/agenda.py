"""What the console reads: the appointments of a city on one day and the coming ones, and whether they changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import ROME, in_rome
from locales.text import Localized
from services_directory.booked import Appointment, AppointmentState
from services_directory.desk.appointments import NOT_BOOKED, OPEN
from services_directory.desk.bookings import Bookings
from services_directory.desk.directory import Directory
from services_directory.facts import Office
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow, CounterRow
from services_directory.store.places import OfficeRow

COMING = 60
"""How many coming appointments are shown at most."""
CAN_STILL_UNCANCEL = timedelta(minutes=15)
"""How long the office may take back a cancellation made when the time had already begun."""
UNDONE = frozenset(AppointmentState) - {AppointmentState.BOOKED}
"""Changes of the office that can be taken back: all but a move."""


@dataclass(frozen=True)
class View:
    """Which appointments are looked at. `city` None: every city; `office` None: every office."""

    day: date
    city: str | None = None
    office: str | None = None


@dataclass(frozen=True)
class Entry:
    """An appointment as the office sees it. Times are Rome's."""

    appointment: Appointment
    counter: str
    counter_label: Localized
    changed_at: datetime
    undo_until: datetime | None
    """Until when the office's last change can be taken back; None when it cannot."""
    reachable: bool
    """Whether the person can still be told something."""
    unreached: bool
    """Whether something that the person had to be told could not be delivered."""

    @property
    def example(self) -> bool:
        """Whether it is about an office or a service of the example data."""
        return self.appointment.office.checked.example or self.appointment.service.checked.example


@dataclass(frozen=True)
class Agenda:
    """One day, earliest first; then what comes after it and after today."""

    view: View
    entries: tuple[Entry, ...]
    coming: tuple[Entry, ...]
    more: bool
    """Whether there are more coming ones than are shown."""


async def agenda(session: AsyncSession, directory: Directory, view: View, now: datetime) -> Agenda:
    """The appointments of that day in every state, and the coming ones that are open or cancelled by the office."""
    opens, closes = _midnights(view.day)
    on_day = _rows(view).where(AppointmentRow.starts >= opens, AppointmentRow.starts < closes)
    after = max(closes, _midnights(in_rome(now).date())[1])
    told = AppointmentRow.state.in_([*OPEN, AppointmentState.CANCELLED_BY_OFFICE])
    later = _rows(view).where(AppointmentRow.starts >= after, told).limit(COMING + 1)
    entries = await _entries(session, directory, on_day, now)
    coming = await _entries(session, directory, later, now)
    return Agenda(view, tuple(entries), tuple(coming[:COMING]), more=len(coming) > COMING)


async def change_token(session: AsyncSession, directory: Directory, view: View, now: datetime) -> str:
    """A word that stays the same while `agenda` does: read before it, never after.

    It changes every minute too, because what is late and what can be undone depend on the clock.
    """
    opens, _closes = _midnights(min(view.day, in_rome(now).date()))
    # Events are counted, not only dated: two machines' clocks differ, and the later change may bear the earlier time.
    seen = (
        select(func.count(), func.max(AppointmentEventRow.id), func.max(AppointmentRow.changed_at))
        .select_from(AppointmentRow)
        .outerjoin(AppointmentEventRow, AppointmentEventRow.appointment == AppointmentRow.id)
        .where(AppointmentRow.starts >= opens, *_within(view))
    )
    changes = tuple((await session.execute(seen)).one())
    parts = (view.day, view.city, view.office, changes, directory.version, f"{now:%Y-%m-%dT%H:%M%z}")
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


async def appointment_of(session: AsyncSession, directory: Directory, code: str, now: datetime) -> Appointment | None:
    """The appointment with that code, of whichever city."""
    row = await session.scalar(select(AppointmentRow).where(AppointmentRow.code == code))
    return None if row is None else Bookings(session, directory, now).fact(row)


async def city_of(session: AsyncSession, code: str) -> str | None:
    """The city of the appointment with that code. Loads no row: who changes it must read it after locking it."""
    return await session.scalar(
        select(AppointmentRow.city).where(AppointmentRow.code == code, AppointmentRow.state.not_in(NOT_BOOKED))
    )


async def can_undo(session: AsyncSession, code: str, now: datetime) -> bool:
    """Whether the office's last change to that appointment can still be taken back. Loads no row, as `city_of`."""
    found = await session.execute(select(AppointmentRow.id, AppointmentRow.starts).where(AppointmentRow.code == code))
    for key, starts in found:
        last = (await _last_events(session, [key])).get(key)
        return _undo_until(starts, last, now) is not None
    return False


async def offices_with_counters(session: AsyncSession, directory: Directory, city: str | None) -> list[Office]:
    """The offices where something can be booked, of one city or of all."""
    found = await session.scalars(
        select(OfficeRow.key)
        .where(OfficeRow.key.in_(select(CounterRow.office).where(~CounterRow.retired)))
        .where(*([OfficeRow.city == city] if city else []))
        .order_by(OfficeRow.city, OfficeRow.position)
    )
    return [office for key in found if (office := directory.office(key)) is not None]


def _rows(view: View) -> Select[AppointmentRow, CounterRow]:
    return (
        select(AppointmentRow, CounterRow)
        .join(CounterRow, CounterRow.key == AppointmentRow.counter)
        .where(*_within(view))
        .order_by(AppointmentRow.starts, AppointmentRow.counter, AppointmentRow.id)
    )


def _within(view: View) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [AppointmentRow.state.not_in(NOT_BOOKED)]
    if view.city is not None:
        conditions.append(AppointmentRow.city == view.city)
    if view.office is not None:
        conditions.append(AppointmentRow.office == view.office)
    return conditions


async def _entries(
    session: AsyncSession, directory: Directory, rows: Select[AppointmentRow, CounterRow], now: datetime
) -> list[Entry]:
    found = (await session.execute(rows)).all()
    last = await _last_events(session, [appointment.id for appointment, _counter in found])
    bookings = Bookings(session, directory, now)
    return [
        Entry(
            appointment=bookings.fact(row),
            counter=counter.key,
            counter_label=counter.name,
            changed_at=in_rome(row.changed_at),
            undo_until=_undo_until(row.starts, last.get(row.id), now),
            reachable=row.person is not None and not row.unreached,
            unreached=row.unreached,
        )
        for row, counter in found
    ]


async def _last_events(session: AsyncSession, appointments: Sequence[int]) -> dict[int, AppointmentEventRow]:
    if not appointments:
        return {}
    newest = (
        select(func.max(AppointmentEventRow.id))
        .where(AppointmentEventRow.appointment.in_(appointments))
        .group_by(AppointmentEventRow.appointment)
    )
    events = await session.scalars(select(AppointmentEventRow).where(AppointmentEventRow.id.in_(newest)))
    return {event.appointment: event for event in events}


def _undo_until(starts: datetime, last: AppointmentEventRow | None, now: datetime) -> datetime | None:
    """The end of the day of the change; of a cancellation, the appointment's start, or a little after a late one."""
    if last is None or not last.by.startswith("staff:") or last.what not in UNDONE:
        return None
    if last.what == AppointmentState.CANCELLED_BY_OFFICE:
        until = max(starts, last.at + CAN_STILL_UNCANCEL)
    else:
        until = _midnights(in_rome(last.at).date())[1]
    return in_rome(until) if now < until else None


def _midnights(day: date) -> tuple[datetime, datetime]:
    """Where a day begins and ends on Rome's clock: 23 or 25 hours apart when the clocks change."""
    return datetime.combine(day, time.min, ROME), datetime.combine(day + timedelta(days=1), time.min, ROME)
