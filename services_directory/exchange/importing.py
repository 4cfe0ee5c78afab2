"""An import: checked whole, shown as differences, then published in one transaction, or nothing of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from locales.languages import SOURCE
from locales.rendering import render
from locales.text import Verbatim, _
from services_directory.desk.consistency import ANY_DAY, faults_of
from services_directory.desk.editing import Editing
from services_directory.desk.merging import Conflict, changes
from services_directory.desk.revisions import Name, Revision, current_of
from services_directory.exchange.found import Found
from services_directory.exchange.hsds import Entry, Exporter, plain
from services_directory.exchange.reading_hsds import read_hsds
from services_directory.exchange.spreadsheet import edited, read_sheet, to_sheet
from services_directory.exchange.tabular import TablesError, from_zip, same, to_zip
from services_directory.exchange.taxonomies import all_taxonomies, all_terms, taxonomy, term
from services_directory.store import files, records
from services_directory.store.faults import Fault, RecordError

FORMATS = (".json", ".zip", ".xlsx")
TABLES = {
    "organization": "organizations", "office": "locations", "service": "services", "activity": "services",
    "taxonomy": "taxonomies", "term": "taxonomy_terms",
}  # fmt: skip
"""In which table of HSDS a kind of record stands."""
ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)


class ImportRefusedError(Exception):
    """Nothing was imported; `faults` say where and what to do."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(f"{place}: {render(fault, SOURCE)}" for place, fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Difference:
    """What an import would do to one record: `before` None when it is new."""

    name: Name
    record: records.Keyed
    before: Revision | None
    changes: tuple[Conflict, ...]

    @property
    def new(self) -> bool:
        """Whether there was no such record."""
        return self.before is None


@dataclass(frozen=True)
class Plan:
    """What an import would do: records that are new or changed, how many stay as they are, what is at fault."""

    differences: tuple[Difference, ...]
    same: int
    faults: tuple[Fault, ...]


def read_file(path: Path, city: str | None = None) -> Found:
    """What a file says, in whatever of our forms it is. Raises ImportRefusedError, OSError."""
    return read_content(path.name, path.read_bytes(), city)


def read_content(name: str, content: bytes, city: str | None = None) -> Found:
    """What the content of a file of that name says. Raises ImportRefusedError."""
    form = Path(name).suffix.lower()
    try:
        match form:
            case ".json":
                return read_hsds(json.loads(content), city)
            case ".zip":
                found = read_hsds(from_zip(content), city)
                found.from_tables = True
                return found
            case ".xlsx":
                return read_sheet(content)
    except (ValueError, RecursionError) as problem:
        what = "not readable as JSON" if not isinstance(problem, TablesError) and form == ".json" else ""
        raise ImportRefusedError([(name, Verbatim(f"{what} {problem}".strip()))]) from None
    ends = Verbatim(", ".join(FORMATS))
    raise ImportRefusedError([(name, _("The end of the name must be one of {ends}.", ends=ends))])


def read_files(paths: Iterable[Path], city: str | None = None) -> Found:
    """What several files say together. Raises ImportRefusedError, OSError."""
    whole = Found()
    for path in paths:
        whole.add(read_file(path, city))
    return whole


async def plan(session: AsyncSession, found: Found) -> Plan:
    """Check everything, and compare it with what is published."""
    faults = list(found.faults)
    read: dict[Name, records.Keyed] = {}
    documents = dict(found.documents)
    so_far = await current_of(session, (Name(*name) for name in found.edits))
    for (kind, key), cells in found.edits.items():
        base = so_far[Name(kind, key)].document if Name(kind, key) in so_far else {}
        document, wrong = edited(base, cells)
        if not wrong:  # else what else is wrong is only its consequence
            documents[kind, key] = document
        faults.extend((found.place(kind, key, place), what) for place, what in wrong)
    for (kind, key), document in documents.items():
        try:
            read[Name(kind, key)] = records.record(kind, document)
        except RecordError as problem:
            faults.extend((found.place(kind, key, place), what) for place, what in problem.faults)
    mentioned = {Name(*name): document for name, document in found.mentioned.items() if name not in documents}
    known = await current_of(session, mentioned)
    for name, document in mentioned.items():
        if name not in known:
            with suppress(RecordError):  # then it stays where it is mentioned
                read[name] = records.record(name.kind, document)
    published = await current_of(session, read)
    read = _with_what_was_written(_as_they_came(read, published) if found.from_tables else read)
    differences = []
    for name, record in read.items():
        before = published.get(name)
        told = tuple(changes(before.document if before else {}, records.document(record)))
        if told:
            differences.append(Difference(name, record, before, told))
    async for place, what in faults_of(session, list(read.values())):
        key, _dot, inside = place.partition(".")
        kind = next((name.kind for name in read if name.key == key), "")
        faults.append((found.place(kind, key, inside), what))
    return Plan(tuple(differences), len(read) - len(differences), tuple(faults))


async def apply(session: AsyncSession, planned: Plan, by: str, now: datetime) -> int:
    """Publish it all. Raises ImportRefusedError when anything is at fault, and then nothing is changed."""
    if planned.faults:
        raise ImportRefusedError(planned.faults)
    changed = [difference.record for difference in planned.differences]
    await Editing(session, by, now).publish_all(changed, note="import")
    return len(changed)


async def exported(session: AsyncSession, form: str, now: datetime, *, city: str | None = None) -> bytes:
    """All that is published, in one of our forms: `hsds`, `csv`, `xlsx`."""
    writer = await exporter(session, now, city=city)
    if form == "xlsx":
        return to_sheet(entry.record for entry in writer.entries)
    whole = {
        "organizations": [writer.organization(entry) for entry in writer.organizations],
        "services": [writer.service(entry) for entry in writer.services],
        "taxonomy_terms": all_terms(writer),
        "taxonomies": all_taxonomies(writer),
    }
    if form == "csv":
        return to_zip(whole)
    return (json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


async def exporter(session: AsyncSession, now: datetime, *, city: str | None = None) -> Exporter:
    """All that is published, of one city or of all, ready to be written; a city's services need everybody's terms."""
    published = await current_of(session)
    entries = [
        Entry(version.record, version.at, version.number)
        for name, version in sorted(published.items(), key=lambda item: (item[0].kind, item[0].key))
        if not version.document.get("retired")
        and (city is None or version.city == city or name.kind in records.CLASSIFYING)
    ]
    return Exporter(entries, in_rome(now).date(), _cities())


def _cities() -> Mapping[str, records.City]:
    return {city.slug: city for city in files.cities()}


def _as_they_came(read: Mapping[Name, records.Keyed], published: Mapping[Name, Revision]) -> dict[Name, records.Keyed]:
    """What says in tables what it said before stays in the form in which it came first."""
    kept = dict(read)
    for name, record in read.items():
        before = published[name].document.get("hsds", {}).get("original") if name in published else None
        if record.hsds and before and same(TABLES[name.kind], before, record.hsds["original"]):
            kept[name] = record.model_copy(update={"hsds": {"original": before}})
    return kept


def _with_what_was_written(read: Mapping[Name, records.Keyed]) -> dict[Name, records.Keyed]:
    """Keep, beside what others wrote, how we would have written it: so that only later changes are written over it."""
    foreign = [name for name, record in read.items() if record.hsds]
    if not foreign:
        return dict(read)
    # When it was changed, and which day it is, are not compared.
    bare = [Entry(record.model_copy(update={"hsds": {}}), ANY_TIME) for record in read.values()]
    writer = Exporter(bare, ANY_DAY, _cities())
    written: dict[Name, dict[str, Any]] = {}
    for entry in bare:
        name = Name.of(entry.record)
        match entry.record:
            case records.Organization():
                written[name] = writer.organization(entry)
            case records.Office():
                written[name] = writer.location(entry)
            case records.Service() | records.Activity():
                written[name] = writer.service(entry)
            case records.Taxonomy():
                written[name] = taxonomy(entry)
            case records.Term():
                written[name] = term(entry)
    return {
        name: record.model_copy(update={"hsds": {**record.hsds, "written": plain(record, written[name])}})
        if record.hsds
        else record
        for name, record in read.items()
    }
