"""What the desk has on offer in a question: listed only while it is open, looked up by key otherwise."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from services_directory.booked import Appointment, Day, Enrolment, Slot, Wish
from services_directory.desk.bookings import Bookings
from services_directory.desk.directory import Directory
from services_directory.desk.enrolments import Enrolments
from services_directory.desk.slots import Want, days_with_room, openings
from services_directory.desk.waiting import Waiting
from services_directory.facts import City, Service

Wanted: TypeAlias = Callable[[], Awaitable[Want]]
"""What is looked for; asked for only when somebody looks."""

TYPED_HOUR = re.compile(r"(\d{1,2})(?:[:.,h ](\d\d))?")
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Cities:
    """The cities of the network, by slug."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def all(self) -> Sequence[City]:
        """All of them, by name."""
        return self._directory.cities

    async def find(self, key: str) -> City | None:
        """The city with that slug."""
        return self._directory.city(key)


class BookableServices:
    """The services of a city that can be booked: those of one of the topics, or all when none fits."""

    def __init__(self, directory: Directory, city: str, topics: Collection[str]) -> None:
        self._directory, self._city, self._topics = directory, city, topics

    async def all(self) -> Sequence[Service]:
        """In the order of the directory."""
        return self._directory.bookable(self._city, self._topics)

    async def find(self, key: str) -> Service | None:
        """The service with that key, while it can be booked in this city."""
        service = self._directory.service(key)
        return service if service is not None and service.bookable and service.city == self._city else None


class DaysWithRoom:
    """The next days on which there is a free time."""

    def __init__(self, session: AsyncSession, directory: Directory, want: Wanted, now: datetime) -> None:
        self._session, self._directory, self._want, self._now = session, directory, want, now

    async def all(self) -> Sequence[Day]:
        """At most ten."""
        return await days_with_room(self._session, self._directory, await self._want(), self._now)

    async def find(self, key: str) -> Day | None:
        """That day (ISO), if it still has a free time."""
        if not ISO_DAY.fullmatch(key):
            return None
        try:
            day = date.fromisoformat(key)
        except ValueError:
            return None
        found = await days_with_room(self._session, self._directory, await self._want(), self._now, only=day)
        return found[0] if found else None


class FreeSlots:
    """The free times of one day."""

    def __init__(self, session: AsyncSession, directory: Directory, want: Wanted, day: date, now: datetime) -> None:
        self._session, self._directory, self._want, self._day, self._now = session, directory, want, day, now

    async def all(self) -> Sequence[Slot]:
        """Earliest first."""
        free = await openings(self._session, self._directory, await self._want(), [self._day], self._now)
        return list(free.slots())

    async def find(self, key: str) -> Slot | None:
        """The time with that key, or at that `HH:MM` (or bare hour), while it is free."""
        typed = TYPED_HOUR.fullmatch(key.strip())
        clock = f"{int(typed[1]):02}:{typed[2] or '00'}" if typed else key
        wanted = {key, f"{self._day.isoformat()}T{clock}"}
        return next((slot for slot in await self.all() if slot.key in wanted), None)


class MyAppointments:
    """The coming appointments of one person."""

    def __init__(self, bookings: Bookings, person: str) -> None:
        self._bookings, self._person = bookings, person

    async def all(self) -> Sequence[Appointment]:
        """The next one first."""
        return await self._bookings.of_person(self._person)

    async def find(self, key: str) -> Appointment | None:
        """The person's own appointment with that code; nobody else's."""
        code = key.strip().upper()
        return next((one for one in await self.all() if one.code == code), None)


class MyWishes:
    """What one person waits for."""

    def __init__(self, waiting: Waiting, person: str) -> None:
        self._waiting, self._person = waiting, person

    async def all(self) -> Sequence[Wish]:
        """In the order in which they joined."""
        return await self._waiting.of_person(self._person)

    async def find(self, key: str) -> Wish | None:
        """The person's own wish with that key."""
        return next((one for one in await self.all() if one.key == key), None)


class MyEnrolments:
    """The seats that one person has or is offered, and the lines in which they stand."""

    def __init__(self, enrolments: Enrolments, person: str) -> None:
        self._enrolments, self._person = enrolments, person

    async def all(self) -> Sequence[Enrolment]:
        """In the order in which they were taken."""
        return await self._enrolments.of_person(self._person)

    async def find(self, key: str) -> Enrolment | None:
        """The person's own seat with that code."""
        code = key.strip().upper()
        return next((one for one in await self.all() if one.code == code), None)
