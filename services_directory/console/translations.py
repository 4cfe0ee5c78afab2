"""The page of translations: how far they are, and a file for translators out and in again."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from locales.languages import SPOKEN
from services_directory.console.catalogue import coverage, may_edit, may_see
from services_directory.console.directory import admitted, came_with_file, cities_by_key, shown, told_at
from services_directory.console.door import Console
from services_directory.console.entrance import refusal
from services_directory.console.pages import attachment
from services_directory.desk.accounts import SignedIn
from services_directory.desk.editing import Editing
from services_directory.desk.revisions import current_of
from services_directory.exchange.translators import TranslationsError, from_po, to_po

ADDRESS = "/console/directory/translations"


def add_translations(router: APIRouter, console: Console) -> None:
    """The table, the file, and its way back."""
    _add_table(router, console)
    _add_files(router, console)


def _add_table(router: APIRouter, console: Console) -> None:
    @router.get("/directory/translations")
    async def translations(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        async with console.database.reading() as session:
            found = [one for one in (await current_of(session)).values() if may_see(one, visit.account)]
            cities = await cities_by_key(console, session, request)
        table = sorted(coverage(found).items(), key=lambda row: row[0] or "")
        return shown(console, request, visit, "coverage.html", {"table": table, "cities": cities, "spoken": SPOKEN})


def _add_files(router: APIRouter, console: Console) -> None:
    @router.get("/directory/translations/{language}.po")
    async def download(request: Request, language: str) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        if language not in SPOKEN:
            return refusal(request, 404, "not_found_title", "not_found")
        async with console.database.reading() as session:
            found = (await current_of(session)).values()
            mine = [one.record for one in found if may_edit(one.city, visit.account) and not one.record.retired]
        name = f"sportello-{visit.account.city or 'all'}-{language}.po"
        return attachment(to_po(mine, language), name, "text/x-gettext-translation")

    @router.post("/directory/translations")
    async def upload(request: Request) -> Response:
        brought = await came_with_file(console, request, most_fields=4)
        if isinstance(brought, Response):
            return brought
        language = brought.form.get("language", "")
        if language not in SPOKEN:
            return refusal(request, 403, "not_yours_title", "read_only")
        return told_at(console, ADDRESS, await _published(console, brought.visit, language, brought.content))


async def _published(console: Console, visit: SignedIn, language: str, content: bytes) -> str:
    """Publish what a file brings to what this account may edit; the word that says how it went."""
    async with console.database.writing() as session:
        found = (await current_of(session)).values()
        mine = [one.record for one in found if may_edit(one.city, visit.account)]
        try:
            brought = from_po(content, mine, language)
        except TranslationsError:
            return "no_translations"
        editing = Editing(session, visit.account.author, console.now())
        await editing.publish_all(brought.changed, note=f"translations: {language}")
    return "uploaded_in_part" if brought.behind else "uploaded"
