"""Two processes of the real program on one database: staff publish in the one, people ask in the other."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.preparing import EXAMPLE_PASSWORD
from tests.browser.site import running
from tests.services_directory.console.forms import fields

CITY, OFFICE = "taranto", "/console/directory/office/taranto-re-point"
QUESTION = "what are the opening hours?"
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
        """The page with these hours in the weekly grid, on each day: tomorrow alone may be a holiday."""
        grid = {f"hours.{day}.1.{end}": "" for day in range(7) for end in ("from", "to")}
        for day in range(7):
            grid |= {f"hours.{day}.0.from": opens, f"hours.{day}.0.to": closes}
        return fields(self.client.get(OFFICE).text) | grid | {"deed": "publish"}

    def presses(self, form: dict[str, str]) -> None:
        """Publish it."""
        answer = self.client.post(OFFICE, data=form)
        assert answer.status_code == 303, answer.text


@dataclass(frozen=True)
class Asker:
    """Somebody with the chat page of one process open."""

    client: httpx.Client

    def hours_told(self) -> str:
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
