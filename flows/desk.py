"""What a flow may ask of the city's desk: facts, free times, and the verbs that change them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from flows.offers import Offers
from locales.text import WeeklyHours
from services_directory.booked import (
    ALONE,
    Appointment,
    Day,
    Enrolment,
    Hold,
    Party,
    Slot,
    WhenWanted,
    Wish,
)
from services_directory.facts import Activity, City, Contact, DayHours, Guide, Office, OfficeKind, Service, Stop


class Desk(Protocol):
    """The desk as one person sees it in one turn. Times are aware, in Rome's zone; nothing is committed here."""

    @property
    def now(self) -> datetime:
        """The time of this turn, aware, Europe/Rome."""

    @property
    def cities(self) -> Offers[City]:
        """The cities of the network, by slug."""

    def city(self, key: str) -> City | None:
        """The city with that slug."""

    def nearest_city(self, latitude: float, longitude: float) -> City:
        """The city of the network nearest to a point."""

    def offices(self, city: str, kind: OfficeKind | None = None) -> Sequence[Office]:
        """The places of a city, one-stop shops first."""

    def office(self, key: str) -> Office | None:
        """The office with that key."""

    def hours(self, office: Office, day: date) -> DayHours:
        """When that office is open on that day: exceptions, holidays and the patron saint included."""

    def usual_week(self, hours: str) -> WeeklyHours | None:
        """The week that an expression says (of a language, of a service at a place); None: no plain week."""

    def stops(self, office: Office, days: int = 14) -> Sequence[Stop]:
        """The coming stops of a mobile unit, earliest first; empty when none is published."""

    def services(self, city: str, topic: str) -> Sequence[Service]:
        """The services of a city that answer that intent."""

    async def activities(self, city: str, topic: str) -> Sequence[Activity]:
        """The courses, workshops and projects of a city that answer that intent, with the seats left now."""

    def search(self, words: str, city: str) -> Sequence[Service | Activity]:
        """What a city has for free words in any language, the best first."""

    def guides(self, intent: str) -> Sequence[Guide]:
        """The guides that answer that intent, the main one first."""

    def guide(self, key: str) -> Guide | None:
        """The guide with that key."""

    def contact(self, key: str) -> Contact | None:
        """The national telephone number with that key."""

    def bookable_services(self, city: str, topics: Collection[str] = ()) -> Offers[Service]:
        """The services of a city that can be booked, those of the topic first."""

    def days_with_room(self, service: Service, party: Party = ALONE) -> Offers[Day]:
        """The next days with a free time, at most ten; `find` takes an ISO date."""

    def free_slots(self, service: Service, day: date, party: Party = ALONE) -> Offers[Slot]:
        """The free times of that day, earliest first; `find` takes a slot's key or `HH:MM`."""

    async def next_slots(self, service: Service, party: Party = ALONE, count: int = 3) -> Sequence[Slot]:
        """The next free times on any day."""

    async def hold(self, slot: Slot, *, language: str, key: str, party: Party = ALONE) -> Hold:
        """Keep that time for some minutes, instead of what was held before; the same again changes nothing.

        Raises SlotTakenError, TooManyBookingsError, TooManyHoldsError.
        """

    async def let_go(self) -> None:
        """The time that the person holds is free again."""

    async def book(self, slot: Slot, name: str, *, language: str, key: str, party: Party = ALONE) -> Appointment:
        """Book that time, held or free, once per `key`; still held: another calendar is being asked for it.

        Raises SlotTakenError, TooManyBookingsError, TooManyHoldsError.
        """

    @property
    def my_appointments(self) -> Offers[Appointment]:
        """The person's coming appointments, the next one first."""

    async def move(self, appointment: Appointment, slot: Slot) -> Appointment:
        """Move it, keeping its code; still at its old time: another calendar is being asked for the new one.

        Raises SlotTakenError and then leaves it where it was.
        """

    async def cancel(self, appointment: Appointment) -> None:
        """Cancel it for the person; its time is free at once."""

    async def wait(
        self, service: Service, when: WhenWanted, name: str, *, language: str, key: str, party: Party = ALONE
    ) -> Wish:
        """Join the line for a time that comes free, once per `key`."""

    @property
    def my_wishes(self) -> Offers[Wish]:
        """What the person waits for."""

    async def stop_waiting(self, wish: Wish) -> None:
        """Leave the line."""

    async def accept(self, offer: str) -> Appointment:
        """Take the time that is offered under that key. Raises OfferOverError, TooManyBookingsError."""

    async def decline(self, offer: str) -> None:
        """Not this time; the person stays in the line. Raises OfferOverError."""

    async def will_come(self, appointment: Appointment) -> bool:
        """Note that the person says they will come; False when it is no longer booked."""

    async def second_channel(self) -> str:
        """A code by which the person joins another app to this one; the one given before no longer works."""

    async def enrol(self, activity: Activity, name: str, *, language: str, key: str) -> Enrolment:
        """Take a seat, once per `key`. Raises NoSeatsError."""

    async def wait_for_seat(self, activity: Activity, name: str, *, language: str, key: str) -> Enrolment:
        """Stand in line for a seat, once per `key`; it is offered at once when one is free. Raises NoSeatsError."""

    async def accept_seat(self, enrolment: Enrolment) -> Enrolment:
        """Take the seat that is offered. Raises OfferOverError."""

    async def decline_seat(self, enrolment: Enrolment) -> None:
        """Leave the offered seat to the next in line. Raises OfferOverError."""

    @property
    def my_enrolments(self) -> Offers[Enrolment]:
        """The seats that the person has or is offered, and the lines in which they stand; `find` takes a code."""

    async def withdraw(self, enrolment: Enrolment) -> None:
        """Give the seat back, or leave the line."""

    @property
    def needs_consent(self) -> bool:
        """Whether this channel asks for the person's word before we write first."""

    @property
    def is_silenced(self) -> bool:
        """Whether they said that we must not write first on this channel."""

    def be_silent(self) -> None:
        """Never write first on this channel, until they say otherwise."""

    def may_write_first(self) -> None:
        """They know that we write first here when there is something to remind of, and do not mind."""

    async def forget_me(self) -> None:
        """Erase the person: conversation, messages, identities, names; only counts stay."""
