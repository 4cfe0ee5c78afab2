"""HSDS: what leaves is valid, comes back as it left, and what others wrote leaves as it came."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from locales.rendering import render
from services_directory.desk.editing import Edit, Editing
from services_directory.desk.revisions import Name, current
from services_directory.exchange.hsds import Exporter
from services_directory.exchange.importing import ImportRefusedError, apply, exported, exporter, plan, read_file
from services_directory.exchange.reading_hsds import read_hsds
from services_directory.exchange.schedules import hours_of, schedules_of
from services_directory.exchange.tabular import TablesError, from_zip, nested
from services_directory.store import records
from tests.standards import example, faults
from tests.town import WEDNESDAY


async def published(session: AsyncSession) -> Exporter:
    return await exporter(session, WEDNESDAY)


async def test_everything_that_leaves_is_valid_also_against_a_strict_copy(session: AsyncSession) -> None:
    writer = await published(session)
    assert len(writer.services) > 150
    for entry in writer.services:
        assert faults("service", writer.service(entry)) == []
        for place in writer.service_at_locations(entry):
            assert faults("service_at_location", place) == []
    for entry in writer.organizations:
        assert faults("organization", writer.organization(entry)) == []


@pytest.mark.parametrize("form", ["hsds", "csv", "xlsx"])
async def test_what_we_export_is_the_same_after_an_import(session: AsyncSession, form: str, tmp_path: Path) -> None:
    content = await exported(session, form, WEDNESDAY)
    path = tmp_path / {"hsds": "a.json", "csv": "a.zip", "xlsx": "a.xlsx"}[form]
    path.write_bytes(content)
    planned = await plan(session, read_file(path))
    assert (planned.differences, planned.faults) == ((), ())
    assert planned.same > 200
    if form != "xlsx":  # which holds the time at which it was written
        assert await exported(session, form, WEDNESDAY) == content


@pytest.mark.parametrize(
    ("name", "kind"), [("service_full", "service"), ("organization_full", "organization"), ("location", "location")]
)
async def test_the_samples_of_the_standard_leave_as_they_came(session: AsyncSession, name: str, kind: str) -> None:
    sample = example(name)
    planned = await plan(session, read_hsds(sample, "taranto"))
    assert planned.faults == ()
    await apply(session, planned, "import:1", WEDNESDAY)
    writer = await published(session)
    every = {"service": writer.services, "organization": writer.organizations, "location": writer.offices}[kind]
    (entry,) = [one for one in every if one.record.key == sample["id"]]
    written = {"service": writer.service, "organization": writer.organization, "location": writer.location}[kind](entry)
    if kind == "organization":
        written["services"] = [writer.service(one, with_organization=False) for one in writer.services_of(entry)]
    assert written == sample


async def test_a_service_is_at_each_of_its_places_with_the_hours_that_it_has_there(session: AsyncSession) -> None:
    name = Name("service", "taranto-desk-legal")
    found = await current(session, name)
    assert found is not None
    offices = ["taranto-re-point", {"office": "taranto-mobile-unit", "hours": "Tu,Th 15:00-17:00"}]
    several = records.record("service", found.document | {"offices": offices})
    await Editing(session, "staff:1", WEDNESDAY).publish(Edit(several, found.number))
    writer = await published(session)
    (entry,) = [one for one in writer.services if one.record.key == name.key]
    written = writer.service(entry)
    assert faults("service", written) == []
    usual, own = written["service_at_locations"]
    assert (usual["location"]["name"], "schedules" in usual) == ("Sportello unico re-point", False)
    assert {one["byday"] for one in own["schedules"]} == {"TU,TH"}
    own["schedules"][0] |= {"description": "We 10:00-12:00"}
    planned = await plan(session, read_hsds([written], None))
    changed = next(one for one in planned.differences if one.name == name)
    assert [place.hours for place in changed.record.offices] == [None, "We 10:00-12:00"]  # type: ignore[attr-defined]


def test_an_early_version_with_one_office_is_read() -> None:
    said = {"key": "a", "city": "bari", "name": "A", "about": "B", "topics": ["health"]}
    for office, offices in (("bari-x", [{"office": "bari-x"}]), (None, None)):
        found = records.document(records.record("service", said | {"office": office}))
        assert found.get("offices") == offices
        assert "office" not in found


async def test_the_tables_of_the_standard_are_read(session: AsyncSession) -> None:
    tables = {name.removesuffix(".csv"): {row["id"]: row for row in rows} for name, rows in example("tabular").items()}
    planned = await plan(session, read_hsds(nested(tables), "taranto"))
    assert planned.faults == ()
    kinds = sorted(difference.name.kind for difference in planned.differences)
    assert kinds == ["office", "organization", "service", "taxonomy"]


async def test_what_we_change_in_a_record_of_others_is_written_and_the_rest_stays(session: AsyncSession) -> None:
    sample = example("service_full")
    await apply(session, await plan(session, read_hsds(sample, "taranto")), "import:1", WEDNESDAY)
    version = await current(session, Name("service", sample["id"]))
    assert version is not None
    edited = version.record.model_copy(update={"website": "https://example.org/new"})
    await Editing(session, "staff:1", WEDNESDAY).publish(Edit(edited, version.number))
    writer = await published(session)
    (entry,) = [one for one in writer.services if one.record.key == sample["id"]]
    assert writer.service(entry) == sample | {"url": "https://example.org/new"}


async def test_a_word_changed_in_our_export_is_taken_over_and_its_translations_are_kept(session: AsyncSession) -> None:
    content = json.loads(await exported(session, "hsds", WEDNESDAY, city="taranto"))
    service = next(one for one in content["services"] if "fees_description" in one)
    service["fees_description"] = "Dieci euro"
    planned = await plan(session, read_hsds(content, None))
    (difference,) = planned.differences
    assert [(change.field, change.mine) for change in difference.changes] == [("cost.it", "Dieci euro")]
    record = difference.record
    assert isinstance(record, records.Service)
    assert record.cost is not None
    assert len(record.cost.texts) > 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"hello": 1}, "neither a service"),
        ([{"status": "active", "name": "x"}], "has no id"),
        ({"id": "ac148810-d857-441c-9679-408f346de14b", "status": "active", "name": "x"}, "--city"),
        (17, "neither a service"),
    ],
)
async def test_what_is_no_hsds_is_refused_with_its_place(session: AsyncSession, content: object, said: str) -> None:
    planned = await plan(session, read_hsds(content, None))
    assert any(said in render(what, "en") for _place, what in planned.faults)
    with pytest.raises(ImportRefusedError, match=said):
        await apply(session, planned, "import:1", WEDNESDAY)


def test_broken_tables_are_refused() -> None:
    with pytest.raises(TablesError, match="not a zip"):
        from_zip(b"PK nonsense")


def office(**values: object) -> records.Office:
    said = {"key": "x", "city": "taranto", "kind": "partner", "name": "X", **values}
    return records.Office.model_validate(said)


def test_summer_time_and_lunch_breaks_are_schedules_of_their_own() -> None:
    found = schedules_of(office(hours="Mo-Fr 09:00-12:00,14:00-18:00"), date(2026, 11, 25))
    spans = {(one["valid_from"], one["timezone"], one["opens_at"], one["byday"]) for one in found}
    assert spans == {
        (first, offset, opens, "MO,TU,WE,TH,FR")
        for first, offset in (("2026-11-25", 1), ("2027-03-28", 2), ("2027-10-31", 1))
        for opens in ("09:00:00", "14:00:00")
    }
    assert schedules_of(office(), date(2026, 11, 25)) == []


def test_the_schedules_of_others_become_opening_hours() -> None:
    weekly = {"freq": "WEEKLY", "byday": "TH,FR", "opens_at": "10:00:00", "closes_at": "18:00"}
    assert hours_of([weekly]) == "Th,Fr 10:00-18:00"
    assert hours_of([{"description": "by appointment"}]) is None


def test_a_closed_day_is_a_schedule_of_that_day_without_times() -> None:
    closed = [{"first_day": "2026-12-16", "last_day": "2026-12-16", "hours": "off", "reason": {"it": "Formazione"}}]
    last = schedules_of(office(hours="Mo-Fr 09:00-12:00", exceptions=closed), date(2026, 11, 25))[-1]
    assert (last["valid_from"], last["valid_to"], last["notes"]) == ("2026-12-16", "2026-12-16", "Formazione")
    assert "opens_at" not in last
