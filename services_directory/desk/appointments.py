"""What every verb of an appointment shares: its code, its history, and the row as a fact."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.booked import ALONE, Appointment, AppointmentState, Party
from services_directory.desk.directory import Directory
from services_directory.desk.reminders import plan
from services_directory.facts import Reminders
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow
from services_directory.store.waiting import NoticeRow

CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Neither 0 and O nor 1 and I: codes are read out at a desk."""
CODE_LENGTH = 6
OPEN = (AppointmentState.BOOKED, AppointmentState.ARRIVED)
CANCELLED = (AppointmentState.CANCELLED_BY_PERSON, AppointmentState.CANCELLED_BY_OFFICE)
NOT_BOOKED = (AppointmentState.HELD, AppointmentState.LAPSED)
"""What nobody but the person knows of: never in an agenda."""
ASKED = "asked_elsewhere"
"""What the history calls that another system was asked for the time."""


class CannotChangeError(Exception):
    """The appointment is not in a state from which that can be done; `state` is the one it is in."""

    def __init__(self, state: AppointmentState) -> None:
        super().__init__(state.value)
        self.state = state


@dataclass(frozen=True)
class Who:
    """For whom something is held, booked or waited for: the opaque key of the person, their language, who comes."""

    person: str
    language: str
    party: Party = ALONE


async def new_code(session: AsyncSession) -> str:
    """A code that no appointment has: of a million, one in a thousand new ones would be somebody's."""
    while True:
        code = random_code()
        if await session.scalar(select(AppointmentRow.id).where(AppointmentRow.code == code)) is None:
            return code


def random_code() -> str:
    """Six letters and digits that cannot be confused."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def fact(directory: Directory, row: AppointmentRow) -> Appointment:
    """The row as a fact. Raises LookupError for a service or office that was never published."""
    service, office = directory.service(row.service), directory.office(row.office)
    if service is None or office is None:
        raise LookupError(f"appointment {row.id} is for an unpublished service or office")
    counter = directory.counter(row.counter)
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
        people=row.people,
        for_other=row.for_other,
        spoken=row.spoken,
        speaks=counter is not None and directory.speaks(counter, row.language, in_rome(row.starts)),
    )


def being_asked() -> ColumnElement[bool]:
    """Held with no end while another system is asked; what is offered to who waits is so too, but was never asked."""
    asked = select(AppointmentEventRow.appointment).where(AppointmentEventRow.what == ASKED)
    held = (AppointmentRow.state == AppointmentState.HELD) & AppointmentRow.held_until.is_(None)
    return held & AppointmentRow.id.in_(asked)


def where(row: AppointmentRow) -> dict[str, Any]:
    """When and at which counter it is, as the history keeps it."""
    return {"starts": in_rome(row.starts).isoformat(), "counter": row.counter}


def note(session: AsyncSession, row: AppointmentRow, what: str, *, by: str, before: dict[str, Any]) -> None:
    """Write into the history what has just been done (at `row.changed_at`)."""
    after = {"state": row.state, **where(row)}
    session.add(
        AppointmentEventRow(appointment=row.id, what=what, by=by, at=row.changed_at, before=before, after=after)
    )


def change(
    session: AsyncSession,
    row: AppointmentRow,
    state: AppointmentState,
    now: datetime,
    *,
    by: str,
    what: str | None = None,
) -> None:
    """Another state, and who made it so."""
    before = {"state": row.state}
    row.state, row.changed_at = state, now
    note(session, row, what or state, by=by, before=before)


async def remind(session: AsyncSession, directory: Directory, row: AppointmentRow, now: datetime) -> None:
    """Plan its reminders, as its office wants them, instead of those of the time that it had before."""
    office = directory.office(row.office)
    await plan(session, row, office.reminders if office else Reminders(), now)


def tell(session: AsyncSession, row: AppointmentRow, kind: str, now: datetime) -> None:
    """Have the person told, if we still know whom."""
    if row.person is not None:
        session.add(NoticeRow(person=row.person, appointment=row.id, kind=kind, due_at=now))
