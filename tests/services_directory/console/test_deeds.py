"""The buttons: what each does, who may press it, and how it is taken back."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import delete, select

from services_directory.store.bookings import AppointmentEventRow, ClaimedCellRow
from services_directory.store.waiting import NoticeRow
from tests.services_directory.console.room import BARI, NETWORK, TARANTO, Browser, Room


async def follow(browser: Browser, answer: httpx.Response) -> None:
    assert answer.status_code == 303, answer.text
    await browser.opens(answer.headers["location"])


async def notices(room: Room) -> list[str]:
    """What the person is told at once, in its order."""
    async with room.database.reading() as session:
        told = NoticeRow.kind.not_like("reminder%")
        return list(await session.scalars(select(NoticeRow.kind).where(told).order_by(NoticeRow.id)))


async def test_an_arrival_is_noted_with_its_time_and_can_be_undone(room: Room) -> None:
    booked = await room.books("Amina Diallo")
    room.passes(minutes=5)
    async with room.signed_in() as browser:
        answer = await browser.presses(booked.code, "arrive")
        assert answer.headers["location"] == f"/console/#appointment-{booked.code}"
        await follow(browser, answer)
        assert browser.said() == "Amina Diallo has arrived."
        assert "Arrived at 10:05 · Undo" in browser.line(booked.code)
        await browser.opens()
        assert browser.said() == ""
        await follow(browser, await browser.presses(booked.code, "undo"))
        assert browser.said() == "Undone: the appointment of Amina Diallo is as it was before."
    assert await room.state(booked.code) == "booked"


async def test_who_has_arrived_is_served(room: Room) -> None:
    booked = await room.books()
    async with room.signed_in() as browser:
        await browser.presses(booked.code, "arrive")
        room.passes(minutes=20)
        await follow(browser, await browser.presses(booked.code, "serve"))
        assert "Served at 10:20 · Undo" in browser.line(booked.code)
        await browser.presses(booked.code, "undo")
    assert await room.state(booked.code) == "arrived"


async def test_who_did_not_come_is_missed_when_somebody_says_so(room: Room) -> None:
    booked = await room.books("Amina Diallo")
    room.now = booked.starts + timedelta(minutes=40)
    async with room.signed_in() as browser:
        await browser.opens()
        assert "Did not come" in browser.line(booked.code)
        assert await room.state(booked.code) == "booked"
        await follow(browser, await browser.presses(booked.code, "miss"))
        assert browser.said() == "Amina Diallo did not come."
    assert await room.state(booked.code) == "missed"


async def test_a_cancellation_asks_first_then_tells_the_person_and_frees_the_time(room: Room) -> None:
    booked = await room.books("Amina Diallo", language="ar")
    async with room.signed_in() as browser:
        await browser.opens()
        assert "Amina Diallo will be told at once, in this language: Arabic." in browser.line(booked.code)
        await follow(browser, await browser.presses(booked.code, "cancel"))
        assert "Cancelled by the office" in browser.line(booked.code)
    assert await notices(room) == ["cancelled_by_office"]
    async with room.database.reading() as session:
        assert (await session.scalars(select(ClaimedCellRow))).all() == []


async def test_a_cancellation_can_be_undone_until_the_time_and_the_person_is_told_again(room: Room) -> None:
    booked = await room.books(days=1)
    async with room.signed_in() as browser:
        await follow(browser, await browser.presses(booked.code, "cancel"))
        assert f"Undo – {booked.name}" in browser.line(booked.code)
        assert f"until Thursday 26 November, {booked.starts:%H:%M}" in browser.line(booked.code)
        await browser.presses(booked.code, "undo")
        assert await room.state(booked.code) == "booked"
        assert await notices(room) == ["cancelled_by_office", "restored_by_office"]
        await browser.presses(booked.code, "cancel")
    room.now = booked.starts
    async with room.signed_in() as browser:
        await follow(browser, await browser.presses(booked.code, "undo"))
        assert browser.said() == f"This can no longer be undone for {booked.name}."
    assert await room.state(booked.code) == "cancelled_by_office"


async def test_a_time_given_to_somebody_else_is_not_taken_back_from_them(room: Room) -> None:
    booked, quicker = await room.books(), await room.books(nth=1)
    async with room.signed_in() as browser:
        await browser.presses(booked.code, "cancel")
        async with room.database.writing() as session:
            row, theirs = await room.row(booked.code), await room.row(quicker.code)
            session.add(ClaimedCellRow(counter=row.counter, starts=row.starts, appointment=theirs.id))
        await follow(browser, await browser.presses(booked.code, "undo"))
        assert "has been given to somebody else" in browser.said()
    assert await room.state(booked.code) == "cancelled_by_office"


async def test_a_change_is_undone_on_the_same_day_only_and_only_once(room: Room) -> None:
    booked = await room.books()
    async with room.signed_in() as browser:
        await browser.presses(booked.code, "arrive")
        await browser.presses(booked.code, "undo")
        await follow(browser, await browser.presses(booked.code, "undo"))
        assert "can no longer be undone" in browser.said()
        await browser.presses(booked.code, "arrive")
    room.passes(days=1)
    async with room.signed_in() as browser:
        await follow(browser, await browser.presses(booked.code, "undo", day="2026-11-25"))
        assert "can no longer be undone" in browser.said()
        assert "Undo" not in browser.line(booked.code)
    assert await room.state(booked.code) == "arrived"


async def test_what_the_person_did_is_not_for_the_office_to_undo(room: Room) -> None:
    booked = await room.books()
    async with room.signed_in() as browser:
        await browser.presses(booked.code, "arrive")
        async with room.database.writing() as session:
            row = await room.row(booked.code)
            session.add(AppointmentEventRow(appointment=row.id, what="moved", by="person", at=room.now))
        await browser.presses(booked.code, "undo")
    assert await room.state(booked.code) == "arrived"


async def test_the_slower_of_two_operators_is_told_that_it_was_already_done(room: Room) -> None:
    booked = await room.books("Amina Diallo")
    async with room.signed_in() as one, room.signed_in() as other:
        await one.opens()
        await other.opens()
        await one.presses(booked.code, "cancel")
        answer = await other.presses(booked.code, "arrive", fragment=True)
        assert answer.status_code == 409
        assert "the appointment of Amina Diallo is now “Cancelled by the office”" in answer.text
    assert await notices(room) == ["cancelled_by_office"]


@pytest.mark.parametrize("verb", ["arrive", "serve", "miss", "cancel", "undo"])
async def test_an_appointment_of_another_city_does_not_exist(room: Room, verb: str) -> None:
    foreign = await room.books(city="taranto")
    async with room.signed_in(BARI) as browser:
        stranger = await browser.presses(foreign.code, verb)
        nothing = await browser.presses("ZZZZZZ", verb)
    assert stranger.status_code == nothing.status_code == 404
    assert stranger.text == nothing.text
    assert await room.state(foreign.code) == "booked"
    async with room.signed_in(TARANTO) as browser:
        await browser.presses(foreign.code, "cancel")
    assert await room.state(foreign.code) == "cancelled_by_office"


async def test_a_network_account_runs_the_appointments_of_every_city(room: Room) -> None:
    booked = await room.books(city="taranto")
    async with room.signed_in(NETWORK) as browser:
        answer = await browser.presses(booked.code, "arrive", city="taranto")
        assert answer.headers["location"] == f"/console/?city=taranto#appointment-{booked.code}"
    assert await room.state(booked.code) == "arrived"


async def test_a_form_without_our_token_or_from_another_site_changes_nothing(room: Room) -> None:
    booked = await room.books()
    path = f"/console/appointments/{booked.code}/cancel"
    async with room.signed_in() as browser, room.signed_in() as other:
        await browser.opens()
        await other.opens()
        post = browser.client.post
        assert (await post(path)).status_code == 403
        assert (await post(path, data={"csrf": ""})).status_code == 403
        assert (await post(path, data={"csrf": other.csrf})).status_code == 403
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}):
            assert (await post(path, data={"csrf": browser.csrf}, headers=headers)).status_code == 403, headers
        assert (await browser.client.get(path)).status_code == 405
        assert await room.state(booked.code) == "booked"
        assert (await post(path, data={"csrf": browser.csrf})).status_code == 303


async def test_who_is_not_signed_in_changes_nothing(room: Room) -> None:
    booked = await room.books()
    async with room.browser() as browser:
        answer = await browser.client.post(f"/console/appointments/{booked.code}/cancel", data={"csrf": "x"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/login")
    assert await room.state(booked.code) == "booked"


async def test_a_deed_that_does_not_exist_is_not_found(room: Room) -> None:
    booked = await room.books()
    async with room.signed_in() as browser:
        assert (await browser.presses(booked.code, "delete")).status_code == 404


async def test_the_script_gets_the_changed_tables_the_sentence_and_the_new_tag(room: Room) -> None:
    booked = await room.books("Amina Diallo")
    async with room.signed_in() as browser:
        before = (await browser.opens("/console/appointments")).headers["etag"]
        await browser.opens()
        answer = await browser.presses(booked.code, "arrive", fragment=True)
        assert answer.status_code == 200
        assert 'data-flash="Amina Diallo has arrived."' in answer.text
        assert "<html" not in answer.text
        assert answer.headers["etag"] != before
        again = await browser.opens("/console/appointments", **{"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


async def test_who_can_no_longer_be_told_is_not_promised_a_message(room: Room) -> None:
    booked = await room.books("Amina Diallo")
    async with room.database.writing() as session:
        row = await session.get_one(type(await room.row(booked.code)), (await room.row(booked.code)).id)
        row.person = None
    async with room.signed_in() as browser:
        await browser.opens()
        assert "This person can no longer be told." in browser.line(booked.code)
        await browser.presses(booked.code, "cancel")
    assert await notices(room) == []


async def test_every_deed_is_written_down_with_who_did_it(room: Room) -> None:
    booked = await room.books()
    async with room.signed_in() as browser:
        for verb in ("arrive", "serve", "undo"):
            await browser.presses(booked.code, verb)
    async with room.database.reading() as session:
        events = (await session.scalars(select(AppointmentEventRow).order_by(AppointmentEventRow.id))).all()
    assert [event.what for event in events] == ["booked", "arrived", "served", "undone"]
    assert {event.by for event in events[1:]} == {"staff:1"}


async def test_an_appointment_that_was_erased_meanwhile_is_not_found(room: Room) -> None:
    booked = await room.books()
    async with room.signed_in() as browser:
        await browser.opens()
        async with room.database.writing() as session:
            row = await room.row(booked.code)
            await session.execute(delete(type(row)))
        assert (await browser.presses(booked.code, "arrive")).status_code == 404
