"""A counter whose calendar another system keeps: booked, moved and cancelled in the chat as any other is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import httpx
import pytest
from sqlalchemy import delete, select, update

from bot.calendars import other_calendars
from bot.incoming import Sender
from locales.dates import ROME
from services_directory.desk.elsewhere import OtherCalendars
from services_directory.desk.person_desk import PersonDesk
from services_directory.elsewhere.redturtle import SYSTEM
from services_directory.store.bookings import AppointmentRow, ClaimedCellRow, CounterRow, CounterServiceRow
from services_directory.store.session import Database
from services_directory.store.waiting import NoticeRow
from tests.bot.reminded import THURSDAY, Wire, goes_round, hears
from tests.fakes.redturtle import ACCOUNT, ADDRESS, RedTurtleSite, gateway_time_out, lost
from tests.fakes.redturtle_folder import ACTIVE, Booking, BookingType, Folder
from tests.town import Town, opened

AMINA = Sender("fake", "chat", "a")
COUNTER, SERVICE, TYPE, MINUTES = "taranto-re-point-1", "taranto-desk-work", "Sportello lavoro", 30
MORNING = (9 * 60, 13 * 60)


@dataclass
class Office:
    """A town one of whose offices keeps its calendar in redturtle.prenotazioni, and Amina's telephone."""

    town: Town
    wire: Wire
    site: RedTurtleSite
    calendars: OtherCalendars

    async def taps(self, *labels: str) -> None:
        for label in labels:
            shown = [option for reply in reversed(self.wire.sent) for option in reply.options if option.label == label]
            assert shown, (label, self.wire.sent[-1])
            await hears(self.town, AMINA, tap=shown[0].key)

    async def asks_to_book(self, clock: str = "10:00") -> None:
        """Through all the questions, up to the yes."""
        await hears(self.town, AMINA, tap="go=book_appointment")
        await self.taps("Work desk", "Thursday 26 November", clock)
        await hears(self.town, AMINA, "Amina")
        await self.taps("Yes, book it")

    async def carries_out(self) -> None:
        """What the background does within seconds, and the round after it."""
        await self.calendars.carry_out(self.town.clock.at)
        await goes_round(self.town)

    async def minute_passes(self, minutes: int = 1) -> None:
        self.town.clock.passes(minutes=minutes)
        await self.calendars.refresh(self.town.clock.at)
        await self.calendars.reconcile(self.town.clock.at)
        await goes_round(self.town)

    async def row(self) -> AppointmentRow:
        """The newest appointment."""
        async with self.town.database.reading() as session:
            newest = select(AppointmentRow).order_by(AppointmentRow.id.desc()).limit(1)
            return (await session.scalars(newest)).one()

    def there(self) -> list[str]:
        """What stands in the office's own calendar."""
        return [f"{one.title} {one.starts:%H:%M}" for one in self.site.folder.bookings if one.state in ACTIVE]

    async def times(self) -> list[str]:
        """What is offered on Thursday."""
        async with self.town.database.reading() as session:
            directory = await self.town.house.shelf.newest(session, self.town.clock.at.date())
            desk = PersonDesk(session, directory, "somebody", self.town.clock.at)
            service = directory.service(SERVICE)
            assert service is not None
            return [f"{slot.starts:%H:%M}" for slot in await desk.free_slots(service, THURSDAY).all()]


@pytest.fixture
async def office(town_url: str) -> AsyncIterator[Office]:
    database = Database(town_url)
    async with database.writing() as session:
        elsewhere = {"system": SYSTEM, "address": ADDRESS, "booking_type": TYPE}
        await session.execute(update(CounterRow).where(CounterRow.key == COUNTER).values(elsewhere=elsewhere))
        here, this = CounterServiceRow.counter == COUNTER, CounterServiceRow.service == SERVICE
        await session.execute(delete(CounterServiceRow).where(here != this))
    await database.close()
    wire = Wire("fake")
    async with opened(town_url, {"fake": wire}) as town:
        folder = Folder(town.clock.now, ["A"], [BookingType(TYPE, MINUTES)], dict.fromkeys(range(5), (MORNING,)))
        site = RedTurtleSite(folder)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(site)) as http:
            office = Office(town, wire, site, other_calendars(town.house, http, {ADDRESS: ACCOUNT}))
            await office.calendars.refresh(town.clock.at)
            await hears(town, AMINA, "when is the office open?")
            yield office


async def test_one_books_is_told_when_the_office_has_it_and_cancels(office: Office) -> None:
    await office.asks_to_book()
    assert office.wire.texts[-1] == ("I am asking the calendar of this office. I will write to you in a minute.")
    assert office.there() == []
    await office.carries_out()
    row = await office.row()
    booking = office.site.folder.bookings[0]
    assert (row.state, row.external) == ("booked", booking.uid)
    assert office.there() == [f"Amina {row.code} 10:00"]
    told = office.wire.sent[-1]
    assert told.text.startswith(f"Booked! Your appointment is on Thursday 26 November, 10:00. Your code is {row.code}.")
    assert "Where: Via dell'Esempio 1, Taranto" in told.text
    assert "Work" not in told.text
    async with office.town.database.reading() as session:
        assert (await session.scalars(select(ClaimedCellRow))).all() == []
        kinds = set(await session.scalars(select(NoticeRow.kind)))
    assert {"reminder_day_before", "booked_elsewhere"} <= kinds
    await office.taps("Cancel it", "Yes, cancel it")
    assert office.wire.texts[-1] == "Cancelled. Thank you for telling us."
    assert len(office.there()) == 1
    await office.minute_passes()
    assert office.there() == []
    assert (await office.row()).external is None


async def test_who_comes_too_late_there_is_told_and_may_choose_again(office: Office) -> None:
    await office.asks_to_book()
    office.site.folder.bookings.append(someone_else())
    await office.carries_out()
    assert (await office.row()).state == "lapsed"
    told = office.wire.sent[-1]
    assert told.text.startswith("I am sorry: I could not book Thursday 26 November, 10:00 for you.")
    await office.minute_passes()
    await office.taps("Book an appointment")
    assert office.wire.texts[-1] == "Which day suits you?"
    assert "10:00" not in await office.times()


async def test_what_is_asked_for_is_not_asked_for_again(office: Office) -> None:
    await office.asks_to_book()
    await hears(office.town, AMINA, tap="go=book_appointment")
    await office.taps("Work desk", "Thursday 26 November", "11:00")
    assert office.wire.texts[-1] == "I am asking the calendar of this office. I will write to you in a minute."
    await office.carries_out()
    assert len(office.there()) == 1


async def test_processes_that_carry_out_at_the_same_time_book_once(office: Office) -> None:
    office.site.folder.gates.append("B")
    await office.asks_to_book()
    now = office.town.clock.at
    await asyncio.gather(*(office.calendars.carry_out(now) for _process in range(4)))
    assert len(office.there()) == 1
    assert [method for method, _service in office.site.calls].count("POST") == 1


async def test_one_moves_and_is_told_when_the_office_has_moved_it(office: Office) -> None:
    await office.asks_to_book()
    await office.carries_out()
    code = (await office.row()).code
    await office.taps("Move it", "Thursday 26 November", "12:00", "Yes, move it")
    assert office.wire.texts[-1].startswith("I am asking the calendar of this office for the new time.")
    assert office.there() == [f"Amina {code} 10:00"]
    await office.carries_out()
    assert office.there() == [f"Amina {code} 12:00"]
    assert office.wire.texts[-1].startswith("Moved! Your appointment is now on Thursday 26 November, 12:00.")


async def test_a_move_that_comes_too_late_leaves_it_where_it_was(office: Office) -> None:
    await office.asks_to_book("12:00")
    await office.carries_out()
    await office.taps("Move it", "Thursday 26 November", "10:00", "Yes, move it")
    office.site.folder.bookings.append(someone_else())
    await office.carries_out()
    assert office.wire.texts[-1].startswith("I am sorry: I could not move your appointment")
    assert f"Amina {(await office.row()).code} 12:00" in office.there()


async def test_what_the_office_moves_in_its_own_calendar_is_told(office: Office) -> None:
    await office.asks_to_book()
    await office.carries_out()
    office.site.folder.bookings[0].starts += timedelta(hours=1)
    await office.calendars.follow(office.town.clock.at)
    await goes_round(office.town)
    assert "It is now on Thursday 26 November, 11:00." in office.wire.texts[-1]


async def test_an_answer_that_never_came_is_looked_for_later(office: Office) -> None:
    await office.asks_to_book()
    office.site.rivals["POST @booking"] = lambda: office.site.fails("GET @bookings", lost())
    office.site.fails("POST @booking", gateway_time_out(), when="after")
    await office.carries_out()
    assert (await office.row()).state == "held"
    await office.minute_passes(6)
    assert (await office.row()).state == "booked"
    assert office.wire.texts[-1].startswith("Booked!")


async def test_times_are_known_for_ten_minutes_without_their_calendar(office: Office) -> None:
    assert await office.times() == ["09:00", "10:00", "11:00", "12:00"]
    office.site.fails("GET @booking-schema", lost())
    await office.minute_passes(10)
    assert await office.times() == ["09:00", "10:00", "11:00", "12:00"]
    office.site.fails("GET @booking-schema", lost())
    await office.minute_passes(1)
    assert await office.times() == []


async def test_nothing_is_asked_for_somebody_who_is_forgotten(office: Office) -> None:
    await office.asks_to_book()
    await hears(office.town, AMINA, tap="go=forget_me")
    await office.taps("Yes, delete everything")
    await office.carries_out()
    assert office.there() == []


def someone_else() -> Booking:
    """Who has booked Thursday at 10:00 at the office itself."""
    return Booking("Bilal", TYPE, datetime.combine(THURSDAY, time(10), ROME), MINUTES, "A", "confirmed", {})
