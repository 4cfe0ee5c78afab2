"""What is booked: free times, appointments, seats, and why a booking is refused. Frozen, as the facts are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from locales.text import Localized, Text, _
from services_directory.facts import Activity, Office, Service


@dataclass(frozen=True)
class Day:
    """A day on which a service has room; `key` is its ISO date."""

    key: str
    day: date
    free: int

    @property
    def label(self) -> date:
        """The day itself, named as the reader's language names days."""
        return self.day


@dataclass(frozen=True)
class Slot:
    """A time at which a service can be had: `starts` is aware, in Rome's time; `key` is `2026-11-25T10:00`."""

    key: str
    service: str
    office: str
    starts: datetime
    minutes: int

    @property
    def label(self) -> time:
        """The time printed on the clock of the office."""
        return self.starts.time()


class AppointmentState(StrEnum):
    """The life of an appointment."""

    HELD = "held"
    LAPSED = "lapsed"
    """Held once, never booked; kept for a day, so that holds can be counted."""
    BOOKED = "booked"
    ARRIVED = "arrived"
    SERVED = "served"
    MISSED = "missed"
    CANCELLED_BY_PERSON = "cancelled_by_person"
    CANCELLED_BY_OFFICE = "cancelled_by_office"


@dataclass(frozen=True)
class Appointment:
    """A booked time. `code` is what the person shows at the door; `starts` is aware, in Rome's time."""

    key: str
    code: str
    service: Service
    office: Office
    starts: datetime
    minutes: int
    name: str
    language: str
    state: AppointmentState
    people: int = 1
    """How many come together."""
    for_other: bool = False
    """Booked by the person for somebody else."""
    spoken: str | None = None
    """The language that was promised to be spoken; None: any."""
    speaks: bool = False
    """Whether somebody at the counter speaks the person's language then."""

    @property
    def label(self) -> Text:
        """What it is for and when."""
        return _("{service}, {when}", service=self.service.label, when=self.starts)


class EnrolmentState(StrEnum):
    """The life of a seat: waited for, offered, taken, given back."""

    WAITING = "waiting"
    OFFERED = "offered"
    ENROLLED = "enrolled"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Party:
    """Who comes: how many, for the person or for somebody else; the language to be spoken (None: any).

    `moving`: the code of the appointment that this is another time for.
    """

    people: int = 1
    for_other: bool = False
    spoken: str | None = None
    moving: str | None = None


ALONE = Party()


@dataclass(frozen=True)
class Hold:
    """A time kept while a person makes up their mind; `until` is aware, in Rome's time."""

    slot: Slot
    until: datetime


class PartOfDay(StrEnum):
    """When in a day somebody can come: before 12, before 18, later."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"

    @classmethod
    def of(cls, at: datetime) -> PartOfDay:
        """The part of the day of a time in Rome."""
        return cls.MORNING if at.hour < 12 else cls.AFTERNOON if at.hour < 18 else cls.EVENING  # noqa: PLR2004, hours of the clock


@dataclass(frozen=True)
class WhenWanted:
    """The days, the last one included, and the parts of a day that would suit; no part: any."""

    first_day: date
    last_day: date
    parts: tuple[PartOfDay, ...] = ()


@dataclass(frozen=True)
class Wish:
    """What somebody waits for: a time of a service, on some days, in parts of the day (none: any)."""

    key: str
    service: Service
    first_day: date
    last_day: date
    parts: tuple[PartOfDay, ...]
    than: datetime | None
    """Only what is earlier than this, the appointment that they have."""

    @property
    def label(self) -> Localized:
        """What it is for."""
        return self.service.label


@dataclass(frozen=True)
class Enrolment:
    """A seat in an activity, or a place in its line. `offered_until`: aware, in Rome's time, while it is offered."""

    key: str
    code: str
    activity: Activity
    name: str
    language: str = "it"
    state: EnrolmentState = EnrolmentState.ENROLLED
    offered_until: datetime | None = None

    @property
    def label(self) -> Localized:
        """The name of the activity."""
        return self.activity.label


class SlotTakenError(Exception):
    """Somebody else has just taken that time."""

    def __init__(self, slot: Slot) -> None:
        super().__init__(slot.key)
        self.slot = slot


class TooManyBookingsError(Exception):
    """The person already has an open appointment for that service, or has booked too often today."""

    def __init__(self, existing: Appointment | None) -> None:
        super().__init__("limit")
        self.existing = existing


class TooManyHoldsError(Exception):
    """The person has held so many times today without booking that we ask them to go on tomorrow."""


class OfferOverError(Exception):
    """The time or the seat is no longer kept for the person: taken, declined, given back, or kept too long."""


class NoSeatsError(Exception):
    """The activity is full."""
