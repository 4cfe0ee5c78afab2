"""The search over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from services_directory.api.search import search_router
from services_directory.desk.directory import Shelf
from services_directory.desk.publishing import publish_files
from services_directory.store.session import Database
from tests.town import WEDNESDAY, FakeClock


@pytest.fixture
async def api(sqlite_url: str) -> AsyncIterator[httpx.AsyncClient]:
    database = Database(sqlite_url)
    async with database.writing() as session:
        await publish_files(session, example=True, now=WEDNESDAY)
    app = FastAPI()
    app.include_router(search_router(database, Shelf(), FakeClock().now))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sportello.test") as client:
        yield client
    await database.close()


async def test_hits_are_told_in_the_language_that_is_asked_for(api: httpx.AsyncClient) -> None:
    asked = {
        "q": "dormire",
        "city": "taranto",
        "language": "fr",
        "limit": "1",
        "latitude": "40.47",
        "longitude": "17.2",
    }
    (hit,) = (await api.get("/api/search", params=asked)).json()
    assert (hit["city"], hit["language"]) == ("taranto", "fr")
    assert hit["score"] > 0
    assert len(hit["id"]) == 36


@pytest.mark.parametrize("asked", ["latitude=40", "limit=0", "audience=cats", "language=xx1", "q=" + "a" * 201])
async def test_what_cannot_be_is_said(api: httpx.AsyncClient, asked: str) -> None:
    answer = await api.get(f"/api/search?{asked}")
    assert answer.status_code == 422
    assert answer.json()["detail"]
