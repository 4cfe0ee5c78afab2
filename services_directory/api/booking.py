"""Appointments over HTTP: what the chat and the booking pages do, for other programs."""

# No `from __future__ import annotations`: FastAPI could not read annotations that name what a function was given.

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import ROME
from services_directory.api.booking_callers import Caller, Callers, IdempotencyKey
from services_directory.api.booking_refusals import known, refusals_told
from services_directory.api.booking_shapes import (
    MOST_PEOPLE,
    AppointmentAsked,
    AppointmentTold,
    Code,
    DayTold,
    HoldAsked,
    HoldTold,
    MoveAsked,
    ServiceTold,
    TimeTold,
)
from services_directory.api.deeds import Answer, Deed, Deeds
from services_directory.api.problems import ProblemError, ProblemRoute, refusals
from services_directory.booked import ALONE, Appointment, Party, Slot, SlotTakenError
from services_directory.desk.bearers import own_appointment
from services_directory.desk.counting import Counting
from services_directory.desk.directory import Shelf
from services_directory.desk.notices import mark_unreached
from services_directory.desk.person_desk import PersonDesk
from services_directory.facts import Service
from services_directory.store.session import Database

PREFIX = "/api/booking/v1"
NO_STORE = {"Cache-Control": "no-store"}
LOOKING = refusals(
    _404="There is nothing under this name.",
    _422="Something cannot be read.",
    _429="Too many requests: `Retry-After` says how many seconds to wait.",
)
MINE = LOOKING | refusals(_401="The secret is missing, or shorter than 32 characters.")
DOING = MINE | refusals(
    _400="The header Idempotency-Key is missing or cannot be read.",
    _409="The time is taken, a limit is reached, or the same request is still being worked on; `detail` says which.",
    _422="Something cannot be read, or the key was used for another request.",
)
People = Annotated[int, Query(ge=1, le=MOST_PEOPLE, description="How many come together.")]

Do = Callable[[PersonDesk], Awaitable[Answer]]


def booking_api(database: Database, shelf: Shelf, now: Callable[[], datetime], limits: Counting) -> APIRouter:
    """Everything below `/api/booking/v1`. `now` gives an aware time; `limits` counts requests."""
    callers = Callers(database, shelf, now, limits)
    counted = [Depends(callers.count_asked)]
    router = APIRouter(prefix=PREFIX, tags=["Booking"], route_class=ProblemRoute, dependencies=counted)
    _add_offers(router, callers)
    doing = Doing(callers, Deeds(database, now))
    _add_booking(router, doing)
    _add_own(router, doing)
    return router


def _add_offers(router: APIRouter, callers: Callers) -> None:
    @router.get(
        "/cities/{city}/services",
        response_model=list[ServiceTold],
        responses=LOOKING,
        summary="The services of a city that can be booked",
    )
    async def services(
        city: Annotated[str, Path(description="Slug of a city.", examples=["taranto"])],
        caller: Annotated[Caller, Depends(callers.anybody)],
    ) -> Response:
        async with caller.reading() as desk:
            found = await desk.bookable_services(known(desk.city(city)).key).all()
        return _told([ServiceTold.of(one, caller.language) for one in found])

    @router.get(
        "/services/{key}/days",
        response_model=list[DayTold],
        responses=LOOKING,
        summary="The next days with a free time, at most ten",
    )
    async def days(key: str, caller: Annotated[Caller, Depends(callers.anybody)], people: People = 1) -> Response:
        async with caller.reading() as desk:
            found = await desk.days_with_room(_service(desk, key), Party(people)).all()
        return _told([DayTold.of(day) for day in found])

    @router.get(
        "/services/{key}/days/{date}/times",
        response_model=list[TimeTold],
        responses=LOOKING,
        summary="The free times of a day; what the secret's owner holds is free to them",
    )
    async def times(
        key: str,
        day: Annotated[date, Path(alias="date")],
        caller: Annotated[Caller, Depends(callers.anybody)],
        people: People = 1,
    ) -> Response:
        async with caller.reading() as desk:
            found = await desk.free_slots(_service(desk, key), day, Party(people)).all()
        return _told([TimeTold.of(slot) for slot in found])


class Doing:
    """Does what callers want, each thing once."""

    def __init__(self, callers: Callers, deeds: Deeds) -> None:
        self.callers, self._deeds = callers, deeds

    async def once(self, request: Request, caller: Caller, key: str, body: BaseModel | None, do: Do) -> Response:
        """The answer under that key, from now or from before. Raises ProblemError."""
        sent = body.model_dump(mode="json") if body else {}
        deed = Deed(caller.secret, key, request.method, request.url.path, sent)

        async def done(session: AsyncSession) -> Answer:
            return await do(await caller.desk(session))

        with refusals_told(caller.language):
            status, answer = await self._deeds.once(deed, done)
        return JSONResponse(answer, status, NO_STORE)


def _add_booking(router: APIRouter, doing: Doing) -> None:
    @router.post(
        "/holds",
        status_code=201,
        response_model=HoldTold,
        responses=DOING,
        summary="Keep a time for some minutes, instead of what was kept before",
    )
    async def hold(
        asked: HoldAsked, request: Request, caller: Annotated[Caller, Depends(doing.callers.doer)], key: IdempotencyKey
    ) -> Response:
        async def do(desk: PersonDesk) -> Answer:
            slot = await _slot(desk, _service(desk, asked.service), asked.slot, asked.party)
            held = await desk.hold(slot, language=caller.language, key=key, party=asked.party)
            return 201, HoldTold.of(held).model_dump(mode="json")

        return await doing.once(request, caller, key, asked, do)

    @router.post(
        "/appointments",
        status_code=201,
        response_model=AppointmentTold,
        responses=DOING,
        summary="Book a time, held before or not",
    )
    async def book(
        asked: AppointmentAsked,
        request: Request,
        caller: Annotated[Caller, Depends(doing.callers.booker)],
        key: IdempotencyKey,
    ) -> Response:
        async def do(desk: PersonDesk) -> Answer:
            slot = await _slot(desk, _service(desk, asked.service), asked.slot, asked.party)
            booked = await desk.book(slot, asked.name, language=caller.language, key=key, party=asked.party)
            await mark_unreached(desk.session, desk.person, desk.now)  # no chat leads to them
            return 201, _appointment(booked, caller)

        return await doing.once(request, caller, key, asked, do)


def _add_own(router: APIRouter, doing: Doing) -> None:
    @router.get(
        "/appointments/{code}",
        response_model=AppointmentTold,
        responses=MINE,
        summary="One's own appointment, whatever became of it",
    )
    async def see(
        code: Annotated[Code, Path()], caller: Annotated[Caller, Depends(doing.callers.somebody)]
    ) -> Response:
        async with caller.reading() as desk:
            return JSONResponse(_appointment(await _own(desk, code), caller), headers=NO_STORE)

    @router.patch(
        "/appointments/{code}",
        response_model=AppointmentTold,
        responses=DOING,
        summary="Move it to another time; it keeps its code, and its time until the other one is certain",
    )
    async def move(
        code: Annotated[Code, Path()],
        asked: MoveAsked,
        request: Request,
        caller: Annotated[Caller, Depends(doing.callers.doer)],
        key: IdempotencyKey,
    ) -> Response:
        async def do(desk: PersonDesk) -> Answer:
            mine = await _own(desk, code)
            party = Party(mine.people, mine.for_other, mine.spoken, mine.code)
            slot = await _slot(desk, mine.service, asked.slot, party)
            return 200, _appointment(await desk.move(mine, slot), caller)

        return await doing.once(request, caller, key, asked, do)

    @router.delete(
        "/appointments/{code}",
        response_model=AppointmentTold,
        responses=DOING,
        summary="Cancel it: somebody else can have the time",
    )
    async def cancel(
        code: Annotated[Code, Path()],
        request: Request,
        caller: Annotated[Caller, Depends(doing.callers.doer)],
        key: IdempotencyKey,
    ) -> Response:
        async def do(desk: PersonDesk) -> Answer:
            await desk.cancel(await _own(desk, code))
            return 200, _appointment(await _own(desk, code), caller)

        return await doing.once(request, caller, key, None, do)


def _service(desk: PersonDesk, key: str) -> Service:
    """The service, while it can be booked. Raises ProblemError (404)."""
    service = desk.directory.service(key)
    return known(service if service is not None and service.bookable else None)


async def _slot(desk: PersonDesk, service: Service, key: str, party: Party = ALONE) -> Slot:
    """The time, while it is free. Raises SlotTakenError, ProblemError (422)."""
    if party.people > service.most_people:
        raise ProblemError(422, f"At most {service.most_people} may come together to this service.")
    try:
        starts = datetime.strptime(key, "%Y-%m-%dT%H:%M").replace(tzinfo=ROME)
    except ValueError:
        raise ProblemError(422, "There is no such day or time; `times` lists those that are free.") from None
    slot = await desk.free_slots(service, starts.date(), party).find(key)
    if slot is None:
        raise SlotTakenError(Slot(key, service.key, "", starts, service.minutes or 0))
    return slot


async def _own(desk: PersonDesk, code: str) -> Appointment:
    return known(await own_appointment(desk.bookings, desk.person, code))


def _appointment(appointment: Appointment, caller: Caller) -> dict[str, Any]:
    return AppointmentTold.of(appointment, caller.language).model_dump(mode="json")


def _told(found: Sequence[BaseModel]) -> Response:
    return JSONResponse([one.model_dump(mode="json") for one in found], headers=NO_STORE)
