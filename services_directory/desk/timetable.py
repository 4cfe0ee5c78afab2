"""Appointments as they are taken away: to a calendar program, a spreadsheet, a sheet of paper, or to be called off.

Only columns are read, never rows: who changes an appointment afterwards must load it after locking it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import ROME, in_rome
from locales.text import Localized
from services_directory.booked import AppointmentState
from services_directory.desk.appointments import NOT_BOOKED
from services_directory.desk.directory import Directory
from services_directory.desk.hours import Intervals, intervals_on, within
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow, CounterRow


@dataclass(frozen=True)
class Place:
    """Whose appointments are looked at; each None means all of them."""

    city: str | None = None
    office: str | None = None
    counter: str | None = None


@dataclass(frozen=True)
class Planned:
    """An appointment. `starts` is in Rome's time; `service` and `office` are keys."""

    code: str
    starts: datetime
    minutes: int
    service: str
    office: str
    counter: str
    counter_label: Localized
    name: str
    language: str
    people: int
    state: AppointmentState
    reachable: bool
    """Whether the person can be told something in the chat."""
    changed_at: datetime
    events: int
    """How often something was done with it, the booking included."""

    @property
    def ends(self) -> datetime:
        """When it is over, in Rome's time; through UTC, for the clocks may change meanwhile."""
        return in_rome(self.starts.astimezone(UTC) + timedelta(minutes=self.minutes))


@dataclass(frozen=True)
class Desk:
    """A counter in use; `walk_ins` are its hours for people without an appointment on one day, `grid` is in minutes."""

    key: str
    office: str
    label: Localized
    walk_ins: Intervals
    grid: int


def midnight(day: date) -> datetime:
    """When a day begins on Rome's clock."""
    return datetime.combine(day, time.min, ROME)


async def planned(session: AsyncSession, place: Place, begins: datetime, ends: datetime) -> list[Planned]:
    """The appointments that begin in that span (its end not included), earliest first; what is only held is none."""
    row, event = AppointmentRow, AppointmentEventRow
    events = select(func.count()).where(event.appointment == row.id).correlate(row).scalar_subquery().label("events")
    found = await session.execute(
        select(row.code, row.starts, row.minutes, row.service, row.office, row.counter, row.name, row.language)
        .add_columns(row.people, row.state, row.person, row.unreached, row.changed_at, events)
        .add_columns(CounterRow.name.label("label"))
        .join(CounterRow, CounterRow.key == row.counter)
        .where(row.starts >= begins, row.starts < ends, row.state.not_in(NOT_BOOKED), *at(place))
        .order_by(row.starts, row.counter, row.code)
    )
    return [
        Planned(
            code=one.code,
            starts=in_rome(one.starts),
            minutes=one.minutes,
            service=one.service,
            office=one.office,
            counter=one.counter,
            counter_label=one.label,
            name=one.name,
            language=one.language,
            people=one.people,
            state=AppointmentState(one.state),
            reachable=one.person is not None and not one.unreached,
            changed_at=in_rome(one.changed_at),
            events=one.events,
        )
        for one in found
    ]


async def desks(session: AsyncSession, directory: Directory, offices: Sequence[str], day: date) -> list[Desk]:
    """The counters of these offices that are in use, with their walk-in hours of that day."""
    found = await session.execute(
        select(CounterRow.key, CounterRow.office, CounterRow.name, CounterRow.walk_ins, CounterRow.grid)
        .where(CounterRow.office.in_(offices), ~CounterRow.retired)
        .order_by(CounterRow.key)
    )
    return [
        Desk(key, office, label, _walk_ins(directory, office, kept, day), grid)
        for key, office, label, kept, grid in found
    ]


def _walk_ins(directory: Directory, office: str, kept: str | None, day: date) -> Intervals:
    open_at = directory.hours(office, day).intervals or ()
    return within(intervals_on(kept, day), open_at) if kept else ()


def at(place: Place) -> list[ColumnElement[bool]]:
    """What picks the appointments of a place."""
    row = AppointmentRow
    asked = ((row.city, place.city), (row.office, place.office), (row.counter, place.counter))
    return [column == key for column, key in asked if key is not None]
