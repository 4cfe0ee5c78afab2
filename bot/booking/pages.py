"""`/book` and `/book/{city}`: an appointment in a few plain pages, without a chat, a script or an account."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from bot.booking.address import OWN, PATH, SECRET, Address, address_of
from bot.booking.desks import Desks
from bot.booking.forms import enough_today, form_of, too_many, wait_a_minute
from bot.booking.page import HEADERS, UNLISTED, Reader, ask, reader_of, show, told
from bot.booking.questions import Choice, Chosen, Question, still_open
from bot.booking.words import OFTEN_ENOUGH, UNKNOWN_CITY
from bot.finding.results import chat_in
from bot.limits import Limits
from flows.names import short_name
from flows.questions import UnreadableError
from locales.text import Text, Verbatim, _
from services_directory.booked import SlotTakenError, TooManyBookingsError, TooManyHoldsError
from services_directory.desk.bearers import own_appointment
from services_directory.desk.notices import mark_unreached
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
        """The next question; after the last one, the name. `hint` is what was wrong with the name."""
        async with self.database.reading() as session:
            desk = await self.desk(session, reader.typed.get("key", ""))
            city = desk.city(city_key)
            if city is None:
                return _which_city(desk, reader, UNKNOWN_CITY, status=404)
            chosen = await still_open(desk, city, reader.here)
        if isinstance(chosen, Question):
            return ask(reader, chosen, chat_in(city.key))
        return _ask_name(reader, city, chosen, hint)

    async def agree(self, reader: Reader, city_key: str, name: str, *, agreed: bool) -> Response:
        """Hold the time and sum up; once that is agreed to, book. Ask again when the time is gone.

        The secret that was typed along is the appointment's: whatever is sent twice is done once.
        """
        secret = reader.typed["key"]
        try:
            async with self.database.writing() as session:
                desk = await self.desk(session, secret)
                city = desk.city(city_key)
                chosen = await _all_chosen(desk, city, reader)
                # Asked after what is free: where the same form has just been answered, its time is taken, by ourselves.
                if await own_appointment(desk.bookings, desk.person) is not None:
                    return _receipt(reader, secret)
                if city is not None and chosen is not None and agreed:
                    await desk.book(chosen.slot, name, language=reader.language, key=RUN, party=chosen.party)
                    await mark_unreached(desk.session, desk.person, desk.now)  # no chat leads to them
                    return _receipt(reader, secret)
                if city is not None and chosen is not None:
                    await desk.hold(chosen.slot, language=reader.language, key=RUN, party=chosen.party)
                    return _sum_up(reader, city, chosen, name)
        except SlotTakenError:
            pass
        except (TooManyBookingsError, TooManyHoldsError):
            return told(reader, OFTEN_ENOUGH, reader.here.at(PATH), status=429)
        return await self.ask(reader, city_key)


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
        known = SECRET.fullmatch(typed.get("key", ""))
        secret = known[0] if known else secrets.token_urlsafe(24)
        reader = replace(reader, typed={**typed, "key": secret})
        agreed = known is not None and form.get("agreed") == "1"
        if agreed and await enough_today(limits, request):
            return told(reader, OFTEN_ENOUGH, reader.here.at(PATH), status=429)
        return await booking.agree(reader, city, name, agreed=agreed)

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


def _sum_up(reader: Reader, city: City, chosen: Chosen, name: str) -> Response:
    question = _(
        "{service}, {when}, for {name}. Shall I book it?",
        service=chosen.service.label,
        when=chosen.slot.starts,
        name=Verbatim(name),
    )
    return show(
        "confirm.html",
        reader,
        headers=UNLISTED,
        question=reader.say(question),
        action=reader.here.at(f"{PATH}/{city.key}"),
        fields={**reader.here.query, **reader.typed, "agreed": "1"},
        yes=reader.say(_("Yes, book it")),
        no=reader.say(_("No")),
        back=reader.here.until("slot"),
    )


def _receipt(reader: Reader, secret: str) -> Response:
    """The way to the page of the appointment."""
    page = reader.here.at(f"{OWN}/{secret}").having(language=reader.language, done="booked")
    return RedirectResponse(str(page), status_code=303, headers={**HEADERS, **UNLISTED})


async def _all_chosen(desk: PersonDesk, city: City | None, reader: Reader) -> Chosen | None:
    """What was chosen, when nothing is open any more."""
    if city is None:
        return None
    chosen = await still_open(desk, city, reader.here, for_other=reader.typed.get("for_other") == "1")
    return chosen if isinstance(chosen, Chosen) else None
