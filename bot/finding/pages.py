"""`/find` and `/find/{city}`: the directory searched on a plain page, in every language, without script if need be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.ext.asyncio import AsyncSession

from bot.finding import browsing, results
from bot.finding.asked import LAST_PAGE, PATH, Asked, asked_in
from bot.finding.words import audiences_in, in_language
from flows.wording import no_shop
from locales.dates import in_rome
from locales.languages import SPOKEN
from locales.rendering import is_rtl, render
from services_directory.console import pages
from services_directory.desk.directory import Directory, Shelf
from services_directory.desk.enrolments import Enrolments
from services_directory.desk.search import Hit, index_of
from services_directory.facts import Activity
from services_directory.store.session import Database

HERE = Path(__file__).parent
FILES = {"find.css": "text/css", "find.js": "text/javascript"}
ON_A_PAGE = 10
HEADERS = pages.HEADERS | {
    # Stricter than the console's: no fonts, no pictures written into the page, nothing fetched by the script.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
}
"""Kept nowhere, as the console's pages: who uses the computer next does not see what was looked for."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def finding_router(database: Database, shelf: Shelf, now: Callable[[], datetime]) -> APIRouter:
    """The page, for the whole network and for each city, and its two files."""
    router = APIRouter(prefix=PATH, include_in_schema=False)

    @router.get("")
    async def anywhere(request: Request) -> Response:
        return await answer(request, None)

    @router.get("/static/{name}")
    async def static(name: str) -> Response:
        if name not in FILES:
            return Response(status_code=404)
        # Asked for again each time (304 when unchanged): a page never has the style of another release.
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return FileResponse(HERE / "static" / name, media_type=FILES[name], headers=headers)

    @router.get("/{city}")
    async def in_city(city: str, request: Request) -> Response:
        return await answer(request, city.lower())

    async def answer(request: Request, city: str | None) -> Response:
        moment = in_rome(now())
        async with database.reading() as session:
            directory = await shelf.newest(session, moment.date())
            asked = asked_in(request.query_params, directory, city)
            hits = await _hits(session, directory, asked, moment) if asked.something else []
        language = asked.language or pages.language_of(request)
        if city is not None and asked.wanted.city is None:
            return _page("unknown_city.html", asked, language, directory, status=404)
        return _page("find.html", asked, language, directory, **_shown(asked, language, directory, hits, moment))

    return router


async def _hits(session: AsyncSession, directory: Directory, asked: Asked, moment: datetime) -> list[Hit]:
    """Those of the page, and one more where there is another page; with the seats that courses have left now."""
    first = (asked.page - 1) * ON_A_PAGE
    hits = index_of(directory).find(asked.wanted, moment, first + ON_A_PAGE + 1)[first:]
    activities = [hit.item for hit in hits if isinstance(hit.item, Activity)]
    seats = await Enrolments(session, directory, moment).with_seats(activities) if activities else []
    fresh = {activity.key: activity for activity in seats}
    return [replace(hit, item=fresh.get(hit.item.key, hit.item)) for hit in hits]


def _shown(asked: Asked, language: str, directory: Directory, hits: Sequence[Hit], moment: datetime) -> dict[str, Any]:
    """The results; where there are none, the one-stop shops instead."""
    city = directory.city(asked.wanted.city) if asked.wanted.city else None
    shops = results.shops_of(city, directory, moment.date(), language) if city and not hits else []
    more = len(hits) > ON_A_PAGE and asked.page < LAST_PAGE
    return {
        "heading": results.in_city(city, language) if city else in_language(language)["all_cities"],
        "found": [results.told(hit, directory, moment.date(), language) for hit in hits[:ON_A_PAGE]],
        "first": (asked.page - 1) * ON_A_PAGE + 1,
        "further": asked.further().address if more else "",
        "shops": shops,
        "no_shop": render(no_shop(city), language) if city and not hits and not shops else "",
        "groups": browsing.topics_on_offer(directory, asked.wanted.city, language),
        "spoken_there": browsing.spoken_on_offer(directory, language),
        "audiences": audiences_in(language),
    }


def _page(
    name: str,
    asked: Asked,
    language: str,
    directory: Directory,
    *,
    status: int = 200,
    **values: Any,  # noqa: ANN401, a template takes anything
) -> HTMLResponse:
    html = _TEMPLATES.get_template(name).render(
        w=in_language(language),
        language=language,
        direction="rtl" if is_rtl(language) else "ltr",
        spoken_here=SPOKEN,
        asked=asked,
        cities=browsing.cities_on_offer(directory, language),
        chat=results.chat_in(asked.wanted.city),
        **values,
    )
    return HTMLResponse(html, status_code=status, headers=HEADERS)
