"""HSDS as tables: a CSV file for each kind of object, related by identifiers, in one zip with a `datapackage.json`."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from services_directory.exchange.attributes import HSDS
from services_directory.exchange.taxonomies import leans

DESCRIPTOR = "datapackage.json"
EPOCH = (2026, 1, 1, 0, 0, 0)
"""Of every file in a zip: the same directory makes the same bytes."""
MOST_BYTES = 200_000_000
"""Of all files unpacked."""
CHILDREN = {
    "locations": "locations", "services": "services", "service_at_locations": "service_at_location",
    "phones": "phones", "contacts": "contacts", "addresses": "addresses", "schedules": "schedules",
    "funding": "funding", "service_areas": "service_areas", "required_documents": "required_documents",
    "languages": "languages", "accessibility": "accessibility", "cost_options": "cost_options",
    "organization_identifiers": "organization_identifiers", "programs": "programs", "capacities": "service_capacities",
    "attributes": "attributes", "metadata": "metadata", "additional_urls": "urls", "additional_websites": "urls",
}  # fmt: skip
"""A list inside an object -> the table of its items."""
ONES = {
    "organization": "organizations", "location": "locations", "program": "programs",
    "taxonomy_term": "taxonomy_terms", "taxonomy_detail": "taxonomies", "unit": "units", "service": "services",
}  # fmt: skip
"""An object inside an object -> its table; the outer one refers to it."""
REFERENCE = {"taxonomy_detail": "taxonomy_id"}
KEPT = frozenset({"taxonomy_id"})
"""References that stand beside what they refer to."""
REFERS = {
    "services": ("organization", "program"),
    "service_at_location": ("location",),
    "attributes": ("taxonomy_term",),
    "taxonomy_terms": ("taxonomy_detail",),
    "service_capacities": ("unit",),
}
"""What a row has inside it because it refers to it."""
_PEOPLE = ("phones", "contacts")
_SAID_OF = ("attributes", "metadata")
HOLDS = {
    "organizations": (
        "locations", "funding", "programs", "organization_identifiers", "additional_websites", *_PEOPLE, *_SAID_OF,
    ),
    "services": (
        "service_at_locations", "schedules", "funding", "service_areas", "required_documents", "languages",
        "cost_options", "capacities", "additional_urls", *_PEOPLE, *_SAID_OF,
    ),
    "locations": ("addresses", "schedules", "languages", "accessibility", *_PEOPLE, *_SAID_OF),
    "service_at_location": ("schedules", "service_areas", *_PEOPLE, *_SAID_OF),
    "contacts": ("phones",),
    "phones": ("languages",), "taxonomies": ("metadata",), "taxonomy_terms": ("metadata",),
}  # fmt: skip
"""What a row has inside it because that refers to the row."""
SINGULAR = {
    "organizations": "organization", "locations": "location", "services": "service", "phones": "phone",
    "contacts": "contact", "service_at_location": "service_at_location", "attributes": "attribute",
    "languages": "language", "schedules": "schedule",
}  # fmt: skip
CLASSIFYING = ("taxonomies", "taxonomy_terms")
BY_LINK = {"attributes": "link_id", "metadata": "resource_id"}
"""Tables whose rows name what they belong to by one column, whatever it is."""
NUMBERS = frozenset(
    {
        "latitude", "longitude", "minimum_age", "maximum_age", "year_incorporated", "extension", "timezone", "count",
        "interval", "amount", "available", "maximum",
    }
)  # fmt: skip
Tables = dict[str, dict[str, dict[str, Any]]]
"""Table -> identifier -> row."""
Nested = dict[str, list[HSDS]]
"""Table -> objects that stand in no other."""


class TablesError(ValueError):
    """Not tables of HSDS; the message says what to do."""


def to_zip(objects: Mapping[str, Iterable[HSDS]]) -> bytes:
    """Fully nested objects, by their table, as tables in a zip, with what describes them.

    Where several say the same row, the last one holds.
    """
    tables: Tables = defaultdict(dict)
    for table, found in objects.items():
        for one in found:
            _flatten(table, one, tables)
    for table in CLASSIFYING:  # whatever mentions them first
        tables[table] = dict(sorted(tables[table].items()))
    return _zipped(tables)


def same(table: str, one: HSDS, other: HSDS) -> bool:
    """Whether two objects make the same rows: what a service says of its terms is left to the terms themselves."""
    try:
        return one == other or _own_rows(table, one) == _own_rows(table, other)
    except KeyError:
        return False  # without identifiers they make no rows


def from_zip(content: bytes) -> Nested:
    """Objects, nested again, by their table. Raises TablesError."""
    try:
        with ZipFile(BytesIO(content)) as zipped:
            files = [one for one in zipped.infolist() if one.filename.endswith(".csv")]
            if sum(one.file_size for one in files) > MOST_BYTES:
                raise TablesError(f"the tables are larger than {MOST_BYTES // 1_000_000} MB")
            return from_tables({one.filename.rsplit("/", 1)[-1]: zipped.read(one).decode("utf-8-sig") for one in files})
    except (BadZipFile, UnicodeDecodeError) as problem:
        raise TablesError(f"not a zip of CSV files in UTF-8: {problem}") from None


def from_tables(files: Mapping[str, str]) -> Nested:
    """As `from_zip`, of the files' texts by name. Raises TablesError."""
    tables: Tables = {}
    for name, text in files.items():
        tables[name.removesuffix(".csv")] = {row["id"]: row for row in _rows(name, text)}
    return nested(tables)


def nested(tables: Tables) -> Nested:
    """Rows put back into one another: services, organizations and locations that no service names, taxonomies, terms.

    A term that something carries and whose taxonomy is in no table is told there only.
    """
    builder = _Builder(tables)
    found = {"services": [builder.built("services", key) for key in tables.get("services", {})]}
    for table in ("organizations", "locations"):
        found[table] = [builder.built(table, key) for key in tables.get(table, {}) if key not in builder.used]
    found["taxonomies"] = [builder.built("taxonomies", key) for key in tables.get("taxonomies", {})]
    terms = {key: builder.built("taxonomy_terms", key) for key in tables.get("taxonomy_terms", {})}
    carried = {row.get("taxonomy_term_id") for row in tables.get("attributes", {}).values()}
    found["taxonomy_terms"] = [term for key, term in terms.items() if key not in carried or not leans(term)]
    return found


def _rows(name: str, text: str) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(csv.DictReader(StringIO(text)), 2):
        if not row.get("id"):
            raise TablesError(f"{name}, row {number}: has no id; every row of HSDS needs one")
        yield {column: _value(column, said) for column, said in row.items() if column and said not in (None, "")}


def _value(column: str, said: str) -> Any:  # noqa: ANN401, text or number
    if column not in NUMBERS:
        return said
    try:
        number = float(said)
    except ValueError:
        return said
    return int(number) if number.is_integer() else number


def _flatten(table: str, one: HSDS, tables: Tables, owner: Mapping[str, str] | None = None) -> None:
    row = dict(owner or {})
    for name, value in one.items():
        if name in ONES and isinstance(value, dict):
            row[REFERENCE.get(name, f"{name}_id")] = value["id"]
            _flatten(ONES[name], value, tables)
        elif name in CHILDREN and isinstance(value, list):
            child = CHILDREN[name]
            column = BY_LINK.get(child, f"{SINGULAR.get(table, table)}_id")
            for item in value:
                _flatten(child, item, tables, {column: one["id"]})
        else:
            row[name] = value
    tables[table][one["id"]] = tables[table].get(one["id"], {}) | row


def _own_rows(table: str, one: HSDS) -> dict[str, Any]:
    tables: Tables = defaultdict(dict)
    _flatten(table, one, tables)
    return {
        name: {
            key: {column: str(said) for column, said in row.items() if said not in (None, "")}
            for key, row in rows.items()
        }
        for name, rows in tables.items()
        if name == table or name not in CLASSIFYING
    }


class _Builder:
    """Puts rows together. `used`: organizations and locations that are inside something."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.used: set[str] = set()
        self._children: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for table, rows in tables.items():
            for key, row in rows.items():
                for column, said in row.items():
                    if column.endswith("_id"):
                        self._children[table, column, str(said)].append(key)

    def built(self, table: str, key: str) -> HSDS:
        """A row with all that belongs to it and all that it refers to."""
        one = dict(self.tables[table][key])
        for name in REFERS.get(table, ()):
            column, other = REFERENCE.get(name, f"{name}_id"), ONES[name]
            reference = str(one.get(column))
            if reference in self.tables.get(other, {}):
                self.used.add(reference)
                one[name] = self.built(other, reference)
                if column not in KEPT:
                    del one[column]
        for name in HOLDS.get(table, ()):
            child = CHILDREN[name]
            column = BY_LINK.get(child, f"{SINGULAR.get(table, table)}_id")
            if keys := self._children.get((child, column, key)):
                one[name] = [self._without_owner(self.built(child, item), column, child) for item in keys]
                self.used.update(keys)
        return one

    @staticmethod
    def _without_owner(one: HSDS, column: str, table: str) -> HSDS:
        return one if table in BY_LINK else {name: value for name, value in one.items() if name != column}


def _zipped(tables: Tables) -> bytes:
    whole = BytesIO()
    resources = []
    with ZipFile(whole, "w", ZIP_DEFLATED) as zipped:
        for table, rows in sorted(tables.items()):
            columns = list(dict.fromkeys(("id", *(name for row in rows.values() for name in row))))
            text = StringIO()
            writer = csv.DictWriter(text, columns, lineterminator="\r\n")
            writer.writeheader()
            writer.writerows(rows.values())
            zipped.writestr(ZipInfo(f"{table}.csv", EPOCH), text.getvalue().encode())
            fields = [{"name": column, "type": "number" if column in NUMBERS else "string"} for column in columns]
            resources.append({"name": table, "path": f"{table}.csv", "schema": {"fields": fields, "primaryKey": "id"}})
        described = {"name": "sportello", "title": "Sportello: the directory, HSDS 3.1", "resources": resources}
        zipped.writestr(ZipInfo(DESCRIPTOR, EPOCH), json.dumps(described, ensure_ascii=False, indent=2))
    return whole.getvalue()
