"""The pages of the directory: find, what waits, look back; and what all its pages have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from types import SimpleNamespace
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import UploadFile

from locales.dates import in_rome
from locales.rendering import render
from services_directory.console import staff_words
from services_directory.console.catalogue import (
    Asked,
    authors,
    label_of,
    lines,
    may_edit,
    may_see,
)
from services_directory.console.door import (
    FLASH_COOKIE,
    FLASH_SECONDS,
    LONGEST_FILE,
    LONGEST_RECORD,
    Console,
    ForgedFormError,
    drop_cookie,
    from_our_page,
    put_cookie,
    read_form,
    signed_in,
)
from services_directory.console.entrance import refusal, to_login
from services_directory.console.pages import page, staff_language_of
from services_directory.desk.accounts import SignedIn
from services_directory.desk.merging import changes
from services_directory.desk.revisions import Name, Revision, current_of, history, open_ones


def add_directory(router: APIRouter, console: Console) -> None:
    """The lists; a record's own page is in `record_form`, what is pressed on them in `edits`."""
    _add_lists(router, console)
    _add_history(router, console)


def _add_lists(router: APIRouter, console: Console) -> None:
    @router.get("/directory")
    async def directory(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        asked = Asked.read(request.query_params, visit.account)
        async with console.database.reading() as session:
            found, more = await lines(session, asked, visit.account, console.now())
            cities = await cities_by_key(console, session, request)
        values = {"asked": asked, "lines": found, "more": more, "cities": cities}
        return shown(console, request, visit, "directory.html", values)

    @router.get("/directory/waiting")
    async def waiting(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        async with console.database.reading() as session:
            found = [one for one in await open_ones(session) if may_see(one, visit.account)]
            names = await authors(session, [one.by for one in found])
            before = await current_of(session, [one.name for one in found])
        told = [
            {
                "version": one,
                "label": label_of(one.document),
                "who": names[one.by],
                "changes": list(changes(before[one.name].document if one.name in before else {}, one.document)),
                "may": may_edit(one.city, visit.account),
            }
            for one in found
        ]
        return shown(console, request, visit, "waiting.html", {"waiting": told})


def _add_history(router: APIRouter, console: Console) -> None:
    @router.get("/directory/{kind}/{key}/history")
    async def record_history(kind: str, key: str, request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        async with console.database.reading() as session:
            versions = await history(session, Name(kind, key))
            if not versions or not may_see(versions[0], visit.account):
                return refusal(request, 404, "not_found_title", "not_found")
            names = await authors(session, [one.by for one in versions])
        values = {
            "label": label_of(versions[0].document),
            "name": versions[0].name,
            "may": may_edit(versions[0].city, visit.account),
            "versions": list(_told(versions, names)),
        }
        return shown(console, request, visit, "history.html", values)


async def admitted(console: Console, request: Request) -> SignedIn | Response:
    """Who is signed in; else the way to the door."""
    return await signed_in(console, request) or to_login()


async def came_to_edit(console: Console, request: Request) -> tuple[SignedIn, Mapping[str, str]] | Response:
    """Who may edit, and the form they sent; else the answer that says why not."""
    visit = await admitted(console, request)
    if isinstance(visit, Response):
        return visit
    try:
        form = await read_form(request, visit.csrf, longest=LONGEST_RECORD)
    except ForgedFormError:
        return refusal(request, 403, "refused_title", "forged")
    if not visit.account.edits_directory:
        return refusal(request, 403, "not_yours_title", "read_only")
    return visit, form


@dataclass(frozen=True)
class Brought:
    """A file that an editor has sent, and the fields of its form."""

    visit: SignedIn
    form: Mapping[str, str]
    name: str
    content: bytes


async def came_with_file(console: Console, request: Request, *, most_fields: int) -> Brought | Response:
    """Who may edit, and the file that they sent; else the answer that says why not."""
    visit = await admitted(console, request)
    if isinstance(visit, Response):
        return visit
    if int(request.headers.get("content-length") or LONGEST_FILE + 1) > LONGEST_FILE:
        return refusal(request, 413, "refused_title", "too_large")
    async with request.form(max_files=1, max_fields=most_fields) as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        if not from_our_page(request) or not compare_digest(fields.get("csrf", "").encode(), visit.csrf.encode()):
            return refusal(request, 403, "refused_title", "forged")
        file = form.get("file")
        if not visit.account.edits_directory or not isinstance(file, UploadFile):
            return refusal(request, 403, "not_yours_title", "read_only")
        return Brought(visit, fields, file.filename or "", await file.read())


def shown(
    console: Console,
    request: Request,
    visit: SignedIn,
    name: str,
    values: Mapping[str, Any],
    *,
    status: int = 200,
) -> Response:
    """A page of the directory, with what was said by the press before it."""
    language = staff_language_of(request)
    told = request.cookies.get(FLASH_COOKIE, "")
    response: Response = page(
        name,
        language,
        status=status,
        s=SimpleNamespace(**staff_words.in_language(language)),  # of a dict, `s.copy` would be its method
        labels=staff_words.labels(language),
        csrf=visit.csrf,
        account=visit.account,
        flash=staff_words.in_language(language).get(told),
        show=lambda value: render(value, language),
        **values,
    )
    if told:
        drop_cookie(console, response, FLASH_COOKIE)
    return response


def to(address: str) -> Response:
    """Where a press leads."""
    return RedirectResponse(address, 303)


def told_at(console: Console, address: str, word: str) -> Response:
    """Lead there, and say that word's sentence there."""
    response = to(address if address.startswith("/console/") else "/console/directory")
    put_cookie(console, response, FLASH_COOKIE, word, FLASH_SECONDS)
    return response


async def version_to_show(session: AsyncSession, name: Name, visit: SignedIn) -> Revision | None:
    """The editor's own draft while it is the newest, else what is published, else the newest version of all."""
    versions = await history(session, name)
    mine = visit.account.author
    kept = (one for one in versions if one.stage == "published" or (one.stage == "draft" and one.by == mine))
    return next(kept, versions[0] if versions else None)


def _told(versions: Sequence[Revision], names: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    by_number = {one.number: one for one in versions}
    for one in versions:
        before = by_number.get(one.based_on or 0) or by_number.get(one.number - 1)
        yield {
            "version": one,
            "who": names[one.by],
            "changes": list(changes(before.document, one.document)) if before else [],
        }


async def cities_by_key(console: Console, session: AsyncSession, request: Request) -> dict[str, str]:
    """The names of the cities, in the language of the page."""
    found = await console.shelf.newest(session, in_rome(console.now()).date())
    return {city.key: render(city.label, staff_language_of(request)) for city in found.cities}
