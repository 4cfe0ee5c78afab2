"""The verbs of a seat: enrol, wait, accept, decline, withdraw, lapse. The only writers of its rows.

A seat that comes free is offered to the first in line; while it is offered it is taken, and never public.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.booked import Enrolment, EnrolmentState, NoSeatsError, OfferOverError
from services_directory.desk.appointments import random_code
from services_directory.desk.directory import Directory
from services_directory.desk.quiet import awake
from services_directory.facts import Activity
from services_directory.store.bookings import EnrolmentEventRow, EnrolmentRow
from services_directory.store.offerings import ActivityRow
from services_directory.store.waiting import NoticeRow

KEPT = timedelta(hours=24)
"""How long an offered seat is kept once the person is told: who works in shifts reads it within a day; the next in
line waits no longer than that."""
OFFERED_NOTICE, WITHDRAWN_NOTICE = "seat_offered", "seat_withdrawn"
CLOCK = "clock"


class Enrolments:
    """Seats in one transaction. `now` is aware; nothing is committed here."""

    def __init__(self, session: AsyncSession, directory: Directory, now: datetime) -> None:
        self.session, self.directory, self.now = session, directory, now

    async def with_seats(self, activities: Sequence[Activity]) -> list[Activity]:
        """The activities with the seats that anybody can have now; None stays None: not known."""
        # Who waits counts too: a free seat is theirs before it is public.
        taken = await self.session.execute(
            select(EnrolmentRow.activity, func.count())
            .where(EnrolmentRow.activity.in_([activity.key for activity in activities]))
            .where(EnrolmentRow.state != EnrolmentState.WITHDRAWN)
            .group_by(EnrolmentRow.activity)
        )
        counts = {activity: count for activity, count in taken}  # noqa: C416, rows are not pairs to the type checker
        return [
            replace(one, seats_left=None if one.seats_left is None else max(0, one.seats_left - counts.get(one.key, 0)))
            for one in activities
        ]

    async def enrol(
        self, activity: Activity, name: str, *, person: str | None, language: str, key: str, by: str = "person"
    ) -> Enrolment:
        """Take a seat, once per `key`; whoever has a place already keeps that one. Raises NoSeatsError.

        `person` None: somebody whom the office adds, and who does not write to us.
        """
        seats = await self._locked(activity)
        await self._offer_free_seats(activity, seats)
        already = await self._already(activity, person, key)
        if already is not None and already.state == EnrolmentState.OFFERED:
            await self._change(already, EnrolmentState.ENROLLED, "accepted", by, seat=already.seat)
        if already is not None and already.state == EnrolmentState.ENROLLED:
            return self.fact(already)
        free = await self._free_seats(activity, seats)
        if already is not None or not free:
            raise NoSeatsError
        row = EnrolmentRow(booking_key=key, activity=activity.key, person=person, name=name, language=language)
        await self._add(row, EnrolmentState.ENROLLED, by, seat=free[0])
        return self.fact(row)

    async def wait(self, activity: Activity, name: str, *, person: str, language: str, key: str) -> Enrolment:
        """Stand in line, once per `key`; whoever has a place already keeps that one. Raises NoSeatsError.

        It comes back offered when a seat is free meanwhile; the error says that there is nothing to wait for.
        """
        seats = await self._locked(activity)
        row = await self._already(activity, person, key)
        if row is None:
            if not seats:
                raise NoSeatsError
            row = EnrolmentRow(booking_key=key, activity=activity.key, person=person, name=name, language=language)
            await self._add(row, EnrolmentState.WAITING, "person", seat=None)
        await self._offer_free_seats(activity, seats)
        return self.fact(row)

    async def accept(self, code: str) -> Enrolment:
        """Take the seat that is offered; a second time changes nothing. Raises OfferOverError, LookupError."""
        row = await self._row(code)
        if row.state == EnrolmentState.ENROLLED:
            return self.fact(row)
        if row.state != EnrolmentState.OFFERED or row.offered_until is None or row.offered_until <= self.now:
            raise OfferOverError
        await self._change(row, EnrolmentState.ENROLLED, "accepted", "person", seat=row.seat)
        return self.fact(row)

    async def decline(self, code: str) -> None:
        """Leave the offered seat to the next in line. Raises OfferOverError, LookupError."""
        row = await self._row(code)
        if row.state != EnrolmentState.OFFERED:
            raise OfferOverError
        await self._leave(row, "declined", "person")

    async def withdraw(self, code: str, *, by: str = "person") -> None:
        """Give a seat back, or leave the line; a second time changes nothing. Raises LookupError.

        Whom the office withdraws (`by` is `staff:<id>`) is told.
        """
        row = await self._row(code)
        if row.state == EnrolmentState.WITHDRAWN:
            return
        await self._leave(row, "withdrawn", by)
        if by != "person" and row.person is not None:
            self._tell(row, WITHDRAWN_NOTICE, awake(self.now))

    async def lapse(self) -> None:
        """Offers whose time is over go to the next in line; seats that staff have added are offered too."""
        for key in await activities_to_settle(self.session, self.now):
            activity = self.directory.activity(key)
            if activity is not None:
                await self._offer_free_seats(activity, await self._locked(activity))

    async def of_person(self, person: str) -> list[Enrolment]:
        """The seats that a person has or is offered, and the lines in which they stand."""
        rows = await self.session.scalars(
            select(EnrolmentRow)
            .where(EnrolmentRow.person == person, EnrolmentRow.state != EnrolmentState.WITHDRAWN)
            .order_by(EnrolmentRow.id)
        )
        return [self.fact(row) for row in rows if self.directory.activity(row.activity) is not None]

    def fact(self, row: EnrolmentRow) -> Enrolment:
        """The row as a fact. Raises LookupError for an activity that was never published."""
        activity = self.directory.activity(row.activity)
        if activity is None:
            raise LookupError(f"enrolment {row.id} is in an unpublished activity")
        until = None if row.offered_until is None else in_rome(row.offered_until)
        state = EnrolmentState(row.state)
        return Enrolment(row.code, row.code, activity, row.name, row.language, state, until)

    async def _locked(self, activity: Activity) -> int:
        """How many seats there are; the activity is ours until the transaction ends: nobody counts beside us."""
        # Columns, not the row: what a session has loaded before it waited for the lock would be old.
        found = await self.session.execute(
            select(ActivityRow.seats, ActivityRow.retired).where(ActivityRow.key == activity.key).with_for_update()
        )
        for seats, retired in found:
            return 0 if retired or self._is_over(activity) else seats or 0
        return 0

    def _is_over(self, activity: Activity) -> bool:
        return activity.closes is not None and activity.closes <= self.now

    async def _row(self, code: str) -> EnrolmentRow:
        """The enrolment as it is once its activity is ours. Raises LookupError."""
        key = await self.session.scalar(select(EnrolmentRow.activity).where(EnrolmentRow.code == code))
        if key is None or (activity := self.directory.activity(key)) is None:
            raise LookupError(code)
        await self._locked(activity)
        found = select(EnrolmentRow).where(EnrolmentRow.code == code).execution_options(populate_existing=True)
        return (await self.session.scalars(found)).one()

    async def _already(self, activity: Activity, person: str | None, key: str) -> EnrolmentRow | None:
        """The place that the person has there; nobody's (None) rows are many people's, and only the key tells."""
        asked = EnrolmentRow.booking_key == key
        return await self.session.scalar(
            select(EnrolmentRow)
            .where(EnrolmentRow.state != EnrolmentState.WITHDRAWN, EnrolmentRow.activity == activity.key)
            .where(asked if person is None else asked | (EnrolmentRow.person == person))
            .execution_options(populate_existing=True)
        )

    async def _free_seats(self, activity: Activity, seats: int) -> list[int]:
        """The numbers of the free seats; none while more are taken than there are, because staff have lowered them."""
        found = select(EnrolmentRow.seat).where(EnrolmentRow.activity == activity.key, EnrolmentRow.seat.is_not(None))
        taken = set(await self.session.scalars(found))
        return [number for number in range(1, seats + 1) if number not in taken][: max(0, seats - len(taken))]

    async def _offer_free_seats(self, activity: Activity, seats: int) -> None:
        """Take back the offers whose time is over, then offer every free seat to the line; it ends with the activity.

        The activity is locked.
        """
        rows = await self.session.scalars(
            select(EnrolmentRow)
            .where(EnrolmentRow.activity == activity.key)
            .where(EnrolmentRow.state.in_([EnrolmentState.OFFERED, EnrolmentState.WAITING]))
            .order_by(EnrolmentRow.enrolled_at, EnrolmentRow.id)
            .execution_options(populate_existing=True)
        )
        line = []
        for row in rows:
            ends = self.now if self._is_over(activity) else row.offered_until
            # Who was erased when retention ended waits no longer: nobody could accept.
            if row.person is None or (ends is not None and ends <= self.now):
                await self._change(row, EnrolmentState.WITHDRAWN, "lapsed", CLOCK)
            elif row.state == EnrolmentState.WAITING:
                line.append(row)
        told = awake(self.now)
        until = min(told + KEPT, activity.closes or told + KEPT)
        if until <= told:
            return
        await self.session.flush()
        for row, seat in zip(line, await self._free_seats(activity, seats), strict=False):
            await self._change(row, EnrolmentState.OFFERED, "offered", CLOCK, seat=seat, until=until)
            self._tell(row, OFFERED_NOTICE, told)

    async def _leave(self, row: EnrolmentRow, what: str, by: str) -> None:
        """Give up the seat or the place in the line; a seat goes to the next."""
        await self._change(row, EnrolmentState.WITHDRAWN, what, by)
        activity = self.directory.activity(row.activity)
        if activity is not None:
            await self._offer_free_seats(activity, await self._locked(activity))

    async def _change(
        self,
        row: EnrolmentRow,
        state: EnrolmentState,
        what: str,
        by: str,
        *,
        seat: int | None = None,
        until: datetime | None = None,
    ) -> None:
        if row.state == EnrolmentState.OFFERED:
            # What has not been said yet no longer holds.
            unsaid = update(NoticeRow).where(NoticeRow.enrolment == row.id, NoticeRow.state == "due")
            await self.session.execute(unsaid.values(state="dropped", changed_at=self.now))
        row.state, row.seat, row.offered_until, row.enrolled_at = state, seat, until, self.now
        self._note(row, what, by)

    async def _add(self, row: EnrolmentRow, state: EnrolmentState, by: str, *, seat: int | None) -> None:
        row.code = random_code()
        row.state, row.seat, row.enrolled_at = state, seat, self.now
        try:
            async with self.session.begin_nested():
                self.session.add(row)
                await self.session.flush()
        except IntegrityError:
            raise NoSeatsError from None
        self._note(row, state, by)

    def _note(self, row: EnrolmentRow, what: str, by: str) -> None:
        self.session.add(EnrolmentEventRow(enrolment=row.id, what=what, by=by, at=self.now))

    def _tell(self, row: EnrolmentRow, kind: str, due_at: datetime) -> None:
        if row.person is not None:
            self.session.add(NoticeRow(person=row.person, enrolment=row.id, kind=kind, due_at=due_at, state="due"))


async def activities_to_settle(session: AsyncSession, now: datetime) -> list[str]:
    """The activities in which an offer's time is over, or somebody waits while a seat is free."""
    over = select(EnrolmentRow.activity).where(
        EnrolmentRow.state == EnrolmentState.OFFERED, EnrolmentRow.offered_until <= now
    )
    waiting = func.count().filter(EnrolmentRow.state == EnrolmentState.WAITING)
    unoffered = (
        select(EnrolmentRow.activity)
        .join(ActivityRow, ActivityRow.key == EnrolmentRow.activity)
        .where(EnrolmentRow.state != EnrolmentState.WITHDRAWN, ~ActivityRow.retired)
        .group_by(EnrolmentRow.activity, ActivityRow.seats)
        .having(waiting > 0, ActivityRow.seats > func.count(EnrolmentRow.seat))
    )
    found = await session.scalars(over.union(unoffered))
    return sorted(found)
