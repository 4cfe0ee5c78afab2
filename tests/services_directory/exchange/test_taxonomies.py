"""Taxonomies and terms of others: they come in every form, leave as they came, and ours are left alone."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from locales.rendering import render
from services_directory.console.catalogue import Asked, lines
from services_directory.desk.accounts import Account, Role
from services_directory.desk.editing import Edit, Editing
from services_directory.desk.revisions import Name, current, current_of
from services_directory.exchange.importing import ImportRefusedError, apply, exported, exporter, plan, read_file
from services_directory.exchange.reading_hsds import read_hsds
from services_directory.exchange.taxonomies import all_taxonomies, all_terms
from services_directory.exchange.terms import taxonomies, terms
from services_directory.store import records
from services_directory.store.revisions import RevisionRow
from tests.standards import example, faults
from tests.town import WEDNESDAY

FOOD = "11111111-1111-4111-8111-111111111111"
BREAD = "22222222-2222-4222-8222-222222222222"
RYE = "33333333-3333-4333-8333-333333333333"
HANDS = "55555555-5555-4555-8555-555555555555"
NOWHERE = "99999999-9999-4999-8999-999999999999"
END = {"hsds": "json", "csv": "zip"}


def whole(**bread: object) -> dict[str, Any]:
    """A file of another network: a taxonomy and two terms, one below the other, the lower one first."""
    return {
        "services": [],
        "organizations": [],
        "taxonomies": [{"id": FOOD, "name": "Food", "description": "What is eaten", "version": "1.0"}],
        "taxonomy_terms": [
            {"id": RYE, "code": "1.1", "name": "Rye", "description": "Dark", "parent_id": BREAD, "taxonomy_id": FOOD},
            {"id": BREAD, "code": "1", "name": "Bread", "description": "Baked", "taxonomy_id": FOOD, **bread},
        ],
    }


async def take(session: AsyncSession, content: object) -> list[tuple[str, str]]:
    """Import it; the kind and key of each record that is new or changed."""
    planned = await plan(session, read_hsds(content, "taranto"))
    assert planned.faults == ()
    await apply(session, planned, "import:1", WEDNESDAY)
    return sorted((one.name.kind, one.name.key) for one in planned.differences)


async def written(session: AsyncSession) -> dict[str, Any]:
    """Every taxonomy and term that leaves, by its identifier."""
    writer = await exporter(session, WEDNESDAY)
    return {one["id"]: one for one in [*all_taxonomies(writer), *all_terms(writer)]}


@pytest.mark.parametrize("name", ["taxonomy", "taxonomy_list", "taxonomy_term", "taxonomy_term_list"])
async def test_the_samples_of_the_standard_leave_as_they_came(session: AsyncSession, name: str) -> None:
    sample = example(name)
    assert await take(session, sample)
    leaving = await written(session)
    for item in sample.get("contents", [sample]):
        assert leaving[item["id"]] == item
    assert await take(session, sample) == []


async def test_a_term_brings_its_taxonomy_along(session: AsyncSession) -> None:
    sample = example("taxonomy_term")
    assert [kind for kind, _key in await take(session, sample)] == ["taxonomy", "term"]
    version = await current(session, Name("term", sample["id"]))
    assert version is not None
    assert version.city is None
    assert version.document["taxonomy"] == sample["taxonomy_detail"]["id"]
    assert (await written(session))[sample["taxonomy_detail"]["id"]] == sample["taxonomy_detail"]


async def test_a_whole_file_is_read_whatever_the_order_of_its_terms(session: AsyncSession) -> None:
    assert await take(session, whole()) == [("taxonomy", FOOD), ("term", BREAD), ("term", RYE)]
    leaving = await written(session)
    for one in [*whole()["taxonomies"], *whole()["taxonomy_terms"]]:
        assert leaving[one["id"]] == one
    assert await take(session, whole()) == []
    assert await take(session, whole(description="Baked daily")) == [("term", BREAD)]
    assert (await written(session))[BREAD]["description"] == "Baked daily"


async def test_terms_may_come_after_their_taxonomy_and_parent(session: AsyncSession) -> None:
    file = whole()
    rye, bread = file["taxonomy_terms"]
    assert await take(session, file["taxonomies"]) == [("taxonomy", FOOD)]
    assert await take(session, [bread]) == [("term", BREAD)]
    assert await take(session, rye) == [("term", RYE)]


@pytest.mark.parametrize(
    ("wrong", "place", "said"),
    [
        ({"taxonomy_id": NOWHERE}, f"term {BREAD}, taxonomy", "there is no taxonomy"),
        ({"parent_id": NOWHERE}, f"term {BREAD}, parent", "there is no term"),
        ({"id": None}, "taxonomy_terms[1]", "has no id"),
        ({"name": None}, f"term {BREAD}, name", "missing"),
        ({"code": 7}, f"term {BREAD}, code", "string"),
    ],
)
async def test_what_is_wrong_in_a_term_is_said_and_nothing_is_imported(
    session: AsyncSession, wrong: dict[str, Any], place: str, said: str
) -> None:
    planned = await plan(session, read_hsds(whole(**wrong), None))
    assert any(said in render(what, "en") for where, what in planned.faults if where == place), planned.faults
    with pytest.raises(ImportRefusedError):
        await apply(session, planned, "import:1", WEDNESDAY)
    assert not any(name.kind in records.CLASSIFYING for name in await current_of(session))


async def test_a_term_below_one_of_ours_is_taken_and_ours_stay_as_they_are(session: AsyncSession) -> None:
    (ours, *_rest), top = taxonomies(), next(iter(terms().values()))
    below = {"id": RYE, "name": "Rye", "description": "Dark", "parent_id": top["id"], "taxonomy_id": ours["id"]}
    changed = {"taxonomies": [ours | {"name": "Mine"}], "taxonomy_terms": [top | {"name": "Mine"}, below]}
    assert await take(session, changed) == [("term", RYE)]
    leaving = await written(session)
    assert (leaving[RYE], leaving[ours["id"]], leaving[top["id"]]) == (below, ours, top)
    assert await take(session, [ours, top, dict(taxonomies()[-1])]) == []


async def test_identifiers_that_are_no_uuids_are_kept(session: AsyncSession) -> None:
    file = [
        {"id": "food", "name": "Food", "description": "x", "uri": "http://example.org"},
        {"id": "food:1", "name": "Bread", "description": "x", "taxonomy_id": "food"},
        {"id": "food:1.1", "name": "Rye", "description": "x", "taxonomy_id": "food", "parent_id": "food:1"},
    ]
    assert [kind for kind, _key in await take(session, file)] == ["taxonomy", "term", "term"]
    leaving = await written(session)
    assert [leaving[one["id"]] for one in file] == file


def service(*terms: dict[str, Any]) -> dict[str, Any]:
    """A service of another network that carries these terms."""
    return {
        "id": NOWHERE,
        "name": "Soup kitchen",
        "status": "active",
        "description": "Soup at noon",
        "organization": {"id": HANDS, "name": "Hands", "description": "Helps"},
        "phones": [{"id": "66666666-6666-4666-8666-666666666666", "number": "+39 099 1"}],
        "attributes": [
            {"id": f"77777777-7777-4777-8777-77777777777{at}", "value": "x", "taxonomy_term": term}
            for at, term in enumerate(terms)
        ],
    }


@pytest.mark.parametrize("form", list(END))
async def test_an_export_comes_back_the_same(session: AsyncSession, form: str, tmp_path: Path) -> None:
    await take(session, whole())
    detailed = example("taxonomy_term")
    await take(session, service({"id": RYE, "name": "In short"}, detailed, detailed | {"id": HANDS, "code": "2"}))
    content = await exported(session, form, WEDNESDAY)
    path = tmp_path / f"a.{END[form]}"
    path.write_bytes(content)
    planned = await plan(session, read_file(path, "taranto"))
    assert planned.faults == ()
    assert [one.name for one in planned.differences] == []
    assert await exported(session, form, WEDNESDAY) == content


@pytest.mark.parametrize("form", list(END))
async def test_an_export_fills_an_empty_directory_with_the_same(
    session: AsyncSession, form: str, tmp_path: Path
) -> None:
    await take(session, whole(metadata=[METADATA]))
    await take(session, example("taxonomy_term_list"))
    content = await exported(session, form, WEDNESDAY)
    path = tmp_path / f"a.{END[form]}"
    path.write_bytes(content)
    await session.execute(delete(RevisionRow).where(RevisionRow.kind.in_(records.CLASSIFYING)))
    planned = await plan(session, read_file(path))
    assert planned.faults == ()
    assert {one.name.kind for one in planned.differences} == {"taxonomy", "term"}
    await apply(session, planned, "import:1", WEDNESDAY)
    assert await exported(session, form, WEDNESDAY) == content


METADATA = {
    "id": "44444444-4444-4444-8444-444444444444", "resource_id": BREAD, "last_action_date": "2026-11-01",
    "last_action_type": "update", "field_name": "name", "previous_value": "Loaf", "replacement_value": "Bread",
    "updated_by": "Anna",
}  # fmt: skip


async def test_what_leaves_is_valid_and_names_nothing_that_is_not_in_it(session: AsyncSession) -> None:
    await take(session, whole())
    content = json.loads(await exported(session, "hsds", WEDNESDAY, city="taranto"))
    known = {one["id"] for one in content["taxonomies"]}, {one["id"] for one in content["taxonomy_terms"]}
    assert FOOD in known[0]
    for one in content["taxonomies"]:
        assert faults("taxonomy", one) == []
    for one in content["taxonomy_terms"]:
        assert faults("taxonomy_term", one) == []
        assert one["taxonomy_id"] in known[0]
        assert one.get("parent_id") in {None, *known[1]}


async def test_a_term_in_a_service_becomes_one_of_the_directory_but_never_changes_one(session: AsyncSession) -> None:
    term = example("taxonomy_term")
    assert ("term", term["id"]) in await take(session, service(term))
    assert (await written(session))[term["id"]] == term
    assert await take(session, service(term | {"name": "Another name"})) == [("service", NOWHERE)]
    assert (await written(session))[term["id"]] == term


async def test_a_term_that_only_names_a_taxonomy_stays_in_its_service(session: AsyncSession) -> None:
    found = await take(session, service({"id": RYE, "name": "Rye", "taxonomy_id": FOOD}, {"id": BREAD}))
    assert found == [("organization", HANDS), ("service", NOWHERE)]


async def test_what_stands_among_the_organizations_is_one(session: AsyncSession) -> None:
    short = {"id": HANDS, "name": "Hands", "description": "Helps", "uri": "https://example.org"}
    assert await take(session, {"organizations": [short]}) == [("organization", HANDS)]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"taxonomies": [7]}, "taxonomies[0]"),
        ({"organizations": [7]}, "organizations[0]"),
        ({"taxonomy_terms": 7}, "taxonomy_terms"),
        ([{"id": ["x"], "name": "Food", "code": "1"}], "[0]"),
    ],
)
def test_what_is_no_object_is_refused_with_its_place(content: object, place: str) -> None:
    ((where, _what),) = read_hsds(content, None).faults
    assert where == place


async def test_what_is_changed_here_leaves_changed(session: AsyncSession) -> None:
    await take(session, whole())
    version = await current(session, Name("term", RYE))
    assert version is not None
    edited = version.record.model_copy(update={"name": "Rye bread"})
    await Editing(session, "staff:1", WEDNESDAY).publish(Edit(edited, version.number))
    assert (await written(session))[RYE] == whole()["taxonomy_terms"][0] | {"name": "Rye bread"}


async def test_neither_the_spreadsheet_nor_the_console_shows_them(session: AsyncSession) -> None:
    await take(session, whole())
    book = load_workbook(BytesIO(await exported(session, "xlsx", WEDNESDAY)))
    keys = {row[0] for sheet in book for row in sheet.iter_rows(values_only=True)}
    assert "taranto-re-point" in keys
    assert not keys & {FOOD, BREAD, RYE}
    found, _more = await lines(session, Asked(words=RYE), Account(1, "a", Role.ADMIN, None), WEDNESDAY)
    assert found == []
