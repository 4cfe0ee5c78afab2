"""Reminders: when they are due, that each is written once, and that none outlives its appointment."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import ROME
from services_directory.booked import Appointment, AppointmentState
from services_directory.desk.directory import Shelf
from services_directory.desk.notices import Notice, Seat, may_still_go, take_due
from services_directory.desk.reminders import (
    DAY_BEFORE,
    HOURS_BEFORE,
    before_the_night,
    confirm,
    drop,
    due,
    plan,
)
from services_directory.facts import Reminders
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow, EnrolmentRow
from services_directory.store.offerings import ActivityRow
from services_directory.store.session import Database
from services_directory.store.waiting import NoticeRow
from tests.services_directory.desk.test_bookings import book, desk_of, slot_at
from tests.town import WEDNESDAY

LONG_AGO = datetime(2026, 1, 1, 12, 0, tzinfo=ROME)
DAY_BEFORE_AT, HOURS_BEFORE_AT = WEDNESDAY.replace(hour=10), datetime(2026, 11, 26, 8, 0, tzinfo=ROME)
"""Of an appointment on Thursday at 10:00."""


def at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ROME)


@pytest.mark.parametrize(
    ("day", "clock", "expected_day", "expected_clock"),
    [
        ("2026-11-26", "10:00", "2026-11-26", "10:00"),
        ("2026-11-26", "08:00", "2026-11-26", "08:00"),
        ("2026-11-26", "20:59", "2026-11-26", "20:59"),
        ("2026-11-26", "21:00", "2026-11-26", "20:00"),
        ("2026-11-26", "23:59", "2026-11-26", "20:00"),
        ("2026-11-26", "00:00", "2026-11-25", "20:00"),
        ("2026-11-26", "07:59", "2026-11-25", "20:00"),
        ("2026-10-25", "02:30", "2026-10-24", "20:00"),
        ("2027-03-28", "06:15", "2027-03-27", "20:00"),
    ],
)
def test_what_would_come_in_the_night_comes_the_evening_before(
    day: str, clock: str, expected_day: str, expected_clock: str
) -> None:
    assert before_the_night(at(day, clock)) == at(expected_day, expected_clock)


def test_one_is_reminded_the_day_before_at_the_same_time_and_two_hours_before() -> None:
    wanted = due(at("2026-11-26", "10:00"), Reminders(), LONG_AGO)
    assert wanted == {DAY_BEFORE: at("2026-11-25", "10:00"), HOURS_BEFORE: at("2026-11-26", "08:00")}


def test_a_time_told_in_utc_is_reminded_of_on_romes_clock() -> None:
    assert due(datetime(2026, 11, 26, 9, 0, tzinfo=UTC), Reminders(), LONG_AGO) == due(
        at("2026-11-26", "10:00"), Reminders(), LONG_AGO
    )


def test_two_hours_before_a_quarter_past_eight_is_the_evening_before() -> None:
    wanted = due(at("2026-11-26", "08:15"), Reminders(), LONG_AGO)
    assert wanted == {DAY_BEFORE: at("2026-11-25", "08:15"), HOURS_BEFORE: at("2026-11-25", "20:00")}


def test_around_midnight_nobody_is_woken() -> None:
    wanted = due(at("2026-11-26", "00:30"), Reminders(), LONG_AGO)
    assert wanted == {DAY_BEFORE: at("2026-11-24", "20:00"), HOURS_BEFORE: at("2026-11-25", "20:00")}


@pytest.mark.parametrize(("sunday", "hours"), [("2026-10-25", 25), ("2027-03-28", 23)])
def test_across_a_change_of_the_clocks_the_day_before_is_at_the_same_time_on_the_wall(sunday: str, hours: int) -> None:
    starts = at(sunday, "10:00")
    reminded = due(starts, Reminders(hours_before=None), LONG_AGO)[DAY_BEFORE]
    assert f"{reminded:%A %H:%M}" == "Saturday 10:00"
    assert starts.astimezone(UTC) - reminded.astimezone(UTC) == timedelta(hours=hours)


def test_across_a_change_of_the_clocks_hours_before_are_hours_that_pass() -> None:
    starts = at("2027-03-28", "08:30")
    reminded = due(starts, Reminders(day_before=False, hours_before=12), LONG_AGO)[HOURS_BEFORE]
    assert reminded == at("2027-03-27", "19:30")
    assert starts.astimezone(UTC) - reminded.astimezone(UTC) == timedelta(hours=12)


def test_what_the_office_does_not_want_is_not_sent() -> None:
    starts = at("2026-11-26", "10:00")
    assert due(starts, Reminders(day_before=False, hours_before=None), LONG_AGO) == {}
    assert set(due(starts, Reminders(day_before=False), LONG_AGO)) == {HOURS_BEFORE}


@pytest.mark.parametrize(
    ("booked", "kinds"),
    [
        (("2026-11-25", "09:30"), {DAY_BEFORE, HOURS_BEFORE}),
        (("2026-11-25", "09:31"), {HOURS_BEFORE}),
        (("2026-11-25", "17:00"), {HOURS_BEFORE}),
        (("2026-11-26", "07:31"), set()),
        (("2026-11-26", "09:00"), set()),
    ],
)
def test_who_books_late_is_not_reminded_of_what_they_have_just_been_told(
    booked: tuple[str, str], kinds: set[str]
) -> None:
    assert set(due(at("2026-11-26", "10:00"), Reminders(), at(*booked))) == kinds


def test_of_two_reminders_that_nearly_coincide_only_the_earlier_is_sent() -> None:
    starts = at("2026-11-26", "10:00")
    assert due(starts, Reminders(hours_before=22), LONG_AGO) == {DAY_BEFORE: at("2026-11-25", "10:00")}
    assert due(starts, Reminders(hours_before=26), LONG_AGO) == {HOURS_BEFORE: at("2026-11-25", "08:00")}
    assert len(due(starts, Reminders(hours_before=21), LONG_AGO)) == 2


async def reminded(database: Database, reminders: Reminders | None = None) -> str:
    """An appointment of Amina's on Thursday at 10:00, with its reminders; its code."""
    code = (await book(database, "amina")).code
    await planned(database, code, reminders=reminders)
    return code


async def row_of(session: AsyncSession, code: str) -> AppointmentRow:
    return (await session.scalars(select(AppointmentRow).where(AppointmentRow.code == code))).one()


async def planned(database: Database, code: str, now: datetime = WEDNESDAY, reminders: Reminders | None = None) -> None:
    async with database.writing() as session:
        await plan(session, await row_of(session, code), reminders or Reminders(), now)


async def moved(database: Database, code: str, clock: str) -> None:
    """To another time of Thursday, as the desk does it."""
    async with desk_of(database, "amina") as desk:
        await desk.bookings.move(code, await slot_at(desk, clock))
        await plan(desk.session, await row_of(desk.session, code), Reminders(), WEDNESDAY)


async def written(database: Database) -> dict[tuple[str, str], str]:
    """Kind and hour of each reminder, and what has become of it."""
    async with database.reading() as session:
        rows = await session.scalars(select(NoticeRow).order_by(NoticeRow.due_at))
        return {(row.kind, f"{row.due_at.astimezone(ROME):%a %H:%M}"): row.state for row in rows}


async def taken(database: Database, now: datetime) -> list[Notice]:
    async with database.writing() as session:
        return await take_due(session, await Shelf().newest(session, now.date()), now)


async def test_reminders_are_written_with_the_appointment(database: Database) -> None:
    await reminded(database)
    assert await written(database) == {(DAY_BEFORE, "Wed 10:00"): "due", (HOURS_BEFORE, "Thu 08:00"): "due"}


async def test_planned_twice_they_are_there_once(database: Database) -> None:
    code = await reminded(database)
    await planned(database, code)
    assert await written(database) == {(DAY_BEFORE, "Wed 10:00"): "due", (HOURS_BEFORE, "Thu 08:00"): "due"}


async def test_a_reminder_is_taken_when_it_is_due_and_only_once(database: Database) -> None:
    await reminded(database)
    assert await taken(database, DAY_BEFORE_AT - timedelta(seconds=1)) == []
    assert [notice.kind for notice in await taken(database, DAY_BEFORE_AT)] == [DAY_BEFORE]
    assert await taken(database, DAY_BEFORE_AT) == []
    assert [notice.kind for notice in await taken(database, HOURS_BEFORE_AT)] == [HOURS_BEFORE]


async def test_after_a_move_one_is_reminded_of_the_new_time_only(database: Database) -> None:
    code = await reminded(database)
    await moved(database, code, "11:00")
    assert await taken(database, DAY_BEFORE_AT) == []
    (notice,) = await taken(database, DAY_BEFORE_AT + timedelta(hours=1))
    assert isinstance(notice.about, Appointment)
    assert notice.about.starts == at("2026-11-26", "11:00")


async def test_moved_away_and_back_one_is_reminded_once(database: Database) -> None:
    code = await reminded(database)
    await moved(database, code, "11:00")
    await moved(database, code, "10:00")
    assert [notice.kind for notice in await taken(database, DAY_BEFORE_AT + timedelta(hours=2))] == [DAY_BEFORE]


async def test_moved_away_and_back_after_the_reminder_it_is_not_sent_again(database: Database) -> None:
    code = await reminded(database)
    assert len(await taken(database, DAY_BEFORE_AT)) == 1
    await moved(database, code, "11:00")
    await moved(database, code, "10:00")
    assert await taken(database, DAY_BEFORE_AT + timedelta(hours=2)) == []


async def test_nobody_is_reminded_of_what_was_cancelled(database: Database) -> None:
    code = await reminded(database)
    async with desk_of(database, "amina") as desk:
        await desk.bookings.cancel(code)
        await drop(desk.session, (await row_of(desk.session, code)).id)
    assert set((await written(database)).values()) == {"dropped"}
    assert await taken(database, HOURS_BEFORE_AT) == []


async def test_even_a_cancellation_that_forgets_the_reminders_stops_them(database: Database) -> None:
    code = await reminded(database)
    async with database.writing() as session:
        (await row_of(session, code)).state = AppointmentState.CANCELLED_BY_PERSON
    assert await taken(database, HOURS_BEFORE_AT) == []


async def test_nobody_is_reminded_who_is_there_already(database: Database) -> None:
    code = await reminded(database)
    async with desk_of(database, "amina") as desk:
        await desk.bookings.arrive(code, by="staff:1")
    assert await taken(database, HOURS_BEFORE_AT) == []


async def test_after_a_long_pause_only_what_is_still_of_use_is_sent(database: Database) -> None:
    await reminded(database)
    too_late = at("2026-11-26", "09:45")
    assert await taken(database, too_late) == []
    assert set((await written(database)).values()) == {"dropped"}


async def test_a_reminder_that_is_late_into_the_night_waits_for_the_morning(database: Database) -> None:
    await reminded(database, Reminders(hours_before=None))
    assert await taken(database, at("2026-11-25", "22:00")) == []
    assert (await written(database))[DAY_BEFORE, "Thu 08:00"] == "due"
    assert [notice.kind for notice in await taken(database, at("2026-11-26", "08:00"))] == [DAY_BEFORE]


async def test_one_that_would_be_pointless_in_the_morning_does_not_wait(database: Database) -> None:
    code = await reminded(database)
    async with database.writing() as session:
        row = await row_of(session, code)
        row.starts = at("2026-11-26", "08:15")
        await plan(session, row, Reminders(), WEDNESDAY - timedelta(days=1))
    assert await taken(database, at("2026-11-25", "22:00")) == []
    assert set((await written(database)).values()) == {"dropped"}


async def test_what_waits_in_the_outbox_is_looked_at_again_before_it_is_sent(database: Database) -> None:
    code = await reminded(database)
    (notice,) = await taken(database, DAY_BEFORE_AT)
    async with database.writing() as session:
        assert await may_still_go(session, notice.id, DAY_BEFORE_AT, perhaps_sent=False)
    async with desk_of(database, "amina") as desk:
        await desk.bookings.cancel(code)
    async with database.writing() as session:
        assert not await may_still_go(session, notice.id, DAY_BEFORE_AT, perhaps_sent=False)
    assert (await written(database))[DAY_BEFORE, "Wed 10:00"] == "dropped"


async def test_rounds_at_the_same_moment_take_a_reminder_once(town_url: str) -> None:
    databases = [Database(town_url) for _process in range(4)]
    try:
        await reminded(databases[0])
        found = await asyncio.gather(*(taken(database, DAY_BEFORE_AT) for database in databases))
    finally:
        for database in databases:
            await database.close()
    assert [notice.kind for notices in found for notice in notices] == [DAY_BEFORE]


async def test_a_round_that_dies_before_its_end_has_taken_nothing(database: Database) -> None:
    await reminded(database)

    async def dies() -> None:
        async with database.writing() as session:
            directory = await Shelf().newest(session, WEDNESDAY.date())
            assert len(await take_due(session, directory, DAY_BEFORE_AT)) == 1
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await dies()
    assert len(await taken(database, DAY_BEFORE_AT)) == 1


async def test_a_person_confirms_once_for_each_time(database: Database) -> None:
    code = await reminded(database)

    async def confirmed(person: str = "amina") -> bool:
        async with database.writing() as session:
            return await confirm(session, code, person, WEDNESDAY)

    assert [await confirmed(), await confirmed()] == [True, True]
    assert not await confirmed("badru")
    await moved(database, code, "11:00")
    assert await confirmed()
    async with database.reading() as session:
        events = await session.execute(select(AppointmentEventRow.what, AppointmentEventRow.by))
        assert [tuple(event) for event in events].count(("confirmed", "person")) == 2
    async with desk_of(database, "amina") as desk:
        await desk.bookings.cancel(code)
    assert not await confirmed()


async def test_a_seat_is_offered_while_it_is_kept_and_not_after(database: Database) -> None:
    until = DAY_BEFORE_AT + timedelta(hours=1)
    async with database.writing() as session:
        activity = (await session.scalars(select(ActivityRow.key).order_by(ActivityRow.key).limit(1))).one()
        for name, seat in (("Amina", 1), ("Badru", 2)):
            row = EnrolmentRow(
                code=name,
                booking_key=name,
                activity=activity,
                seat=seat,
                person=name,
                name=name,
                language="en",
                state="offered",
                offered_until=until,
                enrolled_at=WEDNESDAY,
            )
            session.add(row)
            await session.flush()
            told_at = DAY_BEFORE_AT if name == "Amina" else until
            session.add(NoticeRow(person=name, enrolment=row.id, kind="seat_offered", due_at=told_at))
    (notice,) = await taken(database, DAY_BEFORE_AT)
    assert isinstance(notice.about, Seat)
    assert (notice.about.enrolment.name, notice.about.until) == ("Amina", until)
    assert await taken(database, until) == []
