"""What the directory tells: frozen facts, with where they come from and when they were last checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from locales.text import Listing, Localized, Phone, Text, Words, _


@dataclass(frozen=True)
class Checked:
    """How far a record can be trusted: when it was verified, whether that is too long ago, whether it is an example."""

    on: date | None
    stale: bool = False
    example: bool = False


@dataclass(frozen=True)
class City:
    """A city of the network. `key` is its slug; `latitude` and `longitude` are WGS 84 degrees."""

    key: str
    label: Localized
    latitude: float
    longitude: float
    checked: Checked


class OfficeKind(StrEnum):
    """What kind of place it is to the person who goes there."""

    ONE_STOP_SHOP = "one_stop_shop"
    MOBILE_UNIT = "mobile_unit"
    RECEPTION = "reception"
    MEETING_PLACE = "meeting_place"
    PARTNER = "partner"


class Audience(StrEnum):
    """Whom an offer is meant for, when it is not for everybody."""

    WOMEN = "women"
    MINORS = "minors"
    FAMILIES = "families"
    WORKERS = "workers"
    ASYLUM_SEEKERS = "asylum_seekers"
    LEAVING_PRISON = "leaving_prison"


@dataclass(frozen=True)
class Alert:
    """What people must know on these days, said before anything else about the place."""

    first_day: date
    last_day: date
    text: Localized


@dataclass(frozen=True)
class SpokenLanguage:
    """A language spoken at an office, by an operator or a mediator; `hours` None: whenever it is open."""

    code: str
    hours: str | None
    mediator: bool


@dataclass(frozen=True)
class AtOffice:
    """A place where something is offered; `hours` None: whenever the office is open."""

    office: str
    hours: str | None = None


@dataclass(frozen=True)
class Reminders:
    """When an office reminds people of their appointments; `hours_before` None: not again on the day."""

    day_before: bool = True
    hours_before: int | None = 2


@dataclass(frozen=True)
class Office:
    """A place of the city where people go; None and empty mean that it is not known."""

    key: str
    city: str
    kind: OfficeKind
    label: Localized
    about: Localized | None
    address: str | None
    latitude: float | None
    longitude: float | None
    phones: tuple[Phone, ...]
    email: str | None
    languages: tuple[str, ...]
    hours_known: bool
    checked: Checked
    postal_code: str | None = None
    organization: str | None = None
    accessibility: Localized | None = None
    spoken: tuple[SpokenLanguage, ...] = ()
    alerts: tuple[Alert, ...] = ()
    reminders: Reminders = Reminders()
    retired: bool = False
    """Closed for good; kept for the appointments that were made for it."""


@dataclass(frozen=True)
class DayHours:
    """An office on one day: opening intervals in Rome's time, none when closed; None when nobody knows."""

    day: date
    intervals: tuple[tuple[time, time], ...] | None
    reason: Words | None = None
    """Why it differs from the usual week: a holiday, the patron saint, a closure."""

    @property
    def words(self) -> Text:
        """The day in one line, as people and the staff who fill it in are told."""
        if self.intervals is None:
            return _("{day}: the opening hours are not published yet.", day=self.day)
        if not self.intervals and self.reason is not None:
            return _("{day}: closed ({reason}).", day=self.day, reason=self.reason)
        if not self.intervals:
            return _("{day}: closed.", day=self.day)
        spans = tuple(_("{opens}-{closes}", opens=opens, closes=closes) for opens, closes in self.intervals)
        return _("{day}: open {times}.", day=self.day, times=Listing(spans))


@dataclass(frozen=True)
class Stop:
    """A dated stop of a mobile unit."""

    starts: datetime
    ends: datetime
    place: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Service:
    """Something the city does for people. `topic` is the intent whose question it answers."""

    key: str
    city: str
    label: Localized
    about: Localized
    topics: tuple[str, ...]
    offices: tuple[AtOffice, ...]
    documents: tuple[Localized, ...]
    eligibility: Localized | None
    cost: Localized | None
    provider: str | None
    bookable: bool
    minutes: int | None
    lead_minutes: int
    """How long before its start a time can still be booked."""
    horizon_days: int
    """How many days ahead times are offered."""
    buffer_minutes: int
    """How long the counter stays free behind each appointment."""
    same_day: bool
    """Whether today's times can be booked."""
    most_people: int
    """How many may come together (a family)."""
    more_minutes: int
    """How much longer it takes for each further one of them."""
    checked: Checked
    retired: bool = False
    """No longer offered; kept for the appointments that were made for it."""
    audience: tuple[Audience, ...] = ()
    how: Localized | None = None
    """How one gets it: whom to ask, whether one must book."""
    capacity: int | None = None
    """Places there are (beds, seats)."""
    website: str | None = None


@dataclass(frozen=True)
class Session:
    """One meeting of an activity; aware times, in Rome's zone."""

    starts: datetime
    ends: datetime
    place: str | None


@dataclass(frozen=True)
class Organization:
    """Who runs a place or a service. `city` None: the whole country."""

    key: str
    city: str | None
    name: str
    about: Localized | None
    website: str | None
    checked: Checked


@dataclass(frozen=True)
class Activity:
    """A course, a workshop, a project: sessions and seats. `seats_left` None means that it is not known."""

    key: str
    city: str
    label: Localized
    about: Localized
    topics: tuple[str, ...]
    offices: tuple[AtOffice, ...]
    schedule: Localized | None
    starts_on: date | None
    seats_left: int | None
    childcare: bool | None
    level: str | None
    checked: Checked
    retired: bool = False
    provider: str | None = None
    audience: tuple[Audience, ...] = ()
    sessions: tuple[Session, ...] = ()
    """Earliest first; none: they are not known."""

    @property
    def closes(self) -> datetime | None:
        """Until when one can join: the start of the last meeting. None: no meeting is known."""
        return self.sessions[-1].starts if self.sessions else None


@dataclass(frozen=True)
class Contact:
    """A telephone number for the whole country, with its source."""

    key: str
    label: Localized
    phones: tuple[Phone, ...]
    hours: Localized | None
    free: bool | None
    website: str | None
    what: Localized
    checked: Checked


@dataclass(frozen=True)
class Guide:
    """An article on a right or a procedure. `answer` stands alone in at most 500 characters."""

    key: str
    topic: str
    intents: tuple[str, ...]
    label: Localized
    answer: Localized
    steps: tuple[Localized, ...]
    documents: tuple[Localized, ...]
    contacts: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    """(title, address) of each law or page it rests on."""
    checked: Checked


@dataclass(frozen=True)
class Elsewhere:
    """The other system that keeps a counter's calendar: which one, where, and its name for what is booked."""

    system: str
    address: str
    booking_type: str


@dataclass(frozen=True)
class Counter:
    """A desk, a room, a van: what one appointment occupies. `grid` is in minutes; `services` are keys."""

    key: str
    office: str
    label: Localized
    grid: int
    languages: tuple[str, ...]
    services: frozenset[str]
    walk_ins: str | None = None
    """opening_hours syntax: kept for people without an appointment."""
    elsewhere: Elsewhere | None = None
