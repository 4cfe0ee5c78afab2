"""Who says stop on WhatsApp is not written to first any more, at once and for good; elsewhere stop only stops."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.incoming import Sender
from bot.records import SenderRow
from tests.bot.reminded import DAY_BEFORE_AT, HOURS_BEFORE_AT, Wire, books, goes_round, hears, states, unreached
from tests.town import Town, opened

AMINA, ON_TELEGRAM = Sender("whatsapp", "wa_id", "393331112223"), Sender("telegram", "chat", "42")


@pytest.fixture
def wire() -> Wire:
    return Wire("whatsapp")


@pytest.fixture
def other() -> Wire:
    return Wire("telegram")


@pytest.fixture
async def town(town_url: str, wire: Wire, other: Wire) -> AsyncIterator[Town]:
    async with opened(town_url, {"whatsapp": wire, "telegram": other}) as town:
        await hears(town, AMINA, "when is the office open?")
        yield town


async def sender(town: Town, who: Sender = AMINA) -> SenderRow:
    async with town.database.reading() as session:
        return (await session.scalars(select(SenderRow).where(SenderRow.value == who.value))).one()


@pytest.mark.parametrize("words", ["STOP", "stop", "Stop!", "basta", "توقف", "থামুন"])
async def test_nothing_is_sent_unasked_after_stop(town: Town, wire: Wire, words: str) -> None:
    await books(town, AMINA)
    await hears(town, AMINA, words)
    assert "I will not write to you first any more" in wire.texts[-1]
    before = len(wire.sent)
    await goes_round(town, DAY_BEFORE_AT)
    await goes_round(town, HOURS_BEFORE_AT)
    assert len(wire.sent) == before
    assert await states(town) == ["failed", "failed"]
    assert await unreached(town)


async def test_a_question_is_still_answered_and_changes_nothing(town: Town, wire: Wire) -> None:
    await books(town, AMINA)
    await hears(town, AMINA, "stop")
    await hears(town, AMINA, "when is the office open?")
    assert "One-stop shop" in "\n".join(wire.texts[-3:]) or wire.texts[-1]
    before = len(wire.sent)
    await goes_round(town, DAY_BEFORE_AT)
    assert len(wire.sent) == before


async def test_one_tap_brings_reminders_back(town: Town, wire: Wire) -> None:
    await books(town, AMINA)
    await hears(town, AMINA, "stop")
    await hears(town, AMINA, tap="go=may_write_first")
    row = await sender(town)
    assert row.silenced_at is None
    assert row.agreed_at is not None
    await goes_round(town, DAY_BEFORE_AT)
    assert wire.texts[-1].startswith("Reminder: tomorrow")


async def test_stop_ends_what_was_underway_too(town: Town, wire: Wire) -> None:
    await hears(town, AMINA, "I want to book an appointment")
    await hears(town, AMINA, "stop")
    assert "we stop here" in wire.texts[-1]
    await hears(town, AMINA, "tomorrow")
    assert "Which day" not in wire.texts[-1]


async def test_elsewhere_stop_only_stops(town: Town, other: Wire) -> None:
    await hears(town, ON_TELEGRAM, "when is the office open?")
    await hears(town, ON_TELEGRAM, "stop")
    assert other.texts[-1] == "All right, we stop here. Nothing was changed."
    assert (await sender(town, ON_TELEGRAM)).silenced_at is None


async def test_who_books_knows_that_they_will_be_reminded_and_how_to_end_it(town: Town, wire: Wire) -> None:
    await books_in_chat(town, wire)
    assert "I will remind you here. If you do not want that, write: stop." in wire.texts
    assert (await sender(town)).agreed_at is not None


async def test_who_said_stop_and_books_again_is_told_that_there_is_no_reminder(town: Town, wire: Wire) -> None:
    await hears(town, AMINA, "stop")
    await books_in_chat(town, wire)
    assert "I do not remind you here: you asked me not to write first." in wire.texts
    row = await sender(town)
    assert (row.agreed_at, row.silenced_at is None) == (None, False)


async def books_in_chat(town: Town, wire: Wire) -> None:
    await hears(town, AMINA, "I want to book an appointment")
    for part in (".service=", ".day=", ".hour=", ".slot="):
        keys = [option.key for option in wire.sent[-1].options if part in option.key]
        if keys:
            await hears(town, AMINA, tap=keys[0])
    await hears(town, AMINA, "Amina")
    await hears(town, AMINA, tap=next(one.key for one in wire.sent[-1].options if one.key.endswith("agreed=yes")))
