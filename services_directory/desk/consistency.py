"""What records may not say together: a place that does not exist, hours that cannot be read, an unknown topic."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services_directory.desk.hours import HoursError, intervals_on
from services_directory.desk.revisions import Stage
from services_directory.store import records
from services_directory.store.offerings import ContactRow, ServiceRow
from services_directory.store.places import CityRow, OfficeRow, OrganizationRow
from services_directory.store.revisions import RevisionRow
from services_directory.taxonomy import TERMS

ANY_DAY = date(2026, 1, 1)
Fault = tuple[str, str]
"""Where, and what is wrong."""


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
            yield "city", f"there is no city {one.city!r} in the network"
        match one:
            case records.Office():
                yield from self._refers(one, "organization", records.Organization)
                yield from self._office(one)
            case records.Service() | records.Activity():
                yield from self._refers(one, "organization", records.Organization)
                yield from self._refers(one, "office", records.Office)
                yield from (("topics", _no_topic(topic)) for topic in one.topics if topic not in TERMS)
                if not one.topics and not one.hsds:
                    yield "topics", "say at least one topic: nobody would be led to it"
            case records.Term():
                yield from self._belongs(one)
            case records.Guide():
                yield from (("intents", _no_topic(intent)) for intent in one.intents if intent not in TERMS)
                contacts = self.known[records.Contact]
                yield from (
                    ("contacts", f"there is no national contact {key!r}") for key in one.contacts if key not in contacts
                )

    def _belongs(self, term: records.Term) -> Iterator[Fault]:
        """A taxonomy that was told whole with its term is among what is published with it."""
        if term.taxonomy is not None and term.taxonomy not in self.known[records.Taxonomy]:
            yield "taxonomy", f"there is no taxonomy {term.taxonomy!r}: import it too, or correct taxonomy_id"
        lost = term.parent is not None and term.parent not in self.known[records.Term]
        if lost and not term.stands_alone:
            yield "parent", f"there is no term {term.parent!r} above it: import that too, or correct parent_id"

    def _refers(self, one: records.OfCity, field: str, kind: type[records.Keyed]) -> Iterator[Fault]:
        key = getattr(one, field)
        if key is None:
            return
        if key not in self.known[kind]:
            yield field, f"there is no {field} {key!r}"
        elif self.known[kind][key] not in {None, one.city}:
            yield field, f"the {field} {key!r} is in another city"

    def _office(self, office: records.Office) -> Iterator[Fault]:
        weeks = [("hours", office.hours), *((f"languages.{one.language}", one.hours) for one in office.languages)]
        weeks += [(f"counters.{one.key}.hours", one.hours) for one in office.counters]
        weeks += [(f"exceptions.{one.first_day}", one.hours) for one in office.exceptions]
        for place, week in weeks:
            try:
                intervals_on(week or "off", ANY_DAY)
            except HoursError as problem:
                yield place, f"{problem}; write for example Mo-Fr 09:00-13:00"
        spoken = [one.language for one in office.languages]
        if len(spoken) != len(set(spoken)):
            yield "languages", "a language is named twice"
        for counter in office.counters:
            for service in counter.services:
                if service not in self.known[records.Service]:
                    yield f"counters.{counter.key}.services", f"there is no service {service!r}"


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


def _no_topic(topic: str) -> str:
    return f"there is no topic {topic!r}; the topics are: {', '.join(sorted(TERMS))}"
