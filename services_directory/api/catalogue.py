"""The published directory as the API reads it: in memory, made anew after each publication and on each new day."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.exchange.attributes import HSDS
from services_directory.exchange.hsds import Entry, Exporter
from services_directory.exchange.importing import exporter
from services_directory.exchange.taxonomies import all_taxonomies, all_terms, taxonomy_of
from services_directory.store import reading, records

FLAT = frozenset({str, int, float, bool})
KEPT_IN_MEMORY = 2_000
"""Objects that are kept as they were written: what is asked for most."""


@dataclass(frozen=True)
class Item:
    """Something that can be found: its identifier, when it was changed, its terms and places, and what it says."""

    id: str
    modified: datetime
    terms: frozenset[str]
    taxonomies: frozenset[str]
    """Of these terms."""
    organization: str | None
    places: tuple[str, ...]
    words: str
    entry: Entry


class Catalogue:
    """All that is published, of one version of the directory and one day."""

    def __init__(self, exporter: Exporter, version: int) -> None:
        self.exporter, self.version = exporter, version
        self.etag_base = f"{version}-{exporter.today.isoformat()}"
        self.taxonomies = {one["id"]: one for one in all_taxonomies(exporter)}
        self.terms = {one["id"]: one for one in all_terms(exporter)}
        self.organizations = [self._item(entry, exporter.organization(entry)) for entry in exporter.organizations]
        # Most of a written service is its organization with all its places: here its identifier is enough.
        providing = {item.entry.record.key: item.id for item in self.organizations}
        self.services = [
            self._item(
                entry,
                exporter.service(entry, with_organization=False),
                providing.get(getattr(entry.record, "organization", "")),
            )
            for entry in exporter.services
        ]
        self.service = lru_cache(KEPT_IN_MEMORY)(self._service)
        self.service_by_id = {item.id: item for item in self.services}
        self.organization_by_id = {item.id: item for item in self.organizations}
        self.at_location = {place: item for item in self.services for place in item.places}

    def organization(self, item: Item, *, with_services: bool) -> HSDS:
        """An organization, whole."""
        written = self.exporter.organization(item.entry)
        if with_services:
            services = self.exporter.services_of(item.entry)
            written["services"] = [self.exporter.service(entry, with_organization=False) for entry in services]
        return written

    def _service(self, identifier: str) -> HSDS:
        return self.exporter.service(self.service_by_id[identifier].entry)

    def _item(self, entry: Entry, written: HSDS, organization: str | None = None) -> Item:
        carried = [each["taxonomy_term"] for each in written.get("attributes", ()) if "taxonomy_term" in each]
        found = frozenset(term["id"] for term in carried if "id" in term)
        # What a service of others carries may be in short: the term itself knows its taxonomy.
        whole = [self.terms.get(term.get("id"), term) for term in carried]
        of = frozenset(taxonomy for term in whole if (taxonomy := taxonomy_of(term)) is not None)
        places = tuple(place["id"] for place in written.get("service_at_locations", ()))
        return Item(written["id"], entry.modified, found, of, organization, places, words_of(entry.record), entry)


class Catalogues:
    """Keeps the newest catalogue at hand."""

    def __init__(self) -> None:
        self._held: Catalogue | None = None
        self._day: date | None = None

    async def newest(self, session: AsyncSession, now: datetime) -> Catalogue:
        """The directory as it is published now."""
        version, day = await reading.version(session), in_rome(now).date()
        if self._held is None or self._held.version != version or self._day != day:
            self._held, self._day = Catalogue(await exporter(session, now), version), day
        return self._held


def words_of(record: records.Keyed) -> str:
    """Everything that a record says, in all its languages, in lower case."""
    return json.dumps(records.document(record), ensure_ascii=False).casefold()


def flat(one: HSDS) -> HSDS:
    """Only what an object says of itself."""
    return {name: value for name, value in one.items() if type(value) in FLAT}


def etag(base: str, asked: Any) -> str:  # noqa: ANN401, anything that can be written down
    """What a browser compares: the version of the directory, the day, and what was asked."""
    return f'W/"{base}-{hashlib.sha256(repr(asked).encode()).hexdigest()[:16]}"'
