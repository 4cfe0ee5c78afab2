"""The sheet of a day, for paper: one table a counter, with empty lines for people without an appointment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from locales.rendering import render
from locales.text import LanguageName, Localized
from services_directory.console.appointments import admitted
from services_directory.console.directory import shown
from services_directory.console.door import Console
from services_directory.console.entrance import refusal
from services_directory.console.offices import label_of
from services_directory.console.pages import staff_language_of
from services_directory.console.tables import Asked
from services_directory.desk.accounts import Account
from services_directory.desk.agenda import offices_with_counters
from services_directory.desk.appointments import CANCELLED
from services_directory.desk.directory import Directory
from services_directory.desk.hours import Intervals
from services_directory.desk.timetable import Desk, Place, Planned, desks, midnight, planned
from services_directory.facts import Office

ONE_DAY = timedelta(days=1)
A_LINE = 15
"""Minutes of walk-in hours for which one line is left empty."""
MOST_LINES = 12
"""Of one opening: more do not fit a sheet."""


def add_day_sheets(router: APIRouter, console: Console) -> None:
    """The page: each office of the view on a sheet of its own."""

    @router.get("/day-sheet")
    async def day_sheet(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        if not visit.account.runs_appointments:
            return refusal(request, 403, "not_yours_title", "read_only")
        now, language = console.now(), staff_language_of(request)
        async with console.database.reading() as session:
            directory = await console.shelf.newest(session, in_rome(now).date())
            asked = Asked.read(request.query_params, visit.account, directory, now)
            sheets = await _Sheets(session, directory, visit.account, language).of(asked)
        day = f"{render(asked.view.day, language)} {asked.view.day.year}"
        values = {"day": day, "sheets": sheets, "back": asked.address(), "printed": render(now, language)}
        return shown(console, request, visit, "day_sheet.html", values)


class _Sheets:
    """Sheets in a language of the staff."""

    def __init__(self, session: AsyncSession, directory: Directory, account: Account, language: str) -> None:
        self.session, self.directory, self.account, self.language = session, directory, account, language

    async def of(self, asked: Asked) -> list[dict[str, Any]]:
        """Each office of the view, with its counters; one that is no longer in use only if somebody comes to it."""
        view = asked.view
        offices = await offices_with_counters(self.session, self.directory, view.city)
        wanted = [one for one in offices if view.office in {None, one.key}]
        counters = await desks(self.session, self.directory, [one.key for one in wanted], view.day)
        span = midnight(view.day), midnight(view.day + ONE_DAY)
        found = await planned(self.session, Place(view.city, view.office), *span)
        coming = [one for one in found if one.state not in CANCELLED]
        return [self._sheet(office, counters, coming) for office in wanted]

    def _sheet(self, office: Office, counters: Sequence[Desk], coming: Sequence[Planned]) -> dict[str, Any]:
        here = [one for one in coming if one.office == office.key]
        tables = {one.key: (one.label, one.walk_ins) for one in counters if one.office == office.key}
        for one in here:
            tables.setdefault(one.counter, (one.counter_label, ()))
        return {
            "office": label_of(self.directory, office, self.account, self.language),
            "counters": [
                self._table(label, walk_ins, [one for one in here if one.counter == key])
                for key, (label, walk_ins) in tables.items()
            ],
        }

    def _table(self, label: Localized, walk_ins: Intervals, coming: Sequence[Planned]) -> dict[str, Any]:
        return {
            "label": render(label, self.language),
            "rows": [self._row(one) for one in coming],
            "walk_ins": [(f"{opens:%H:%M}–{closes:%H:%M}", _lines(opens, closes)) for opens, closes in walk_ins],
        }

    def _row(self, one: Planned) -> dict[str, Any]:
        service = self.directory.service(one.service)
        return {
            "time": render(one.starts.time(), self.language),
            "name": one.name,
            "people": one.people,
            "code": one.code,
            "language": render(LanguageName(one.language), self.language),
            "service": render(service.label, self.language) if service else one.service,
            "papers": [render(paper, self.language) for paper in service.documents] if service else [],
        }


def _lines(opens: time, closes: time) -> int:
    """How many empty lines an opening gets."""
    minutes = (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
    return min(MOST_LINES, max(1, minutes // A_LINE))
