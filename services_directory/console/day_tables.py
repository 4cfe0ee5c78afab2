"""The appointments of some days as a table for spreadsheets: CSV as Italian Excel opens it, by a double click."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from io import StringIO
from unicodedata import normalize

from fastapi import APIRouter, Request, Response

from locales.dates import in_rome
from locales.rendering import render
from locales.text import LanguageName
from services_directory.console import staff_words, words
from services_directory.console.appointments import admitted
from services_directory.console.door import Console
from services_directory.console.pages import attachment, staff_language_of
from services_directory.console.tables import Asked
from services_directory.desk.directory import Directory
from services_directory.desk.timetable import Place, Planned, midnight, planned

LONGEST = timedelta(days=92)
"""How many days one table holds: a quarter of a year, for a report."""
FROM_STAFF_WORDS = frozenset({"minutes", "people"})
COLUMNS = ("code", "day", "time", "minutes", "reason", "counter", "language", "people", "state")
CALCULATES = ("=", "+", "-", "@")
"""A cell that begins so is a formula to spreadsheets, whoever wrote it (OWASP, CSV injection)."""


def add_day_tables(router: APIRouter, console: Console) -> None:
    """The file of a view: its day, or from its day to `until`."""

    @router.get("/appointments.csv")
    async def table(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        now, language = console.now(), staff_language_of(request)
        async with console.database.reading() as session:
            directory = await console.shelf.newest(session, in_rome(now).date())
            view = Asked.read(request.query_params, visit.account, directory, now).view
            last = _last(request.query_params.get("until", ""), view.day)
            span = midnight(view.day), midnight(last + timedelta(days=1))
            found = await planned(session, Place(view.city, view.office), *span)
        # Names are for those who receive people; a table is carried about more easily than a page.
        named = visit.account.runs_appointments
        lines = [_heading(language, named=named), *(_line(one, directory, language, named=named) for one in found)]
        days = view.day.isoformat() if last == view.day else f"{view.day.isoformat()}_{last.isoformat()}"
        place = view.office or view.city or "all"
        return attachment(csv_of(lines), f"sportello-{place}-{days}.csv", "text/csv; charset=utf-8")


def csv_of(lines: Iterable[Sequence[str]]) -> bytes:
    """Cells parted by semicolons, in UTF-8 and saying so; what would be a formula is made a text."""
    file = StringIO(newline="")
    csv.writer(file, delimiter=";", lineterminator="\r\n").writerows(
        [[defused(cell) for cell in line] for line in lines]
    )
    return file.getvalue().encode("utf-8-sig")


def defused(cell: str) -> str:
    """The cell as a text, even if it begins as a formula does, with blanks or wide signs too."""
    begins = normalize("NFKC", cell).lstrip()[:1]
    return f"'{cell}" if begins in CALCULATES or cell[:1] in {"\t", "\r", "\n"} else cell


def _last(until: str, first: date) -> date:
    """The last day; the first one, when nothing that can be is asked."""
    try:
        last = date.fromisoformat(until)
    except ValueError:
        return first
    return min(max(first, last), first + LONGEST)


def _heading(language: str, *, named: bool) -> list[str]:
    said, staff = words.in_language(language), staff_words.in_language(language)
    columns = [staff[name] if name in FROM_STAFF_WORDS else said[name] for name in COLUMNS]
    return [*columns, *([said["name"]] if named else [])]


def _line(one: Planned, directory: Directory, language: str, *, named: bool) -> list[str]:
    service = directory.service(one.service)

    def cells() -> Iterator[str]:
        yield one.code
        yield one.starts.date().isoformat()
        yield f"{one.starts:%H:%M}"
        yield str(one.minutes)
        yield render(service.label, language) if service else one.service
        yield render(one.counter_label, language)
        yield render(LanguageName(one.language), language)
        yield str(one.people)
        yield render(words.STATES[one.state], language)
        if named:
            yield one.name

    return list(cells())
