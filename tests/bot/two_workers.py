"""Two processes of the real program on one database: staff publish in the one, people ask in the other."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from bot.preparing import EXAMPLE_PASSWORD
from locales.dates import ROME
from tests.browser.site import running
from tests.services_directory.console.forms import fields

CITY, OFFICE = "taranto", "/console/directory/office/taranto-re-point"
QUESTION = "what time is the office open tomorrow?"
PATIENCE = 30.0
"""Seconds for one answer."""


@dataclass(frozen=True)
class Staff:
    """An editor who has signed in to the console of one process."""

    client: httpx.Client

    @classmethod
    def signs_in(cls, client: httpx.Client, email: str = "rete@example.org") -> Staff:
        """Through the form at the door."""
        form = fields(client.get("/console/login").text) | {"email": email, "password": EXAMPLE_PASSWORD}
        answer = client.post("/console/login", data=form)
        assert answer.headers.get("location") == "/console/", answer.text
        return cls(client)

    def form(self, opens: str, closes: str) -> dict[str, str]:
        """The page with one exception filled in: other hours tomorrow and, in case midnight passes, the day after."""
        page, today = self.client.get(OFFICE).text, datetime.now(ROME).date()
        earlier = dict.fromkeys(re.findall(r'name="(exception\.\d+\.remove)"', page), "yes")
        changed = {
            "exception.first": f"{today + timedelta(days=1)}",
            "exception.last": f"{today + timedelta(days=2)}",
            "exception.from": opens,
            "exception.to": closes,
            "deed": "publish",
        }
        return fields(page) | earlier | changed

    def presses(self, form: dict[str, str]) -> None:
        """Publish it."""
        answer = self.client.post(OFFICE, data=form)
        assert answer.status_code == 303, answer.text


@dataclass(frozen=True)
class Asker:
    """Somebody with the chat page of one process open."""

    client: httpx.Client

    def hours_tomorrow(self) -> str:
        """All that is answered to the question, in a new conversation."""
        said = {"conversation": secrets.token_hex(8), "text": QUESTION, "city": CITY, "language": "en"}
        answer = self.client.post("/chat/messages", json=said)
        assert answer.is_success, answer.text
        told = answer.json()
        assert told["intent"] == "office_hours", told
        return "\n".join(reply["text"] for reply in told["replies"])


@contextmanager
def two_workers(folder: Path, database: str, **more: str) -> Iterator[tuple[Staff, Asker]]:
    """An editor at the one process, a person at the other; `database` is the address of an empty one."""
    with ExitStack() as stack:
        clients = []
        for name in ("published", "told"):
            own = folder / name
            own.mkdir()
            settings = {"database_url": database, "secret_key": "only-for-tests-only-for-tests-only-for", **more}
            address = stack.enter_context(running(own, **settings))
            clients.append(stack.enter_context(httpx.Client(base_url=address, timeout=PATIENCE, trust_env=False)))
        yield Staff.signs_in(clients[0]), Asker(clients[1])
