"""The open API: every page valid, every parameter kept to, nothing that breaks it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import Phase, given, settings
from schemathesis.core.result import Ok

from services_directory.api.hsds import PREFIX, hsds_router
from services_directory.desk.directory import Shelf
from services_directory.desk.editing import Editing
from services_directory.desk.publishing import publish_files
from services_directory.desk.revisions import Name
from services_directory.exchange.importing import apply, plan
from services_directory.exchange.reading_hsds import read_hsds
from services_directory.store.session import Database
from tests.standards import faults
from tests.town import WEDNESDAY, FakeClock

CLOCK = FakeClock()


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    database = Database(sqlite_url)
    async with database.writing() as session:
        await publish_files(session, example=True, now=WEDNESDAY)
    yield database
    await database.close()


def application(database: Database) -> FastAPI:
    app = FastAPI(openapi_url="/api/openapi.json")
    app.include_router(hsds_router(database, CLOCK.now))
    return app


@pytest.fixture
async def api(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(database))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://sportello.test{PREFIX}") as client:
        yield client


async def got(api: httpx.AsyncClient, path: str, **asked: Any) -> Any:
    answer = await api.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


LISTS = {
    "/services": "service",
    "/service_at_locations": "service_at_location",
    "/organizations": "organization",
    "/taxonomies": "taxonomy",
    "/taxonomy_terms": "taxonomy_term",
}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("path", list(LISTS))
async def test_every_item_of_every_page_is_valid_and_can_be_had_alone(
    api: httpx.AsyncClient, path: str, *, full: bool
) -> None:
    first = await got(api, path, per_page=100, full=full)
    seen: set[str] = set()
    for number in range(1, first["total_pages"] + 1):
        page = await got(api, path, per_page=100, page=number, full=full)
        assert page["size"] == len(page["contents"])
        assert (page["first_page"], page["last_page"]) == (number == 1, number == first["total_pages"])
        for item in page["contents"]:
            assert faults(LISTS[path], item) == []
            seen.add(item["id"])
        alone = await got(api, f"{path}/{page['contents'][0]['id']}")
        assert faults(LISTS[path], alone) == []
    assert len(seen) == first["total_items"] > 2


async def test_what_it_is(api: httpx.AsyncClient) -> None:
    assert (await got(api, "/"))["version"] == "3.1"


async def test_search_finds_words_in_any_language(api: httpx.AsyncClient) -> None:
    for words in ("dormire", "night shelter", "القانونية"):
        assert (await got(api, "/services", search=words))["total_items"] > 0
    assert (await got(api, "/services", search="xyzzy"))["empty"]


async def test_filters_leave_out_what_does_not_fit(api: httpx.AsyncClient) -> None:
    everything = (await got(api, "/services", per_page=1000, full=True))["contents"]
    (ours,) = [one for one in (await got(api, "/taxonomies"))["contents"] if one["name"] == "Sportello"]
    terms = (await got(api, "/taxonomy_terms", taxonomy_id=ours["id"], search="legal help"))["contents"]
    found = (await got(api, "/services", taxonomy_term_id=terms[0]["id"], per_page=1000))["contents"]
    expected = {
        one["id"]
        for one in everything
        if any(each.get("taxonomy_term", {}).get("id") == terms[0]["id"] for each in one["attributes"])
    }
    assert {one["id"] for one in found} == expected != set()
    organization = everything[0]["organization"]["id"]
    of_it = (await got(api, "/services", organization_id=organization, per_page=1000))["contents"]
    assert {one["organization"]["id"] for one in of_it} == {organization}
    top = (await got(api, "/taxonomy_terms", top_only=True, taxonomy_id=ours["id"]))["contents"]
    assert top
    assert not any("parent_id" in term for term in top)


FOOD = {
    "id": "11111111-1111-4111-8111-111111111111", "name": "Food", "description": "What is eaten",
    "uri": "https://example.org/food", "version": "1.0",
}  # fmt: skip
BREAD = {
    "id": "22222222-2222-4222-8222-222222222222", "code": "1", "name": "Bread", "description": "Baked",
    "taxonomy_detail": FOOD,
}  # fmt: skip
RYE = {
    "id": "33333333-3333-4333-8333-333333333333", "code": "1.1", "name": "Rye", "description": "Dark",
    "parent_id": BREAD["id"], "taxonomy_id": FOOD["id"],
}  # fmt: skip


@pytest.fixture
async def with_food(database: Database) -> None:
    """Another network's taxonomy, and a service that carries one of its terms in short."""
    service = {
        "id": "55555555-5555-4555-8555-555555555555", "name": "Bakery", "status": "active", "description": "Bread",
        "attributes": [{"id": "66666666-6666-4666-8666-666666666666", "taxonomy_term": {"id": RYE["id"]}}],
    }  # fmt: skip
    found = read_hsds({"services": [service], "taxonomies": [FOOD], "taxonomy_terms": [BREAD, RYE]}, "taranto")
    async with database.writing() as session:
        await apply(session, await plan(session, found), "import:1", WEDNESDAY)


@pytest.mark.usefixtures("with_food")
async def test_imported_taxonomies_and_terms_stand_beside_ours(api: httpx.AsyncClient) -> None:
    assert await got(api, f"/taxonomies/{FOOD['id']}") == FOOD
    assert await got(api, f"/taxonomy_terms/{RYE['id']}") == RYE
    assert [one["name"] for one in (await got(api, "/taxonomies"))["contents"]][-1:] == ["Food"]
    assert (await got(api, "/taxonomies"))["total_items"] > 3
    assert (await got(api, "/taxonomies", search="eaten"))["contents"] == [FOOD]
    for path in ("/taxonomies", "/taxonomy_terms"):
        for item in (await got(api, path, per_page=1000))["contents"]:
            assert faults(LISTS[path], item) == []


@pytest.mark.usefixtures("with_food")
async def test_imported_terms_are_found_by_their_taxonomy_their_parent_and_words(api: httpx.AsyncClient) -> None:
    for asked, expected in (
        ({"taxonomy_id": FOOD["id"]}, [BREAD, RYE]),
        ({"taxonomy_id": FOOD["id"], "top_only": True}, [BREAD]),
        ({"parent_id": BREAD["id"]}, [RYE]),
        ({"search": "baked bread"}, [BREAD]),
        ({"parent_id": RYE["id"]}, []),
    ):
        assert (await got(api, "/taxonomy_terms", **asked))["contents"] == expected


@pytest.mark.usefixtures("with_food")
async def test_services_are_found_by_a_term_of_others(api: httpx.AsyncClient) -> None:
    for asked in ({"taxonomy_term_id": RYE["id"]}, {"taxonomy_id": FOOD["id"]}):
        found = (await got(api, "/services", **asked))["contents"]
        assert [one["name"] for one in found] == ["Bakery"]
    assert (await got(api, "/services", taxonomy_term_id=BREAD["id"]))["empty"]


async def test_changed_since(api: httpx.AsyncClient, database: Database) -> None:
    since = "2026-11-25T12:00:00+01:00"
    assert (await got(api, "/services", modified_after=since))["empty"]
    async with database.writing() as session:
        later = WEDNESDAY.replace(hour=13)
        service = (await Shelf().newest(session, WEDNESDAY.date())).bookable("taranto")[0]
        name = Name("service", service.key)
        await Editing(session, "staff:1", later).still_true([name], "anna@example.org")
    changed = await got(api, "/services", modified_after=since, minimal=True)
    assert changed["total_items"] == 1
    assert set(changed["contents"][0]) == {"id", "last_modified"}


async def test_who_has_it_already_is_told_so_until_something_changes(
    api: httpx.AsyncClient, database: Database
) -> None:
    first = await api.get("/services")
    again = await api.get("/services", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    async with database.writing() as session:
        await Editing(session, "staff:1", WEDNESDAY).still_true([Name("office", "taranto-re-point")], "a@example.org")
    changed = await api.get("/services", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


async def test_all_of_it_one_a_line(api: httpx.AsyncClient) -> None:
    answer = await api.get("/services", params={"format": "ndjson"})
    page = await got(api, "/services")
    assert len(answer.text.splitlines()) == page["total_items"]


async def test_near_a_postcode(api: httpx.AsyncClient) -> None:
    assert (await got(api, "/service_at_locations", postcode="99999", proximity=1000))["empty"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/services/nothing", 404), ("/services?page=0", 422), ("/services?modified_after=yesterday", 422),
        ("/organizations/1", 404), ("/services?format=xml", 422), ("/taxonomy_terms/%00", 404),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_said(api: httpx.AsyncClient, path: str, status: int) -> None:
    answer = await api.get(path)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_nothing_that_a_machine_can_think_of_breaks_it(machine_database: Database) -> None:
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", application(machine_database))
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == 11
    for operation in operations:

        @settings(max_examples=20, database=None, phases=[Phase.generate], deadline=None)
        @given(case=operation.as_strategy())
        def holds(case: Any) -> None:
            case.call_and_validate()

        holds()
