"""Courses, workshops and projects in the chat: looked at, signed up for, waited for, offered, given back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from flows.seats import seat_offered, seat_withdrawn
from locales.rendering import render
from services_directory.desk.directory import Shelf
from services_directory.desk.enrolments import Enrolments
from services_directory.facts import Audience
from services_directory.store.bookings import EnrolmentRow
from services_directory.store.offerings import ActivityRow
from services_directory.store.places import DirectoryVersionRow
from tests.town import Person, Town

COURSE = "taranto-italian-course"


async def staff_say(town: Town, **values: object) -> None:
    """What the office says of the Italian course."""
    async with town.database.writing() as session:
        await session.execute(update(ActivityRow).where(ActivityRow.key == COURSE).values(**values))
        await session.execute(update(DirectoryVersionRow).values(version=DirectoryVersionRow.version + 1))


async def at_the_course(town: Town) -> Person:
    """Somebody who has chosen the Italian course among the four."""
    person = town.person()
    await person.taps_key("go=enrol:italian_course_find")
    await person.taps("Italian course")
    return person


async def signed_up(town: Town, name: str = "Amina") -> Person:
    person = await at_the_course(town)
    await person.says(name)
    await person.taps("Yes, sign up")
    assert "Done! Your code is" in person.text
    return person


async def waiting(town: Town, name: str = "Badru") -> Person:
    person = await at_the_course(town)
    assert "All the places are taken now." in person.text
    await person.taps("Tell me when a place is free")
    await person.says(name)
    return person


async def the_row(town: Town, name: str) -> EnrolmentRow:
    async with town.database.reading() as session:
        return (await session.scalars(select(EnrolmentRow).where(EnrolmentRow.name == name))).one()


@pytest.mark.parametrize(
    ("words", "about"),
    [
        ("free Italian course", "You learn Italian"),
        ("I want to join a sewing workshop", ""),
        ("are there civic projects where I can volunteer?", ""),
        ("is there a course on workers' rights?", ""),
    ],
)
async def test_every_kind_is_signed_up_for_from_words_to_code(town: Town, words: str, about: str) -> None:
    person = town.person()
    await person.says(words)
    await person.taps("Sign up")
    if "Which one?" in person.text:
        await person.taps_key(person.options[0].key)
    assert about in person.text
    assert "free places." in person.text
    await person.says("Amina")
    await person.taps("Yes, sign up")
    assert (await the_row(town, "Amina")).code in person.text


async def test_all_there_is_to_know_is_said_before_the_name(town: Town) -> None:
    first = town.clock.now() + timedelta(days=1)
    meetings = [
        {
            "starts": (first + timedelta(days=day)).isoformat(),
            "ends": (first + timedelta(days=day, hours=2)).isoformat(),
        }
        for day in range(5)
    ]
    meetings[0]["place"] = "Room 3"
    await staff_say(town, seats=1, childcare=True, level="A1", audience=[Audience.WOMEN], sessions=meetings)
    person = await at_the_course(town)
    for words in (
        "Italian course",
        "You learn Italian to live better in the city.",
        "Level: A1",
        "For whom: Women",
        "Where: ",
        "When: Monday and Wednesday, from 9:30 to 11:30",
        "• Thursday 26 November, 08:00, Room 3\n• Friday 27 November, 08:00\n• Saturday 28 November, 08:00\n",
        "There is childcare.",
        "There is 1 free place.",
        "Example data",
        "What name shall we call?",
    ):
        assert words in person.text
    assert "Sunday 29 November" not in person.text


async def test_whoever_waits_is_offered_the_place_and_takes_it(town: Town) -> None:
    await staff_say(town, seats=1)
    amina = await signed_up(town)
    badru = await waiting(town)
    assert "You are in the waiting list." in badru.text
    await amina.says("my appointments")
    await amina.taps("Give up the place")
    await amina.taps("Yes")
    await badru.says("my appointments")
    assert "I keep it for you until Thursday 26 November, 08:00." in badru.text
    await badru.taps("Yes, I want it")
    row = await the_row(town, "Badru")
    assert row.state == "enrolled"
    assert f"Your code is {row.code}." in badru.text
    await badru.taps_key(f"go=accept_seat:{row.code}")
    assert f"Your code is {row.code}." in badru.text
    await badru.taps_key(f"go=decline_seat:{row.code}")
    assert (await the_row(town, "Badru")).state == "enrolled"


async def test_whoever_says_no_leaves_the_place_to_the_next(town: Town) -> None:
    await staff_say(town, seats=1)
    amina = await signed_up(town)
    badru, _carmen = await waiting(town), await waiting(town, "Carmen")
    await amina.taps_key("go=withdraw")
    await amina.taps("Yes")
    await badru.says("my appointments")
    await badru.taps("No, thank you")
    assert "Somebody else can have the place now." in badru.text
    assert (await the_row(town, "Carmen")).state == "offered"
    code = (await the_row(town, "Badru")).code
    for deed in ("accept_seat", "decline_seat"):
        await badru.taps_key(f"go={deed}:{code}")
        assert "no longer kept for you" in badru.text


async def test_an_offer_that_is_over_is_refused_kindly(town: Town) -> None:
    await staff_say(town, seats=1)
    amina = await signed_up(town)
    badru = await waiting(town)
    await amina.taps_key("go=withdraw")
    await amina.taps("Yes")
    town.clock.passes(hours=24)
    await badru.taps_key(f"go=accept_seat:{(await the_row(town, 'Badru')).code}")
    assert "no longer kept for you" in badru.text


async def test_nobody_takes_the_seat_that_is_offered_to_somebody_else(town: Town) -> None:
    await staff_say(town, seats=1)
    amina = await signed_up(town)
    await waiting(town)
    await amina.taps_key("go=withdraw")
    await amina.taps("Yes")
    stranger = await at_the_course(town)
    assert "All the places are taken now." in stranger.text
    await stranger.taps_key(f"go=accept_seat:{(await the_row(town, 'Badru')).code}")
    assert "no longer kept for you" in stranger.text


async def test_the_line_is_left_after_a_clear_yes(town: Town) -> None:
    await staff_say(town, seats=1)
    await signed_up(town)
    badru = await waiting(town)
    await badru.taps("I do not want to wait")
    assert "Do you want to leave the waiting list of Italian course?" in badru.text
    await badru.taps("Yes")
    assert "You are no longer in the waiting list." in badru.text
    assert (await the_row(town, "Badru")).state == "withdrawn"


async def test_a_place_taken_meanwhile_becomes_a_question_whether_to_wait(town: Town) -> None:
    await staff_say(town, seats=1)
    slow = await at_the_course(town)
    await slow.says("Badru")
    await signed_up(town)
    await slow.taps("Yes, sign up")
    assert "All the places are taken now." in slow.text
    await slow.taps("Tell me when a place is free")
    await slow.says("Badru")
    assert (await the_row(town, "Badru")).state == "waiting"


async def test_whoever_has_a_place_is_told_so_and_not_asked_again(town: Town) -> None:
    person = await signed_up(town)
    await person.taps_key("go=enrol:italian_course_find")
    await person.taps("Italian course")
    assert (await the_row(town, "Amina")).code in person.text
    assert "What name" not in person.text


async def test_what_is_over_is_not_offered(town: Town) -> None:
    past = town.clock.now() - timedelta(days=1)
    await staff_say(town, sessions=[{"starts": past.isoformat(), "ends": (past + timedelta(hours=1)).isoformat()}])
    person = town.person()
    await person.taps_key("go=enrol:italian_course_find")
    assert "Italian course B1" in person.labels
    assert "Italian course" not in person.labels


async def test_what_is_said_of_itself_has_its_buttons(town: Town) -> None:
    await signed_up(town)
    row = await the_row(town, "Amina")
    async with town.database.reading() as session:
        directory = await Shelf().newest(session, town.clock.now().date())
        enrolment = Enrolments(session, directory, town.clock.now()).fact(row)
    offered = seat_offered(enrolment, town.clock.now())
    assert render(offered.text, "en") == (
        "Good news: there is a free place in Italian course. Do you want it? "
        "I keep it for you until Wednesday 25 November, 08:00."
    )
    assert [one.key for one in offered.suggestions] == [f"go=accept_seat:{row.code}", f"go=decline_seat:{row.code}"]
    assert "no longer have a place in Italian course" in render(seat_withdrawn(enrolment).text, "en")
