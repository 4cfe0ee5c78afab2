"""The calendars of offices as calendar programs read them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, timedelta

import httpx
import pytest
from fastapi import FastAPI
from icalendar import Calendar, Event
from sqlalchemy import update

from locales.text import Localized
from services_directory.api.calendar import calendar_router
from services_directory.desk.bookings import Bookings
from services_directory.desk.directory import Directory, Shelf
from services_directory.desk.feeds import feed_of, make_feed, revoke_feed
from services_directory.desk.timetable import Place
from services_directory.store.bookings import AppointmentRow
from services_directory.store.offerings import ServiceRow
from services_directory.store.session import Database
from tests.services_directory.desk.appointments import COUNTERS, OFFICE, SERVICE, Booked, booked
from tests.town import FakeClock

STAFF = "staff:1"


@dataclass
class Agenda:
    """An office's calendar and the program that reads it."""

    database: Database
    clock: FakeClock
    client: httpx.AsyncClient
    token: str

    async def asks(self, token: str | None = None, **headers: str) -> httpx.Response:
        return await self.client.get(f"/calendar/{token or self.token}.ics", headers=headers)

    async def events(self) -> dict[str, Event]:
        """By the code in the name of each."""
        found = Calendar.from_ical((await self.asks()).content).walk("VEVENT")
        return {str(event["uid"]): event for event in found if isinstance(event, Event)}

    async def cancels(self, one: Booked) -> None:
        async with self.database.writing() as session:
            directory = await Directory.load(session, self.clock.now().date())
            await Bookings(session, directory, self.clock.now()).cancel(one.code, by=STAFF)


@pytest.fixture
async def agenda(town_url: str) -> AsyncIterator[Agenda]:
    database, clock = Database(town_url), FakeClock()
    async with database.writing() as session:
        token = await make_feed(session, Place(office=OFFICE), by=STAFF, now=clock.now())
    app = FastAPI()
    app.include_router(calendar_router(database, Shelf(), clock.now))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sportello.test") as client:
        yield Agenda(database, clock, client, token)
    await database.close()


async def test_an_appointment_is_an_event_with_its_time_code_service_and_counter(agenda: Agenda) -> None:
    one = await booked(agenda.database, "10:00")
    answer = await agenda.asks()
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    (event,) = (await agenda.events()).values()
    assert event["uid"] == f"{one.code}@sportello"
    assert (event.start, event.end) == (one.starts, one.starts + timedelta(minutes=30))
    assert event["summary"] == f"{one.code} Sportello lavoro"
    assert event["location"] == "Sportello 1"
    assert (event["status"], event["sequence"], event["class"]) == ("CONFIRMED", 0, "PRIVATE")
    assert event.decoded("last-modified") == event.decoded("dtstamp") == agenda.clock.now().astimezone(UTC)


async def test_nothing_in_it_tells_who_comes(agenda: Agenda) -> None:
    await booked(agenda.database, "10:00", name="Zeynep Yıldız", language="tr", person="person-77", people=4)
    content = (await agenda.asks()).text
    assert "SUMMARY" in content
    for word in ("Zeynep", "Yıldız", "person-77", "turc", "LANGUAGE", "ATTENDEE", "ORGANIZER", "DESCRIPTION"):
        assert word not in content


async def test_what_was_cancelled_stays_as_cancelled_and_as_a_later_version(agenda: Agenda) -> None:
    one = await booked(agenda.database, "10:00")
    agenda.clock.passes(minutes=5)
    await agenda.cancels(one)
    (event,) = (await agenda.events()).values()
    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)
    assert event.decoded("last-modified") == agenda.clock.now().astimezone(UTC)


async def test_long_names_and_signs_survive_as_the_standard_wants_them(agenda: Agenda) -> None:
    name = "Lavoro; famiglia, casa \\ «diritti» – " + "perché no? " * 9 + "\nDTSTART:19700101T000000Z"
    async with agenda.database.writing() as session:
        texts = Localized({"it": name})
        await session.execute(update(ServiceRow).where(ServiceRow.key == SERVICE).values(name=texts))
    one = await booked(agenda.database, "10:00")
    content = (await agenda.asks()).content
    assert content.endswith(b"\r\n")
    lines = content.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert sum(line.startswith(b"DTSTART") for line in lines) == 1
    unfolded = content.replace(b"\r\n ", b"").decode()
    assert "Lavoro\\; famiglia\\, casa \\\\ «diritti»" in unfolded
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT15M\r\nX-PUBLISHED-TTL:PT15M\r\n" in unfolded
    (event,) = (await agenda.events()).values()
    assert event["summary"] == f"{one.code} {name}"


async def test_a_counter_has_a_calendar_of_its_own_with_its_name(agenda: Agenda) -> None:
    await booked(agenda.database, "10:00", COUNTERS[1])
    async with agenda.database.writing() as session:
        agenda.token = await make_feed(
            session, Place(office=OFFICE, counter=COUNTERS[0]), by=STAFF, now=agenda.clock.now()
        )
    calendar = Calendar.from_ical((await agenda.asks()).content)
    assert calendar.walk("VEVENT") == []
    assert str(calendar["x-wr-calname"]).endswith(" – Sportello 1")


async def test_what_has_not_changed_is_not_sent_again(agenda: Agenda) -> None:
    one = await booked(agenda.database, "10:00")
    etag = (await agenda.asks()).headers["etag"]
    for known in (etag, f"W/{etag}", f'"x", {etag}'):
        again = await agenda.asks(**{"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    await agenda.cancels(one)
    changed = await agenda.asks(**{"If-None-Match": etag})
    assert changed.status_code == 200
    assert b"CANCELLED" in changed.content


async def test_a_moved_appointment_keeps_its_name(agenda: Agenda) -> None:
    one = await booked(agenda.database, "10:00")
    before = await agenda.events()
    async with agenda.database.writing() as session:
        row = update(AppointmentRow).where(AppointmentRow.code == one.code)
        await session.execute(row.values(starts=one.starts + timedelta(days=1)))
    after = await agenda.events()
    assert before.keys() == after.keys()
    assert after[f"{one.code}@sportello"].start == one.starts + timedelta(days=1)


async def test_unknown_and_revoked_secrets_are_answered_alike(agenda: Agenda) -> None:
    async with agenda.database.writing() as session:
        found = await feed_of(session, agenda.token)
        assert found is not None
        await revoke_feed(session, found.id, agenda.clock.now())
    revoked, unknown = await agenda.asks(), await agenda.asks("nobody-made-this")
    assert revoked.status_code == unknown.status_code == 404
    assert revoked.content == unknown.content
    assert revoked.headers == unknown.headers


async def test_a_reading_is_written_down(agenda: Agenda) -> None:
    await agenda.asks()
    async with agenda.database.reading() as session:
        found = await feed_of(session, agenda.token)
    assert found is not None
    assert found.read_at == agenda.clock.now()
