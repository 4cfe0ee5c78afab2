"""HSDS into records: services, organizations, locations, taxonomies and terms, alone, in lists and in pages.

What we exported comes back as it left (the attribute `sportello`), with what somebody has changed in HSDS's own fields
since. What others wrote is read as far as we have fields for it; all of it is kept in `Record.hsds`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from locales.text import Phone, Verbatim
from services_directory.exchange import taxonomies
from services_directory.exchange.attributes import EXTENSION, HSDS
from services_directory.exchange.found import Found
from services_directory.exchange.schedules import hours_of
from services_directory.exchange.terms import topics_of

SHAPED = ("services", "locations", "service_at_locations")
"""Lists of a whole file whose items show by themselves what they are."""
CLASSIFYING = {"taxonomies": taxonomies.TAXONOMY, "taxonomy_terms": taxonomies.TERM}
WHOLE = frozenset({"organizations", *SHAPED, *CLASSIFYING})


def read_hsds(content: object, city: str | None) -> Found:
    """Everything in a parsed JSON file. `city`: the slug under which the records of others go."""
    reader = _Reader(city)
    reader.anything(content, "")
    taxonomies.mention(content, reader.found)
    return reader.found


class _Reader:
    def __init__(self, city: str | None) -> None:
        self.city, self.found = city, Found()

    def anything(self, content: Any, place: str) -> None:  # noqa: ANN401, parsed JSON
        match content:
            case list():
                for at, item in enumerate(content):
                    self.anything(item, f"{place}[{at}]")
            case dict() if content.keys() & WHOLE and not content.keys() & {"id", "name"}:
                self.whole(content)
            case {"contents": list() as contents}:
                self.anything(contents, f"{place}.contents")
            case {"location_type": _}:
                self.location(content, place)
            case {"service": dict() as service}:
                rest = {name: value for name, value in content.items() if name != "service"}
                self.service(service | {"service_at_locations": [rest]}, place)
            case {"status": _, "name": _}:
                self.service(content, place)
            case dict() if (kind := taxonomies.kind_said(content)) is not None:
                taxonomies.keep(kind, content, place, self.found)
            case {"name": _, "description": _}:
                self.organization(content, place)
            case _:
                self.fault(
                    place, "neither a service, an organization, a location, a taxonomy, a term, nor a list of them"
                )

    def whole(self, content: HSDS) -> None:
        """A file with a list for each kind of object."""
        for name in SHAPED:
            self.anything(content.get(name) or [], name)
        for place, item in self.items(content, "organizations"):
            self.organization(item, place) if isinstance(item, dict) else self.anything(item, place)
        for name, kind in CLASSIFYING.items():
            for place, item in self.items(content, name):
                taxonomies.keep(kind, item, place, self.found)

    def items(self, content: HSDS, name: str) -> Iterator[tuple[str, Any]]:
        """Each item of a list with its place; a fault for what is no list."""
        listed = content.get(name) or []
        if not isinstance(listed, list):
            self.fault(name, "is no list")
            return
        yield from ((f"{name}[{at}]", item) for at, item in enumerate(listed))

    def organization(self, said: HSDS, place: str) -> str | None:
        """Keep it, with its places and services; its key."""
        key, document = self.start("organization", said, place)
        if key is None:
            return None
        for at, location in enumerate(said.get("locations") or ()):
            self.location(location | {"organization": key}, f"{place}.locations[{at}]")
        for at, service in enumerate(said.get("services") or ()):
            self.service(service | {"organization": said}, f"{place}.services[{at}]", organization=key)
        name = said.get("name") or ""
        told = said.get("description")
        mapped = {"name": name, "website": said.get("website"), "about": None if told == name else told}
        self.finish("organization", key, document, mapped, _without(said, "locations", "services"))
        return key

    def location(self, said: HSDS, place: str) -> str | None:
        """Keep it; its key."""
        key, document = self.start("office", said, place)
        if key is None:
            return None
        address: HSDS = next((one for one in said.get("addresses") or () if one.get("address_1")), {})
        line = ", ".join(filter(None, (address.get("address_1"), address.get("address_2"))))
        latitude, longitude = said.get("latitude"), said.get("longitude")
        if not _on_earth(latitude, longitude):
            latitude = longitude = None
        mapped = {
            "name": said.get("name"),
            "about": said.get("description"),
            "address": line or document.get("address"),
            "postal_code": _postal_code(address.get("postal_code")) or document.get("postal_code"),
            "latitude": latitude,
            "longitude": longitude,
            "accessibility": next((one.get("description") for one in said.get("accessibility") or ()), None),
            "phones": list(_phones(said.get("phones") or ())),
            "languages": [{"language": code} for one in said.get("languages") or () if (code := _language(one))],
            "hours": hours_of(said.get("schedules") or ()),
        }
        if said.get("organization"):
            mapped["organization"] = said["organization"]
        document.setdefault("kind", "partner")
        self.finish("office", key, document, mapped, _without(said, "organization"))
        return key

    def service(self, said: HSDS, place: str, *, organization: str | None = None) -> None:
        """Keep it, with its organization and its place."""
        extension = _extension(said)
        kind = extension.get("kind", "service")
        key, document = self.start(kind, said, place)
        if key is None:
            return
        if organization is None and isinstance(said.get("organization"), dict):
            organization = self.organization(said["organization"], f"{place}.organization")
        offices = []
        for at, one in enumerate(said.get("service_at_locations") or ()):
            if isinstance(one.get("location"), dict):
                kept = self.location(one["location"], f"{place}.service_at_locations[{at}].location")
                offices += [_at_office(kept, one, document)] if kept else []
        mapped = {
            "name": said.get("name"),
            "about": said.get("description") or said.get("name"),
            "organization": organization or document.get("organization"),
            "offices": offices or document.get("offices"),
        }
        if kind == "service":
            capacity = next((one.get("available") for one in said.get("capacities") or ()), None)
            mapped |= {
                "website": said.get("url"),
                "how": said.get("application_process"),
                "cost": said.get("fees_description"),
                "eligibility": said.get("eligibility_description"),
                "documents": [
                    one.get("document") for one in said.get("required_documents") or () if one.get("document")
                ],
                "capacity": None if capacity is None else int(capacity),
            }
        if not extension:
            terms = (one.get("taxonomy_term") or {} for one in said.get("attributes") or ())
            mapped |= {"topics": topics_of(terms), "retired": said.get("status") in {"inactive", "defunct"}}
        self.finish(kind, key, document, mapped, _without(said, "organization"))

    def start(self, kind: str, said: HSDS, place: str) -> tuple[str | None, HSDS]:
        """The key of a record and what we once said of it. None, and a fault, when it has no identifier."""
        extension = _extension(said)
        document = dict(extension.get("document") or {})
        key = document.get("key") or said.get("id")
        if not isinstance(key, str) or not key:
            self.fault(place or kind, "has no id: every object of HSDS needs one (a UUID)")
            return None, {}
        return key, document

    def finish(self, kind: str, key: str, document: HSDS, mapped: HSDS, original: HSDS) -> None:
        """Put what HSDS's fields say over what we once said."""
        ours = bool(_extension(original))
        for name, value in mapped.items():
            document[name] = _over(document.get(name), value)
        document = {name: value for name, value in document.items() if value not in (None, [], "")}
        document |= {"key": key}
        if "city" not in document:
            if self.city is None:
                self.fault(f"{kind} {key}", "belongs to no city that we know: say into which one it goes (--city SLUG)")
                return
            document["city"] = self.city
        before = self.found.documents.get((kind, key), {})
        if not ours:
            # The same object may stand in several places of a file, here whole and there in short.
            earlier = before.get("hsds", {}).get("original", {})
            document["hsds"] = {"original": max(original, earlier, key=len)}
        self.found.documents[kind, key] = before | document

    def fault(self, place: str, what: str) -> None:
        self.found.faults.append((place.lstrip(".") or "file", Verbatim(what)))


def _at_office(office: str, said: Mapping[str, Any], document: HSDS) -> HSDS:
    """The place, with the hours of the service there where they are its own."""
    known: HSDS = next((one for one in document.get("offices", ()) if one["office"] == office), {"office": office})
    hours = hours_of(said.get("schedules") or ())
    return known | {"hours": hours} if hours else known


def _over(before: Any, value: Any) -> Any:  # noqa: ANN401, values of documents
    """A value of HSDS over ours: the same words leave a text with its translations as it was."""
    if isinstance(before, dict) and "texts" in before and isinstance(value, str):
        source = before["source"]
        return (
            before if before["texts"].get(source) == value else before | {"texts": {**before["texts"], source: value}}
        )
    if isinstance(before, list) and isinstance(value, list):
        if len(before) == len(value):
            return [_over(old, new) for old, new in zip(before, value, strict=True)]
        return value
    if isinstance(before, dict) and isinstance(value, dict):
        return before | {name: _over(before.get(name), said) for name, said in value.items()}
    if isinstance(value, str) and before is None and value:
        return value
    return before if value in (None, [], "") else value


def _extension(said: Mapping[str, Any]) -> HSDS:
    for attribute in said.get("attributes") or ():
        if attribute.get("label") == EXTENSION:
            try:
                found = json.loads(attribute.get("value") or "{}")
            except ValueError:
                return {}
            return found if isinstance(found, dict) else {}
    return {}


def _without(said: HSDS, *names: str) -> HSDS:
    return {name: value for name, value in said.items() if name not in names}


def _phones(said: Any) -> Iterator[HSDS]:  # noqa: ANN401, parsed JSON
    for phone in said:
        number = str(phone.get("number") or "").strip("\"' ")
        try:
            Phone.read(number)
        except ValueError:
            continue  # kept in `hsds`: it cannot be dialled from Italy as it stands
        note = phone.get("description")
        yield {"number": number} | ({"note": note} if note else {})


def _language(said: Mapping[str, Any]) -> str | None:
    code = str(said.get("code") or "")
    return code if code.isalpha() and code.islower() and len(code) in {2, 3} else None


def _postal_code(said: object) -> str | None:
    words = str(said or "")
    return words if len(words) == 5 and words.isdecimal() else None  # noqa: PLR2004, an Italian CAP


def _on_earth(latitude: object, longitude: object) -> bool:
    return (
        isinstance(latitude, int | float)
        and isinstance(longitude, int | float)
        and abs(latitude) <= 90  # noqa: PLR2004, degrees
        and abs(longitude) <= 180  # noqa: PLR2004, degrees
    )
