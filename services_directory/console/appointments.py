"""The appointments of a day: looked at, and kept up to date."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.console import staff_words
from services_directory.console.door import FLASH_COOKIE, Console, drop_cookie, signed_in
from services_directory.console.entrance import refusal, to_login
from services_directory.console.pages import HEADERS, VERSION, language_of, page, staff_language_of
from services_directory.console.tables import Asked, Told, agenda_values, page_values
from services_directory.desk.accounts import Account, SignedIn
from services_directory.desk.agenda import change_token
from services_directory.desk.directory import Directory


def add_appointments(router: APIRouter, console: Console) -> None:
    """The page of a day, and the part of it that is fetched again and again."""

    @router.get("/")
    async def day(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        now, language = console.now(), language_of(request)
        told = Told.read(request.cookies.get(FLASH_COOKIE))
        async with console.database.reading() as session:
            directory = await console.shelf.newest(session, in_rome(now).date())
            asked = Asked.read(request.query_params, visit.account, directory, now)
            etag = await _etag(session, directory, asked, visit.account, language, now)
            values = await agenda_values(session, directory, asked, visit.account, language, now)
            values |= await page_values(session, directory, asked, visit, language)
            flash = await told.sentence(session, directory, visit.account, language, now) if told else None
        staff = staff_language_of(request)
        values |= {"staff_language": staff, "s": staff_words.in_language(staff)}
        values["show_example"] = console.demo or values["has_examples"] or values["agenda"].example
        response = page("day.html", language, etag=etag, told=told, flash=flash, **values)
        if told is not None:
            drop_cookie(console, response, FLASH_COOKIE)
        return response

    @router.get("/appointments")
    async def appointments(request: Request) -> Response:
        visit = await admitted(console, request, as_fragment=True)
        if isinstance(visit, Response):
            return visit
        now, language = console.now(), language_of(request)
        async with console.database.reading() as session:
            directory = await console.shelf.newest(session, in_rome(now).date())
            asked = Asked.read(request.query_params, visit.account, directory, now)
            etag = await _etag(session, directory, asked, visit.account, language, now)
            if request.headers.get("if-none-match") == etag:
                return Response(status_code=304, headers={**HEADERS, "ETag": etag})
        return await fragment(console, request, visit, asked, Told.nothing())


async def admitted(console: Console, request: Request, *, as_fragment: bool = False) -> SignedIn | Response:
    """Who is signed in and may see people's appointments; else the answer that says what to do."""
    visit = await signed_in(console, request)
    if visit is None:
        # A script would follow a redirect and paste the login page into the table.
        return Response(status_code=401, headers=HEADERS) if as_fragment else to_login()
    if not visit.account.sees_appointments:
        return refusal(request, 403, "not_yours_title", "no_appointments_for_role", leaving=visit.csrf)
    return visit


async def fragment(console: Console, request: Request, visit: SignedIn, asked: Asked, told: Told) -> Response:
    """The tables as they are now, and what there is to say about the deed."""
    now, language = console.now(), language_of(request)
    async with console.database.reading() as session:
        directory = await console.shelf.newest(session, in_rome(now).date())
        etag = await _etag(session, directory, asked, visit.account, language, now)
        values = await agenda_values(session, directory, asked, visit.account, language, now)
        flash = await told.sentence(session, directory, visit.account, language, now)
    response = page("agenda.html", language, status=409 if told.refused else 200, told=told, flash=flash, **values)
    response.headers["ETag"] = etag
    return response


async def _etag(
    session: AsyncSession, directory: Directory, asked: Asked, account: Account, language: str, now: datetime
) -> str:
    token = await change_token(session, directory, asked.view, now)
    return f'"{token}-{VERSION}-{language}-{account.key}-{account.role}"'
