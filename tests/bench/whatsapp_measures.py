"""Signed calls of WhatsApp, from the call to the answer on the wire: a bare echo, then Sportello, in one run."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx

from tests.bench.figures import BenchError, Pair
from tests.bench.measures import PEOPLE, compared
from tests.bench.people import ONE_SHOP, PATIENCE
from tests.bench.programs import Program, sportello_on_whatsapp, whatsapp_echo
from tests.fakes.whatsapp import FakeWhatsApp, Person
from tests.story.words import WORDS


class Meta(FakeWhatsApp):
    """WhatsApp that notes when each answer arrives, and calls over connections that stay open."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: defaultdict[str, asyncio.Queue[tuple[float, Any]]] = defaultdict(asyncio.Queue)
        self.client = httpx.AsyncClient(trust_env=False, timeout=PATIENCE)

    def calls_at(self, program: Program) -> None:
        """Call that program from now on."""

        async def hook(headers: dict[str, str], body: bytes) -> int:
            answer = await self.client.post(f"{program.url}/whatsapp/webhook", content=body, headers=headers)
            return answer.status_code

        self.webhook = hook

    def _send(self, body: dict[str, Any]) -> dict[str, Any]:
        arrived = perf_counter()
        answer = super()._send(body)
        self.heard[body["to"]].put_nowait((arrived, body))
        return answer


class Asker:
    """Somebody with WhatsApp who asks again as soon as the answer is there."""

    def __init__(self, meta: Meta, number: int) -> None:
        self.meta, self.number = meta, f"3933300{number:05}"
        self.person: Person = meta.person(self.number, bsuid=f"IT.13491208655302{number:06}")

    async def arrives(self) -> None:
        """Write for the first time; choose the language and the city."""
        await self._says("👋")
        await self._taps(".language=it")
        await self._taps(f".city={ONE_SHOP}")

    async def asks(self) -> float:
        """Ask when the office is open: seconds from the call to the answer."""
        return await self._says(WORDS["it"].hours)

    async def _says(self, words: str) -> float:
        while not self.meta.heard[self.number].empty():
            self.meta.heard[self.number].get_nowait()
        began = perf_counter()
        await self.person.says(words)
        try:
            arrived, _body = await asyncio.wait_for(self.meta.heard[self.number].get(), PATIENCE)
        except TimeoutError:
            raise BenchError(f"WhatsApp: no answer to {words!r}") from None
        return arrived - began

    async def _taps(self, part: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while not (keys := [key for body in self.person.got for key in _keys(body) if part in key]):  # noqa: ASYNC110, nobody tells
                await asyncio.sleep(0.01)
        await self.person.taps(keys[-1])


async def on_whatsapp(folder: Path) -> list[Pair]:
    """The yardstick and Sportello, before the same fake and with the same words. Raises BenchError."""
    pairs = []
    for label, program in (
        ("Bare signature-checking echo (WhatsApp)", whatsapp_echo),
        ("Sportello on WhatsApp: a question", sportello_on_whatsapp),
    ):
        meta = Meta()
        async with meta.served(), meta.client, program(folder, meta) as running:
            meta.calls_at(running)
            people = [Asker(meta, number) for number in range(PEOPLE)]
            if program is sportello_on_whatsapp:
                for person in people:
                    await person.arrives()
                await asyncio.sleep(1)
            pairs.append(await compared(label, [person.asks for person in people]))
    return pairs


def _keys(body: dict[str, Any]) -> list[str]:
    action = body.get("interactive", {}).get("action", {})
    rows = [row["id"] for section in action.get("sections", ()) for row in section["rows"]]
    return [*(button["reply"]["id"] for button in action.get("buttons", ())), *rows]
