"""redturtle.prenotazioni through its adapter: what is asked, what is told, and each way of saying no."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import Receive, Scope, Send

from locales.dates import ROME
from services_directory.elsewhere.redturtle import RedTurtle
from services_directory.elsewhere.systems import (
    Away,
    GoneError,
    Refusal,
    RefusedError,
    TakenError,
    UnavailableError,
    Visitor,
)
from services_directory.facts import Elsewhere
from tests.fakes.redturtle import ACCOUNT, ADDRESS, RedTurtleSite, gateway_time_out, lost
from tests.fakes.redturtle_folder import Booking, BookingType, Folder
from tests.services_directory.elsewhere.conftest import PERMIT
from tests.town import FakeClock

WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in (25, 26, 27))
AMINA = Visitor("Amina", "K7Q2XM")


def at(clock: str, day: date = THURSDAY) -> datetime:
    return datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), ROME)  # noqa: DTZ007, the zone is beside it


def occupy(folder: Folder, clock: str, day: date = THURSDAY, gate: str | None = None) -> None:
    """Other people book those times, at one gate or at all."""
    for name in [gate] if gate else folder.gates:
        folder.bookings.append(Booking("Mario Rossi", PERMIT, at(clock, day), 30, name, "confirmed", {}))


def clocks(times: list[datetime]) -> list[str]:
    return [f"{one:%a %H:%M}" for one in times]


async def refusal(deed: object) -> tuple[Refusal, str]:
    with pytest.raises(RefusedError) as refused:
        await deed  # type: ignore[misc]
    return refused.value.reason, refused.value.detail


async def test_free_times_are_romes_and_take_as_long_as_their_type(system: RedTurtle, elsewhere: Elsewhere) -> None:
    free = await system.free(elsewhere, THURSDAY, FRIDAY)
    assert clocks([one.starts for one in free]) == [f"{d} {h}:00" for d in ("Thu", "Fri") for h in ("09", "10", "11")]
    assert {one.minutes for one in free} == {30}
    assert all(one.starts.tzinfo is ROME for one in free)


async def test_of_each_hour_the_first_free_time_is_told(
    system: RedTurtle, elsewhere: Elsewhere, folder: Folder
) -> None:
    occupy(folder, "10:00")
    occupy(folder, "11:00", gate="Sportello 1")
    free = await system.free(elsewhere, THURSDAY, THURSDAY)
    assert clocks([one.starts for one in free]) == ["Thu 09:00", "Thu 10:30", "Thu 11:00"]


async def test_days_closed_to_people_are_not_offered_although_our_account_could_book_them(
    system: RedTurtle, elsewhere: Elsewhere, folder: Folder
) -> None:
    folder.not_before_days = 1
    folder.until = FRIDAY
    free = await system.free(elsewhere, WEDNESDAY, FRIDAY + timedelta(days=7))
    assert {one.starts.date() for one in free} == {FRIDAY}


async def test_what_is_over_is_not_free_and_no_days_have_no_times(
    system: RedTurtle, elsewhere: Elsewhere, clock: FakeClock
) -> None:
    clock.passes(hours=2, minutes=30)
    assert clocks([one.starts for one in await system.free(elsewhere, WEDNESDAY, WEDNESDAY)]) == ["Wed 11:00"]
    assert await system.free(elsewhere, FRIDAY, THURSDAY) == []


async def test_summer_and_winter_time_are_kept_apart(
    system: RedTurtle, elsewhere: Elsewhere, folder: Folder, clock: FakeClock
) -> None:
    clock.at = at("08:00", date(2026, 10, 23))
    folder.until = date(2026, 10, 26)
    free = [one.starts for one in await system.free(elsewhere, date(2026, 10, 23), date(2026, 10, 26))]
    assert clocks([free[0], free[-1]]) == ["Fri 09:00", "Mon 11:00"]
    assert [str(one.utcoffset()) for one in (free[0], free[-1])] == ["2:00:00", "1:00:00"]


async def test_an_older_version_tells_times_without_an_offset_and_no_name(
    system: RedTurtle, elsewhere: Elsewhere, site: RedTurtleSite
) -> None:
    site.old = True
    free = await system.free(elsewhere, THURSDAY, THURSDAY)
    assert free[0].starts == at("09:00")
    external = await system.book(elsewhere, free[0].starts, 30, AMINA)
    assert (await system.look(elsewhere, external)).starts == at("09:00")


async def test_a_booking_tells_a_first_name_and_our_code_and_nothing_else(
    system: RedTurtle, elsewhere: Elsewhere, folder: Folder
) -> None:
    external = await system.book(elsewhere, at("10:00"), 30, AMINA)
    (booking,) = folder.bookings
    assert booking.uid == external
    assert booking.fields == {"title": "Amina K7Q2XM"}
    assert (booking.starts, booking.state) == (at("10:00"), "confirmed")


async def test_the_same_code_is_booked_once(system: RedTurtle, elsewhere: Elsewhere, folder: Folder) -> None:
    first = await system.book(elsewhere, at("10:00"), 30, AMINA)
    assert await system.book(elsewhere, at("10:00"), 30, AMINA) == first
    assert await system.book(elsewhere, at("11:00"), 30, AMINA) == first
    assert [one.starts for one in folder.bookings] == [at("11:00")]


@pytest.mark.parametrize("required", ["email", "phone", "fiscalcode"])
async def test_a_field_that_they_require_is_named_and_nothing_is_booked(
    system: RedTurtle, elsewhere: Elsewhere, folder: Folder, required: str
) -> None:
    folder.required = [required]  # the tax code is required there without being shown: only the POST says so
    assert await refusal(system.book(elsewhere, at("10:00"), 30, AMINA)) == (Refusal.FIELD, required)
    assert folder.bookings == []


async def test_a_field_is_found_in_an_italian_sentence(
    system: RedTurtle, elsewhere: Elsewhere, site: RedTurtleSite
) -> None:
    told = {"type": "BadRequest", "message": "Campo obbligatorio 'fiscalcode' mancante."}
    site.fails("POST @booking", JSONResponse(told, 400))
    assert await refusal(system.book(elsewhere, at("10:00"), 30, AMINA)) == (Refusal.FIELD, "fiscalcode")


async def test_an_additional_field_of_the_type_is_named(
    system: RedTurtle, elsewhere: Elsewhere, folder: Folder
) -> None:
    folder.types = [BookingType(PERMIT, 30, fields=({"name": "pratica", "type": "text", "required": True},))]
    assert await refusal(system.book(elsewhere, at("10:00"), 30, AMINA)) == (Refusal.FIELD, "pratica")


@pytest.mark.parametrize("name", ["Interno", "Permesso"])
async def test_a_type_that_is_not_published_or_not_there_is_named(
    system: RedTurtle, elsewhere: Elsewhere, name: str
) -> None:
    wrong = replace(elsewhere, booking_type=name)
    assert await refusal(system.free(wrong, THURSDAY, THURSDAY)) == (Refusal.BOOKING_TYPE, name)
    assert await refusal(system.book(wrong, at("10:00"), 30, AMINA)) == (Refusal.BOOKING_TYPE, name)


async def test_other_minutes_than_theirs_are_refused(system: RedTurtle, elsewhere: Elsewhere) -> None:
    assert await refusal(system.book(elsewhere, at("10:00"), 20, AMINA)) == (Refusal.MINUTES, "30")


async def test_a_wrong_address_or_account_is_for_the_staff(system: RedTurtle, elsewhere: Elsewhere) -> None:
    astray = replace(elsewhere, address="https://comune.example/Plone/altrove")
    assert await refusal(system.free(astray, THURSDAY, THURSDAY)) == (Refusal.ADDRESS, "")
    assert await refusal(system.book(astray, at("10:00"), 30, AMINA)) == (Refusal.ACCOUNT, "")
    system.accounts = {ADDRESS: (ACCOUNT[0], "forgotten")}
    assert await refusal(system.book(elsewhere, at("10:00"), 30, AMINA)) == (Refusal.ACCOUNT, "")


async def test_a_time_that_is_taken_is_told_as_taken(system: RedTurtle, elsewhere: Elsewhere, folder: Folder) -> None:
    occupy(folder, "10:00")
    with pytest.raises(TakenError):
        await system.book(elsewhere, at("10:00"), 30, AMINA)
    assert len(folder.bookings) == 2


@pytest.mark.parametrize(
    "language",
    [{}, {"Sorry, this slot is not available anymore.": "Ci dispiace, ma questo intervallo non è più disponibile"}],
)
async def test_a_time_taken_between_the_look_and_the_booking_is_taken_in_any_language(
    system: RedTurtle, elsewhere: Elsewhere, site: RedTurtleSite, language: dict[str, str]
) -> None:
    site.language = language
    site.rivals["POST @booking"] = lambda: occupy(site.folder, "10:00")
    with pytest.raises(TakenError):
        await system.book(elsewhere, at("10:00"), 30, AMINA)
    assert site.overlaps() == []


async def test_any_other_no_is_told_in_their_words(
    system: RedTurtle, elsewhere: Elsewhere, site: RedTurtleSite
) -> None:
    site.fails("POST @booking", JSONResponse({"type": "BadRequest", "message": "Ferie del personale"}, 400))
    assert await refusal(system.book(elsewhere, at("10:00"), 30, AMINA)) == (Refusal.OTHER, "Ferie del personale")


async def test_a_limit_for_one_tax_code_counts_all_that_our_account_books_and_is_told(
    system: RedTurtle, elsewhere: Elsewhere, folder: Folder
) -> None:
    folder.most_bookings = 1
    await system.book(elsewhere, at("10:00"), 30, AMINA)
    reason, said = await refusal(system.book(elsewhere, at("11:00"), 30, Visitor("Bilal", "M3W4TR")))
    assert (reason, said.partition(" for ")[0]) == (Refusal.OTHER, "Booking limit(1)")
    assert len(folder.bookings) == 1


@pytest.mark.parametrize("fault", [gateway_time_out(), lost(), PlainTextResponse("<html>", 200)])
async def test_a_booking_whose_answer_was_lost_is_found_by_its_code_and_not_made_twice(
    system: RedTurtle, elsewhere: Elsewhere, site: RedTurtleSite, fault: PlainTextResponse | Exception
) -> None:
    site.fails("POST @booking", fault, when="after")
    external = await system.book(elsewhere, at("10:00"), 30, AMINA)
    assert [one.uid for one in site.folder.bookings] == [external]
    assert [call for call in site.calls if call[0] == "POST"] == [("POST", "@booking")]


async def test_a_booking_that_cannot_be_found_either_is_perhaps_done(
    system: RedTurtle, elsewhere: Elsewhere, site: RedTurtleSite
) -> None:
    def nothing_works() -> None:
        site.fails("GET @bookings", gateway_time_out())

    site.rivals["POST @booking"] = nothing_works
    site.fails("POST @booking", gateway_time_out(), when="after")
    with pytest.raises(UnavailableError) as away:
        await system.book(elsewhere, at("10:00"), 30, AMINA)
    assert (away.value.reason, away.value.perhaps_done) == (Away.BROKEN, True)


async def test_a_booking_that_is_not_there_now_may_still_arrive(
    system: RedTurtle, elsewhere: Elsewhere, site: RedTurtleSite
) -> None:
    site.fails("POST @booking", gateway_time_out())
    with pytest.raises(UnavailableError) as away:
        await system.book(elsewhere, at("10:00"), 30, AMINA)
    assert away.value.perhaps_done
    assert site.folder.bookings == []


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (httpx.ConnectError("refused"), Away.SILENT),
        (lost(), Away.SILENT),
        (gateway_time_out(), Away.BROKEN),
        (PlainTextResponse("", 429), Away.BROKEN),
        (PlainTextResponse("", 302, {"Location": "https://comune.example/login"}), Away.UNREADABLE),
        (PlainTextResponse("<html>"), Away.UNREADABLE),
        (JSONResponse([]), Away.UNREADABLE),
        (JSONResponse({"items": None}), Away.UNREADABLE),
        (JSONResponse({"items": ["domani"]}), Away.UNREADABLE),
        (JSONResponse({"items": [None]}), Away.UNREADABLE),
    ],
)
async def test_who_only_looks_is_told_why_there_is_no_looking(
    system: RedTurtle, elsewhere: Elsewhere, site: RedTurtleSite, fault: PlainTextResponse | Exception, reason: Away
) -> None:
    site.fails("GET @available-slots", fault)
    with pytest.raises(UnavailableError) as away:
        await system.free(elsewhere, THURSDAY, THURSDAY)
    assert (away.value.reason, away.value.perhaps_done) == (reason, False)


async def test_a_connection_that_never_was_booked_nothing(
    system: RedTurtle, elsewhere: Elsewhere, site: RedTurtleSite
) -> None:
    site.fails("POST @booking", httpx.ConnectError("refused"))
    with pytest.raises(UnavailableError) as away:
        await system.book(elsewhere, at("10:00"), 30, AMINA)
    assert not away.value.perhaps_done


async def test_an_answer_that_does_not_come_is_not_waited_for(elsewhere: Elsewhere) -> None:
    async def asleep(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.sleep(60)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(asleep)) as http:
        system = RedTurtle(http, {ADDRESS: ACCOUNT}, time_out=0.05)
        with pytest.raises(UnavailableError) as away:
            await system.free(elsewhere, THURSDAY, THURSDAY)
    assert away.value.reason is Away.SILENT


async def test_a_booking_is_moved_and_keeps_its_name(system: RedTurtle, elsewhere: Elsewhere, folder: Folder) -> None:
    external = await system.book(elsewhere, at("10:00"), 30, AMINA)
    await system.move(elsewhere, external, at("11:30", FRIDAY))
    await system.move(elsewhere, external, at("11:30", FRIDAY))
    assert [(one.uid, one.starts) for one in folder.bookings] == [(external, at("11:30", FRIDAY))]


async def test_a_move_goes_to_the_gate_that_has_room_and_never_on_top_of_another(
    system: RedTurtle, elsewhere: Elsewhere, site: RedTurtleSite
) -> None:
    external = await system.book(elsewhere, at("10:00"), 30, AMINA)
    # The same hour of another day: their own check would take the occupied gate for free.
    occupy(site.folder, "10:00", FRIDAY, gate="Sportello 1")
    await system.move(elsewhere, external, at("10:00", FRIDAY))
    assert site.overlaps() == []
    occupy(site.folder, "09:00", FRIDAY)
    with pytest.raises(TakenError):
        await system.move(elsewhere, external, at("09:00", FRIDAY))
    assert (await system.look(elsewhere, external)).starts == at("10:00", FRIDAY)


async def test_their_own_check_alone_would_book_a_gate_twice(site: RedTurtleSite) -> None:
    """Why the adapter looks for itself; when this fails, the source was mended and the fake must follow."""
    booking = site.folder.book(at("10:00"), PERMIT, {"title": "Amina K7Q2XM"})
    occupy(site.folder, "10:00", FRIDAY, gate=booking.gate)
    site.folder.move(booking, at("10:00", FRIDAY), None, manager=True)
    assert site.overlaps() == [("Amina K7Q2XM", "Mario Rossi")]


async def test_a_move_whose_answer_was_lost_is_looked_up(
    system: RedTurtle, elsewhere: Elsewhere, site: RedTurtleSite
) -> None:
    external = await system.book(elsewhere, at("10:00"), 30, AMINA)
    site.fails("POST @booking-move", lost(), when="after")
    await system.move(elsewhere, external, at("11:00"))
    site.fails("POST @booking-move", lost(), when="before")
    with pytest.raises(UnavailableError) as away:
        await system.move(elsewhere, external, at("09:00"))
    assert away.value.perhaps_done
    assert (await system.look(elsewhere, external)).starts == at("11:00")


async def test_a_day_that_is_closed_gives_no_room_to_move_to(system: RedTurtle, elsewhere: Elsewhere) -> None:
    external = await system.book(elsewhere, at("10:00"), 30, AMINA)
    with pytest.raises(TakenError):
        await system.move(elsewhere, external, at("10:00", date(2026, 12, 8)))


async def test_what_was_cancelled_over_there_is_gone_and_is_not_moved(
    system: RedTurtle, elsewhere: Elsewhere, folder: Folder
) -> None:
    external = await system.book(elsewhere, at("10:00"), 30, AMINA)
    folder.bookings[0].state = "canceled"
    assert not (await system.look(elsewhere, external)).stands
    assert await system.find(elsewhere, AMINA.code) is None
    for deed in (system.move(elsewhere, external, at("11:00")), system.cancel(elsewhere, external)):
        with pytest.raises(GoneError):
            await deed
    assert folder.bookings[0].starts == at("10:00")


async def test_a_name_that_nobody_knows_is_gone(system: RedTurtle, elsewhere: Elsewhere) -> None:
    for deed in (
        system.look(elsewhere, "nobody"),
        system.move(elsewhere, "nobody", at("11:00")),
        system.cancel(elsewhere, "nobody"),
    ):
        with pytest.raises(GoneError):
            await deed


async def test_a_cancelled_booking_gives_its_time_back(system: RedTurtle, elsewhere: Elsewhere, folder: Folder) -> None:
    external = await system.book(elsewhere, at("10:00"), 30, AMINA)
    await system.cancel(elsewhere, external)
    assert folder.bookings[0].state == "canceled"


async def test_a_site_that_lets_only_accounts_cancel_is_asked_with_ours(
    system: RedTurtle, elsewhere: Elsewhere, site: RedTurtleSite
) -> None:
    external = await system.book(elsewhere, at("10:00"), 30, AMINA)
    site.protects_delete = False
    site.fails("DELETE @booking", JSONResponse({"type": "Unauthorized", "message": ""}, 401))
    await system.cancel(elsewhere, external)
    assert site.folder.bookings[0].state == "canceled"


async def test_on_its_day_they_cancel_nothing(
    system: RedTurtle, elsewhere: Elsewhere, folder: Folder, clock: FakeClock
) -> None:
    external = await system.book(elsewhere, at("10:00"), 30, AMINA)
    clock.passes(days=1)
    assert await refusal(system.cancel(elsewhere, external)) == (Refusal.TOO_LATE, "")
    assert folder.bookings[0].state == "confirmed"
