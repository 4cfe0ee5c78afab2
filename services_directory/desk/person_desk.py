"""The city's desk as one person sees it in one turn: what flows may ask of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import String, cast, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from locales.text import WeeklyHours
from services_directory.booked import ALONE, Appointment, Enrolment, Hold, Party, Slot, WhenWanted, Wish
from services_directory.desk.appointments import Who
from services_directory.desk.booker import Booker
from services_directory.desk.claims import alone_in, wanted
from services_directory.desk.directory import Directory
from services_directory.desk.enrolments import Enrolments
from services_directory.desk.hours import usual_week
from services_directory.desk.offers import (
    BookableServices,
    Cities,
    DaysWithRoom,
    FreeSlots,
    MyAppointments,
    MyEnrolments,
    MyWishes,
    Wanted,
)
from services_directory.desk.search import Wanted as Searched
from services_directory.desk.search import index_of
from services_directory.desk.slots import bookable_days, openings
from services_directory.desk.waiting import Waiting
from services_directory.facts import Activity, City, Contact, DayHours, Guide, Office, OfficeKind, Service, Stop
from services_directory.store.bookings import AppointmentRow, EnrolmentRow
from services_directory.store.offerings import ActivityRow, ServiceRow
from services_directory.store.waiting import NoticeRow, WaitingRow

MOST_FOUND = 3
WORTH_TELLING = 3.0
"""The score from which on something found is told to who was not understood: a rare word, or a name."""
ERASED = {"person": None, "name": ""}
_ANY_KEY = "erased:"
"""With the code behind it: unique, as the column must be, and nobody's."""


class PersonDesk:
    """One person, one transaction. `now` is aware, in Rome's zone; nothing is committed here."""

    def __init__(self, session: AsyncSession, directory: Directory, person: str, now: datetime) -> None:
        self.session, self.directory, self.person, self.now = session, directory, person, in_rome(now)
        self.booker = Booker(session, directory, self.now)
        self.bookings = self.booker.bookings
        self.waiting = Waiting(session, directory, self.now)
        self.enrolments = Enrolments(session, directory, self.now)

    @property
    def cities(self) -> Cities:
        """The cities of the network, by slug."""
        return Cities(self.directory)

    def city(self, key: str) -> City | None:
        """The city with that slug."""
        return self.directory.city(key)

    def nearest_city(self, latitude: float, longitude: float) -> City:
        """The city of the network nearest to a point."""
        return self.directory.nearest_city(latitude, longitude)

    def offices(self, city: str, kind: OfficeKind | None = None) -> Sequence[Office]:
        """The places of a city, one-stop shops first."""
        return self.directory.offices(city, kind)

    def office(self, key: str) -> Office | None:
        """The office with that key."""
        return self.directory.office(key)

    def hours(self, office: Office, day: date) -> DayHours:
        """When that office is open on that day."""
        return self.directory.hours(office.key, day)

    def usual_week(self, hours: str) -> WeeklyHours | None:
        """The week that an expression says; None: no plain week."""
        return usual_week(hours)

    def stops(self, office: Office, days: int = 14) -> Sequence[Stop]:
        """The coming stops of a mobile unit, earliest first; empty when none is published."""
        until = self.now + timedelta(days=days)
        return [stop for stop in self.directory.stops(office.key) if stop.ends > self.now and stop.starts < until]

    def services(self, city: str, topic: str) -> Sequence[Service]:
        """The services of a city that answer that intent."""
        return self.directory.services(city, topic)

    async def activities(self, city: str, topic: str) -> Sequence[Activity]:
        """The activities of a city that answer that intent, with the seats that are left now."""
        return await self.enrolments.with_seats(self.directory.activities(city, topic))

    def search(self, words: str, city: str) -> Sequence[Service | Activity]:
        """What a city has for free words in any language, the best first."""
        hits = index_of(self.directory).find(Searched(words, city=city), self.now, MOST_FOUND)
        return [hit.item for hit in hits if hit.score >= WORTH_TELLING]

    def guides(self, intent: str) -> Sequence[Guide]:
        """The guides that answer that intent, the main one first."""
        return self.directory.guides(intent)

    def guide(self, key: str) -> Guide | None:
        """The guide with that key."""
        return self.directory.guide(key)

    def contact(self, key: str) -> Contact | None:
        """The national telephone number with that key."""
        return self.directory.contact(key)

    def bookable_services(self, city: str, topics: Collection[str] = ()) -> BookableServices:
        """The services of a city that can be booked."""
        return BookableServices(self.directory, city, topics)

    def days_with_room(self, service: Service, party: Party = ALONE) -> DaysWithRoom:
        """The next days with a free time, at most ten."""
        return DaysWithRoom(self.session, self.directory, self._wanted(service, party), self.now)

    def free_slots(self, service: Service, day: date, party: Party = ALONE) -> FreeSlots:
        """The free times of that day."""
        return FreeSlots(self.session, self.directory, self._wanted(service, party), day, self.now)

    async def next_slots(self, service: Service, party: Party = ALONE, count: int = 3) -> Sequence[Slot]:
        """The next free times on any day."""
        want = await self._wanted(service, party)()
        free = await openings(self.session, self.directory, want, bookable_days(service, self.now), self.now)
        return list(free.slots())[:count]

    async def hold(self, slot: Slot, *, language: str, key: str, party: Party = ALONE) -> Hold:
        """Keep that time for some minutes, instead of what was held before. `key` as for `book`.

        Raises SlotTakenError, TooManyBookingsError, TooManyHoldsError.
        """
        return await self.booker.hold(slot, self._who(language, party), key=self._once(key))

    async def let_go(self) -> None:
        """The time that the person holds is free again."""
        await self.bookings.let_go(self.person)

    async def book(self, slot: Slot, name: str, *, language: str, key: str, party: Party = ALONE) -> Appointment:
        """Book that time, held or free, once per `key`; still held: another calendar is being asked for it.

        Raises SlotTakenError, TooManyBookingsError, TooManyHoldsError.
        """
        return await self.booker.book(slot, name, self._who(language, party), key=self._once(key))

    @property
    def my_appointments(self) -> MyAppointments:
        """The person's coming appointments."""
        return MyAppointments(self.bookings, self.person)

    async def move(self, appointment: Appointment, slot: Slot) -> Appointment:
        """Move it, keeping its code; still at its old time: another calendar is being asked for the new one.

        Raises SlotTakenError and then leaves it where it was.
        """
        return await self.booker.move(appointment.code, slot)

    async def cancel(self, appointment: Appointment) -> None:
        """Cancel it for the person; its time is free at once."""
        await self.bookings.cancel(appointment.code)

    async def wait(
        self, service: Service, when: WhenWanted, name: str, *, language: str, key: str, party: Party = ALONE
    ) -> Wish:
        """Join the line for a time that comes free, once per `key`."""
        return await self.waiting.join(service, when, name, self._who(language, party), key=self._once(key))

    @property
    def my_wishes(self) -> MyWishes:
        """What the person waits for."""
        return MyWishes(self.waiting, self.person)

    async def stop_waiting(self, wish: Wish) -> None:
        """Leave the line."""
        await self.waiting.leave(wish.key, self.person)

    async def accept(self, offer: str) -> Appointment:
        """Take the time that is offered under that key. Raises OfferOverError, TooManyBookingsError."""
        return await self.waiting.accept(offer, self.person)

    async def decline(self, offer: str) -> None:
        """Not this time; the person stays in the line. Raises OfferOverError."""
        await self.waiting.decline(offer, self.person)

    async def enrol(self, activity: Activity, name: str, *, language: str, key: str) -> Enrolment:
        """Take a seat, once per `key`. Raises NoSeatsError."""
        key = self._once(key)
        return await self.enrolments.enrol(activity, name, person=self.person, language=language, key=key)

    async def wait_for_seat(self, activity: Activity, name: str, *, language: str, key: str) -> Enrolment:
        """Stand in line for a seat, once per `key`; it is offered at once when one is free. Raises NoSeatsError."""
        key = self._once(key)
        return await self.enrolments.wait(activity, name, person=self.person, language=language, key=key)

    async def accept_seat(self, enrolment: Enrolment) -> Enrolment:
        """Take the seat that is offered. Raises OfferOverError."""
        return await self.enrolments.accept(enrolment.code)

    async def decline_seat(self, enrolment: Enrolment) -> None:
        """Leave the offered seat to the next in line. Raises OfferOverError."""
        await self.enrolments.decline(enrolment.code)

    @property
    def my_enrolments(self) -> MyEnrolments:
        """The seats that the person has or is offered, and the lines in which they stand."""
        return MyEnrolments(self.enrolments, self.person)

    async def withdraw(self, enrolment: Enrolment) -> None:
        """Give the seat back, or leave the line."""
        await self.enrolments.withdraw(enrolment.code)

    async def forget_me(self) -> None:
        """Cancel what is to come, then cut every tie between the person and what stays as a count."""
        booked = select(AppointmentRow.city).where(AppointmentRow.person == self.person)
        waits = select(ServiceRow.city).join(WaitingRow, WaitingRow.service == ServiceRow.key)
        await alone_in(self.session, booked, waits.where(WaitingRow.person == self.person))
        await self.waiting.leave_all(self.person)
        await self.booker.forget(self.person)
        for appointment in await self.bookings.of_person(self.person):
            await self.bookings.cancel(appointment.code)
        for enrolment in await self.enrolments.of_person(self.person):
            await self.enrolments.withdraw(enrolment.code)
        await self.session.execute(delete(NoticeRow).where(NoticeRow.person == self.person))
        mine = update(AppointmentRow).where(AppointmentRow.person == self.person)
        await self.session.execute(
            mine.values(**ERASED, booking_key=_ANY_KEY + AppointmentRow.code, changed_at=self.now)
        )
        seats = update(EnrolmentRow).where(EnrolmentRow.person == self.person)
        await self.session.execute(seats.values(**ERASED, booking_key=_ANY_KEY + EnrolmentRow.code))
        waited = update(WaitingRow).where(WaitingRow.person == self.person)
        await self.session.execute(waited.values(**ERASED, booking_key=_ANY_KEY + cast(WaitingRow.id, String)))

    def _who(self, language: str, party: Party) -> Who:
        return Who(self.person, language, party)

    def _wanted(self, service: Service, party: Party) -> Wanted:
        return lambda: wanted(self.session, service, self._who("", party))

    def _once(self, run: str) -> str:
        """What makes a deed idempotent: a run is unique only among those of one person, whom the key must not name."""
        return sha256(f"{self.person}:{run}".encode()).hexdigest()[:40]


async def erase_old_names(session: AsyncSession, before: datetime) -> int:
    """End of retention: who had the appointments and seats of before then; how many rows were emptied.

    The names of a course stay until its last meeting is so long ago.
    """
    old = select(AppointmentRow.id).where(AppointmentRow.starts < before, AppointmentRow.name != "")
    appointments = update(AppointmentRow).where(AppointmentRow.id.in_(old)).returning(AppointmentRow.id)
    erased = await session.scalars(appointments.values(**ERASED, booking_key=_ANY_KEY + AppointmentRow.code))
    going_on = [
        key
        for key, sessions in await session.execute(select(ActivityRow.key, ActivityRow.sessions))
        if any(datetime.fromisoformat(one["ends"]) >= before for one in sessions)
    ]
    long_ago = (
        select(EnrolmentRow.id)
        .where(EnrolmentRow.enrolled_at < before, EnrolmentRow.name != "")
        .where(EnrolmentRow.activity.not_in(going_on))
    )
    seats = update(EnrolmentRow).where(EnrolmentRow.id.in_(long_ago)).returning(EnrolmentRow.id)
    emptied = await session.scalars(seats.values(**ERASED, booking_key=_ANY_KEY + EnrolmentRow.code))
    await session.execute(delete(NoticeRow).where(NoticeRow.due_at < before))
    return len(erased.all()) + len(emptied.all())
