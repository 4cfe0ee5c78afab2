"""The real Rasa: a small model is trained on our own data and served, and Sportello asks it. `make test-rasa`."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from bot.doctor import examine
from bot.settings import Settings
from locales.dates import ROME
from nlu.embedded import EmbeddedInterpreter
from nlu.examples import DATA
from nlu.rasa_client import RasaInterpreter
from scripts import rasa

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(600)]

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ROME)
INTENTS = ("office_hours", "italian_course_find", "work_unpaid_wages", "housing_emergency", "permit")
PATIENT = 10.0
"""Seconds to wait for an answer: this is about the answer, not about the machine."""


def some_examples(to: Path) -> None:
    """The lines of a few intents in two languages, as they stand in our files."""
    for language in ("it", "bn"):
        (to / language).mkdir(parents=True)
        blocks = [
            block
            for path in sorted((DATA / language).glob("*.yml"))
            for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
            if block["intent"] in INTENTS
        ]
        text = yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True)
        (to / language / "some.yml").write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Server:
    """A Rasa server and where it listens."""

    url: str
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("rasa")
    some_examples(folder / "data")
    rasa.set_up()
    model = rasa.train(rasa.SETTINGS / "config.yml", folder / "data", folder / "models", "small")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with rasa.served(model, port) as (url, process):
        yield Server(url, process)


async def test_sportello_asks_a_real_rasa_server_and_survives_its_end(server: Server) -> None:
    url = server.url
    async with RasaInterpreter(url, EmbeddedInterpreter.shipped(), time_out=PATIENT) as interpreter:
        ranking = await interpreter.ask("il padrone non mi paga da due mesi")
        assert ranking[0][0] == "work_unpaid_wages"
        assert {intent for intent, _odds in ranking} == set(INTENTS)
        understood = await interpreter.parse("আজ রাতে ঘুমানোর জায়গা নাই", now=NOW)
        assert (understood.intent, understood.language) == ("housing_emergency", "bn")
        assert [one.told for one in await examine(Settings(rasa_url=url)) if one.what == "Rasa"] == [
            f"answers at {url}"
        ]
        server.process.kill()
        server.process.wait()
        alone = await interpreter.parse("quando apre lo sportello domani?", now=NOW)
        assert alone.intent == "office_hours"
    [finding] = [one for one in await examine(Settings(rasa_url=url)) if one.what == "Rasa"]
    assert not finding.ok
    assert "SPORTELLO_RASA_URL" in finding.told
