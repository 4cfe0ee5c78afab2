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


class NoSeatsError(Exception):
    """The activity is full."""


class OfferOverError(Exception):
    """The seat is no longer kept for the person: the time is over, or it was given back."""
