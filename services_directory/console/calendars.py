"""The page of the secret addresses of calendars: listed, made and shown once, revoked with one press."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from locales.rendering import render
from services_directory.console.appointments import admitted
from services_directory.console.catalogue import authors
from services_directory.console.directory import shown, told_at
from services_directory.console.door import Console
from services_directory.console.entrance import refusal
from services_directory.console.offices import came_to_run, choices, label_of, place_of
from services_directory.console.pages import staff_language_of
from services_directory.desk.accounts import SignedIn
from services_directory.desk.feeds import FeedRefusedError, feed, feeds, make_feed, revoke_feed

ADDRESS = "/console/calendars"


def add_calendars(router: APIRouter, console: Console) -> None:
    """The list, and its two buttons."""

    @router.get("/calendars")
    async def calendars(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        return await _page(console, request, visit)

    @router.post("/calendars")
    async def make(request: Request) -> Response:
        came = await came_to_run(console, request)
        if isinstance(came, Response):
            return came
        visit, form = came
        try:
            token = await _make(console, visit, form)
        except FeedRefusedError:
            return await _page(console, request, visit, refused=True)
        # Not after a redirect: the secret would have to be kept somewhere meanwhile.
        return await _page(console, request, visit, address=_address(console, request, token))

    @router.post("/calendars/{number}/revoke")
    async def revoke(number: int, request: Request) -> Response:
        came = await came_to_run(console, request)
        if isinstance(came, Response):
            return came
        visit, _form = came
        now = console.now()
        async with console.database.writing() as session:
            directory = await console.shelf.newest(session, in_rome(now).date())
            found = await feed(session, number)
            if found is None or place_of(found.office, visit.account, directory) is None:
                return refusal(request, 404, "not_found_title", "not_found")
            await revoke_feed(session, number, now)
        return told_at(console, ADDRESS, "revoked_now")


async def _make(console: Console, visit: SignedIn, form: Mapping[str, str]) -> str:
    now = console.now()
    async with console.database.writing() as session:
        directory = await console.shelf.newest(session, in_rome(now).date())
        place = place_of(form.get("place", ""), visit.account, directory)
        if place is None:
            raise FeedRefusedError
        return await make_feed(session, place, by=visit.account.author, now=now)


async def _page(
    console: Console, request: Request, visit: SignedIn, *, address: str | None = None, refused: bool = False
) -> Response:
    async with console.database.reading() as session:
        values = await _values(console, session, visit, staff_language_of(request))
    values |= {"address": address, "refused": refused}
    return shown(console, request, visit, "calendars.html", values, status=422 if refused else 200)


async def _values(console: Console, session: AsyncSession, visit: SignedIn, language: str) -> dict[str, Any]:
    now = console.now()
    directory = await console.shelf.newest(session, in_rome(now).date())
    found = await feeds(session, visit.account.city)
    names = await authors(session, [one.made_by for one in found])
    told = [
        {
            "feed": one,
            "office": label_of(directory, office, visit.account, language),
            "counter": render(one.counter_label, language) if one.counter_label else None,
            "who": names[one.made_by],
        }
        for one in found
        if (office := directory.office(one.office)) is not None
    ]
    return {"feeds": told, "choices": await choices(session, directory, visit.account, language, now)}


def _address(console: Console, request: Request, token: str) -> str:
    """The whole address; with TLS wherever the console itself is behind it, whatever the proxy says."""
    scheme = "https" if console.secure_cookies else request.url.scheme
    return f"{scheme}://{request.url.netloc}/calendar/{token}.ics"
