"""The list of an activity: who has a seat, who waits, and who was at which meeting. The only writer of attendance."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.booked import Enrolment, EnrolmentState
from services_directory.desk.directory import Directory
from services_directory.desk.enrolments import Enrolments
from services_directory.facts import Activity, Session
from services_directory.store.bookings import AttendanceRow, EnrolmentRow
from services_directory.store.offerings import ActivityRow


@dataclass(frozen=True)
class Mark:
    """Whether somebody was there, who has said so (`staff:<id>`) and when. `at` is aware, in Rome's time."""

    present: bool
    by: str
    at: datetime


@dataclass(frozen=True)
class Listed:
    """Somebody on the list of an activity. `since` and the keys of `marks` (starts of meetings) are Rome's times."""

    enrolment: Enrolment
    since: datetime
    writes_to_us: bool
    """Whether the chat reaches them; the office tells all others itself."""
    marks: Mapping[datetime, Mark] = field(default_factory=dict)


@dataclass(frozen=True)
class Roster:
    """Everybody of an activity, in the order in which they came; who has left is on no list."""

    enrolled: tuple[Listed, ...]
    offered: tuple[Listed, ...]
    waiting: tuple[Listed, ...]

    def find(self, code: str) -> Listed | None:
        """Whoever is on the list with that code."""
        everybody = (*self.enrolled, *self.offered, *self.waiting)
        return next((one for one in everybody if one.enrolment.code == code), None)


@dataclass(frozen=True)
class Tally:
    """How many have a seat, are offered one, and wait."""

    enrolled: int = 0
    offered: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Attended:
    """At how many of the meetings held so far somebody was present, for how long, and in which days."""

    meetings: int
    held: int
    time: timedelta
    first_day: date
    last_day: date


class NoSuchMeetingError(LookupError):
    """The activity has no meeting then, or its day has not come yet."""


async def roster(session: AsyncSession, directory: Directory, activity: Activity, now: datetime) -> Roster:
    """Who is on the list of that activity."""
    rows = list(
        await session.scalars(
            select(EnrolmentRow)
            .where(EnrolmentRow.activity == activity.key, EnrolmentRow.state != EnrolmentState.WITHDRAWN)
            .order_by(EnrolmentRow.enrolled_at, EnrolmentRow.id)
        )
    )
    marks: dict[int, dict[datetime, Mark]] = {row.id: {} for row in rows}
    for one in await session.scalars(select(AttendanceRow).where(AttendanceRow.enrolment.in_(marks))):
        marks[one.enrolment][in_rome(one.session)] = Mark(one.present, one.by, in_rome(one.at))
    enrolments = Enrolments(session, directory, now)
    by_state: dict[EnrolmentState, list[Listed]] = {state: [] for state in EnrolmentState}
    for row in rows:
        fact = enrolments.fact(row)
        listed = Listed(fact, in_rome(row.enrolled_at), row.person is not None, marks[row.id])
        by_state[fact.state].append(listed)
    lists = (by_state[state] for state in (EnrolmentState.ENROLLED, EnrolmentState.OFFERED, EnrolmentState.WAITING))
    return Roster(*(tuple(one) for one in lists))


async def tallies(session: AsyncSession, activities: Collection[str]) -> dict[str, Tally]:
    """How full each of those activities is, by key."""
    counted: dict[str, dict[str, int]] = {key: {} for key in activities}
    found = await session.execute(
        select(EnrolmentRow.activity, EnrolmentRow.state, func.count())
        .where(EnrolmentRow.activity.in_(counted), EnrolmentRow.state != EnrolmentState.WITHDRAWN)
        .group_by(EnrolmentRow.activity, EnrolmentRow.state)
    )
    for key, state, count in found:
        counted[key][state] = count
    return {key: Tally(**counts) for key, counts in counted.items()}


def begun(activity: Activity, now: datetime) -> list[Session]:
    """The meetings whose day has come, the last one first: those at which somebody can have been."""
    today = in_rome(now).date()
    return [meeting for meeting in reversed(activity.sessions) if meeting.starts.date() <= today]


async def mark(
    session: AsyncSession,
    activity: Activity,
    starts: datetime,
    said: Mapping[str, bool | None],
    *,
    by: str,
    now: datetime,
) -> None:
    """Keep who was at the meeting that starts then; `said` is by code, None: nobody has said.

    What does not change keeps who said it and when; a code that has no seat here is passed over.
    Raises NoSuchMeetingError.
    """
    if all(meeting.starts != starts for meeting in begun(activity, now)):
        raise NoSuchMeetingError(starts)
    # One list is saved at a time: two who save the same page wait for each other.
    await session.execute(select(ActivityRow.key).where(ActivityRow.key == activity.key).with_for_update())
    seated = await session.execute(
        select(EnrolmentRow.code, EnrolmentRow.id)
        .where(EnrolmentRow.activity == activity.key, EnrolmentRow.state == EnrolmentState.ENROLLED)
        .where(EnrolmentRow.code.in_(said))
    )
    for code, enrolment in seated.all():
        row = await session.get(AttendanceRow, (enrolment, starts), populate_existing=True)
        present = said[code]
        if present is None and row is not None:
            await session.delete(row)
        elif present is not None and row is None:
            session.add(AttendanceRow(enrolment=enrolment, session=starts, present=present, by=by, at=now))
        elif present is not None and row is not None and row.present != present:
            row.present, row.by, row.at = present, by, now


def attended(listed: Listed, now: datetime) -> Attended | None:
    """What can be certified; None when nobody has recorded that the person was at any meeting."""
    held = [meeting for meeting in listed.enrolment.activity.sessions if meeting.starts <= now]
    present = [one for one in held if one.starts in listed.marks and listed.marks[one.starts].present]
    if not present:
        return None
    time = sum((one.ends - one.starts for one in present), timedelta())
    return Attended(len(present), len(held), time, held[0].starts.date(), held[-1].ends.date())
