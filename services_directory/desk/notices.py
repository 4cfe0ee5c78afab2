"""What people have to be told: taken by the bot in the transaction that writes it into its outbox, then followed.

A notice is due, then sent (on its way), then delivered or failed; dropped when it no longer held before it went out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.booked import Appointment, AppointmentState, Enrolment
from services_directory.desk.bookings import Bookings
from services_directory.desk.directory import Directory
from services_directory.desk.errands import MOVED_THERE, NOT_BOOKED_NOW, NOT_MOVED, NOW_BOOKED, NOW_MOVED
from services_directory.desk.quiet import awake
from services_directory.desk.reminders import DAY_BEFORE, HOURS_BEFORE
from services_directory.store.bookings import AppointmentRow, EnrolmentRow
from services_directory.store.waiting import NoticeRow, OfferRow

A_DAY = timedelta(days=1)
A_ROUND = 50
"""How many notices are taken at once."""
WORTH_IT = timedelta(minutes=15)
"""A reminder that comes later than this before the start comes too late."""


@dataclass(frozen=True)
class FreedTime:
    """A time kept for somebody who waits, until they answer or `until`; both aware, in Rome's time."""

    key: str
    starts: datetime
    until: datetime


@dataclass(frozen=True)
class Seat:
    """A seat in an activity; while it is kept for somebody who waits, `until` (aware, in Rome's time)."""

    enrolment: Enrolment
    until: datetime | None


@dataclass(frozen=True)
class Notice:
    """Something to tell one person. `kind` is one of KINDS; `id` is what its delivery is recorded under."""

    id: int
    person: str
    kind: str
    about: Appointment | FreedTime | Seat


@dataclass(frozen=True)
class Subject:
    """A notice and what it is about, as it is now."""

    notice: NoticeRow
    appointment: AppointmentRow | None
    offer: OfferRow | None
    enrolment: EnrolmentRow | None


Rule: TypeAlias = Callable[[Subject, datetime], bool]


@dataclass(frozen=True)
class Kind:
    """A kind of notice: whether it (still) holds at a time."""

    holds: Rule
    quiet: bool = False
    """It waits for the morning rather than wake anybody."""
    once: bool = False
    """When it may have gone out unrecorded (the process died while sending), it is not sent again."""


def _is_to_come(subject: Subject, at: datetime) -> bool:
    row = subject.appointment
    if row is None or row.state != AppointmentState.BOOKED:
        return False
    return row.starts == subject.notice.about and row.starts - at > WORTH_IT


def _is_cancelled(subject: Subject, _at: datetime) -> bool:
    return subject.appointment is not None and subject.appointment.state == AppointmentState.CANCELLED_BY_OFFICE


def _stands(subject: Subject, _at: datetime) -> bool:
    open_states = {AppointmentState.BOOKED, AppointmentState.ARRIVED}
    return subject.appointment is not None and subject.appointment.state in open_states


def _is_offered(subject: Subject, at: datetime) -> bool:
    return subject.offer is not None and subject.offer.state == "open" and subject.offer.until > at


def _seat_is_kept(subject: Subject, at: datetime) -> bool:
    row = subject.enrolment
    if row is None or row.offered_until is None:
        return False
    return row.state == "offered" and row.offered_until > at


def _is_withdrawn(subject: Subject, _at: datetime) -> bool:
    return subject.enrolment is not None and subject.enrolment.state == "withdrawn"


def _is_not_booked(subject: Subject, _at: datetime) -> bool:
    return subject.appointment is not None and subject.appointment.state == AppointmentState.LAPSED


_REMINDER = Kind(_is_to_come, quiet=True, once=True)
KINDS: Mapping[str, Kind] = {
    DAY_BEFORE: _REMINDER,
    HOURS_BEFORE: _REMINDER,
    "cancelled_by_office": Kind(_is_cancelled),
    "restored_by_office": Kind(_stands),
    NOW_BOOKED: Kind(_stands),
    NOT_BOOKED_NOW: Kind(_is_not_booked),
    NOW_MOVED: Kind(_stands),
    NOT_MOVED: Kind(_stands),
    MOVED_THERE: Kind(_stands),
    "slot_offered": Kind(_is_offered, quiet=True),
    "seat_offered": Kind(_seat_is_kept, quiet=True),
    "seat_withdrawn": Kind(_is_withdrawn, quiet=True),
}
"""Every kind of notice by the name under which it is saved."""


async def mark_unreached(session: AsyncSession, person: str, now: datetime, *, unreached: bool = True) -> None:
    """Show the offices of a person's appointments that the chat does not reach them; or that it does again."""
    theirs = update(AppointmentRow).where(AppointmentRow.person == person, AppointmentRow.starts > now - A_DAY)
    await session.execute(theirs.values(unreached=unreached, changed_at=now))


async def any_due(session: AsyncSession, now: datetime) -> bool:
    """Whether anybody has to be told anything."""
    due = select(NoticeRow.id).where(NoticeRow.state == "due", NoticeRow.due_at <= now, NoticeRow.kind.in_(KINDS))
    return await session.scalar(due.limit(1)) is not None


async def take_due(session: AsyncSession, directory: Directory, now: datetime) -> list[Notice]:
    """The notices that are due, marked as sent.

    One that no longer holds is dropped; one that came to be late into the night (nobody was running) waits for the
    morning, if it will hold then.
    """
    found = await session.execute(
        _subjects()
        .where(NoticeRow.state == "due", NoticeRow.due_at <= now, NoticeRow.kind.in_(KINDS))
        .order_by(NoticeRow.id)
        .limit(A_ROUND)
        .with_for_update(skip_locked=True, of=NoticeRow)
    )
    subjects = [Subject(*row) for row in found]
    return [_fact(subject, session, directory, now) for subject in subjects if _goes_out(subject, now)]


async def may_still_go(session: AsyncSession, notice: int, now: datetime, *, perhaps_sent: bool) -> bool:
    """Whether a notice that waits in the outbox is to be sent now: asked just before it is.

    False when it no longer holds, when it has become night (it will be due again in the morning), and when it
    perhaps went out already and must not go twice.
    """
    found = await session.execute(_subjects().where(NoticeRow.id == notice).with_for_update(of=NoticeRow))
    subject = next((Subject(*row) for row in found), None)
    if subject is None or subject.notice.state != "sent":
        return False
    if perhaps_sent and KINDS[subject.notice.kind].once:
        return False
    return _goes_out(subject, now)


async def mark_delivered(session: AsyncSession, notice: int, now: datetime) -> None:
    """A channel has taken it."""
    await _end(session, notice, "delivered", now)


async def mark_on_its_way(session: AsyncSession, notice: int, now: datetime) -> None:
    """The channel that had taken it says that it did not arrive."""
    taken = update(NoticeRow).where(NoticeRow.id == notice, NoticeRow.state == "delivered")
    await session.execute(taken.values(state="sent", changed_at=now))


async def mark_failed(session: AsyncSession, notice: int, now: datetime) -> None:
    """No channel of the person could take it."""
    await _end(session, notice, "failed", now)


async def _end(session: AsyncSession, notice: int, state: str, now: datetime) -> None:
    on_its_way = update(NoticeRow).where(NoticeRow.id == notice, NoticeRow.state == "sent")
    await session.execute(on_its_way.values(state=state, changed_at=now))


def _subjects() -> Select[NoticeRow, AppointmentRow | None, OfferRow | None, EnrolmentRow | None]:
    return (
        select(NoticeRow, AppointmentRow, OfferRow, EnrolmentRow)
        .outerjoin(AppointmentRow, AppointmentRow.id == NoticeRow.appointment)
        .outerjoin(OfferRow, OfferRow.id == NoticeRow.offer)
        .outerjoin(EnrolmentRow, EnrolmentRow.id == NoticeRow.enrolment)
    )


def _goes_out(subject: Subject, now: datetime) -> bool:
    """Decide, and note it in the row: sent, dropped, or due again in the morning."""
    notice, kind = subject.notice, KINDS[subject.notice.kind]
    at = awake(now) if kind.quiet else now
    notice.changed_at = now
    if not kind.holds(subject, at):
        notice.state = "dropped"
    elif at > now:
        notice.state, notice.due_at = "due", at
    else:
        notice.state = "sent"
    return notice.state == "sent"


def _fact(subject: Subject, session: AsyncSession, directory: Directory, now: datetime) -> Notice:
    row = subject.notice
    return Notice(row.id, row.person, row.kind, _about(subject, Bookings(session, directory, now), directory))


def _about(subject: Subject, bookings: Bookings, directory: Directory) -> Appointment | FreedTime | Seat:
    """What a notice that holds is about. Raises LookupError for what was never published."""
    appointment, offer, enrolment = subject.appointment, subject.offer, subject.enrolment
    if offer is not None:
        return FreedTime(str(offer.id), in_rome(offer.starts), in_rome(offer.until))
    if appointment is not None:
        return bookings.fact(appointment)
    if enrolment is None:
        raise LookupError(f"notice {subject.notice.id} is about nothing")
    activity = directory.activity(enrolment.activity)
    if activity is None:
        raise LookupError(f"enrolment {enrolment.id} is in an unpublished activity")
    fact = Enrolment(enrolment.code, enrolment.code, activity, enrolment.name)
    return Seat(fact, None if enrolment.offered_until is None else in_rome(enrolment.offered_until))
