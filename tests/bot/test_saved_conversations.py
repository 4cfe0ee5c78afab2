"""Conversations saved by earlier releases: whoever is midway when we deploy is carried on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.records import SenderRow
from flows.conversation import Conversation
from services_directory.store.bookings import AppointmentRow, EnrolmentRow
from services_directory.store.offerings import ServiceRow
from services_directory.store.places import DirectoryVersionRow
from tests.town import Person, Town

SAVED = sorted((Path(__file__).parents[1] / "saved_conversations").glob("*/*.json"))


async def midway(town: Town, name: str) -> Person:
    """Somebody whose conversation an earlier release has saved."""
    person = town.person()
    await person.says("hello")
    saved = json.loads(next(path for path in SAVED if path.stem == name).read_text(encoding="utf-8"))
    async with town.database.writing() as session:
        await session.execute(
            update(SenderRow).where(SenderRow.value == person.sender.value).values(conversation=saved)
        )
    return person


async def appointments(town: Town) -> list[AppointmentRow]:
    async with town.database.reading() as session:
        return list(await session.scalars(select(AppointmentRow)))


@pytest.mark.parametrize("path", SAVED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_saved_conversation_can_be_read(path: Path) -> None:
    saved = json.loads(path.read_text(encoding="utf-8"))
    assert Conversation.from_json(saved).frames


def test_there_are_saved_conversations() -> None:
    assert len(SAVED) >= 4


async def test_a_yes_after_the_restart_books(town: Town) -> None:
    person = await midway(town, "booking-at-the-confirmation")
    await person.says("yes")
    assert "Booked! Your code is" in person.text
    assert len(await appointments(town)) == 1


async def test_a_name_after_the_restart_is_the_name(town: Town) -> None:
    person = await midway(town, "booking-at-the-name")
    await person.says("Badru")
    assert "Work desk, Thursday 26 November, 10:00, for Badru. Shall I book it?" in person.text


async def test_a_slot_that_is_over_meanwhile_is_asked_again(town: Town) -> None:
    person = await midway(town, "booking-at-the-confirmation")
    town.clock.passes(hours=27)
    await person.says("yes")
    assert "no longer available" in person.text
    assert person.replies[-1].text == "Thursday 26 November: at what time?"
    assert await appointments(town) == []


async def test_a_service_retired_meanwhile_is_asked_again(town: Town) -> None:
    person = await midway(town, "booking-at-the-confirmation")
    async with town.database.writing() as session:
        await session.execute(update(ServiceRow).where(ServiceRow.city == "taranto").values(retired=True))
        await session.execute(update(DirectoryVersionRow).values(version=DirectoryVersionRow.version + 1))
    await person.says("yes")
    assert "appointments cannot be booked here yet" in person.text
    assert await appointments(town) == []


async def test_the_city_after_the_restart_is_the_city(town: Town) -> None:
    person = await midway(town, "welcome-at-the-city")
    await person.says("Palermo")
    assert "We are in Palermo." in person.text


async def test_a_course_after_the_restart_is_the_course(town: Town) -> None:
    person = await midway(town, "enrolment-at-the-choice")
    saved = json.loads(next(path for path in SAVED if path.stem == "enrolment-at-the-choice").read_text("utf-8"))
    await person.taps_key(next(key for key, _label in saved["offered"] if ".activity=" in key))
    await person.says("Amina")
    await person.taps("Yes, sign up")
    async with town.database.reading() as session:
        assert len((await session.scalars(select(EnrolmentRow))).all()) == 1
