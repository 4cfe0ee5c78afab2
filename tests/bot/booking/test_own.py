"""One's own appointment at its secret address: seen, moved, cancelled, and told what became of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from locales.dates import ROME, in_rome
from services_directory.desk.bookings import Bookings
from services_directory.desk.directory import Shelf
from services_directory.store.bookings import AppointmentRow
from services_directory.store.session import Database
from tests.bot.booking.pages import Visitor
from tests.town import WEDNESDAY, FakeClock


async def the_appointment(database: Database) -> AppointmentRow:
    async with database.reading() as session:
        return (await session.scalars(select(AppointmentRow))).one()


async def test_it_is_moved_and_keeps_its_code(visitor: Visitor, database: Database) -> None:
    receipt = await visitor.books()
    code = (await the_appointment(database)).code
    await visitor.follows("Move it")
    await visitor.follows("Friday 27 November")
    await visitor.follows("09:30")
    assert "Move it to Friday 27 November, 09:30?" in visitor.text
    await visitor.sends("Yes, move it")
    assert f"Moved! Your code stays {code}." in visitor.text
    row = await the_appointment(database)
    assert (row.code, in_rome(row.starts)) == (code, datetime(2026, 11, 27, 9, 30, tzinfo=ROME))
    await visitor.opens(receipt)
    assert "When: Friday 27 November, 09:30" in visitor.text


async def test_moving_sent_twice_moves_once_and_no_changes_nothing(visitor: Visitor, database: Database) -> None:
    await visitor.books()
    for step in ("Move it", "Friday 27 November", "09:30"):
        await visitor.follows(step)
    form = visitor.form("Yes, move it")
    await visitor.follows("No, leave it")
    assert in_rome((await the_appointment(database)).starts).day == 26
    for _twice in range(2):
        answer = await visitor.client.post(form.action, data=form.fields)
        assert answer.headers["location"].endswith("done=moved")
    assert in_rome((await the_appointment(database)).starts).day == 27


async def test_when_the_other_time_is_gone_it_stays_where_it_was(visitor: Visitor, database: Database) -> None:
    receipt = await visitor.books()
    await visitor.client.get(f"{receipt}/move?day=2026-11-27&slot=2026-11-27T09:30")
    data = {"day": "2026-11-27", "slot": "2026-11-27T03:30", "language": "en"}
    answer = await visitor.client.post(f"{receipt}/move", data=data)
    assert "has just been taken by somebody else" in answer.text
    assert in_rome((await the_appointment(database)).starts).day == 26


async def test_it_is_cancelled_after_a_clear_yes_and_its_time_is_free(visitor: Visitor, database: Database) -> None:
    receipt = await visitor.books()
    await visitor.follows("Cancel it")
    assert "Do you want to cancel it?" in visitor.text
    await visitor.follows("No, keep it")
    assert (await the_appointment(database)).state == "booked"
    await visitor.follows("Cancel it")
    await visitor.sends("Yes, cancel it")
    assert "Cancelled. Thank you for telling us." in visitor.text
    assert (await the_appointment(database)).state == "cancelled_by_person"
    answer = await visitor.client.post(f"{receipt}/cancel", follow_redirects=True)
    assert "Cancelled." in answer.text
    assert (await visitor.client.get(f"{receipt}/calendar.ics")).status_code == 404
    await visitor.follows("Book an appointment")
    assert "What do you need help with?" in visitor.text


async def test_what_the_office_cancels_is_told(visitor: Visitor, database: Database) -> None:
    receipt = await visitor.books()
    code = (await the_appointment(database)).code
    async with database.writing() as session:
        directory = await Shelf().newest(session, WEDNESDAY.date())
        await Bookings(session, directory, WEDNESDAY).cancel(code, by="staff:1")
    await visitor.opens(receipt)
    assert f"the office has to cancel your appointment {code}" in visitor.text
    await visitor.opens(f"{receipt}/move")
    assert "the office has to cancel" in visitor.text


async def test_the_file_for_the_calendar_says_neither_what_for_nor_who(visitor: Visitor, clock: FakeClock) -> None:
    receipt = await visitor.books("Amina")
    answer = await visitor.client.get(f"{receipt}/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "DTSTART:20261126T090000Z" in answer.text
    assert "Amina" not in answer.text
    assert "work" not in answer.text.casefold()
    assert clock.now() == WEDNESDAY


async def test_the_map_and_the_picture_name_the_place_and_the_code_alone(visitor: Visitor) -> None:
    receipt = await visitor.books("Amina")
    links = visitor.page.links
    assert re.fullmatch(r"https://www\.openstreetmap\.org/\?mlat=[\d.]+&mlon=[\d.]+#map=.*", links["See it on the map"])
    assert links["Open in the maps app"].startswith("geo:40.")
    assert receipt.rsplit("/", 1)[-1] not in links["See it on the map"]


@pytest.mark.parametrize("secret", ["x", "a" * 32, "../../console", "%00" * 40, "a" * 500])
async def test_a_guessed_address_shows_nothing(visitor: Visitor, secret: str) -> None:
    await visitor.books()
    for path in ("", "/move", "/cancel", "/calendar.ics"):
        answer = await visitor.client.get(f"/book/appointment/{secret}{path}", follow_redirects=True)
        assert answer.status_code == 404
        assert "Amina" not in answer.text


async def test_an_appointment_long_past_is_no_longer_shown(visitor: Visitor, clock: FakeClock) -> None:
    receipt = await visitor.books()
    clock.passes(days=1, hours=3)
    await visitor.opens(receipt)
    assert "Your code is" in visitor.text
    assert "Move it" not in visitor.page.links
    clock.at += timedelta(days=1)
    await visitor.opens(receipt)
    assert "You have no appointment with us." in visitor.text
