"""What clocks and calendars do to appointments: the nights of the change, midnight, holidays, doors that close."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from locales.dates import ROME, in_rome
from services_directory.booked import ALONE, Appointment, OfferOverError, Party, Slot, SlotTakenError, WhenWanted
from services_directory.desk.directory import Shelf
from services_directory.desk.line import go_on
from services_directory.desk.person_desk import PersonDesk
from services_directory.desk.slots import CELL
from services_directory.facts import Service
from services_directory.store import records
from services_directory.store.bookings import AppointmentRow, ClaimedCellRow
from services_directory.store.session import Database
from services_directory.store.waiting import NoticeRow, OfferRow
from tests.services_directory.desk.model_offices import city, office, publish, service

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
NEXT_AUTUMN = date(2027, 10, 31)
"""In 2027 the clocks go forward on Easter Sunday, when everything is closed."""
WORK = date(2026, 11, 25)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@dataclass
class Place:
    """One office with one counter and one service; anything about them can be said otherwise."""

    database: Database
    office: dict[str, Any] = field(default_factory=dict)
    counter: dict[str, Any] = field(default_factory=dict)
    booking: dict[str, Any] = field(default_factory=dict)
    patron_day: str = "05-10"
    hours: str = "Mo-Su 09:00-12:00"

    async def opens(self, **changed: Any) -> None:
        """Publish it, or publish it changed."""
        for name, value in changed.items():
            setattr(self, name, value)
        counter = {"key": "c", "grid": 15, "services": ["s"], **self.counter}
        booked = {"lead_minutes": 0, "horizon_days": 10, "minutes": 30, **self.booking}
        async with self.database.writing() as session:
            place = office("o", self.hours, counter, **self.office)
            await publish(session, place, service("s", "o", **booked), city=city(patron_day=self.patron_day))

    @asynccontextmanager
    async def desk(self, now: datetime, person: str = "amina") -> AsyncIterator[PersonDesk]:
        async with self.database.writing() as session:
            yield PersonDesk(session, await Shelf().newest(session, in_rome(now).date()), person, now)

    async def times(self, day: date, now: datetime, party: Party = ALONE) -> list[str]:
        """The free times of a day, as Rome's clock shows them, and what follows from UTC."""
        async with self.desk(now, "looks") as desk:
            return [f"{slot.starts:%H:%M%z}"[:-2] for slot in await desk.free_slots(the(desk), day, party).all()]

    async def books(self, clock: str, day: date, now: datetime, person: str = "amina") -> Appointment:
        async with self.desk(now, person) as desk:
            slot = await desk.free_slots(the(desk), day).find(clock)
            assert slot is not None, clock
            return await desk.book(slot, person, language="en", key=person + clock)


def the(desk: PersonDesk) -> Service:
    found = desk.directory.service("s")
    assert found is not None
    return found


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ROME)


async def cells(database: Database) -> set[datetime]:
    async with database.reading() as session:
        return set(await session.scalars(select(ClaimedCellRow.starts)))


async def test_in_the_spring_night_the_hour_that_does_not_exist_is_not_offered(database: Database) -> None:
    place = Place(database, hours="Mo-Su 01:00-04:00")
    await place.opens()
    before = at(SPRING - timedelta(days=1), "12:00")
    assert await place.times(SPRING, before) == ["01:00+01", "01:30+01", "03:00+02", "03:30+02"]
    booked = await place.books("01:30", SPRING, before)
    assert await cells(database) == {booked.starts.astimezone(UTC) + timedelta(minutes=m) for m in range(0, 30, CELL)}
    assert await place.times(SPRING, before) == ["01:00+01", "03:00+02", "03:30+02"]


async def test_in_the_autumn_night_the_hour_that_comes_twice_is_two_hours(database: Database) -> None:
    place = Place(database, hours="Mo-Su 01:00-04:00")
    await place.opens()
    before = at(AUTUMN - timedelta(days=1), "12:00")
    night = ["01:00+02", "01:30+02", "02:00+02", "02:30+02", "02:00+01", "02:30+01", "03:00+01", "03:30+01"]
    assert await place.times(AUTUMN, before) == night
    first = await place.books("02:30", AUTUMN, before, "amina")
    second = await place.books("2026-10-25T02:30+0100", AUTUMN, before, "badru")
    assert second.starts.astimezone(UTC) - first.starts.astimezone(UTC) == timedelta(hours=1)
    assert len(await cells(database)) == 2 * 30 // CELL
    assert await place.times(AUTUMN, before) == [clock for clock in night if not clock.startswith("02:30")]
    async with place.desk(before, "badru") as desk:
        (mine,) = await desk.my_appointments.all()
    assert (mine.starts.fold, mine.starts.utcoffset()) == (1, timedelta(hours=1))


async def test_a_hold_over_the_autumn_change_is_kept_for_ten_minutes_and_not_for_seventy(database: Database) -> None:
    place = Place(database, hours="Mo-Su 01:00-06:00")
    await place.opens()
    almost_three = at(AUTUMN, "02:55")
    async with place.desk(almost_three) as desk:
        slot = await desk.free_slots(the(desk), AUTUMN).find("05:00")
        assert slot is not None
        hold = await desk.hold(slot, language="en", key="k")
    assert hold.until.astimezone(UTC) - almost_three.astimezone(UTC) == timedelta(minutes=10)
    assert "05:00+01" not in await place.times(AUTUMN, almost_three)
    assert "05:00+01" in await place.times(AUTUMN, hold.until)


@pytest.mark.parametrize(("day", "night"), [(SPRING, "01:45"), (AUTUMN, "02:45")])
async def test_the_lead_time_is_an_hour_that_passes_not_one_of_the_wall(
    database: Database, day: date, night: str
) -> None:
    place = Place(database, hours="Mo-Su 00:00-06:00", booking={"lead_minutes": 60})
    await place.opens()
    now = at(day, night)
    async with place.desk(now) as desk:
        first = (await desk.next_slots(the(desk)))[0]
    assert timedelta(hours=1) <= first.starts.astimezone(UTC) - now.astimezone(UTC) < timedelta(hours=1, minutes=30)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (NEXT_AUTUMN, 25), (WORK, 24)])
async def test_an_office_that_never_closes_has_as_many_hours_as_the_day(
    database: Database, day: date, hours: int
) -> None:
    place = Place(database, hours="24/7")
    await place.opens()
    assert len(await place.times(day, at(day - timedelta(days=1), "12:00"))) == 2 * hours


async def test_no_appointment_runs_over_midnight_and_the_last_one_ends_with_the_day(database: Database) -> None:
    place = Place(database, hours="Mo-Su 22:15-26:00")
    await place.opens()
    evening, morning = await place.times(WORK, at(WORK, "12:00")), await place.times(WORK, at(WORK, "00:00"))
    assert evening == ["22:15+01", "22:45+01", "23:15+01"]
    assert morning == ["00:00+01", "00:30+01", "01:00+01", "01:30+01", *evening]


async def test_the_buffer_behind_midnight_is_in_the_way_of_the_next_day(database: Database) -> None:
    place = Place(database, hours="24/7", booking={"buffer_minutes": 30})
    await place.opens()
    noon, next_day = at(WORK, "12:00"), WORK + timedelta(days=1)
    await place.books("00:00", next_day, noon, "amina")
    assert await place.times(WORK, noon)
    assert "23:00+01" in await place.times(WORK, noon)
    await place.opens(hours="Mo-Su 00:30-24:00")
    assert "23:30+01" not in await place.times(WORK, noon), "its buffer would run into the appointment at midnight"


async def test_the_lead_time_and_the_horizon_reach_over_midnight(database: Database) -> None:
    place = Place(database, hours="24/7", booking={"lead_minutes": 60, "horizon_days": 1})
    await place.opens()
    late, next_day = at(WORK, "23:31"), WORK + timedelta(days=1)
    assert await place.times(WORK, late) == []
    assert (await place.times(next_day, late))[0] == "01:00+01"
    assert await place.times(next_day + timedelta(days=1), late) == []
    assert await place.times(next_day + timedelta(days=1), late + timedelta(minutes=29))


async def test_at_midnight_tomorrow_becomes_today(database: Database) -> None:
    place = Place(database, booking={"same_day": False})
    await place.opens()
    next_day = WORK + timedelta(days=1)
    assert await place.times(next_day, at(WORK, "23:59"))
    assert await place.times(WORK, at(WORK, "00:00")) == []
    assert await place.times(next_day, at(next_day, "00:00")) == []


async def test_a_time_of_tomorrow_is_not_offered_for_the_night_where_today_cannot_be_booked(database: Database) -> None:
    place = Place(database, booking={"same_day": False})
    await place.opens()
    evening, tomorrow, later = at(WORK, "22:00"), WORK + timedelta(days=1), WORK + timedelta(days=2)
    booked = [await place.books("09:00", day, evening, f"p{day.day}") for day in (tomorrow, later)]
    await waits(place, evening)
    for one in booked:
        async with place.desk(evening, f"p{one.starts.day}") as desk:
            await desk.cancel(one)
    async with database.reading() as session:
        assert [in_rome(starts).date() for starts in await session.scalars(select(OfferRow.starts))] == [later]


async def waits(place: Place, now: datetime, person: str = "badru") -> None:
    async with place.desk(now, person) as desk:
        when = WhenWanted(in_rome(now).date(), in_rome(now).date() + timedelta(days=9))
        await desk.wait(the(desk), when, person, language="en", key=person)


@pytest.mark.parametrize(
    ("day", "patron_day"),
    [(date(2027, 5, 10), "05-10"), (date(2026, 12, 6), "12-06"), (date(2026, 12, 8), "05-10"),
     (date(2027, 3, 29), "05-10"),
     (date(2027, 5, 17), "easter+50")],
)  # fmt: skip
async def test_on_a_holiday_of_the_nation_or_of_the_city_nothing_can_be_booked(
    database: Database, day: date, patron_day: str
) -> None:
    place = Place(database, patron_day=patron_day)
    await place.opens()
    before = at(day - timedelta(days=2), "10:00")
    assert await place.times(day, before) == []
    assert await place.times(day + timedelta(days=1), before)


async def test_a_leap_day_can_be_booked_and_the_next_year_has_none(database: Database) -> None:
    place = Place(database)
    await place.opens()
    leap = date(2028, 2, 29)
    booked = await place.books("09:00", leap, at(date(2028, 2, 27), "10:00"))
    assert booked.starts == at(leap, "09:00")
    async with place.desk(at(date(2027, 2, 27), "10:00")) as desk:
        days = [day.key for day in await desk.days_with_room(the(desk)).all()]
    assert "2027-02-28" in days
    assert "2027-03-01" in days


async def test_a_counter_that_closes_under_a_hold_refuses_kindly(database: Database) -> None:
    place = Place(database)
    await place.opens()
    now = at(WORK, "08:00")
    async with place.desk(now) as desk:
        slot = await desk.free_slots(the(desk), WORK).find("10:00")
        assert slot is not None
        await desk.hold(slot, language="en", key="k")
    await place.opens(office=closed("off", counter="c"))
    async with place.desk(now) as desk:
        with pytest.raises(SlotTakenError):
            await desk.book(slot, "Amina", language="en", key="k")
    async with database.reading() as session:
        assert await session.scalar(select(AppointmentRow.id).where(AppointmentRow.state == "booked")) is None


async def test_a_counter_that_closes_under_an_offer_ends_it(database: Database) -> None:
    place = Place(database)
    await place.opens()
    now = at(WORK, "08:00")
    booked = await place.books("11:00", WORK, now)
    await waits(place, now)
    async with place.desk(now) as desk:
        await desk.cancel(booked)
    await place.opens(office=closed("off"))
    async with place.desk(now, "badru") as desk:
        with pytest.raises(OfferOverError):
            await desk.accept("1")
    async with place.desk(now, "badru") as desk:
        with pytest.raises(OfferOverError):
            await desk.decline("1")
        assert len(await desk.my_wishes.all()) == 1
    assert await cells(database) == set()


def closed(hours: str, counter: str | None = None) -> dict[str, Any]:
    return {"exceptions": [{"first_day": WORK, "last_day": WORK, "hours": hours, "counter": counter}]}


async def test_hours_that_change_under_appointments_do_not_hide_who_overlaps(database: Database) -> None:
    place = Place(database)
    await place.opens()
    now = at(WORK, "08:00")
    await place.books("09:30", WORK, now)
    await place.opens(office=closed("09:10-12:00"), counter={"grid": 10})
    assert (await place.times(WORK, now))[:2] == ["10:10+01", "10:40+01"], "9:10 and 9:40 would both meet 9:30"
    async with place.desk(now, "badru") as desk:
        with pytest.raises(SlotTakenError):
            await desk.book(Slot("x", "s", "o", at(WORK, "09:40"), 30), "Badru", language="en", key="k")


async def test_what_is_kept_for_people_without_an_appointment_is_not_offered(database: Database) -> None:
    place = Place(database, counter={"walk_ins": "We 10:00-11:00"})
    await place.opens()
    tuesday = at(WORK - timedelta(days=1), "08:00")
    assert await place.times(WORK, tuesday) == ["09:00+01", "09:30+01", "11:00+01", "11:30+01"]
    assert len(await place.times(WORK + timedelta(days=1), tuesday)) == 6


async def test_hours_of_one_counter_on_a_day_hold_within_those_of_the_office(database: Database) -> None:
    place = Place(database, office=closed("08:00-10:00", counter="c"))
    await place.opens()
    assert await place.times(WORK, at(WORK, "07:00")) == ["09:00+01", "09:30+01"]


async def test_a_family_needs_longer_and_the_buffer_is_behind_them(database: Database) -> None:
    place = Place(database, booking={"buffer_minutes": 15, "most_people": 3, "more_minutes": 15})
    await place.opens()
    now, three = at(WORK, "08:00"), Party(people=3)
    assert await place.times(WORK, now) == ["09:00+01", "09:45+01", "10:30+01", "11:15+01"]
    assert await place.times(WORK, now, three) == ["09:00+01", "09:45+01", "10:30+01"]
    assert await place.times(WORK, now, Party(people=4)) == []
    async with place.desk(now) as desk:
        slot = await desk.free_slots(the(desk), WORK, three).find("09:45")
        assert slot is not None
        booked = await desk.book(slot, "Amina", language="en", key="k", party=three)
    assert (booked.minutes, booked.people) == (60, 3)
    assert len(await cells(database)) == 75 // CELL
    assert await place.times(WORK, now) == ["09:00+01", "11:15+01"]


async def test_a_language_is_promised_only_in_the_hours_of_who_speaks_it(database: Database) -> None:
    mediator = {"language": "ar", "hours": "Tu 10:00-11:00", "mediator": True}
    place = Place(database, office={"languages": ["it", mediator]})
    await place.opens()
    tuesday = date(2026, 12, 1)
    arabic = Party(spoken="ar")
    assert await place.times(tuesday, at(WORK, "08:00"), arabic) == ["10:00+01", "10:30+01"]
    assert await place.times(WORK, at(WORK, "08:00"), arabic) == []
    assert len(await place.times(WORK, at(WORK, "08:00"), Party(spoken="it"))) == 6


async def test_what_comes_free_at_night_is_told_in_the_morning_and_kept_for_half_an_hour(database: Database) -> None:
    place = Place(database)
    await place.opens()
    night, tomorrow = at(WORK, "22:00"), WORK + timedelta(days=1)
    booked = await place.books("10:00", tomorrow, night)
    await waits(place, night)
    async with place.desk(night) as desk:
        await desk.cancel(booked)
    async with database.reading() as session:
        offer = (await session.scalars(select(OfferRow))).one()
        notice = (await session.scalars(select(NoticeRow).where(NoticeRow.kind == "slot_offered"))).one()
    assert (notice.due_at, offer.until) == (at(tomorrow, "08:00"), at(tomorrow, "08:30"))
    assert "10:00+01" not in await place.times(tomorrow, at(tomorrow, "08:29"))
    async with place.desk(at(tomorrow, "08:30"), "clock") as desk:
        assert await go_on(desk.session, desk.directory, desk.now) == 1
    assert "10:00+01" in await place.times(tomorrow, at(tomorrow, "08:30"))


def test_the_model_office_is_a_record_like_any_other() -> None:
    assert isinstance(office("o", "24/7", {"key": "c"}), records.Office)
