"""The page of a record: its form, its hours shown back; and how a new one begins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from unicodedata import combining, normalize

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome, weekday_names
from locales.languages import SPOKEN
from locales.rendering import render
from services_directory.console.catalogue import label_of, may_edit, may_see
from services_directory.console.choices import Choices
from services_directory.console.directory import admitted, cities_by_key, shown, version_to_show
from services_directory.console.door import Console
from services_directory.console.entrance import refusal
from services_directory.console.fields import SPARE_ROWS, boxes, week_of
from services_directory.console.inputs import Asked, Form
from services_directory.console.pages import staff_language_of
from services_directory.desk.consistency import ANY_DAY
from services_directory.desk.hours import Exceptional, OfficeHours, intervals_on, usual_week
from services_directory.desk.revisions import Name, current, history
from services_directory.store import records

AHEAD = 14
"""Days of an office's hours that are shown back."""
NEW_KINDS = ("service", "activity", "office", "organization", "guide", "contact")
LONGEST_KEY = 36
"""Of a key made from a name: room is left for a number behind it."""


def add_record_form(router: APIRouter, console: Console) -> None:
    """The page on which a record begins, and that of each record."""

    @router.get("/directory/new")
    async def new(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        if not visit.account.edits_directory:
            return refusal(request, 403, "not_yours_title", "read_only")
        asked = {name: request.query_params.get(name, "").strip()[:100] for name in ("kind", "city", "name")}
        kind, city = asked["kind"], asked["city"] or None
        async with console.database.reading() as session:
            cities = await cities_by_key(console, session, request)
            mine = {key: label for key, label in cities.items() if visit.account.covers(key)}
            of_city = [one for one in NEW_KINDS if issubclass(records.KINDS[one], records.OfCity)]
            kinds = NEW_KINDS if may_edit(None, visit.account) else of_city
            fits = kind in kinds and (kind not in of_city or city in mine)
            if not asked["name"] or not fits:
                values = {"asked": asked, "kinds": kinds, "cities": mine}
                return shown(console, request, visit, "new.html", values, status=422 if asked["name"] else 200)
            document = beginning(kind, city if kind in of_city else None, asked["name"])
            name = Name(kind, await _free_key(session, kind, document["key"]))
            values = await form_values(console, session, name, document | {"key": name.key}, request)
        return shown(console, request, visit, "record.html", values | {"may": True})

    @router.get("/directory/{kind}/{key}")
    async def record(kind: str, key: str, request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        async with console.database.reading() as session:
            found = await version_to_show(session, Name(kind, key), visit)
            if found is None or not may_see(found, visit.account):
                return refusal(request, 404, "not_found_title", "not_found")
            published = await current(session, Name(kind, key))
            cities = await cities_by_key(console, session, request)
            values = await form_values(console, session, found.name, found.document, request)
        values |= {"based_on": found.number if published == found else found.based_on}
        values |= {"may": may_edit(found.city, visit.account), "version": found}
        values["cities"] = {key: label for key, label in cities.items() if visit.account.covers(key)}
        return shown(console, request, visit, "record.html", values)


async def form_values(
    console: Console,
    session: AsyncSession,
    name: Name,
    document: Mapping[str, Any],
    request: Request,
    typed: Form | None = None,
) -> dict[str, Any]:
    """What `record.html` shows of a document, beside its translation into the language that is asked for."""
    other = request.query_params.get("into", "en")
    other = other if other in SPOKEN else "en"
    language = staff_language_of(request)
    directory = await console.shelf.newest(session, in_rome(console.now()).date())
    choices = Choices(directory, document.get("city"), language)
    values: dict[str, Any] = {
        "name": name,
        "document": document,
        "label": label_of(document),
        "boxes": boxes(name.kind, document, Asked(other, choices.of), typed),
        "spare_rows": SPARE_ROWS,
        "into": other,
        "spoken": SPOKEN,
        "faults": {},
        "typed": typed or {},
        "theirs": {},
        "note": "",
        "based_on": None,
        "version": None,
        "cities": {},
    }
    if name.kind == "office":
        values |= _hours_shown(document, language, console)
    return values


def beginning(kind: str, city: str | None, name: str) -> dict[str, Any]:
    """The document of a record that has only a name yet, and the key made of it."""
    plain = "".join(letter for letter in normalize("NFKD", name.casefold()) if not combining(letter))
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or kind
    key = words if city is None or words.startswith(f"{city}-") else f"{city}-{words}"
    document: dict[str, Any] = {"key": key[:LONGEST_KEY].strip("-")}
    if city is not None:
        document["city"] = city
    field = "title" if kind == "guide" else "name"
    document[field] = name if kind == "organization" else {"source": "it", "texts": {"it": name}, "drafted": []}
    return document


async def _free_key(session: AsyncSession, kind: str, key: str) -> str:
    found, number = key, 1
    while await history(session, Name(kind, found)):
        number += 1
        found = f"{key}-{number}"
    return found


def _hours_shown(document: Mapping[str, Any], language: str, console: Console) -> dict[str, Any]:
    """The grid, the week in a sentence, and the days to come."""
    first = in_rome(console.now()).date()
    hours = _hours(document)
    week = usual_week(hours.week) if hours.week is not None else None
    return {
        "week": week_of(document),
        "days": weekday_names(language),
        "said": "" if week is None else render(week, language),
        "ahead": [render(hours.on(first + timedelta(days=at)).words, language) for at in range(AHEAD)],
    }


def _hours(document: Mapping[str, Any]) -> OfficeHours:
    """The hours that a document says, as far as they can be read."""
    try:
        office = records.Office.model_validate(document)
        whole = (one for one in office.exceptions if one.counter is None)
        exceptions = tuple(Exceptional(one.first_day, one.last_day, one.hours, one.reason) for one in whole)
        for week in (office.hours, *(one.hours for one in exceptions)):
            intervals_on(week or "off", ANY_DAY)
    except ValueError:
        return OfficeHours(None)
    return OfficeHours(office.hours, exceptions)
