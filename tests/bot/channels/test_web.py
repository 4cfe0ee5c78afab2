"""The web channel's addresses: as the contract says, safe to repeat, and clear about what is wrong."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from bot.channels import web
from bot.channels.web import PAGE, web_router
from bot.channels.web_words import WORDS
from bot.limits import Limits
from locales.languages import SPOKEN
from tests.town import Town


@pytest.fixture
async def browser(town: Town) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(web_router(town.workers, Limits(None, lambda: town.clock.now().timestamp())))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sportello.test") as client:
        yield client


async def test_a_message_is_answered_in_the_form_of_the_contract(browser: httpx.AsyncClient) -> None:
    posted = {"conversation": "a1", "text": "when is the office open tomorrow?", "city": "taranto", "language": "en"}
    answer = (await browser.post("/chat/messages", json=posted)).json()
    assert set(answer) == {"conversation", "language", "intent", "confidence", "flow", "replies"}
    assert (answer["conversation"], answer["language"]) == ("a1", "en")
    assert (answer["intent"], answer["flow"]) == ("office_hours", "office-hours")
    assert answer["confidence"] > 0.5
    for reply in answer["replies"]:
        assert {"text", "options", "location", "link", "document"} <= set(reply)
    assert set(answer["replies"][-1]["options"][0]) == {"key", "label", "description"}


async def test_without_a_conversation_one_is_given(browser: httpx.AsyncClient) -> None:
    answer = (await browser.post("/chat/messages", json={"text": "ciao"})).json()
    again = (await browser.post("/chat/messages", json={"text": "ciao", "conversation": answer["conversation"]})).json()
    assert again["conversation"] == answer["conversation"]
    assert len(answer["conversation"]) >= 16


async def test_the_same_message_posted_again_gets_the_same_answer(browser: httpx.AsyncClient) -> None:
    posted = {"conversation": "b1", "message": "m1", "text": "grazie", "city": "bari"}
    first = await browser.post("/chat/messages", json=posted)
    second = await browser.post("/chat/messages", json=posted)
    assert first.json() == second.json()


async def test_the_history_survives_a_reload_with_the_words_of_the_buttons(browser: httpx.AsyncClient) -> None:
    first = (await browser.post("/chat/messages", json={"conversation": "c1", "start": ""})).json()
    tapped = next(option for option in first["replies"][-1]["options"] if option["label"] == "বাংলা")
    await browser.post("/chat/messages", json={"conversation": "c1", "tap": tapped["key"]})
    history = (await browser.get("/chat/messages", params={"conversation": "c1"})).json()
    assert history["language"] == "bn"
    assert [message["from"] for message in history["messages"]][:2] == ["sportello", "person"]
    assert history["messages"][1]["text"] == "বাংলা"
    last = max(message["id"] or 0 for message in history["messages"])
    later = (await browser.get("/chat/messages", params={"conversation": "c1", "after": last})).json()
    assert later["messages"] == []


async def test_a_conversation_that_nobody_has_had_is_empty(browser: httpx.AsyncClient) -> None:
    history = (await browser.get("/chat/messages", params={"conversation": "nobody"})).json()
    assert history == {"conversation": "nobody", "language": None, "messages": []}


@pytest.mark.parametrize(
    ("posted", "complaint"),
    [
        ({}, "send exactly one of text, tap, location, start"),
        ({"text": "a", "tap": "b"}, "send exactly one of text, tap, location, start"),
        ({"text": "   "}, "text is empty"),
        ({"text": "x" * 5000}, "at most 4096 characters"),
        ({"text": "a", "conversation": "../etc"}, "should match pattern"),
        ({"location": {"latitude": 91, "longitude": 0}}, "less than or equal to 90"),
        ({"text": "a", "colour": "red"}, "Extra inputs are not permitted"),
    ],
)
async def test_bad_input_is_refused_with_what_is_wrong(
    browser: httpx.AsyncClient, posted: dict[str, object], complaint: str
) -> None:
    response = await browser.post("/chat/messages", json=posted)
    assert response.status_code == 422
    assert complaint in response.text


async def test_what_is_no_json_is_refused(browser: httpx.AsyncClient) -> None:
    response = await browser.post("/chat/messages", content=b"{", headers={"Content-Type": "application/json"})
    assert response.status_code == 422


async def test_a_flood_is_held_back_with_the_seconds_to_wait(
    browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MESSAGES_A_MINUTE", 2)
    statuses = [
        (await browser.post("/chat/messages", json={"conversation": "d1", "text": "ciao"})) for _number in range(4)
    ]
    assert statuses[-1].status_code == 429
    assert 1 <= int(statuses[-1].headers["Retry-After"]) <= 60


async def test_the_page_asks_nobody_else_for_anything(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/")
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    files = list(PAGE.iterdir())
    assert len(files) >= 5
    for file in files:
        if file.suffix in {".html", ".css", ".js"}:
            sources = re.findall(
                r"""(?:src|href|url\(|import .*from|fetch\()\s*=?\s*["'(]?(https?://[^"')]+)""", file.read_text("utf-8")
            )
            assert sources == [], file.name
        response = await browser.get(f"/chat/static/{file.name}")
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-cache"


async def test_the_words_of_the_page_are_there_in_every_language(browser: httpx.AsyncClient) -> None:
    answer = (await browser.get("/chat/words")).json()
    assert [language["code"] for language in answer["languages"]] == list(SPOKEN)
    assert all(set(answer["words"][code]) == set(WORDS) for code in SPOKEN)
