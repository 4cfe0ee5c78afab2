"""Records in the form of the Human Services Data Specification 3.1 (Open Referral), fully nested.

HSDS has one language and no bookings. So: its fields carry the source language; translations are attributes with the
label `name@en`; and what has no place of its own is in one attribute with the label `sportello`, as JSON, so that an
export can be imported again without loss. What came in an import and is not ours to know leaves as it came
(`Record.hsds`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from locales.languages import SPOKEN
from locales.text import Localized
from services_directory.exchange.attributes import HSDS, attributes_of
from services_directory.exchange.identity import hsds_id
from services_directory.exchange.schedules import schedules_of, weekly
from services_directory.store import records
from services_directory.store.parts import AtOffice

ITALY = "IT"
_NOT_PLAIN = frozenset(
    {"organization", "locations", "service_at_locations", "attributes", "last_modified", "capacities"}
)


@dataclass(frozen=True)
class Entry:
    """A published record, when it was last changed (aware), and its number in the history."""

    record: records.Keyed
    modified: datetime
    number: int = 1


class Exporter:
    """All that is published, as HSDS. `today` in Rome decides which UTC offset holds when; `provinces` by city."""

    def __init__(self, entries: Sequence[Entry], today: date, cities: Mapping[str, records.City]) -> None:
        self.today, self.cities = today, cities
        self._entries = {(records.kind_of(entry.record), entry.record.key): entry for entry in entries}
        self.entries = list(entries)
        self.organizations = self._of(records.Organization)
        self.offices = self._of(records.Office)
        self.services = [*self._of(records.Service), *self._of(records.Activity)]

    def organization(self, entry: Entry) -> HSDS:
        """An organization with the places it runs."""
        one = cast("records.Organization", entry.record)
        written: HSDS = {
            "id": hsds_id("organization", one.key),
            "name": one.name,
            "description": _source(one.about) or one.name,
            "website": one.website,
            "locations": [
                self.location(office)
                for office in self.offices
                if getattr(office.record, "organization", None) == one.key
            ],
            "attributes": attributes_of(one, "organization"),
        }
        return patched(one, written)

    def location(self, entry: Entry) -> HSDS:
        """An office."""
        one = cast("records.Office", entry.record)
        identifier = hsds_id("location", one.key)
        written: HSDS = {
            "id": identifier,
            "location_type": "physical",
            "name": _source(one.name),
            "description": _source(one.about),
            "latitude": one.latitude,
            "longitude": one.longitude,
            "languages": [
                {
                    "id": hsds_id("language", one.key, spoken.language),
                    "code": spoken.language,
                    "name": SPOKEN[spoken.language].own_name if spoken.language in SPOKEN else spoken.language,
                    "note": _joined("mediator" if spoken.mediator else "", spoken.hours or ""),
                }
                for spoken in one.languages
            ],
            "addresses": self._addresses(one),
            "accessibility": _accessibility(one),
            "phones": [
                {
                    "id": hsds_id("phone", one.key, phone.number),
                    "number": phone.number,
                    "type": "voice",
                    "description": _source(phone.note),
                }
                for phone in one.phones
            ],
            "schedules": schedules_of(one, self.today),
            "attributes": attributes_of(one, "location"),
        }
        return patched(one, written)

    def service(self, entry: Entry, *, with_organization: bool = True, with_locations: bool = True) -> HSDS:
        """A service or an activity."""
        one = cast("records.Service | records.Activity", entry.record)
        organization = self._entry("organization", one.organization)
        written: HSDS = {
            "id": hsds_id("service", one.key),
            "name": _source(one.name),
            "description": _source(one.about),
            "status": "inactive" if one.retired else "active",
            "assured_date": one.verified_on and one.verified_on.isoformat(),
            "assurer_email": one.verified_by if "@" in (one.verified_by or "") else None,
            "last_modified": entry.modified.isoformat(),
            **(_service_fields(one, entry) if isinstance(one, records.Service) else _activity_fields(one, entry)),
            "service_at_locations": [self._at_location(one, at) for at in one.offices] if with_locations else [],
            "attributes": attributes_of(one, "service"),
        }
        if with_organization and organization is not None:
            written["organization"] = self.organization(organization)
        return patched(one, written)

    def service_at_locations(self, entry: Entry, *, with_service: bool = False) -> list[HSDS]:
        """A service at each of its places; the schema has no room for the service itself, the standard's sample has."""
        service = self.service(entry)
        rest = {name: value for name, value in service.items() if name != "service_at_locations"}
        of_it = {"service": rest} if with_service else {"service_id": service["id"]}
        return [place | of_it for place in service.get("service_at_locations", ())]

    def services_of(self, organization: Entry) -> list[Entry]:
        """The services and activities of an organization."""
        key = organization.record.key
        return [entry for entry in self.services if getattr(entry.record, "organization", None) == key]

    def _at_location(self, one: records.Offered, at: AtOffice) -> HSDS:
        office = self._entry("office", at.office)
        found: HSDS = {"id": hsds_id("service_at_location", one.key, at.office)}
        if at.hours is not None:
            found["schedules"] = weekly(f"{one.key}/{at.office}", at.hours, self.today)
        return found if office is None else found | {"location": self.location(office)}

    def _addresses(self, one: records.Office) -> list[HSDS]:
        """HSDS asks for a whole address or none: where the postcode is not known the words stay in the extension."""
        if one.address is None or one.postal_code is None:
            return []
        city = self.cities[one.city]
        return [
            {
                "id": hsds_id("address", one.key),
                "address_1": one.address,
                "city": city.name.texts["it"],
                "state_province": city.province,
                "postal_code": one.postal_code,
                "country": ITALY,
                "address_type": "physical",
            }
        ]

    def _of(self, kind: type[records.Keyed]) -> list[Entry]:
        return [entry for entry in self._entries.values() if isinstance(entry.record, kind)]

    def _entry(self, kind: str, key: str | None) -> Entry | None:
        return self._entries.get((kind, key)) if key else None


def _service_fields(one: records.Service, entry: Entry) -> HSDS:
    return {
        "url": one.website,
        "application_process": _source(one.how),
        "fees_description": _source(one.cost),
        "eligibility_description": _source(one.eligibility),
        "required_documents": [
            {"id": hsds_id("document", one.key, str(at)), "document": _source(text)}
            for at, text in enumerate(one.documents)
        ],
        "capacities": _capacity(one.key, one.capacity, entry),
    }


def _activity_fields(one: records.Activity, entry: Entry) -> HSDS:
    return {
        "schedules": [
            {
                "id": hsds_id("session", one.key, meeting.starts.isoformat()),
                "dtstart": meeting.starts.date().isoformat(),
                "count": 1,
                "opens_at": meeting.starts.timetz().isoformat(),
                "closes_at": meeting.ends.timetz().isoformat(),
                "notes": meeting.place,
            }
            for meeting in one.sessions
        ],
        "capacities": _capacity(one.key, one.seats, entry),
    }


def _capacity(key: str, places: int | None, entry: Entry) -> list[HSDS]:
    if places is None:
        return []
    unit = {"id": hsds_id("unit", "place"), "name": "place"}
    identifier = hsds_id("capacity", key, "place")
    updated = entry.modified.isoformat()
    return [{"id": identifier, "unit": unit, "available": places, "maximum": places, "updated": updated}]


def _accessibility(one: records.Office) -> list[HSDS]:
    if one.accessibility is None:
        return []
    return [{"id": hsds_id("accessibility", one.key, "all"), "description": _source(one.accessibility)}]


def patched(one: records.Keyed, written: HSDS) -> HSDS:
    """What we write; over what came with an import only where it has been changed since."""
    said: HSDS = _said(written)
    if not one.hsds:
        return said
    original: HSDS = deepcopy(one.hsds["original"])
    before, now = one.hsds.get("written", {}), plain(one, said)
    changed = {name: said[name] for name in now if before.get(name) != now[name]}
    for name in before.keys() - now.keys():
        original.pop(name, None)
    nested = {name: said[name] for name in ("organization", "locations") if name in said}
    locations = {
        place["location"]["id"]: place["location"]
        for place in said.get("service_at_locations", ())
        if "location" in place
    }
    for place in original.get("service_at_locations", ()):
        if place.get("location", {}).get("id") in locations:
            place["location"] = locations[place["location"]["id"]]
    return original | changed | nested


def _said(value: Any) -> Any:  # noqa: ANN401, anything that JSON can hold
    """Without what is not known: HSDS leaves such fields out."""
    if isinstance(value, dict):
        return {name: said for name, one in value.items() if (said := _said(one)) not in (None, [], "")}
    return [_said(one) for one in value] if isinstance(value, list) else value


def plain(one: records.Keyed, written: HSDS) -> HSDS:
    """What an object says of itself, to be compared: without the objects inside it, and whatever the day."""
    said = {name: value for name, value in written.items() if name not in _NOT_PLAIN}
    if isinstance(one, records.Office) and "schedules" in said:
        said["schedules"] = [one.hours, *(exception.model_dump(mode="json") for exception in one.exceptions)]
    return said


def _source(text: Localized | None) -> str | None:
    return None if text is None else text.best(text.source)[0]


def _joined(*parts: str) -> str | None:
    return ", ".join(part for part in parts if part) or None
