"""What records may not say together: a place that does not exist, hours that cannot be read, an unknown topic."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from locales.text import Text, Verbatim, _
from services_directory.desk.hours import HoursError, intervals_on, usual_week
from services_directory.desk.revisions import Stage
from services_directory.store import records
from services_directory.store.faults import Fault
from services_directory.store.offerings import ContactRow, ServiceRow
from services_directory.store.places import CityRow, OfficeRow, OrganizationRow
from services_directory.store.revisions import RevisionRow
from services_directory.taxonomy import TERMS

ANY_DAY = date(2026, 1, 1)


async def faults_of(session: AsyncSession, changed: Sequence[records.Keyed]) -> AsyncIterator[Fault]:
    """Each fault of these records, about to be published together."""
    known = await _Known.read(session, changed)
    for one in changed:
        for place, fault in known.faults(one):
            yield f"{one.key}.{place}", fault


class _Known:
    """What can be referred to: what is in the tables, and what is published now. Values: the city."""

    def __init__(self, known: dict[type[records.Keyed], dict[str, str | None]], cities: set[str]) -> None:
        self.known, self.cities = known, cities

    @classmethod
    async def read(cls, session: AsyncSession, changed: Sequence[records.Keyed]) -> _Known:
        known: dict[type[records.Keyed], dict[str, str | None]] = {}
        known[records.Organization] = await _cities(session, select(OrganizationRow.key, OrganizationRow.city))
        known[records.Office] = await _cities(session, select(OfficeRow.key, OfficeRow.city))
        known[records.Service] = await _cities(session, select(ServiceRow.key, ServiceRow.city))
        known[records.Contact] = dict.fromkeys(await session.scalars(select(ContactRow.key)))
        if any(isinstance(one, records.Term) for one in changed):
            known |= await _classifying(session)
        for one in changed:
            known.setdefault(type(one), {})[one.key] = getattr(one, "city", None)
        return cls(known, set(await session.scalars(select(CityRow.slug))))

    def faults(self, one: records.Keyed) -> Iterator[Fault]:
        if isinstance(one, records.OfCity) and one.city not in self.cities:
            yield "city", _("There is no city “{name}” in the network.", name=Verbatim(one.city))
        match one:
            case records.Office():
                yield from self._refers(one, "organization", "organization", one.organization)
                yield from self._office(one)
            case records.Service() | records.Activity():
                yield from self._refers(one, "organization", "organization", one.organization)
                for place in one.offices:
                    yield from self._refers(one, "offices", "office", place.office)
                    yield from _plain_week("offices", place.hours)
                yield from (("topics", _no_topic(topic)) for topic in one.topics if topic not in TERMS)
                if not one.topics and not one.hsds:
                    yield "topics", _("Choose at least one topic: else nobody is led to it.")
            case records.Term():
                yield from self._belongs(one)
            case records.Guide():
                yield from (("intents", _no_topic(intent)) for intent in one.intents if intent not in TERMS)
                for key in one.contacts:
                    if key not in self.known[records.Contact]:
                        yield "contacts", _nothing(key)

    def _belongs(self, term: records.Term) -> Iterator[Fault]:
        """A taxonomy that was told whole with its term is among what is published with it."""
        if term.taxonomy is not None and term.taxonomy not in self.known[records.Taxonomy]:
            yield "taxonomy", Verbatim(f"there is no taxonomy {term.taxonomy!r}: import it too, or correct taxonomy_id")
        lost = term.parent is not None and term.parent not in self.known[records.Term]
        if lost and not term.stands_alone:
            yield "parent", Verbatim(f"there is no term {term.parent!r} above it: import it, or correct parent_id")

    def _refers(self, one: records.OfCity, field: str, kind: str, key: str | None) -> Iterator[Fault]:
        known = self.known[records.KINDS[kind]]
        if key is None:
            return
        if key not in known:
            yield field, _nothing(key)
        elif known[key] not in {None, one.city}:
            yield field, _("“{name}” is in another city.", name=Verbatim(key))

    def _office(self, office: records.Office) -> Iterator[Fault]:
        yield from _week("hours", office.hours)
        for exception in office.exceptions:
            yield from _week("exceptions", exception.hours)
            if exception.counter is not None and exception.counter not in {one.key for one in office.counters}:
                yield "exceptions", _nothing(exception.counter)
        for spoken in office.languages:
            yield from _plain_week("languages", spoken.hours)
        codes = [one.language for one in office.languages]
        if len(codes) != len(set(codes)):
            yield "languages", _("A language is named twice.")
        for counter in office.counters:
            yield from _week("counters", counter.hours)
            yield from _week("counters", counter.walk_ins)
            for service in counter.services:
                yield from self._refers(office, "counters", "service", service)


def _week(place: str, hours: str | None) -> Iterator[Fault]:
    try:
        intervals_on(hours or "off", ANY_DAY)
    except HoursError:
        yield place, _hours_unread(hours)


def _plain_week(place: str, hours: str | None) -> Iterator[Fault]:
    """Hours that are told in one line: of a week like every other."""
    try:
        if hours is not None and usual_week(hours) is None:
            yield place, _("Here only the hours of an ordinary week can be said, as in Mo-Fr 09:00-13:00.")
    except HoursError:
        yield place, _hours_unread(hours)


def _hours_unread(hours: str | None) -> Text:
    return _("“{hours}” are no opening hours: write them as in Mo-Fr 09:00-13:00.", hours=Verbatim(hours or ""))


def _nothing(key: str) -> Text:
    return _("There is nothing called “{name}”.", name=Verbatim(key))


def _no_topic(topic: str) -> Text:
    return _("There is no topic “{name}”. Topics: {topics}.", name=Verbatim(topic), topics=Verbatim(", ".join(TERMS)))


async def _classifying(session: AsyncSession) -> dict[type[records.Keyed], dict[str, str | None]]:
    """Published taxonomies and terms: they are in the history only."""
    found: dict[type[records.Keyed], dict[str, str | None]] = {records.KINDS[kind]: {} for kind in records.CLASSIFYING}
    asked = select(RevisionRow.kind, RevisionRow.key).where(
        RevisionRow.kind.in_(records.CLASSIFYING), RevisionRow.state == Stage.PUBLISHED
    )
    for kind, key in await session.execute(asked.distinct()):
        found[records.KINDS[kind]][key] = None
    return found


async def _cities(session: AsyncSession, asked: Any) -> dict[str, str | None]:  # noqa: ANN401, a select of two columns
    return {key: city for key, city in await session.execute(asked)}  # noqa: C416, rows are no pairs to the types
