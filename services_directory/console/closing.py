"""The page that closes an office or a counter for a day: who has an appointment, then one press."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from locales.rendering import render
from locales.text import LanguageName
from services_directory.console import office_words
from services_directory.console.appointments import admitted
from services_directory.console.directory import shown, told_at
from services_directory.console.door import Console
from services_directory.console.entrance import refusal
from services_directory.console.offices import came_to_run, choices, place_of
from services_directory.console.pages import staff_language_of
from services_directory.desk.accounts import Account, SignedIn
from services_directory.desk.closing import REASONS, CannotCloseError, Closure, close, hit
from services_directory.desk.directory import Directory
from services_directory.desk.timetable import Planned
from services_directory.store.faults import RecordError

ADDRESS = "/console/closing"


def add_closing(router: APIRouter, console: Console) -> None:
    """The page, and its last button."""

    @router.get("/closing")
    async def closing(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        if not visit.account.runs_appointments:
            return refusal(request, 403, "not_yours_title", "read_only")
        return await _page(console, request, visit, request.query_params)

    @router.post("/closing")
    async def press(request: Request) -> Response:
        came = await came_to_run(console, request)
        if isinstance(came, Response):
            return came
        visit, form = came
        try:
            await _close(console, visit, form)
        except (CannotCloseError, RecordError):
            return await _page(console, request, visit, form, refused=True)
        return told_at(console, f"{ADDRESS}?{urlencode(Asked.read(form).fields)}", "closed_now")


@dataclass(frozen=True)
class Asked:
    """What stands in the form."""

    place: str
    day: str
    begins: str
    ends: str

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Asked:
        """Of an address or of a form."""
        return cls(*(form.get(name, "")[:100] for name in ("place", "day", "begins", "ends")))

    @property
    def fields(self) -> dict[str, str]:
        """As they are sent on."""
        return {"place": self.place, "day": self.day, "begins": self.begins, "ends": self.ends}

    def closure(self, account: Account, directory: Directory) -> Closure:
        """What is to be closed. Raises CannotCloseError."""
        place = place_of(self.place, account, directory)
        if place is None or place.office is None:
            raise CannotCloseError(self.place)
        try:
            day = date.fromisoformat(self.day)
            begins = time.fromisoformat(self.begins) if self.begins else time.min
            ends = time.fromisoformat(self.ends) if self.ends else time.max
        except ValueError:
            raise CannotCloseError(self.day) from None
        return Closure(place.office, day, place.counter, begins.replace(tzinfo=None), ends.replace(tzinfo=None))


async def _close(console: Console, visit: SignedIn, form: Mapping[str, str]) -> None:
    """Raises CannotCloseError, RecordError: out of the transaction, which is undone."""
    now = console.now()
    async with console.database.writing() as session:
        directory = await console.shelf.newest(session, in_rome(now).date())
        closure = Asked.read(form).closure(visit.account, directory)
        await close(session, closure, form.get("reason", ""), by=visit.account.author, now=now)


async def _page(
    console: Console, request: Request, visit: SignedIn, form: Mapping[str, str], *, refused: bool = False
) -> Response:
    asked = Asked.read(form)
    async with console.database.reading() as session:
        values = await _values(console, session, visit, asked, staff_language_of(request))
    values |= {"asked": asked, "refused": refused or (bool(asked.place) and values["hit"] is None)}
    return shown(console, request, visit, "closing.html", values, status=422 if refused else 200)


async def _values(
    console: Console, session: AsyncSession, visit: SignedIn, asked: Asked, language: str
) -> dict[str, Any]:
    """What the page shows; `hit` None: nothing has been asked that could be closed."""
    now = console.now()
    directory = await console.shelf.newest(session, in_rome(now).date())
    values: dict[str, Any] = {
        "choices": await choices(session, directory, visit.account, language, now),
        "today": in_rome(now).date().isoformat(),
        "reasons": [(key, render(words, language)) for key, words in REASONS.items()],
        "hit": None,
    }
    try:
        closure = asked.closure(visit.account, directory)
    except CannotCloseError:
        return values
    found = await hit(session, closure, now)
    lines = [_line(one, directory, language) for one in found]
    about = render(office_words.hit(len(found)), language)
    return values | {"hit": lines, "about": about, "day": render(closure.day, language)}


def _line(one: Planned, directory: Directory, language: str) -> dict[str, Any]:
    service = directory.service(one.service)
    return {
        "time": render(one.starts.time(), language),
        "name": one.name,
        "language": render(LanguageName(one.language), language),
        "service": render(service.label, language) if service else one.service,
        "counter": render(one.counter_label, language),
        "code": one.code,
        "reachable": one.reachable,
    }
