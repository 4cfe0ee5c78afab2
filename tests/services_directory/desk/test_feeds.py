"""Secret addresses of calendars: what they open, for how long, and what is kept of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from services_directory.booked import AppointmentState
from services_directory.desk.bookings import Bookings
from services_directory.desk.directory import Directory
from services_directory.desk.feeds import (
    MOST,
    READ_AGAIN,
    FeedRefusedError,
    change_token,
    contents,
    feed,
    feed_of,
    feeds,
    is_news,
    make_feed,
    note_reading,
    revoke_feed,
)
from services_directory.desk.timetable import Place
from services_directory.store.session import Database
from services_directory.store.waiting import FeedRow
from tests.services_directory.desk.appointments import COUNTERS, OFFICE, booked
from tests.town import WEDNESDAY

STAFF = "staff:1"
BARI = {"city": "bari", "office": "bari-one-stop-shop", "service": "bari-desk-work"}
BARI_COUNTER = "bari-one-stop-shop-1"
SHOP = Place(office=OFFICE)


async def made(database: Database, place: Place = SHOP) -> str:
    async with database.writing() as session:
        return await make_feed(session, place, by=STAFF, now=WEDNESDAY)


async def test_a_secret_opens_its_office_until_it_is_revoked(database: Database) -> None:
    token, other = await made(database), await made(database)
    async with database.reading() as session:
        found = await feed_of(session, token)
        assert await feed_of(session, token + "x") is None
    assert found is not None
    assert (found.office, found.counter, found.made_by, found.read_at) == (OFFICE, None, STAFF, None)
    async with database.writing() as session:
        await revoke_feed(session, found.id, WEDNESDAY)
    async with database.reading() as session:
        assert await feed_of(session, token) is None
        assert await feed(session, found.id) is None
        assert await feed_of(session, other) is not None
        assert [one.id for one in await feeds(session, "taranto")] == [found.id + 1]


async def test_the_secret_itself_is_kept_nowhere(database: Database) -> None:
    token = await made(database)
    async with database.reading() as session:
        (row,) = (await session.scalars(select(FeedRow))).all()
    assert len(token) >= 43
    assert token not in repr(vars(row))


async def test_addresses_are_listed_by_city_the_whole_office_first(database: Database) -> None:
    await made(database, Place(office=OFFICE, counter=COUNTERS[0]))
    await made(database)
    async with database.reading() as session:
        assert [one.counter for one in await feeds(session, "taranto")] == [None, COUNTERS[0]]
        assert await feeds(session, "bari") == []
        assert len(await feeds(session, None)) == 2


@pytest.mark.parametrize(
    "place", [Place(), Place(office="atlantis"), Place(office=OFFICE, counter="x"), Place(counter=COUNTERS[0])]
)
async def test_there_is_no_calendar_of_what_is_not_there(database: Database, place: Place) -> None:
    with pytest.raises(FeedRefusedError):
        await made(database, place)


async def test_a_counter_of_another_office_is_refused(database: Database) -> None:
    with pytest.raises(FeedRefusedError):
        await made(database, Place(office="bari-one-stop-shop", counter=COUNTERS[0]))


async def test_an_office_has_a_bounded_number_of_addresses(database: Database) -> None:
    async with database.writing() as session:
        for _number in range(MOST):
            await make_feed(session, SHOP, by=STAFF, now=WEDNESDAY)
    with pytest.raises(FeedRefusedError):
        await made(database)


async def test_a_reading_is_written_down_once_an_hour(database: Database) -> None:
    token = await made(database)
    async with database.writing() as session:
        found = await feed_of(session, token)
        assert found is not None
        assert is_news(found, WEDNESDAY)
        await note_reading(session, found, WEDNESDAY)
    async with database.reading() as session:
        found = await feed_of(session, token)
    assert found is not None
    assert found.read_at == WEDNESDAY
    assert not is_news(found, WEDNESDAY + READ_AGAIN - timedelta(seconds=1))
    assert is_news(found, WEDNESDAY + READ_AGAIN)


async def test_a_calendar_holds_its_place_and_its_time_alone(database: Database) -> None:
    first, second = await booked(database, "10:00"), await booked(database, "10:00", COUNTERS[1])
    await booked(database, "10:00", BARI_COUNTER, **BARI)
    await booked(database, "11:00", state=AppointmentState.HELD)
    token = await made(database, Place(office=OFFICE, counter=first.counter))
    whole = await made(database)
    async with database.reading() as session:
        one, every = await feed_of(session, token), await feed_of(session, whole)
        assert one is not None
        assert every is not None
        assert [a.code for a in await contents(session, one, WEDNESDAY)] == [first.code]
        assert {a.code for a in await contents(session, every, WEDNESDAY)} == {first.code, second.code}
        eight_days_later = first.starts + timedelta(days=8)
        assert await contents(session, every, eight_days_later) == []
        assert len(await contents(session, every, first.starts + timedelta(days=7))) == 2


async def test_the_change_token_moves_when_and_only_when_the_calendar_does(database: Database) -> None:
    token = await made(database)

    async def word() -> str:
        async with database.reading() as session:
            directory = await Directory.load(session, WEDNESDAY.date())
            found = await feed_of(session, token)
            assert found is not None
            return await change_token(session, directory, found, WEDNESDAY + timedelta(minutes=len(seen)))

    seen: list[str] = []
    seen.append(await word())
    mine = await booked(database, "10:00")
    seen.append(await word())
    await booked(database, "10:00", BARI_COUNTER, **BARI)
    assert await word() == seen[-1]
    async with database.writing() as session:
        directory = await Directory.load(session, WEDNESDAY.date())
        await Bookings(session, directory, WEDNESDAY).cancel(mine.code, by=STAFF)
    seen.append(await word())
    assert len(set(seen)) == 3
