"""The verbs of a seat: never more than there are; whoever waits first is offered it first; who did what and when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from locales.dates import ROME
from services_directory.booked import Enrolment, EnrolmentState, NoSeatsError, OfferOverError
from services_directory.desk.directory import Shelf
from services_directory.desk.enrolments import activities_to_settle
from services_directory.desk.person_desk import PersonDesk, erase_old_names
from services_directory.facts import Activity
from services_directory.store.bookings import EnrolmentEventRow, EnrolmentRow
from services_directory.store.offerings import ActivityRow
from services_directory.store.places import DirectoryVersionRow
from services_directory.store.session import Database
from services_directory.store.waiting import NoticeRow
from tests.town import WEDNESDAY

COURSE = "taranto-italian-course"
STAFF = "staff:1"
A_DAY = timedelta(days=1)


@asynccontextmanager
async def desk_of(database: Database, person: str = "x", now: datetime = WEDNESDAY) -> AsyncIterator[PersonDesk]:
    async with database.writing() as session:
        yield PersonDesk(session, await Shelf().newest(session, now.date()), person, now)


async def with_seats(database: Database, seats: int, *meetings: datetime) -> None:
    """Staff say how many seats the course has, and when it meets."""
    sessions = [{"starts": one.isoformat(), "ends": (one + timedelta(hours=2)).isoformat()} for one in meetings]
    async with database.writing() as session:
        await session.execute(
            update(ActivityRow).where(ActivityRow.key == COURSE).values(seats=seats, sessions=sessions)
        )
        await session.execute(update(DirectoryVersionRow).values(version=DirectoryVersionRow.version + 1))


def the_course(desk: PersonDesk) -> Activity:
    activity = desk.directory.activity(COURSE)
    assert activity is not None
    return activity


async def enrol(database: Database, person: str, now: datetime = WEDNESDAY) -> Enrolment:
    async with desk_of(database, person, now) as desk:
        return await desk.enrol(the_course(desk), person.title(), language="en", key=f"enrol-{now}")


async def wait(database: Database, person: str, now: datetime = WEDNESDAY) -> Enrolment:
    async with desk_of(database, person, now) as desk:
        return await desk.wait_for_seat(the_course(desk), person.title(), language="en", key=f"wait-{now}")


async def withdraw(database: Database, one: Enrolment, now: datetime = WEDNESDAY, by: str = "person") -> None:
    async with desk_of(database, now=now) as desk:
        await desk.enrolments.withdraw(one.code, by=by)


async def passes(database: Database, now: datetime) -> None:
    """The clock's round."""
    async with desk_of(database, now=now) as desk:
        await desk.enrolments.lapse()


async def states(database: Database) -> dict[str, str]:
    async with database.reading() as session:
        rows = await session.scalars(select(EnrolmentRow).order_by(EnrolmentRow.id))
        return {row.name: row.state for row in rows}


async def seats_left(database: Database) -> int | None:
    async with desk_of(database) as desk:
        return (await desk.enrolments.with_seats([the_course(desk)]))[0].seats_left


async def notices(database: Database) -> list[NoticeRow]:
    async with database.reading() as session:
        return list(await session.scalars(select(NoticeRow).order_by(NoticeRow.id)))


async def taken(database: Database) -> list[int]:
    async with database.reading() as session:
        return sorted(await session.scalars(select(EnrolmentRow.seat).where(EnrolmentRow.seat.is_not(None))))


async def full_with_a_line(database: Database, *line: str) -> Enrolment:
    """A course of one seat, Amina in it, the others in line; her enrolment."""
    await with_seats(database, 1)
    amina = await enrol(database, "amina")
    for person in line:
        assert (await wait(database, person)).state is EnrolmentState.WAITING
    return amina


async def test_a_freed_seat_is_offered_to_the_first_in_line_and_is_not_public(database: Database) -> None:
    amina = await full_with_a_line(database, "badru", "carmen")
    await withdraw(database, amina)
    assert await states(database) == {"Amina": "withdrawn", "Badru": "offered", "Carmen": "waiting"}
    assert await seats_left(database) == 0
    with pytest.raises(NoSeatsError):
        await enrol(database, "dalia")
    (notice,) = await notices(database)
    assert (notice.person, notice.kind, notice.due_at) == ("badru", "seat_offered", WEDNESDAY)


async def test_an_accepted_offer_is_a_seat_also_when_it_is_accepted_twice(database: Database) -> None:
    amina = await full_with_a_line(database, "badru")
    await withdraw(database, amina)
    for _tap in range(2):
        async with desk_of(database, "badru") as desk:
            (mine,) = await desk.my_enrolments.all()
            accepted = await desk.accept_seat(mine)
        assert (accepted.state, accepted.offered_until) == (EnrolmentState.ENROLLED, None)
    assert await taken(database) == [1]


async def test_whoever_is_offered_a_seat_and_signs_up_has_accepted(database: Database) -> None:
    amina = await full_with_a_line(database, "badru")
    await withdraw(database, amina)
    assert (await enrol(database, "badru")).state is EnrolmentState.ENROLLED
    assert await taken(database) == [1]


async def test_a_declined_seat_goes_to_the_next_and_then_it_is_public(database: Database) -> None:
    amina = await full_with_a_line(database, "badru", "carmen")
    await withdraw(database, amina)
    for person in ("badru", "carmen"):
        async with desk_of(database, person) as desk:
            (mine,) = await desk.my_enrolments.all()
            await desk.decline_seat(mine)
            with pytest.raises(OfferOverError):
                await desk.decline_seat(mine)
    assert set((await states(database)).values()) == {"withdrawn"}
    assert await seats_left(database) == 1
    assert (await enrol(database, "dalia")).state is EnrolmentState.ENROLLED


async def test_an_offer_lasts_a_day_then_goes_to_the_next_and_then_is_public(database: Database) -> None:
    amina = await full_with_a_line(database, "badru", "carmen")
    await withdraw(database, amina)
    async with desk_of(database, "badru") as desk:
        (mine,) = await desk.my_enrolments.all()
    assert mine.offered_until == WEDNESDAY + A_DAY
    await passes(database, WEDNESDAY + A_DAY - timedelta(seconds=1))
    assert (await states(database))["Badru"] == "offered"
    await passes(database, WEDNESDAY + A_DAY)
    assert await states(database) == {"Amina": "withdrawn", "Badru": "withdrawn", "Carmen": "offered"}
    async with desk_of(database, "badru", WEDNESDAY + A_DAY) as desk:
        with pytest.raises(OfferOverError):
            await desk.accept_seat(mine)
    await passes(database, WEDNESDAY + 2 * A_DAY)
    assert await seats_left(database) == 1


async def test_nobody_accepts_after_the_time_is_over_even_before_the_clocks_round(database: Database) -> None:
    amina = await full_with_a_line(database, "badru")
    await withdraw(database, amina)
    async with desk_of(database, "badru", WEDNESDAY + A_DAY) as desk:
        (mine,) = await desk.my_enrolments.all()
        with pytest.raises(OfferOverError):
            await desk.accept_seat(mine)


async def test_by_night_nobody_is_woken_and_the_day_begins_in_the_morning(database: Database) -> None:
    amina = await full_with_a_line(database, "badru")
    night, morning = WEDNESDAY.replace(hour=23), datetime(2026, 11, 26, 8, tzinfo=ROME)
    await withdraw(database, amina, night)
    (notice,) = await notices(database)
    assert notice.due_at == morning
    async with desk_of(database, "badru", night) as desk:
        (mine,) = await desk.my_enrolments.all()
    assert mine.offered_until == morning + A_DAY


async def test_an_offer_that_was_left_before_it_was_said_is_not_said(database: Database) -> None:
    amina = await full_with_a_line(database, "badru", "carmen")
    night = WEDNESDAY.replace(hour=23)
    await withdraw(database, amina, night)
    async with desk_of(database, "badru", night) as desk:
        (mine,) = await desk.my_enrolments.all()
        await desk.withdraw(mine)
    assert [(one.person, one.state) for one in await notices(database)] == [("badru", "dropped"), ("carmen", "due")]


async def test_one_place_a_person_and_activity_and_once_a_key(database: Database) -> None:
    await with_seats(database, 2)
    first = await enrol(database, "amina")
    again = await enrol(database, "amina", WEDNESDAY + A_DAY)
    in_line = await wait(database, "amina")
    assert first.code == again.code == in_line.code
    await enrol(database, "badru")
    waiting = await wait(database, "carmen")
    assert (await wait(database, "carmen")).code == (await wait(database, "carmen", WEDNESDAY + A_DAY)).code
    with pytest.raises(NoSeatsError):
        await enrol(database, "carmen")
    await withdraw(database, waiting)
    await withdraw(database, waiting)
    assert (await wait(database, "carmen", WEDNESDAY + A_DAY)).code != waiting.code


async def test_who_waits_for_a_seat_that_is_free_is_offered_it_at_once(database: Database) -> None:
    await with_seats(database, 1)
    assert (await wait(database, "amina")).state is EnrolmentState.OFFERED


async def test_seats_that_staff_add_are_offered_to_the_line_before_anybody_else(database: Database) -> None:
    await full_with_a_line(database, "badru")
    await with_seats(database, 3)
    assert await seats_left(database) == 1
    async with database.reading() as session:
        assert await activities_to_settle(session, WEDNESDAY) == [COURSE]
    await passes(database, WEDNESDAY)
    assert (await states(database))["Badru"] == "offered"
    async with database.reading() as session:
        assert await activities_to_settle(session, WEDNESDAY) == []
    await enrol(database, "carmen")
    with pytest.raises(NoSeatsError):
        await enrol(database, "dalia")


async def test_after_staff_lower_the_seats_nobody_loses_theirs_and_none_is_given_until_there_is_room(
    database: Database,
) -> None:
    await with_seats(database, 4)
    people = [await enrol(database, person) for person in ("amina", "badru", "carmen", "dalia")]
    await with_seats(database, 2)
    await withdraw(database, people[0])
    await wait(database, "eden")
    assert await taken(database) == [2, 3, 4]
    with pytest.raises(NoSeatsError):
        await enrol(database, "farid")
    await withdraw(database, people[1])
    assert (await states(database))["Eden"] == "waiting"
    await withdraw(database, people[2])
    assert (await states(database))["Eden"] == "offered"
    assert await taken(database) == [1, 4]


async def test_the_line_ends_with_the_last_meeting(database: Database) -> None:
    last = WEDNESDAY + timedelta(hours=3)
    await with_seats(database, 1, WEDNESDAY - A_DAY, last)
    amina = await enrol(database, "amina")
    await wait(database, "badru")
    await wait(database, "carmen")
    await withdraw(database, amina)
    async with desk_of(database, "badru") as desk:
        (mine,) = await desk.my_enrolments.all()
    assert mine.offered_until == last
    await passes(database, last)
    assert set((await states(database)).values()) == {"withdrawn"}
    for verb in (enrol, wait):
        with pytest.raises(NoSeatsError):
            await verb(database, "dalia", last)


async def test_every_change_is_written_down_with_who_and_when(database: Database) -> None:
    amina = await full_with_a_line(database, "badru", "carmen")
    later = WEDNESDAY + timedelta(hours=1)
    await withdraw(database, amina, later, by=STAFF)
    await passes(database, later + A_DAY)
    async with database.reading() as session:
        found = await session.execute(
            select(EnrolmentRow.name, EnrolmentEventRow)
            .join(EnrolmentRow, EnrolmentRow.id == EnrolmentEventRow.enrolment)
            .order_by(EnrolmentEventRow.id)
        )
        events = [(name, event.what, event.by, event.at) for name, event in found]
    assert events == [
        ("Amina", "enrolled", "person", WEDNESDAY),
        ("Badru", "waiting", "person", WEDNESDAY),
        ("Carmen", "waiting", "person", WEDNESDAY),
        ("Amina", "withdrawn", STAFF, later),
        ("Badru", "offered", "clock", later),
        ("Badru", "lapsed", "clock", later + A_DAY),
        ("Carmen", "offered", "clock", later + A_DAY),
    ]
    kinds = [(one.person, one.kind) for one in await notices(database)]
    assert kinds == [("badru", "seat_offered"), ("amina", "seat_withdrawn"), ("carmen", "seat_offered")]


async def test_whom_the_office_adds_has_a_seat_of_their_own(database: Database) -> None:
    await with_seats(database, 2)
    for name in ("Amina", "Badru"):
        async with desk_of(database) as desk:
            course = the_course(desk)
            await desk.enrolments.enrol(course, name, person=None, language="it", key=name, by=STAFF)
    assert await states(database) == {"Amina": "enrolled", "Badru": "enrolled"}
    assert await taken(database) == [1, 2]


async def test_many_at_once_take_leave_and_accept_and_never_more_seats_than_there_are(database: Database) -> None:
    await with_seats(database, 5)

    async def somebody(number: int) -> None:
        person = f"p{number:02}"
        try:
            mine = await enrol(database, person)
        except NoSeatsError:
            mine = await wait(database, person)
        if number % 3 == 0:
            await withdraw(database, mine)
        async with desk_of(database, person) as desk:
            for one in await desk.my_enrolments.all():
                if one.state is EnrolmentState.OFFERED:
                    await desk.accept_seat(one)

    async def staff() -> None:
        await with_seats(database, 3)

    await asyncio.gather(*(somebody(number) for number in range(12)), staff(), *(somebody(n) for n in range(12, 20)))
    before = await taken(database)
    assert len(before) == len(set(before)) <= 5
    for number in range(20):
        async with desk_of(database, f"p{number:02}") as desk:
            for one in await desk.my_enrolments.all():
                if one.state is EnrolmentState.OFFERED:
                    await desk.accept_seat(one)
    now = await states(database)
    seated = [name for name, state in now.items() if state == "enrolled"]
    assert 3 <= len(seated) <= 5
    assert len(await taken(database)) == len(seated), now


async def test_forgetting_gives_the_seat_to_the_next_and_leaves_the_line(database: Database) -> None:
    await full_with_a_line(database, "badru", "carmen")
    for person in ("badru", "amina"):
        async with desk_of(database, person) as desk:
            await desk.forget_me()
    assert await states(database) == {"": "withdrawn", "Carmen": "offered"}


async def test_the_names_of_a_course_stay_until_its_last_meeting_is_long_ago(database: Database) -> None:
    await with_seats(database, 1, WEDNESDAY + timedelta(days=60))
    await enrol(database, "amina")
    async with database.writing() as session:
        assert await erase_old_names(session, WEDNESDAY + timedelta(days=50)) == 0
        assert await erase_old_names(session, WEDNESDAY + timedelta(days=61)) == 1


async def test_whose_name_was_erased_while_they_waited_is_offered_nothing(database: Database) -> None:
    amina = await full_with_a_line(database, "badru")
    much_later = WEDNESDAY + timedelta(days=90)
    await wait(database, "carmen", much_later - timedelta(hours=1))
    async with database.writing() as session:
        assert await erase_old_names(session, much_later - timedelta(hours=2)) == 2
    await withdraw(database, amina, much_later)
    async with database.reading() as session:
        rows = await session.scalars(select(EnrolmentRow).order_by(EnrolmentRow.id))
        assert [row.state for row in rows] == ["withdrawn", "withdrawn", "offered"]
