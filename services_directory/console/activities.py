"""The pages of courses and activities: who has a seat, who waits; somebody is added, somebody taken off."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from locales.languages import FALLBACK, SPOKEN
from locales.rendering import render
from locales.text import Text
from services_directory.booked import NoSeatsError
from services_directory.console import activity_words
from services_directory.console.appointments import admitted
from services_directory.console.directory import cities_by_key, shown, told_at
from services_directory.console.door import LONGEST_RECORD, Console, ForgedFormError, read_form
from services_directory.console.entrance import refusal
from services_directory.console.pages import staff_language_of
from services_directory.desk.accounts import SignedIn
from services_directory.desk.attendance import Listed, Tally, begun, roster, tallies
from services_directory.desk.directory import Directory
from services_directory.desk.enrolments import Enrolments
from services_directory.facts import Activity

LONGEST_NAME = 80


@dataclass(frozen=True)
class Line:
    """An activity in the list."""

    activity: Activity
    tally: Tally
    taken: Text
    next: datetime | None
    """When it meets next, in Rome's time."""


def add_activities(router: APIRouter, console: Console) -> None:
    """The list of a city, the page of an activity, and its two buttons."""
    _add_list(router, console)
    _add_page(router, console)
    _add_buttons(router, console)


def _add_list(router: APIRouter, console: Console) -> None:
    @router.get("/activities")
    async def activities(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        city = visit.account.city or request.query_params.get("city", "")[:40]
        async with console.database.reading() as session:
            directory = await console.shelf.newest(session, in_rome(console.now()).date())
            cities = await cities_by_key(console, session, request)
            every = (one for one in directory.offers() if isinstance(one, Activity))
            here = [one for one in every if city in {"", one.city}]
            counts = await tallies(session, [one.key for one in here])
        language, now = staff_language_of(request), console.now()
        lines = [_line(one, counts[one.key], now) for one in here if not one.retired or counts[one.key] != Tally()]
        # Those with somebody in them are what one looks for.
        lines.sort(key=lambda one: (one.tally == Tally(), one.activity.city, render(one.activity.label, language)))
        return shown(console, request, visit, "activities.html", {"found": lines, "city": city, "cities": cities})


def _line(activity: Activity, tally: Tally, now: datetime) -> Line:
    coming = next((one.starts for one in activity.sessions if one.starts > now), None)
    taken = activity_words.taken(activity.seats_left, tally.enrolled + tally.offered)
    return Line(activity, tally, taken, coming)


def _add_page(router: APIRouter, console: Console) -> None:
    @router.get("/activities/{key}")
    async def activity(key: str, request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        async with console.database.reading() as session:
            directory, one = await found(session, console, visit, key)
            if one is None:
                return refusal(request, 404, "not_found_title", "not_found")
            everybody = await roster(session, directory, one, console.now())
        values = {
            "activity": one,
            "roster": everybody,
            "taken": activity_words.taken(one.seats_left, len(everybody.enrolled) + len(everybody.offered)),
            "held": len(begun(one, console.now())),
            "may": visit.account.runs_appointments,
            "spoken": SPOKEN,
            "stands": _stands,
        }
        return shown(console, request, visit, "activity.html", values)


def _add_buttons(router: APIRouter, console: Console) -> None:
    @router.post("/activities/{key}/add")
    async def add(key: str, request: Request) -> Response:
        came = await came_to_change(console, request)
        if isinstance(came, Response):
            return came
        visit, form = came
        name = " ".join(form.get("name", "").split())[:LONGEST_NAME]
        language = form.get("language", "")
        async with console.database.writing() as session:
            directory, one = await found(session, console, visit, key)
            if one is None:
                return refusal(request, 404, "not_found_title", "not_found")
            if not name:
                return told_at(console, _address(one), "name_needed")
            enrolments = Enrolments(session, directory, console.now())
            try:
                await enrolments.enrol(
                    one,
                    name,
                    person=None,
                    language=language if language in SPOKEN else FALLBACK,
                    key=f"office:{secrets.token_hex(12)}",
                    by=visit.account.author,
                )
            except NoSeatsError:
                return told_at(console, _address(one), "list_full")
        return told_at(console, _address(one), "added_to_list")

    @router.post("/activities/{key}/withdraw/{code}")
    async def withdraw(key: str, code: str, request: Request) -> Response:
        came = await came_to_change(console, request)
        if isinstance(came, Response):
            return came
        visit, _form = came
        now = console.now()
        async with console.database.writing() as session:
            directory, one = await found(session, console, visit, key)
            if one is None or (await roster(session, directory, one, now)).find(code) is None:
                return refusal(request, 404, "not_found_title", "not_found")
            await Enrolments(session, directory, now).withdraw(code, by=visit.account.author)
        return told_at(console, _address(one), "taken_off")


async def came_to_change(console: Console, request: Request) -> tuple[SignedIn, Mapping[str, str]] | Response:
    """Who may change the lists, and the form they sent; else the answer that says why not."""
    visit = await admitted(console, request)
    if isinstance(visit, Response):
        return visit
    try:
        form = await read_form(request, visit.csrf, longest=LONGEST_RECORD)
    except ForgedFormError:
        return refusal(request, 403, "refused_title", "forged")
    if not visit.account.runs_appointments:
        return refusal(request, 403, "not_yours_title", "read_only")
    return visit, form


async def found(
    session: AsyncSession, console: Console, visit: SignedIn, key: str
) -> tuple[Directory, Activity | None]:
    """The directory, and that activity of it, when it is of a city of this account."""
    directory = await console.shelf.newest(session, in_rome(console.now()).date())
    one = directory.activity(key)
    return directory, one if one is not None and visit.account.covers(one.city) else None


def _address(activity: Activity) -> str:
    return f"/console/activities/{activity.key}"


def _stands(one: Listed) -> Text:
    until = one.enrolment.offered_until
    return activity_words.WAITS if until is None else activity_words.offered_until(until)
