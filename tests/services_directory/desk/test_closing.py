"""Closing an office or a counter: nothing can be booked there, and who had booked is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from locales.dates import ROME, in_rome
from services_directory.booked import AppointmentState
from services_directory.desk.bookings import Bookings
from services_directory.desk.closing import REASONS, CannotCloseError, Closure, close, hit, in_every_language
from services_directory.desk.directory import Directory, Shelf
from services_directory.desk.hours import without
from services_directory.desk.revisions import Name, current
from services_directory.desk.slots import Want, openings
from services_directory.store.bookings import AppointmentRow, ClaimedCellRow
from services_directory.store.session import Database
from services_directory.store.waiting import NoticeRow
from tests.services_directory.desk.appointments import COUNTERS, OFFICE, SERVICE, THURSDAY, booked
from tests.town import WEDNESDAY

STAFF = "staff:1"
SHUT = Closure(OFFICE, THURSDAY)
FRIDAY = THURSDAY + timedelta(days=1)


async def closes(database: Database, closure: Closure = SHUT, now: datetime = WEDNESDAY, reason: str = "staff") -> int:
    async with database.writing() as session:
        return await close(session, closure, reason, by=STAFF, now=now)


async def states(database: Database) -> dict[str, str]:
    async with database.reading() as session:
        return {code: state for code, state in await session.execute(select(AppointmentRow.code, AppointmentRow.state))}  # noqa: C416, rows are no pairs to the types


async def directory_of(database: Database) -> Directory:
    async with database.reading() as session:
        return await Shelf().newest(session, WEDNESDAY.date())


async def free(database: Database, day: date) -> dict[datetime, set[str]]:
    """The counters that have room for the work desk, by time."""
    async with database.reading() as session:
        directory = await Shelf().newest(session, WEDNESDAY.date())
        service = directory.service(SERVICE)
        assert service is not None
        found = await openings(session, directory, Want(service), [day], WEDNESDAY)
    return {starts: {one.key for one in counters} for starts, counters in found.by_start.items()}


async def test_a_closed_office_cannot_be_booked_that_day_and_says_why(database: Database) -> None:
    friday = await free(database, FRIDAY)
    assert await free(database, THURSDAY)
    assert await closes(database) == 0
    assert await free(database, THURSDAY) == {}
    assert await free(database, FRIDAY) == friday != {}
    said = (await directory_of(database)).hours(OFFICE, THURSDAY)
    assert said.intervals == ()
    assert said.reason == in_every_language(REASONS["staff"])


async def test_whoever_had_an_appointment_there_is_cancelled_and_told_once(database: Database) -> None:
    mine, here = await booked(database, "10:00"), await booked(database, "11:00", state=AppointmentState.ARRIVED)
    served = await booked(database, "09:00", state=AppointmentState.SERVED)
    bari = {"city": "bari", "office": "bari-one-stop-shop", "service": "bari-desk-work"}
    elsewhere = await booked(database, "10:00", "bari-one-stop-shop-1", **bari)
    assert await closes(database) == 2
    after = await states(database)
    assert after[mine.code] == after[here.code] == AppointmentState.CANCELLED_BY_OFFICE
    assert after[served.code] == AppointmentState.SERVED
    assert after[elsewhere.code] == AppointmentState.BOOKED
    async with database.reading() as session:
        notices = (await session.scalars(select(NoticeRow).order_by(NoticeRow.person))).all()
        cells = (await session.scalars(select(ClaimedCellRow.starts))).all()
    assert [(one.person, one.kind) for one in notices] == sorted(
        (f"person-{one.code}", "cancelled_by_office") for one in (mine, here)
    )
    assert mine.starts + timedelta(hours=1) not in cells


async def test_pressed_twice_it_finds_nothing_more_to_do(database: Database) -> None:
    await booked(database, "10:00")
    await closes(database)
    async with database.reading() as session:
        before = await current(session, Name("office", OFFICE))
    assert await closes(database) == 0
    async with database.reading() as session:
        assert await current(session, Name("office", OFFICE)) == before
        assert len((await session.scalars(select(NoticeRow))).all()) == 1


async def test_the_history_says_who_closed_it_and_keeps_all_else(database: Database) -> None:
    async with database.reading() as session:
        before = await current(session, Name("office", OFFICE))
    await closes(database, reason="strike")
    async with database.reading() as session:
        after = await current(session, Name("office", OFFICE))
    assert before is not None
    assert after is not None
    assert (after.by, after.note) == (STAFF, "closed: strike")
    assert {name for name in after.document if after.document[name] != before.document.get(name)} == {"exceptions"}
    assert len(after.document["exceptions"]) == len(before.document["exceptions"]) + 1


async def test_one_closed_counter_leaves_the_others_open(database: Database) -> None:
    first, second = await booked(database, "10:00"), await booked(database, "10:00", COUNTERS[2])
    before = (await directory_of(database)).hours(OFFICE, THURSDAY)
    assert any(COUNTERS[0] in counters for counters in (await free(database, THURSDAY)).values())
    assert await closes(database, Closure(OFFICE, THURSDAY, COUNTERS[0])) == 1
    after = await states(database)
    assert (after[first.code], after[second.code]) == (AppointmentState.CANCELLED_BY_OFFICE, AppointmentState.BOOKED)
    room = await free(database, THURSDAY)
    assert room
    assert not any(COUNTERS[0] in counters for counters in room.values())
    assert (await directory_of(database)).hours(OFFICE, THURSDAY) == before


async def test_a_part_of_a_day_hits_what_touches_it(database: Database) -> None:
    early, across, late = [await booked(database, clock) for clock in ("09:00", "10:45", "12:00")]
    assert await closes(database, replace(SHUT, begins=time(11), ends=time(12))) == 1
    after = await states(database)
    assert after[across.code] == AppointmentState.CANCELLED_BY_OFFICE
    assert after[early.code] == after[late.code] == AppointmentState.BOOKED
    said = (await directory_of(database)).hours(OFFICE, THURSDAY).intervals
    assert said is not None
    assert said[:2] == ((time(9), time(11)), (time(12), time(13)))
    room = {in_rome(starts).time() for starts in await free(database, THURSDAY)}
    assert not any(time(11) <= starts < time(12) for starts in room)
    assert any(starts >= time(12) for starts in room)


async def test_what_is_over_is_not_cancelled_any_more(database: Database) -> None:
    over, running, coming = [await booked(database, clock) for clock in ("09:00", "10:00", "11:00")]
    at_ten_past_ten = datetime(2026, 11, 26, 10, 10, tzinfo=ROME)
    assert await closes(database, now=at_ten_past_ten) == 2
    after = await states(database)
    assert after[over.code] == AppointmentState.BOOKED
    assert after[running.code] == after[coming.code] == AppointmentState.CANCELLED_BY_OFFICE


async def test_looking_changes_nothing_and_tells_who_cannot_be_reached(database: Database) -> None:
    one = await booked(database, "10:00")
    gone, silent = await booked(database, "11:00", person=None), await booked(database, "12:00", unreached=True)
    before = await states(database)
    async with database.reading() as session:
        found = await hit(session, SHUT, WEDNESDAY)
    assert [(a.code, a.reachable) for a in found] == [(one.code, True), (gone.code, False), (silent.code, False)]
    assert await states(database) == before


@pytest.mark.parametrize(
    "closure",
    [
        Closure("atlantis", THURSDAY),
        Closure(OFFICE, THURSDAY, "bari-one-stop-shop-1"),
        Closure(OFFICE, WEDNESDAY.date() - timedelta(days=1)),
        Closure(OFFICE, WEDNESDAY.date(), ends=time(7, 30)),
        Closure(OFFICE, WEDNESDAY.date() + timedelta(days=181)),
        Closure(OFFICE, THURSDAY, begins=time(12), ends=time(12)),
    ],
)
async def test_what_cannot_be_closed_is_refused(database: Database, closure: Closure) -> None:
    mine = await booked(database, "10:00")
    with pytest.raises(CannotCloseError):
        await closes(database, closure)
    assert (await states(database))[mine.code] == AppointmentState.BOOKED


async def test_only_the_given_reasons_can_be_published(database: Database) -> None:
    with pytest.raises(CannotCloseError):
        await closes(database, reason="Maria has the flu")


async def test_what_the_person_cancelled_before_stays_as_it_is(database: Database) -> None:
    mine = await booked(database, "10:00")
    async with database.writing() as session:
        directory = await Directory.load(session, WEDNESDAY.date())
        await Bookings(session, directory, WEDNESDAY).cancel(mine.code)
    assert await closes(database) == 0
    assert (await states(database))[mine.code] == AppointmentState.CANCELLED_BY_PERSON


def test_hours_are_cut_out_of_the_middle_the_ends_and_the_whole() -> None:
    day = ((time(9), time(13)), (time(15), time(17)))
    assert without(day, ((time.min, time.max),)) == ()
    assert without(day, ((time(10), time(16)),)) == ((time(9), time(10)), (time(16), time(17)))
    assert without(day, ((time(10), time(11)),)) == ((time(9), time(10)), (time(11), time(13)), (time(15), time(17)))
    assert without(day, ((time(13), time(15)),)) == day
    assert without((), ((time(9), time(10)),)) == ()


def test_a_reason_is_said_in_every_language_into_which_it_is_translated() -> None:
    said = in_every_language(REASONS["strike"])
    assert said.source == "en"
    assert said.texts["en"] == "strike"
    assert [code for code, words in said.texts.items() if code != "en" and words == "strike"] == []
