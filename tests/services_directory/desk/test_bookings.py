"""The verbs of an appointment: one cell, one appointment; who did what; what can be undone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from locales.dates import ROME
from services_directory.booked import (
    Appointment,
    AppointmentState,
    NoSeatsError,
    Slot,
    SlotTakenError,
    TooManyBookingsError,
)
from services_directory.desk.appointments import CannotChangeError
from services_directory.desk.directory import Shelf
from services_directory.desk.person_desk import PersonDesk, erase_old_names
from services_directory.desk.slots import CELL
from services_directory.facts import Service
from services_directory.store.bookings import (
    AppointmentEventRow,
    AppointmentRow,
    ClaimedCellRow,
    EnrolmentRow,
)
from services_directory.store.session import Database
from services_directory.store.waiting import NoticeRow
from tests.town import WEDNESDAY

THURSDAY = date(2026, 11, 26)
STAFF = "staff:1"


@asynccontextmanager
async def desk_of(database: Database, person: str, now: datetime = WEDNESDAY) -> AsyncIterator[PersonDesk]:
    """One person at the desk, in one transaction."""
    async with database.writing() as session:
        directory = await Shelf().newest(session, now.date())
        yield PersonDesk(session, directory, person, now)


def work_desk(desk: PersonDesk) -> Service:
    return next(service for service in desk.directory.bookable("taranto") if service.label.texts["en"] == "Work desk")


async def slot_at(desk: PersonDesk, clock: str, day: date = THURSDAY) -> Slot:
    slot = await desk.free_slots(work_desk(desk), day).find(clock)
    assert slot is not None, clock
    return slot


async def book(database: Database, person: str, clock: str = "10:00", key: str = "k") -> Appointment:
    async with desk_of(database, person) as desk:
        return await desk.book(await slot_at(desk, clock), person.title(), language="en", key=key)


async def cells(database: Database) -> list[tuple[str, datetime]]:
    async with database.reading() as session:
        return [(row.counter, row.starts) for row in await session.scalars(select(ClaimedCellRow))]


async def test_free_times_follow_the_hours_of_the_counters(database: Database) -> None:
    async with desk_of(database, "amina") as desk:
        times = [f"{slot.starts:%H:%M}" for slot in await desk.free_slots(work_desk(desk), THURSDAY).all()]
    assert times[0] == "09:00"
    assert "13:00" not in times
    assert "15:00" in times


async def test_no_time_is_offered_that_is_over_or_too_soon(database: Database) -> None:
    late = datetime(2026, 11, 26, 10, 10, tzinfo=ROME)
    async with desk_of(database, "amina", late) as desk:
        times = [slot.starts for slot in await desk.free_slots(work_desk(desk), THURSDAY).all()]
    assert times
    assert min(times) >= late + timedelta(minutes=60)


async def test_a_holiday_has_no_free_time(database: Database) -> None:
    async with desk_of(database, "amina") as desk:
        days = [day.day for day in await desk.days_with_room(work_desk(desk)).all()]
        assert await desk.free_slots(work_desk(desk), date(2026, 12, 8)).all() == []
    assert date(2026, 12, 8) not in days
    assert 5 <= len(days) <= 10


async def test_a_booking_claims_its_cells_and_only_those(database: Database) -> None:
    appointment = await book(database, "amina")
    claimed = await cells(database)
    assert len({counter for counter, _starts in claimed}) == 1
    assert min(starts for _counter, starts in claimed) == appointment.starts
    assert len(claimed) * CELL == appointment.minutes


async def test_the_database_itself_refuses_a_second_appointment_on_a_cell(database: Database) -> None:
    await book(database, "amina")
    (counter, starts), *_others = await cells(database)
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            session.add(ClaimedCellRow(counter=counter, starts=starts, appointment=1))


async def test_counters_are_filled_fairly_and_then_the_time_is_gone(database: Database) -> None:
    async with desk_of(database, "x") as desk:
        counters = len(desk.directory.counters(work_desk(desk).key))
        open_at_ten = [
            counter
            for counter in desk.directory.counters(work_desk(desk).key)
            if any(opens.hour <= 10 < closes.hour for opens, closes in desk.directory.counter_hours(counter, THURSDAY))
        ]
    booked = 0
    for number in range(counters + 1):
        try:
            await book(database, f"p{number}", key=str(number))
            booked += 1
        except (SlotTakenError, AssertionError):
            break
    assert booked == len(open_at_ten)
    assert len({counter for counter, _starts in await cells(database)}) == booked


async def test_the_same_key_books_once(database: Database) -> None:
    first = await book(database, "amina")
    async with desk_of(database, "amina") as desk:
        again = await desk.book(Slot("x", work_desk(desk).key, "", first.starts, 30), "Amina", language="en", key="k")
    assert again.code == first.code


async def test_one_open_appointment_for_a_service(database: Database) -> None:
    first = await book(database, "amina")
    with pytest.raises(TooManyBookingsError) as refusal:
        await book(database, "amina", "11:00", key="other")
    assert refusal.value.existing is not None
    assert refusal.value.existing.code == first.code


async def test_nobody_books_without_end_in_a_day(database: Database) -> None:
    for number in range(3):
        async with desk_of(database, "amina") as desk:
            appointment = await desk.book(await slot_at(desk, "10:00"), "A", language="en", key=str(number))
            await desk.cancel(appointment)
    with pytest.raises(TooManyBookingsError) as refusal:
        await book(database, "amina", key="fourth")
    assert refusal.value.existing is None


async def test_a_cancelled_time_is_free_at_once(database: Database) -> None:
    appointment = await book(database, "amina")
    async with desk_of(database, "amina") as desk:
        await desk.cancel(appointment)
    assert await cells(database) == []


async def test_a_move_keeps_the_code_and_frees_the_old_time(database: Database) -> None:
    appointment = await book(database, "amina")
    before = await cells(database)
    async with desk_of(database, "amina") as desk:
        moved = await desk.move(appointment, await slot_at(desk, "11:00"))
    assert (moved.code, f"{moved.starts:%H:%M}") == (appointment.code, "11:00")
    after = await cells(database)
    assert len(after) == len(before)
    assert set(after).isdisjoint(before)


async def test_a_move_to_a_time_that_is_gone_leaves_the_appointment_where_it_was(database: Database) -> None:
    appointment = await book(database, "amina")
    before = await cells(database)
    async with desk_of(database, "amina") as desk:
        gone = Slot("2026-11-26T05:00", work_desk(desk).key, "", datetime(2026, 11, 26, 5, tzinfo=ROME), 30)
        with pytest.raises(SlotTakenError):
            await desk.move(appointment, gone)
    assert await cells(database) == before


@pytest.mark.parametrize("verb", ["arrive", "serve", "miss", "cancel"])
async def test_each_verb_of_the_office_can_be_undone_once(database: Database, verb: str) -> None:
    appointment = await book(database, "amina")
    before = await cells(database)
    async with desk_of(database, "amina") as desk:
        changed = await getattr(desk.bookings, verb)(appointment.code, by=STAFF)
        assert changed.state != AppointmentState.BOOKED
    async with desk_of(database, "amina") as desk:
        restored = await desk.bookings.undo(appointment.code, by=STAFF)
        assert restored.state == AppointmentState.BOOKED
    assert sorted(await cells(database)) == sorted(before)
    async with desk_of(database, "amina") as desk:
        with pytest.raises(CannotChangeError):
            await desk.bookings.undo(appointment.code, by=STAFF)


async def test_a_cancellation_cannot_be_undone_once_the_time_is_taken(database: Database) -> None:
    async with desk_of(database, "x") as desk:
        everybody = len(desk.directory.counters(work_desk(desk).key))
    mine = await book(database, "amina", key="mine")
    async with desk_of(database, "amina") as desk:
        await desk.bookings.cancel(mine.code, by=STAFF)
    for number in range(everybody):
        try:
            await book(database, f"p{number}", key=str(number))
        except AssertionError:
            break
    async with desk_of(database, "amina") as desk:
        with pytest.raises(SlotTakenError):
            await desk.bookings.undo(mine.code, by=STAFF)


async def test_what_the_person_did_is_not_for_the_office_to_undo(database: Database) -> None:
    appointment = await book(database, "amina")
    async with desk_of(database, "amina") as desk:
        await desk.cancel(appointment)
        with pytest.raises(CannotChangeError):
            await desk.bookings.undo(appointment.code, by=STAFF)


async def test_a_served_appointment_is_neither_missed_nor_moved(database: Database) -> None:
    appointment = await book(database, "amina")
    async with desk_of(database, "amina") as desk:
        await desk.bookings.serve(appointment.code, by=STAFF)
        with pytest.raises(CannotChangeError):
            await desk.bookings.miss(appointment.code, by=STAFF)
        with pytest.raises(CannotChangeError):
            await desk.move(appointment, await slot_at(desk, "11:00"))


async def test_every_change_is_written_down_with_who_and_when(database: Database) -> None:
    appointment = await book(database, "amina")
    async with desk_of(database, "amina") as desk:
        await desk.bookings.arrive(appointment.code, by=STAFF)
    async with database.reading() as session:
        events = (await session.scalars(select(AppointmentEventRow).order_by(AppointmentEventRow.id))).all()
    assert [(event.what, event.by) for event in events] == [("booked", "person"), ("arrived", STAFF)]
    assert all(event.at == WEDNESDAY for event in events)


async def test_only_whom_the_office_cancels_gets_a_notice(database: Database) -> None:
    for person, by in (("amina", "person"), ("badru", STAFF)):
        appointment = await book(database, person, "10:00" if by == "person" else "11:00", key=person)
        async with desk_of(database, person) as desk:
            await desk.bookings.cancel(appointment.code, by=by)
    async with database.reading() as session:
        notices = (await session.scalars(select(NoticeRow).where(NoticeRow.state == "due"))).all()
    assert [(notice.person, notice.kind) for notice in notices] == [("badru", "cancelled_by_office")]


async def test_people_who_book_the_last_time_at_the_same_moment_get_one_each_or_a_refusal(database: Database) -> None:
    async with desk_of(database, "x") as desk:
        room = len([1 for _ in desk.directory.counters(work_desk(desk).key)])

    async def try_to_book(number: int) -> bool:
        try:
            await book(database, f"p{number}", "10:00", key=str(number))
        except (SlotTakenError, AssertionError):
            return False
        return True

    results = await asyncio.gather(*(try_to_book(number) for number in range(12)))
    claimed = await cells(database)
    assert 1 <= sum(results) <= room
    assert len(claimed) == len(set(claimed)) == sum(results) * 30 // CELL


async def test_a_course_sells_no_seat_twice(database: Database) -> None:
    async with desk_of(database, "x") as desk:
        course = min(
            await desk.activities("taranto", "italian_course_find"), key=lambda activity: activity.seats_left or 99
        )
        seats = course.seats_left or 0

    async def try_to_enrol(number: int) -> bool:
        try:
            async with desk_of(database, f"p{number}") as desk:
                await desk.enrol(course, f"P{number}", language="en", key=str(number))
        except NoSeatsError:
            return False
        return True

    results = await asyncio.gather(*(try_to_enrol(number) for number in range(seats + 3)))
    assert sum(results) == seats
    async with database.reading() as session:
        taken = [row.seat for row in await session.scalars(select(EnrolmentRow))]
    assert sorted(seat or 0 for seat in taken) == list(range(1, seats + 1))


async def test_forgetting_cuts_every_tie_and_keeps_the_counts(database: Database) -> None:
    await book(database, "amina")
    async with desk_of(database, "amina") as desk:
        await desk.forget_me()
    async with database.reading() as session:
        (row,) = (await session.scalars(select(AppointmentRow))).all()
    assert (row.person, row.name, row.state) == (None, "", "cancelled_by_person")


async def test_no_key_names_the_person(database: Database) -> None:
    await book(database, "amina")
    async with database.reading() as session:
        before = (await session.scalars(select(AppointmentRow.booking_key))).one()
    async with desk_of(database, "amina") as desk:
        await desk.forget_me()
    async with database.reading() as session:
        after = (await session.scalars(select(AppointmentRow.booking_key))).one()
    assert "amina" not in before
    assert after != before
    assert after.startswith("erased:")


async def test_whoever_has_arrived_and_cannot_stay_may_move(database: Database) -> None:
    appointment = await book(database, "amina")
    async with desk_of(database, "amina") as desk:
        await desk.bookings.arrive(appointment.code, by=STAFF)
        moved = await desk.move(appointment, await slot_at(desk, "11:00"))
    assert moved.state == AppointmentState.BOOKED


async def test_names_are_erased_when_retention_ends(database: Database) -> None:
    await book(database, "amina")
    async with database.writing() as session:
        assert await erase_old_names(session, WEDNESDAY) == 0
        assert await erase_old_names(session, WEDNESDAY + timedelta(days=90)) == 1
    async with database.reading() as session:
        (row,) = (await session.scalars(select(AppointmentRow))).all()
    assert (row.person, row.name) == (None, "")
