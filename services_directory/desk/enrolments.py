"""Seats in courses, workshops and projects: taken and given back; the database refuses the seat too many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services_directory.booked import Enrolment, NoSeatsError
from services_directory.desk.appointments import random_code
from services_directory.desk.directory import Directory
from services_directory.facts import Activity
from services_directory.store.bookings import EnrolmentRow
from services_directory.store.offerings import ActivityRow

ENROLLED, WITHDRAWN = "enrolled", "withdrawn"


class Enrolments:
    """Seats in one transaction; nothing is committed here."""

    def __init__(self, session: AsyncSession, directory: Directory, now: datetime) -> None:
        self.session, self.directory, self.now = session, directory, now

    async def with_seats(self, activities: Sequence[Activity]) -> list[Activity]:
        """The activities with the seats that are left now; None stays None: not known."""
        taken = await self.session.execute(
            select(EnrolmentRow.activity, func.count())
            .where(EnrolmentRow.activity.in_([activity.key for activity in activities]), EnrolmentRow.seat.is_not(None))
            .group_by(EnrolmentRow.activity)
        )
        counts = {activity: count for activity, count in taken}  # noqa: C416, rows are not pairs to the type checker
        return [
            replace(one, seats_left=None if one.seats_left is None else max(0, one.seats_left - counts.get(one.key, 0)))
            for one in activities
        ]

    async def enrol(self, activity: Activity, name: str, *, person: str, language: str, key: str) -> Enrolment:
        """Take a seat, once per `key`; whoever has one already keeps that one. Raises NoSeatsError."""
        already = await self.session.scalar(
            select(EnrolmentRow)
            .where(EnrolmentRow.state == ENROLLED, EnrolmentRow.activity == activity.key)
            .where((EnrolmentRow.booking_key == key) | (EnrolmentRow.person == person))
        )
        if already is not None:
            return Enrolment(already.code, already.code, activity, already.name)
        # The activity's row is the lock: two people never compute the same free seat at the same time.
        locked = await self.session.get(ActivityRow, activity.key, with_for_update=True)
        if locked is None or locked.retired or locked.seats is None:
            raise NoSeatsError
        taken = set(await self.session.scalars(select(EnrolmentRow.seat).where(EnrolmentRow.activity == activity.key)))
        seat = next((number for number in range(1, locked.seats + 1) if number not in taken), None)
        if seat is None:
            raise NoSeatsError
        row = EnrolmentRow(
            code=random_code(),
            booking_key=key,
            activity=activity.key,
            seat=seat,
            person=person,
            name=name,
            language=language,
            state=ENROLLED,
            enrolled_at=self.now,
        )
        try:
            async with self.session.begin_nested():
                self.session.add(row)
                await self.session.flush()
        except IntegrityError:
            raise NoSeatsError from None
        return Enrolment(row.code, row.code, activity, name)

    async def of_person(self, person: str) -> list[Enrolment]:
        """The seats that a person holds."""
        rows = await self.session.scalars(
            select(EnrolmentRow)
            .where(EnrolmentRow.person == person, EnrolmentRow.state == ENROLLED)
            .order_by(EnrolmentRow.id)
        )
        return [
            Enrolment(row.code, row.code, activity, row.name)
            for row in rows
            if (activity := self.directory.activity(row.activity)) is not None
        ]

    async def withdraw(self, code: str) -> None:
        """Give a seat back; it is free at once. Raises LookupError."""
        row = await self.session.scalar(select(EnrolmentRow).where(EnrolmentRow.code == code))
        if row is None:
            raise LookupError(code)
        row.seat, row.state = None, WITHDRAWN
