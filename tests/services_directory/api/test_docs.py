"""The page that describes the API: whole, by itself, and with addresses that work."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.limits import Limits
from services_directory.api.booking import booking_api
from services_directory.api.docs import docs_router, kind_of
from services_directory.api.hsds import PREFIX, hsds_router
from services_directory.api.search import search_router
from services_directory.desk.directory import Shelf
from services_directory.desk.publishing import publish_files
from services_directory.store.session import Database
from tests.town import WEDNESDAY, FakeClock


@pytest.fixture
async def api(sqlite_url: str) -> AsyncIterator[httpx.AsyncClient]:
    database, clock = Database(sqlite_url), FakeClock()
    async with database.writing() as session:
        await publish_files(session, example=True, now=WEDNESDAY)
    app = FastAPI(title="Sportello", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    app.include_router(hsds_router(database, clock.now))
    app.include_router(search_router(database, Shelf(), clock.now))
    app.include_router(booking_api(database, Shelf(), clock.now, Limits(None)))
    app.include_router(docs_router())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sportello.test") as client:
        yield client
    await database.close()


async def test_every_address_and_every_parameter_is_on_the_page_with_what_it_means(api: httpx.AsyncClient) -> None:
    page = unescape((await api.get("/api/docs")).text)
    paths = (await api.get("/api/openapi.json")).json()["paths"]
    assert len(paths) > 10
    assert "leaving_prison" in page
    for path, methods in paths.items():
        for method, said in methods.items():
            place = page.index(f"<code>{method.upper()} {path}</code></h3>")
            section = page[place : page.index("<p>Answers:</p>", place)]
            for parameter in said.get("parameters", ()):
                assert f"<code>{parameter['name']}</code>" in section
                assert parameter.get("description", "") in section


async def test_every_address_to_try_answers(api: httpx.AsyncClient) -> None:
    page = (await api.get("/api/docs")).text
    addresses = [unescape(one) for one in re.findall(r'href="(/[^"]+)"', page)]
    assert f"{PREFIX}/services?per_page=5" in addresses
    assert "/api/search?q=dove+dormire" in addresses
    assert "/api/booking/v1/cities/taranto/services?language=en" in addresses
    for address in addresses:
        answer = await api.get(address)
        assert answer.status_code == 200, address
        assert answer.json() != []


async def test_what_is_sent_has_an_example_that_can_be_sent(api: httpx.AsyncClient) -> None:
    page = (await api.get("/api/docs")).text
    examples = [json.loads(unescape(one)) for one in re.findall(r"<pre><code>(.*?)</code></pre>", page, re.DOTALL)]
    assert {"service": "taranto-desk-work", "slot": "2026-11-26T10:00", "name": "Amina"} in examples
    headers = {"Authorization": f"Bearer {'s' * 32}"}
    for number, example in enumerate(one for one in examples if "service" in one):
        path = "/api/booking/v1/appointments" if "name" in example else "/api/booking/v1/holds"
        answer = await api.post(path, json=example, headers=headers | {"Idempotency-Key": str(number)})
        assert answer.status_code == 201, answer.text
    assert "A secret of at least 32 characters" in page
    assert page.count("with the person&#39;s secret") + page.count("with the person's secret") == 5


async def test_the_page_needs_nobody_else_and_runs_nothing(api: httpx.AsyncClient) -> None:
    answer = await api.get("/api/docs")
    page = answer.text
    assert not re.search(r"<script|\bsrc=|@import|url\(|https?://", page)
    policy = answer.headers["content-security-policy"]
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert f"'sha256-{b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'; ")
    places = re.findall(r'href="#([^"]+)"', page)
    assert places
    assert {place for place in places if f'id="{place}"' not in page} == set()


async def test_who_finds_the_directory_finds_its_description(api: httpx.AsyncClient) -> None:
    links = (await api.get(f"{PREFIX}/")).headers["link"]
    found = dict(re.findall(r'<([^>]+)>; rel="([^"]+)"', links))
    assert found == {"/api/docs": "service-doc", "/api/openapi.json": "service-desc"}
    assert "text/html" in (await api.get("/api/docs")).headers["content-type"]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "string", "maxLength": 20}, "text; at most 20 characters"),
        ({"anyOf": [{"type": "number", "minimum": -90, "maximum": 90}, {"type": "null"}]}, "number; from -90 to 90"),
        ({"type": "boolean", "default": False}, "true or false; false when left out"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Found"}}, "list of Found"),
        ({"enum": ["json", "ndjson"], "default": "json"}, "one of json, ndjson; json when left out"),
        ({"type": "string", "format": "date-time"}, "time with its offset (ISO 8601)"),
        ({}, "anything"),
    ],
)
def test_what_a_value_may_be_is_said_in_words(schema: dict[str, Any], said: str) -> None:
    assert kind_of(schema) == said
