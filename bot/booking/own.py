"""`/book/appointment/{secret}`: one's own appointment, seen, moved and cancelled by whoever has its address."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from bot.booking.address import OWN, PATH, SECRET, Address, address_of
from bot.booking.desks import Desks
from bot.booking.forms import form_of, too_many, wait_a_minute
from bot.booking.page import HEADERS, UNLISTED, Reader, ask, reader_of, show, told
from bot.booking.questions import Question, which_time
from bot.booking.receipt import done_in_words, qr_of, receipt_of
from bot.booking.words import ASKING_HERE, MOVED_OFTEN, UNKNOWN_APPOINTMENT
from bot.finding.results import chat_in
from bot.limits import Limits
from flows.calendar import calendar_entry
from flows.notices import cancelled_by_office
from locales.text import Text, Value, _
from services_directory.booked import Appointment, AppointmentState, Party, SlotTakenError, TooManyBookingsError
from services_directory.desk.appointments import CannotChangeError
from services_directory.desk.bearers import own_appointment
from services_directory.desk.person_desk import PersonDesk

DELAY = timedelta(hours=2)
"""How long after its start an appointment is still shown to somebody who is late."""


class Own:
    """One appointment and what its owner may do with it."""

    def __init__(self, desks: Desks, site: str | None) -> None:
        self.database, self.desk, self.now, self.site = desks.database, desks.desk, desks.now, site

    async def find(self, secret: str) -> Appointment | None:
        """The last appointment of whoever has that secret."""
        if not SECRET.fullmatch(secret):
            return None
        async with self.database.reading() as session:
            desk = await self.desk(session, secret)
            return await own_appointment(desk.bookings, desk.person)

    def show(self, reader: Reader, secret: str, appointment: Appointment | None, done: str, site: str) -> Response:
        """The appointment, or what became of it."""
        if appointment is None:
            return told(reader, UNKNOWN_APPOINTMENT, reader.here.at(PATH), status=404)
        if not self.is_open(appointment):
            return told(reader, _became(appointment), reader.here.at(f"{PATH}/{appointment.service.city}"))
        page = Address(f"{OWN}/{secret}")
        return show(
            "appointment.html",
            reader,
            headers=UNLISTED,
            first=reader.say(done_in_words(appointment, done)),
            receipt=receipt_of(appointment, reader),
            qr=qr_of(appointment.code),
            own=f"{self.site or site}{page}",
            calendar=f"{page}/calendar.ics",
            move=reader.here.at(f"{page}/move"),
            cancel=reader.here.at(f"{page}/cancel"),
            may_change=appointment.state == AppointmentState.BOOKED and appointment.starts > self.now(),
        )

    def is_open(self, appointment: Appointment) -> bool:
        """Whether it is still to come."""
        is_open = appointment.state in {AppointmentState.BOOKED, AppointmentState.ARRIVED}
        return is_open and appointment.starts + DELAY > self.now()

    async def ask_move(self, reader: Reader, secret: str) -> Response:
        """To which day and time, then whether it is meant."""
        own = reader.here.at(f"{OWN}/{secret}")
        async with self.database.reading() as session:
            desk = await self.desk(session, secret)
            appointment = await _coming(desk)
            if appointment is None:
                return _go(own)
            slot = await which_time(desk, appointment.service, _party(appointment), reader.here, own)
        if isinstance(slot, Question):
            return ask(reader, slot, chat_in(appointment.service.city))
        question = _("Move it to {when}?", when=slot.starts)
        return _confirm(reader, own, question, _("Yes, move it"), _("No, leave it"))

    async def move(self, reader: Reader, secret: str) -> Response:
        """Move it, once; ask again when the time is gone, and until then leave it where it was."""
        done = ""
        try:
            async with self.database.writing() as session:
                done = await self._moved(await self.desk(session, secret), reader.here)
        except TooManyBookingsError:
            return told(reader, MOVED_OFTEN, reader.here.at(f"{OWN}/{secret}"), status=429)
        except (SlotTakenError, CannotChangeError):
            pass
        if not done:
            return await self.ask_move(reader, secret)
        return _go(reader.here.at(f"{OWN}/{secret}").having(done=done))

    async def _moved(self, desk: PersonDesk, here: Address) -> str:
        """`moved` when it is at that time now, or was before; `asked` when another calendar is asked; else nothing.

        Raises what `move` of the desk does.
        """
        appointment = await _coming(desk)
        if appointment is None:
            return ""
        if f"{appointment.starts:%Y-%m-%dT%H:%M}" == here["slot"]:
            return "moved"
        slot = await which_time(desk, appointment.service, _party(appointment), here, None)
        if isinstance(slot, Question):
            return ""
        stands = await desk.move(appointment, slot)
        return "moved" if stands.starts == slot.starts else "asked"

    async def ask_cancel(self, reader: Reader, secret: str) -> Response:
        """Whether it is meant."""
        own = reader.here.at(f"{OWN}/{secret}")
        appointment = await self.find(secret)
        if appointment is None or not self.is_open(appointment):
            return _go(own)
        question = _(
            "{service}, {when}. Do you want to cancel it?", service=appointment.service.label, when=appointment.starts
        )
        return _confirm(reader, own, question, _("Yes, cancel it"), _("No, keep it"))

    async def cancel(self, reader: Reader, secret: str) -> Response:
        """Cancel it; its page then says so. Sent twice, it is cancelled once."""
        with suppress(CannotChangeError):
            async with self.database.writing() as session:
                desk = await self.desk(session, secret)
                if (appointment := await _coming(desk)) is not None:
                    await desk.cancel(appointment)
        return _go(reader.here.at(f"{OWN}/{secret}"))


def own_router(desks: Desks, limits: Limits, site: str | None) -> APIRouter:
    """The pages of one appointment. `site` is where people reach us; None: wherever the browser did."""
    router = APIRouter(prefix=f"{OWN}/{{secret}}", include_in_schema=False)
    own = Own(desks, site)

    @router.get("")
    async def see(secret: str, request: Request) -> Response:
        reader = reader_of(request, address_of(request.url.path, request.query_params))
        done, site = request.query_params.get("done", ""), str(request.base_url).rstrip("/")
        return own.show(reader, secret, await own.find(secret), done, site)

    @router.get("/calendar.ics")
    async def calendar(secret: str) -> Response:
        appointment = await own.find(secret)
        if appointment is None or not own.is_open(appointment):
            return Response(status_code=404, headers=HEADERS)
        name = {"Content-Disposition": f'attachment; filename="{appointment.code}.ics"'}
        entry = calendar_entry(appointment, own.now())
        return Response(entry, media_type="text/calendar", headers={**HEADERS, **UNLISTED, **name})

    @router.get("/move")
    async def where_to(secret: str, request: Request) -> Response:
        return await own.ask_move(reader_of(request, address_of(request.url.path, request.query_params)), secret)

    @router.post("/move")
    async def move(secret: str, request: Request) -> Response:
        form = await form_of(request)
        reader = reader_of(request, address_of(request.url.path, form))
        if await too_many(limits, request):
            return wait_a_minute(reader, form)
        return await own.move(reader, secret)

    @router.get("/cancel")
    async def really(secret: str, request: Request) -> Response:
        return await own.ask_cancel(reader_of(request, address_of(request.url.path, request.query_params)), secret)

    @router.post("/cancel")
    async def cancel(secret: str, request: Request) -> Response:
        form = await form_of(request)
        reader = reader_of(request, address_of(request.url.path, form))
        if await too_many(limits, request):
            return wait_a_minute(reader, form)
        return await own.cancel(reader, secret)

    return router


async def _coming(desk: PersonDesk) -> Appointment | None:
    """The person's appointment, if it is one that is still to come."""
    appointment = await own_appointment(desk.bookings, desk.person)
    return None if appointment is None else await desk.my_appointments.find(appointment.code)


def _party(appointment: Appointment) -> Party:
    """As they are, its own time counting as free."""
    return Party(appointment.people, appointment.for_other, appointment.spoken, appointment.code)


def _go(page: Address) -> Response:
    return RedirectResponse(str(page), status_code=303, headers={**HEADERS, **UNLISTED})


def _confirm(reader: Reader, own: Address, question: Text, yes: Text, no: Text) -> Response:
    return show(
        "confirm.html",
        reader,
        headers=UNLISTED,
        question=reader.say(question),
        action=reader.here.at(reader.here.path),
        fields=reader.here.query,
        yes=reader.say(yes),
        no=reader.say(no),
        back=own,
    )


def _became(appointment: Appointment) -> Value:
    if appointment.state == AppointmentState.HELD:
        return ASKING_HERE
    if appointment.state == AppointmentState.CANCELLED_BY_PERSON:
        return _("Cancelled. Thank you for telling us.")
    if appointment.state == AppointmentState.CANCELLED_BY_OFFICE:
        return cancelled_by_office(appointment).text
    return _("You have no appointment with us.")
