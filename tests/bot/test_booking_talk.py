"""Appointments as a person has them in the chat: booked, found, moved, cancelled; taken meanwhile; refused kindly."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from bot.inbox import sender_of
from services_directory.store.bookings import AppointmentRow, ClaimedCellRow
from services_directory.store.offerings import ServiceRow
from services_directory.store.places import DirectoryVersionRow
from tests.town import Person, Town

STORY = ("Work desk", "Thursday 26 November", "In the morning", "10:00")

AT_ONCE = 2
"""How many counters of the work desk are open then."""


async def ready_to_agree(town: Town, name: str = "Amina") -> Person:
    person = town.person()
    await person.taps_key("go=book_appointment")
    for label in STORY:
        await person.taps(label)
    await person.says(name)
    assert person.replies[-1].text == f"Work desk, Thursday 26 November, 10:00, for {name}. Shall I book it?"
    return person


async def appointments(town: Town) -> list[AppointmentRow]:
    async with town.database.reading() as session:
        return list(await session.scalars(select(AppointmentRow).order_by(AppointmentRow.id)))


async def test_booked_with_code_place_papers_map_and_a_file_for_the_calendar(town: Town) -> None:
    person = await ready_to_agree(town)
    await person.taps("Yes, book it")
    (row,) = await appointments(town)
    receipt = person.replies[0]
    assert f"Booked! Your code is {row.code}." in receipt.text
    assert "Address: Via dell'Esempio 1, Taranto" in receipt.text
    assert "What to bring:" in receipt.text
    assert "Example data" in receipt.text
    assert receipt.location is not None
    assert receipt.document is not None
    assert receipt.document.name == f"{row.code}.ics"
    assert "DTSTART:20261126T090000Z" in receipt.document.content
    assert "Amina" not in receipt.document.content


async def test_found_moved_with_the_same_code_and_cancelled(town: Town) -> None:
    person = await ready_to_agree(town)
    await person.taps("Yes, book it")
    (before,) = await appointments(town)
    await person.says("when is my appointment?")
    assert before.code in person.text
    await person.taps("Move an appointment")
    await person.taps("Friday 27 November")
    await person.taps("11:00")
    await person.taps("Yes, move it")
    (after,) = await appointments(town)
    assert (after.code, after.starts.isoformat()) == (before.code, "2026-11-27T10:00:00+00:00")
    await person.taps("Cancel it")
    await person.taps("No, keep it")
    assert "stays as it is" in person.text
    await person.says("cancel my appointment")
    await person.taps("Yes, cancel it")
    (row,) = await appointments(town)
    assert row.state == "cancelled_by_person"
    async with town.database.reading() as session:
        assert (await session.scalars(select(ClaimedCellRow))).all() == []


async def test_a_time_taken_meanwhile_is_refused_kindly_with_the_next_times_and_asked_again(town: Town) -> None:
    slow = await ready_to_agree(town, "Slow")
    town.clock.passes(minutes=11)
    for number in range(AT_ONCE):
        await (await ready_to_agree(town, f"P{number}")).taps("Yes, book it")
    await slow.taps("Yes, book it")
    assert "no longer available" in slow.text
    assert slow.replies[-1].text == "Thursday 26 November: at what time?"
    assert "10:00" not in slow.labels
    await slow.taps("10:30")
    assert "10:30, for Slow. Shall I book it?" in slow.text


async def test_a_time_is_kept_for_who_is_about_to_say_yes_and_no_longer(town: Town) -> None:
    holders = [await ready_to_agree(town, f"P{number}") for number in range(AT_ONCE)]
    late = town.person()
    await late.taps_key("go=book_appointment")
    for label in STORY[:-1]:
        await late.taps(label)
    assert "10:00" not in late.labels
    await holders[0].taps("No")
    assert "I have not booked anything" in holders[0].text
    await late.says("10:00")
    assert "What name shall we call?" in late.text
    for holder in holders[1:]:
        await holder.taps("Yes, book it")
        assert "Booked!" in holder.text


async def test_a_typed_time_that_is_over_does_not_exist_or_is_taken_is_refused_kindly(town: Town) -> None:
    person = town.person()
    await person.taps_key("go=book_appointment")
    await person.taps("Work desk")
    await person.says("on sunday the 29th of november")
    assert "Sunday 29 November has no free time." in person.text
    await person.says("yesterday at 10")
    assert "That time is already over." in person.text
    await person.says("31 february")
    assert "I do not know such a day or time." in person.text
    await person.taps("Thursday 26 November")
    await person.says("at 7 in the morning")
    assert "07:00 is not free." in person.text


async def test_a_service_retired_meanwhile_is_asked_again(town: Town) -> None:
    person = await ready_to_agree(town)
    async with town.database.writing() as session:
        row = await session.get_one(ServiceRow, person.town and await service_key(town, "Work desk"))
        row.retired = True
        version = await session.get_one(DirectoryVersionRow, 1)
        version.version += 1
    await person.taps("Yes, book it")
    assert "what you chose is no longer available" in person.text
    assert person.replies[-1].text == "What do you need help with?"
    assert "Work desk" not in person.labels
    assert [row.state for row in await appointments(town)] == ["held"]


async def service_key(town: Town, name: str) -> str:
    async with town.database.reading() as session:
        rows = await session.scalars(select(ServiceRow).where(ServiceRow.city == "taranto"))
        return next(row.key for row in rows if row.name.texts.get("en") == name)


async def test_one_open_appointment_a_service_is_enough(town: Town) -> None:
    person = await ready_to_agree(town)
    await person.taps("Yes, book it")
    await person.taps_key("go=book_appointment")
    await person.taps("Work desk")
    await person.taps("Friday 27 November")
    await person.taps("11:00")
    assert "You already have an appointment for this: Thursday 26 November, 10:00." in person.text
    assert len(await appointments(town)) == 1
    await person.taps("Book for somebody else")
    for label in STORY[1:]:
        await person.taps(label)
    await person.says("Mother")
    await person.taps("Yes, book it")
    assert [row.for_other for row in await appointments(town)] == [False, True]


async def test_the_same_tap_delivered_twice_books_once(town: Town) -> None:
    person = await ready_to_agree(town)
    key = person.button("Yes, book it").key
    await person.taps_key(key)
    await person.taps_key(key)
    assert len(await appointments(town)) == 1


@pytest.mark.parametrize("name", ["12345", "?!", "x" * 41])
async def test_what_is_no_name_is_asked_again_with_an_example(town: Town, name: str) -> None:
    person = town.person()
    await person.taps_key("go=book_appointment")
    for label in STORY:
        await person.taps(label)
    await person.says(name)
    assert "for example “Amina”" in person.text


async def test_where_nothing_can_be_booked_the_person_is_told_what_to_do_instead(town: Town) -> None:
    person = town.person(city="genova")
    await person.says("I want to book an appointment")
    assert "In Genoa appointments cannot be booked here yet." in person.text
    assert "Telephone" in person.labels


async def test_nobody_sees_or_moves_the_appointment_of_somebody_else(town: Town) -> None:
    person = await ready_to_agree(town)
    await person.taps("Yes, book it")
    stranger = town.person()
    await stranger.taps_key("go=my_appointments")
    assert "You have no appointment with us." in stranger.text
    await stranger.taps_key("go=cancel_appointment")
    assert "You have no appointment with us." in stranger.text


async def test_a_seat_in_a_course_is_taken_and_given_back(town: Town) -> None:
    person = town.person()
    await person.says("free Italian course")
    assert "Free places: " in person.text
    await person.taps("Sign up")
    await person.taps_key(person.options[0].key)
    await person.says("Amina")
    await person.taps("Yes, sign up")
    assert "Done! Your code is" in person.text
    await person.says("my appointments")
    await person.taps("Give up the place")
    await person.taps("Yes")
    assert "Somebody else can have the place now." in person.text


async def test_forget_me_erases_the_person_and_keeps_only_a_count(town: Town) -> None:
    person = await ready_to_agree(town)
    await person.taps("Yes, book it")
    await person.says("forget me")
    assert "Your coming appointments will be cancelled too." in person.text
    await person.taps("Yes, delete everything")
    assert "everything is deleted" in person.text
    (row,) = await appointments(town)
    assert (row.state, row.name, row.person) == ("cancelled_by_person", "", None)
    async with town.database.reading() as session:
        sender = await sender_of(session, person.sender)
        assert sender is not None
        assert "Amina" not in json.dumps(sender.conversation)
    await person.says("hello")
    assert "Hello!" in person.text or "Ciao! Hello!" in person.text
