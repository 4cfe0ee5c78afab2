"""Reminders of appointments: when they are due, written with the appointment and dropped with it; and the person's yes.

Each kind is written once for each start of an appointment; the database refuses a second one.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import ROME, in_rome
from services_directory.booked import AppointmentState
from services_directory.desk.quiet import awake
from services_directory.facts import Reminders
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow
from services_directory.store.waiting import NoticeRow

DAY_BEFORE, HOURS_BEFORE = "reminder_day_before", "reminder_hours_before"
KINDS = (DAY_BEFORE, HOURS_BEFORE)
EVENING = time(20)
"""When a reminder goes out that would otherwise come in the night: an hour before people are left in peace."""
JUST_BOOKED = timedelta(minutes=30)
"""Who has just booked, or moved, needs no reminder yet."""
APART = timedelta(hours=3)
"""Of two reminders nearer to each other than this, the later one says nothing new."""
CONFIRMED = "confirmed"


def before_the_night(moment: datetime) -> datetime:
    """The same moment, or the 20:00 in Rome before it when it falls between 21:00 and 8:00."""
    if awake(moment) == moment:
        return moment
    local = in_rome(moment)
    evening = datetime.combine(local.date(), EVENING, ROME)
    return evening if evening < local else datetime.combine(local.date() - timedelta(days=1), EVENING, ROME)


def due(starts: datetime, reminders: Reminders, now: datetime) -> dict[str, datetime]:
    """When each kind of reminder of an appointment is due, as seen at `now`; a kind that is not to be sent is missing.

    The day before at the same time on Rome's clock; so many hours before, counted in hours that pass. Neither in the
    night, nor when that is over or as good as now; of two that nearly coincide, the earlier one.
    """
    local = in_rome(starts)
    wanted: dict[str, datetime] = {}
    if reminders.day_before:
        # The wall clock is set back: when the clocks change, 24 hours earlier is another time.
        wanted[DAY_BEFORE] = datetime.combine(local.date() - timedelta(days=1), local.time(), ROME)
    if reminders.hours_before is not None:
        wanted[HOURS_BEFORE] = in_rome(starts.astimezone(UTC) - timedelta(hours=reminders.hours_before))
    kept: dict[str, datetime] = {}
    for kind, at in sorted(((kind, before_the_night(at)) for kind, at in wanted.items()), key=lambda one: one[1]):
        repeats = any(_passes(earlier, at) < APART for earlier in kept.values())
        if _passes(now, at) >= JUST_BOOKED and not repeats:
            kept[kind] = at
    return kept


async def plan(session: AsyncSession, row: AppointmentRow, reminders: Reminders, now: datetime) -> None:
    """Write the reminders of a booked appointment, instead of those of the time it had before.

    Harmless when they are there already; back at a time whose reminder has gone out, that one is not sent again.
    """
    await drop(session, row.id)
    if row.person is None or row.state != AppointmentState.BOOKED:
        return
    for kind, at in due(row.starts, reminders, now).items():
        await session.execute(_once(session, row, row.person, kind, at))


async def drop(session: AsyncSession, appointment_id: int) -> None:
    """No reminder of that appointment goes out any more. One on its way is looked at again before it is sent."""
    # One that a round holds is not waited for, lest the two wait for each other: the round's rule will drop it.
    theirs = (
        select(NoticeRow.id)
        .where(NoticeRow.appointment == appointment_id, NoticeRow.kind.in_(KINDS), NoticeRow.state == "due")
        .with_for_update(skip_locked=True)
    )
    await session.execute(update(NoticeRow).where(NoticeRow.id.in_(theirs)).values(state="dropped"))


async def confirm(session: AsyncSession, code: str, person: str, now: datetime) -> bool:
    """Note that the person says they will come, once for each time it has; False when it is no booked one of theirs."""
    row = await session.scalar(
        select(AppointmentRow)
        .where(AppointmentRow.code == code, AppointmentRow.person == person)
        .where(AppointmentRow.state == AppointmentState.BOOKED)
        .with_for_update()
    )
    if row is None:
        return False
    starts = in_rome(row.starts).isoformat()
    said = await session.scalars(
        select(AppointmentEventRow.after).where(
            AppointmentEventRow.appointment == row.id, AppointmentEventRow.what == CONFIRMED
        )
    )
    if all(after["starts"] != starts for after in said):
        event = AppointmentEventRow(appointment=row.id, what=CONFIRMED, by="person", at=now, after={"starts": starts})
        session.add(event)
    return True


def _passes(first: datetime, later: datetime) -> timedelta:
    """The time that really passes: two times of one zone are otherwise subtracted as the wall clock shows them."""
    return later.astimezone(UTC) - first.astimezone(UTC)


def _once(session: AsyncSession, row: AppointmentRow, person: str, kind: str, at: datetime) -> Insert:
    """The statement that writes a reminder: an earlier one of the same is revived if it was dropped, else left."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    written = insert(NoticeRow).values(
        person=person, appointment=row.id, kind=kind, about=row.starts, due_at=at, state="due"
    )
    return written.on_conflict_do_update(
        index_elements=[NoticeRow.appointment, NoticeRow.kind, NoticeRow.about],
        set_={"state": "due", "due_at": written.excluded.due_at, "person": written.excluded.person},
        where=NoticeRow.state == "dropped",
    )
