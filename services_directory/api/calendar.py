"""`GET /calendar/TOKEN.ics`: the agenda of an office or a counter for calendar programs (RFC 5545, RFC 7986).

A calendar is copied to telephones and to other companies' servers, so it holds the least that keeps a counter's time:
when, which service, at which counter, and the code with which an operator finds the rest in the console. No name; and
no language, for with an hour and a place it tells where somebody comes from (Regulation (EU) 2016/679, articles 5, 9).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request, Response
from icalendar import Calendar, Event

from locales.dates import in_rome
from locales.languages import FALLBACK
from services_directory.desk.appointments import CANCELLED
from services_directory.desk.directory import Directory, Shelf
from services_directory.desk.feeds import Feed, change_token, contents, feed_of, is_news, note_reading
from services_directory.desk.timetable import Planned
from services_directory.store.session import Database

ASK_AGAIN = timedelta(minutes=15)
"""How often programs should look."""
MEDIA_TYPE = "text/calendar; charset=utf-8"
HEADERS = {
    # Asked for anew each time and kept by nobody on the way: a revoked address ends at once.
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def calendar_router(database: Database, shelf: Shelf, now: Callable[[], datetime]) -> APIRouter:
    """The address of every calendar; of unknown and of revoked secrets it says the same: nothing."""
    router = APIRouter(tags=["Calendars"])

    @router.get(
        "/calendar/{token}.ics",
        summary="The agenda of an office or a counter, for calendar programs",
        description="`token` is the secret of an address made in the console. Holds no personal data of visitors.",
        response_class=Response,
        responses={
            200: {"content": {"text/calendar": {}}},
            304: {"description": "Nothing has changed"},
            404: {"description": "No such calendar"},
        },
    )
    async def calendar(token: str, request: Request) -> Response:
        moment = now()
        async with database.reading() as session:
            feed = await feed_of(session, token)
            if feed is None:
                return Response(status_code=404, headers=HEADERS)
            directory = await shelf.newest(session, in_rome(moment).date())
            headers = {**HEADERS, "ETag": f'"{await change_token(session, directory, feed, moment)}"'}
            known = is_known(request.headers.get("if-none-match", ""), headers["ETag"])
            appointments = [] if known else await contents(session, feed, moment)
        if is_news(feed, moment):
            async with database.writing() as session:
                await note_reading(session, feed, moment)
        if known:
            return Response(status_code=304, headers=headers)
        # In a thread: a large office's calendar takes a second, and people are being answered meanwhile.
        content = await asyncio.to_thread(written, feed, directory, appointments)
        return Response(content, media_type=MEDIA_TYPE, headers=headers)

    return router


def is_known(asked: str, etag: str) -> bool:
    """Whether `If-None-Match` names that tag; a proxy that compresses makes it weak (RFC 9110, 13.1.2)."""
    return etag in {one.strip().removeprefix("W/") for one in asked.split(",")}


def written(feed: Feed, directory: Directory, appointments: Sequence[Planned]) -> bytes:
    """The calendar; names of offices, counters and services in Italian."""
    calendar = Calendar()
    calendar.add("prodid", "-//Sportello//Agenda//IT")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    office = directory.office(feed.office)
    labels = [label for label in (office.label if office else None, feed.counter_label) if label is not None]
    name = " – ".join(["Sportello", *(label.best(FALLBACK)[0] for label in labels)])
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Europe/Rome")
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", f"PT{ASK_AGAIN.seconds // 60}M")
    for one in appointments:
        calendar.add_component(_event(one, directory))
    return bytes(calendar.to_ical())


def _event(one: Planned, directory: Directory) -> Event:
    service = directory.service(one.service)
    event = Event()
    # The code stays when an appointment is moved: programs then move what they show.
    event.add("uid", f"{one.code}@sportello")
    event.add("sequence", max(0, one.events - 1))
    event.add("dtstamp", one.changed_at.astimezone(UTC))
    event.add("last-modified", one.changed_at.astimezone(UTC))
    # In UTC, which every program shows on its own clock; a calendar without zones cannot have a wrong one.
    event.add("dtstart", one.starts.astimezone(UTC))
    event.add("dtend", one.ends.astimezone(UTC))
    event.add("summary", " ".join([one.code, *([service.label.best(FALLBACK)[0]] if service else [])]))
    event.add("location", one.counter_label.best(FALLBACK)[0])
    event.add("status", "CANCELLED" if one.state in CANCELLED else "CONFIRMED")
    # Hides the rest where somebody shares the whole calendar with others.
    event.add("class", "PRIVATE")
    return event
