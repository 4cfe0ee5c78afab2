"""The city's directory as the desk looks things up in it: in memory, read again after each publication."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from math import asin, cos, radians, sin, sqrt
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from services_directory.desk.hours import Exceptional, Intervals, OfficeHours, intervals_on, within, without
from services_directory.desk.remote_times import RemoteTimes
from services_directory.facts import (
    Activity,
    City,
    Contact,
    Counter,
    DayHours,
    Guide,
    Office,
    OfficeKind,
    Organization,
    Service,
    Stop,
)
from services_directory.store import reading
from services_directory.store.reading import Published

EARTH_KM = 6371.0

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)


class Directory:
    """Look-ups over all that is published; never changed, only replaced. `remote`: what other calendars have free."""

    def __init__(self, published: Published, remote: RemoteTimes | None = None) -> None:
        self.remote = remote or RemoteTimes()
        self.version, self.day = published.version, published.day
        self.cities = published.cities
        self._city = {city.key: city for city in published.cities}
        self._office = {office.key: office for office in published.offices}
        self._service = {service.key: service for service in published.services}
        self._activity = {activity.key: activity for activity in published.activities}
        self._guide = {guide.key: guide for guide in published.guides}
        self._contact = {contact.key: contact for contact in published.contacts}
        self._stops = published.stops
        self._weeks = published.weeks
        self._hours = {office.key: self._office_hours(office, published) for office in published.offices}
        self._organization = {organization.key: organization for organization in published.organizations}
        self._offices_in = _grouped(published.offices, lambda office: [] if office.retired else [office.city])
        self._guides_on = _grouped(published.guides, lambda guide: guide.intents)
        self._services_on = _grouped(published.services, _topics)
        for (_city, topic), found in self._services_on.items():
            found.sort(key=lambda service: (service.topics.index(topic), len(service.topics)))
        self._activities_on = _grouped(published.activities, _topics)
        self._counter = {counter.key: counter for counter in published.counters}
        self._counters_of = _grouped(published.counters, lambda counter: counter.services)

    @classmethod
    async def load(cls, session: AsyncSession, today: date, remote: RemoteTimes | None = None) -> Directory:
        """Everything that is published, as of `today` in Rome."""
        return cls(await reading.published(session, today), remote)

    def city(self, key: str) -> City | None:
        """The city with that slug."""
        return self._city.get(key)

    def nearest_city(self, latitude: float, longitude: float) -> City:
        """The city of the network nearest to a point, as the crow flies."""
        return min(self.cities, key=lambda city: kilometres(latitude, longitude, city.latitude, city.longitude))

    def offices(self, city: str, kind: OfficeKind | None = None) -> Sequence[Office]:
        """The places of a city, of one kind or of all, one-stop shops first."""
        offices = [office for office in self._offices_in.get(city, ()) if kind is None or office.kind == kind]
        return sorted(offices, key=lambda office: office.kind != OfficeKind.ONE_STOP_SHOP)

    def office(self, key: str) -> Office | None:
        """The office with that key."""
        return self._office.get(key)

    def organization(self, key: str) -> Organization | None:
        """The organization with that key."""
        return self._organization.get(key)

    def organizations(self) -> Iterable[Organization]:
        """Every organization."""
        return self._organization.values()

    def hours(self, office: str, day: date, own: str | None = None) -> DayHours:
        """When that office is open on that day; of what has hours of its own there, within those."""
        found = self._hours[office].on(day)
        if own is None or found.intervals is None:
            return found
        return replace(found, intervals=within(intervals_on(own, day), found.intervals))

    def counter_hours(self, counter: Counter, day: date) -> Intervals:
        """When a counter can be booked on that day.

        Its own hours within its office's, without what is kept for people who come without an appointment.
        """
        own = self._hours[counter.office].own_hours(counter.key, self._weeks[counter.key], day)
        open_ = self.hours(counter.office, day, own).intervals or ()
        return without(open_, intervals_on(counter.walk_ins, day)) if counter.walk_ins else open_

    def speaks(self, counter: Counter, language: str, at: datetime) -> bool:
        """Whether somebody at that counter speaks the language then, an operator or a mediator. `at` in Rome's time.

        A counter speaks what is said of it, and the office's languages when nothing is; at the hours of the office's.
        """
        office = self._office[counter.office]
        if counter.languages and language not in counter.languages:
            return False
        spoken = next((one for one in office.spoken if one.code == language), None)
        if spoken is None:
            return language in counter.languages
        return spoken.hours is None or any(
            opens <= at.time() < closes for opens, closes in intervals_on(spoken.hours, at.date())
        )

    def stops(self, office: str) -> tuple[Stop, ...]:
        """The published stops of a mobile unit, earliest first."""
        return self._stops.get(office, ())

    def service(self, key: str) -> Service | None:
        """The service with that key."""
        return self._service.get(key)

    def services(self, city: str, topic: str) -> Sequence[Service]:
        """The services of a city that answer an intent."""
        return self._services_on.get((city, topic), ())

    def bookable(self, city: str, topics: Collection[str] = ()) -> Sequence[Service]:
        """The bookable services of a city; only those of the topics when there are any."""
        everything = [service for service in self._service.values() if service.city == city and service.bookable]
        fitting = [service for service in everything if not set(topics).isdisjoint(service.topics)]
        return fitting or everything

    def activities(self, city: str, topic: str) -> Sequence[Activity]:
        """The activities of a city that answer an intent."""
        return self._activities_on.get((city, topic), ())

    def activity(self, key: str) -> Activity | None:
        """The activity with that key."""
        return self._activity.get(key)

    def offers(self) -> Iterator[Service | Activity]:
        """Every service and activity, retired ones too."""
        yield from self._service.values()
        yield from self._activity.values()

    def counter(self, key: str) -> Counter | None:
        """The counter with that key, while appointments are given there."""
        return self._counter.get(key)

    def counters(self, service: str) -> Sequence[Counter]:
        """The counters that serve a service."""
        return self._counters_of.get(service, ())

    def counters_elsewhere(self) -> Sequence[Counter]:
        """The counters whose calendar another system keeps."""
        return [counter for counter in self._counter.values() if counter.elsewhere is not None]

    def guides(self, intent: str) -> Sequence[Guide]:
        """The guides that answer an intent, the main one first."""
        return self._guides_on.get(intent, ())

    def guide(self, key: str) -> Guide | None:
        """The guide with that key."""
        return self._guide.get(key)

    def contacts(self) -> Iterable[Contact]:
        """The national telephone numbers."""
        return self._contact.values()

    def contact(self, key: str) -> Contact | None:
        """The national telephone number with that key."""
        return self._contact.get(key)

    def _office_hours(self, office: Office, published: Published) -> OfficeHours:
        exceptions = tuple(
            Exceptional(row.first_day, row.last_day, row.hours, row.reason, row.counter)
            for row in published.exceptions[office.key]
        )
        city = published.patrons[office.city]
        return OfficeHours(published.weeks[office.key], exceptions, city.patron, city.patron_day)


def _topics(item: Service | Activity) -> list[tuple[str, str]]:
    """What a service or an activity is looked up by; nothing once it is retired."""
    return [] if item.retired else [(item.city, topic) for topic in item.topics]


def _grouped(items: Iterable[Item], keys: Callable[[Item], Iterable[Key]]) -> dict[Key, list[Item]]:
    """The items under each of their keys, in their order."""
    groups: dict[Key, list[Item]] = defaultdict(list)
    for item in items:
        for key in keys(item):
            groups[key].append(item)
    return groups


def kilometres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Between two points in WGS 84 degrees, along the great circle (haversine)."""
    north, east = radians(other_latitude - latitude), radians(other_longitude - longitude)
    half = sin(north / 2) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


class Shelf:
    """Keeps the newest directory at hand; one look at its version a turn, one reading a publication or a day."""

    def __init__(self) -> None:
        self._directory: Directory | None = None
        self.remote = RemoteTimes()

    async def newest(self, session: AsyncSession, today: date) -> Directory:
        """The directory as it is published now, as of `today` in Rome."""
        held = self._directory
        if held is None or held.day != today or held.version != await reading.version(session):
            held = self._directory = await Directory.load(session, today, self.remote)
        return held
