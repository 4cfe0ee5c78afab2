"""A Rasa server that answers, is slow, is broken, is away: the person is understood all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import httpx
import pytest

from locales.dates import ROME
from nlu.embedded import EmbeddedInterpreter
from nlu.rasa_client import FAILURES, RasaInterpreter
from nlu.understanding import Understanding

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ROME)
HOURS = "When is the one-stop shop open?"
Handler = Callable[[httpx.Request], Awaitable[httpx.Response]]


class Server:
    """Rasa as the client sees it, and how often it was asked."""

    def __init__(self, answer: Handler) -> None:
        self.answer, self.asked = answer, 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        return await self.answer(request)


def client(server: Server, embedded: EmbeddedInterpreter | None = None, *, pause: float = 30) -> RasaInterpreter:
    return RasaInterpreter(
        "http://rasa.example:5005/",
        embedded or EmbeddedInterpreter.shipped(),
        time_out=0.1,
        pause=pause,
        transport=httpx.MockTransport(server),
    )


async def permit(request: httpx.Request) -> httpx.Response:
    assert request.url.path == "/model/parse"
    ranking = [{"name": "permit", "confidence": 0.91}, {"name": "asylum", "confidence": 0.05}]
    return httpx.Response(200, json={"intent": ranking[0], "intent_ranking": ranking, "entities": []})


async def slow(_request: httpx.Request) -> httpx.Response:
    await asyncio.sleep(5)
    return httpx.Response(200, json={})


async def broken(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(500, json={"status": "failure"})


async def away(_request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


async def web_page(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text="<html>")


async def another_json(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"intent": {"name": None, "confidence": 0.0}, "intent_ranking": []})


async def test_the_server_says_what_is_meant_and_the_embedded_engine_the_rest() -> None:
    async with client(Server(permit)) as interpreter:
        understood = await interpreter.parse("Domani a Milano, permesso di soggiorno", now=NOW)
    assert (understood.intent, understood.confidence, understood.sure) == ("permit", 0.91, True)
    assert understood.language == "it"
    assert {"city", "day"} <= {entity.kind for entity in understood.entities}


@pytest.mark.parametrize("trouble", [slow, broken, away, web_page, another_json])
async def test_a_server_in_trouble_is_done_without(trouble: Handler) -> None:
    server = Server(trouble)
    async with client(server) as interpreter:
        understood = await interpreter.parse(HOURS, now=NOW)
    assert understood == EmbeddedInterpreter.shipped().understand(HOURS, now=NOW)
    assert server.asked == 1


async def test_after_some_failures_in_a_row_the_server_is_left_alone_for_a_while_then_tried_again() -> None:
    server = Server(broken)
    async with client(server, pause=0.3) as interpreter:

        async def ask() -> Understanding:
            return await interpreter.parse(HOURS, now=NOW)

        for _message in range(FAILURES + 3):
            assert (await ask()).intent == "office_hours"
        assert server.asked == FAILURES
        server.answer = permit
        await asyncio.sleep(0.4)
        assert (await ask()).intent == "permit"
        assert server.asked == FAILURES + 1


async def test_nothing_to_understand_is_not_sent() -> None:
    server = Server(permit)
    async with client(server) as interpreter:
        await interpreter.parse("  ", now=NOW)
    assert server.asked == 0
