"""The buttons: one deed each, told in a sentence, and taken back with one more button."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from locales.dates import in_rome
from services_directory.booked import SlotTakenError
from services_directory.console.appointments import admitted, fragment
from services_directory.console.door import FLASH_COOKIE, FLASH_SECONDS, Console, ForgedFormError, put_cookie, read_form
from services_directory.console.entrance import refusal
from services_directory.console.pages import HEADERS
from services_directory.console.rows import VERBS
from services_directory.console.tables import Asked, Told
from services_directory.desk.agenda import can_undo, city_of
from services_directory.desk.appointments import CannotChangeError
from services_directory.desk.bookings import Bookings

FRAGMENT_HEADER = "sportello-fragment"
"""Sent by our script: it wants the changed tables, not a redirect. Other sites cannot send it."""


def add_deeds(router: APIRouter, console: Console) -> None:
    """The address of every button."""

    @router.post("/appointments/{code}/{verb}")
    async def deed(code: str, verb: str, request: Request) -> Response:
        as_fragment = FRAGMENT_HEADER in request.headers
        visit = await admitted(console, request, as_fragment=as_fragment)
        if isinstance(visit, Response):
            return visit
        try:
            form = await read_form(request, visit.csrf)
        except ForgedFormError:
            return refusal(request, 403, "refused_title", "forged")
        if not visit.account.runs_appointments:
            return refusal(request, 403, "not_yours_title", "read_only")
        now = console.now()
        async with console.database.writing() as session:
            directory = await console.shelf.newest(session, in_rome(now).date())
            city = await city_of(session, code) if verb in VERBS else None
            if city is None or not visit.account.covers(city):
                return refusal(request, 404, "not_found_title", "not_found")
            bookings = Bookings(session, directory, now)
            told = Told(await _do(bookings, code, verb, by=visit.account.author), code)
        asked = Asked.read(form, visit.account, directory, now)
        if as_fragment:
            return await fragment(console, request, visit, asked, told)
        response = RedirectResponse(f"{asked.address()}#appointment-{code}", 303, headers=HEADERS)
        put_cookie(console, response, FLASH_COOKIE, told.cookie, FLASH_SECONDS)
        return response


async def _do(bookings: Bookings, code: str, verb: str, *, by: str) -> str:
    """Do it, and say which word of `words.outcome` tells how it went."""
    if verb == "undo" and not await can_undo(bookings.session, code, bookings.now):
        return "too_late"
    deeds = {
        "arrive": bookings.arrive,
        "serve": bookings.serve,
        "miss": bookings.miss,
        "cancel": bookings.cancel,
        "undo": bookings.undo,
    }
    try:
        await deeds[verb](code, by=by)
    except CannotChangeError:
        return "changed"
    except SlotTakenError:
        return "taken"
    return verb
