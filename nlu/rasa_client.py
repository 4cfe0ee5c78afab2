"""Understands with a Rasa server's help, and without it when it is slow, broken or away."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import httpx
from circuitbreaker import CircuitBreaker, CircuitBreakerError

from nlu.decision import is_sure
from nlu.embedded import RANKED, EmbeddedInterpreter
from nlu.understanding import Ranking, Understanding

log = logging.getLogger(__name__)

TIME_OUT = 0.8
"""Seconds to wait for a meaning: who writes must not wait for a server that has trouble."""
FAILURES = 3
"""So many in a row, and the server is left alone for a while."""
PAUSE = 30
"""Seconds for which it is left alone."""


class RasaError(Exception):
    """The server did not give a meaning; the message says why."""


class RasaInterpreter:
    """Asks a Rasa server (`POST /model/parse`) what is meant.

    Language, entities and danger stay the embedded engine's, whose whole understanding stands in when the server fails.
    Use as an async context manager, or call `close`.
    """

    def __init__(
        self,
        url: str,
        embedded: EmbeddedInterpreter,
        *,
        time_out: float = TIME_OUT,
        pause: float = PAUSE,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.url, self.embedded, self.time_out = url.rstrip("/"), embedded, time_out
        self._http = httpx.AsyncClient(base_url=self.url, timeout=time_out, transport=transport)
        self._carefully = CircuitBreaker(FAILURES, pause, RasaError, name=self.url).decorate(self.ask)

    async def parse(self, text: str, *, now: datetime, language: str | None = None) -> Understanding:
        """What `text` means, as the server sees it or else as the embedded engine does. Never raises."""
        own = self.embedded.understand(text, now=now, language=language)
        if not text.strip():
            return own
        try:
            ranking = await self._carefully(text)
        except CircuitBreakerError:
            return own
        except RasaError as problem:
            log.warning("understood without Rasa: %s", problem)
            return own
        intent, confidence = ranking[0]
        return replace(own, intent=intent, confidence=confidence, sure=is_sure(ranking), ranking=ranking, also=())

    async def ask(self, text: str) -> Ranking:
        """The server's ranking of intents, best first. Raises RasaError."""
        try:
            # httpx counts its time-out for each step anew; this one is for the whole.
            async with asyncio.timeout(self.time_out):
                answer = await self._http.post("/model/parse", json={"text": text})
            answer.raise_for_status()
            return _ranking(answer.json())
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise RasaError(f"{self.url} fails ({type(problem).__name__})") from None
        except TimeoutError:
            raise RasaError(f"{self.url} takes longer than {self.time_out} seconds") from None
        except (KeyError, TypeError, ValueError):
            raise RasaError(f"{self.url} answers, but not as Rasa's POST /model/parse does") from None

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _ranking(answer: Any) -> Ranking:  # noqa: ANN401, whatever came over the wire
    """The intents of Rasa's answer. Raises KeyError, TypeError or ValueError when it is none."""
    ranked = answer.get("intent_ranking") or [answer["intent"]]
    ranking = tuple((str(one["name"]), round(float(one["confidence"]), 4)) for one in ranked[:RANKED])
    if not ranking or ranked[0]["name"] is None:
        raise ValueError("no intent")
    return ranking
