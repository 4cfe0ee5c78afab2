"""`/book` and `/book/{city}`: an appointment in a few plain pages, without a chat, a script or an account."""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from bot.booking.address import OWN, PATH, SECRET, Address, address_of
from bot.booking.desks import Desks
from bot.booking.forms import form_of, too_many, wait_a_minute
from bot.booking.page import HEADERS, UNLISTED, Reader, ask, reader_of, show
from bot.booking.questions import Choice, Chosen, Question, still_open
from bot.booking.words import UNKNOWN_CITY
from bot.finding.results import chat_in
from bot.limits import Limits
from flows.appointments import short_name
from flows.questions import UnreadableError
from locales.text import Text, Verbatim, _
from services_directory.booked import SlotTakenError
from services_directory.desk.bearers import own_appointment
from services_directory.desk.person_desk import PersonDesk
from services_directory.facts import City

STYLE = Path(__file__).parent / "static" / "book.css"
TYPED = ("name", "for_other", "key")
LONGEST_TYPED = 200
RUN = "page"
"""What is booked once for each secret."""


class Booking:
    """The questions, and the deed at their end."""

    def __init__(self, desks: Desks) -> None:
        self.database, self.desk = desks.database, desks.desk

    async def ask(self, reader: Reader, city_key: str, hint: Text | None = None) -> Response:
        """The next question; after the last one the name, and after the name what would be booked."""
        async with self.database.reading() as session:
            desk = await self.desk(session)
            city = desk.city(city_key)
            if city is None:
                return _which_city(desk, reader, UNKNOWN_CITY, status=404)
            open_ = await still_open(desk, city, reader.here)
        if isinstance(open_, Question):
            return ask(reader, open_, chat_in(city.key))
        if "name" not in reader.typed or hint is not None:
            return _ask_name(reader, city, open_, hint)
        return _sum_up(reader, city, open_)

    async def book(self, reader: Reader, city_key: str, secret: str, name: str) -> Response:
        """Book it, once for that secret, and lead to the secret's page; ask again when the time is gone."""
        gone = True
        with suppress(SlotTakenError):
            async with self.database.writing() as session:
                desk = await self.desk(session, secret)
                gone = not await self._booked(desk, reader, city_key, name)
        if gone:
            return await self.ask(reader, city_key)
        page = reader.here.at(f"{OWN}/{secret}").having(language=reader.language, done="booked")
        return RedirectResponse(str(page), status_code=303, headers=HEADERS)

    async def _booked(self, desk: PersonDesk, reader: Reader, city_key: str, name: str) -> bool:
        """Whether it is booked now, or was before: sent twice, a form is one appointment. Raises SlotTakenError."""
        if await own_appointment(desk.bookings, desk.person) is not None:
            return True
        city = desk.city(city_key)
        chosen = await still_open(desk, city, reader.here) if city else None
        if not isinstance(chosen, Chosen):
            return False
        await desk.book(chosen.slot, name, language=reader.language, key=RUN)
        return True


def booking_router(desks: Desks, limits: Limits) -> APIRouter:
    """The pages on which one books."""
    router = APIRouter(prefix=PATH, include_in_schema=False)
    booking = Booking(desks)

    @router.get("")
    async def cities(request: Request) -> Response:
        reader = reader_of(request, address_of(PATH, request.query_params))
        async with desks.database.reading() as session:
            return _which_city(await booking.desk(session), reader)

    @router.get("/static/book.css")
    async def style() -> Response:
        # Asked for again each time (304 when unchanged): a page never has the style of another release.
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return FileResponse(STYLE, media_type="text/css", headers=headers)

    @router.get("/{city}")
    async def questions(city: str, request: Request) -> Response:
        city = city.lower()
        return await booking.ask(reader_of(request, address_of(f"{PATH}/{city}", request.query_params)), city)

    @router.post("/{city}")
    async def answered(city: str, request: Request) -> Response:
        city = city.lower()
        form = await form_of(request)
        typed = {name: form[name][:LONGEST_TYPED] for name in TYPED if name in form}
        reader = reader_of(request, address_of(f"{PATH}/{city}", form), typed)
        if await too_many(limits, request):
            return wait_a_minute(reader, {**form, **typed})
        try:
            name = short_name(typed.get("name", ""))
        except UnreadableError as unreadable:
            return await booking.ask(reader, city, unreadable.hint if "name" in typed else None)
        secret = typed.get("key", "")
        if form.get("agreed") == "1" and SECRET.fullmatch(secret):
            return await booking.book(reader, city, secret, name)
        return await booking.ask(reader, city)

    return router


def _which_city(desk: PersonDesk, reader: Reader, note: Text | None = None, *, status: int = 200) -> Response:
    """The cities in which something can be booked."""
    here = Address(PATH, reader.here.query)
    cities = [city for city in desk.directory.cities if desk.directory.bookable(city.key)]
    choices = tuple(Choice(city.label, city.key, here.at(f"{PATH}/{city.key}")) for city in cities)
    return ask(reader, Question(_("City"), "", choices, note), chat_in(None), status=status)


def _ask_name(reader: Reader, city: City, chosen: Chosen, hint: Text | None) -> Response:
    return show(
        "name.html",
        reader,
        status=200 if hint is None else 422,
        chosen=reader.say(_("{service}, {when}", service=chosen.service.label, when=chosen.slot.starts)),
        hint=reader.say(hint) if hint is not None else "",
        action=reader.here.at(f"{PATH}/{city.key}"),
        fields=reader.here.query,
        back=reader.here.until("slot"),
    )


def _sum_up(reader: Reader, city: City, chosen: Chosen) -> Response:
    """What would be booked, with the secret that will be the appointment's: sent twice, it is booked once."""
    secret = reader.typed.get("key", "")
    secret = secret if SECRET.fullmatch(secret) else secrets.token_urlsafe(24)
    name = short_name(reader.typed["name"])
    question = _(
        "{service}, {when}, for {name}. Shall I book it?",
        service=chosen.service.label,
        when=chosen.slot.starts,
        name=Verbatim(name),
    )
    typed = {**reader.typed, "key": secret}
    return show(
        "confirm.html",
        Reader(reader.here, reader.language, typed),
        headers=UNLISTED,
        question=reader.say(question),
        action=reader.here.at(f"{PATH}/{city.key}"),
        fields={**reader.here.query, **typed, "agreed": "1"},
        yes=reader.say(_("Yes, book it")),
        no=reader.say(_("No")),
        back=reader.here.until("slot"),
    )
