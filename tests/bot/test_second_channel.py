"""A second app: joined by a code, and from then on one person with what both had."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import select

from bot.inbox import sender_of
from bot.incoming import Sender
from bot.outgoing import UnreachableError
from bot.records import InboxRow, LinkRow, OutboxRow
from bot.rounds import one_round
from flows.conversation import Conversation
from services_directory.desk.appointments import CODE_LETTERS
from services_directory.store.bookings import AppointmentRow
from services_directory.store.waiting import NoticeRow
from tests.bot.reminded import DAY_BEFORE_AT, Wire, books, goes_round, hears, states
from tests.town import Town, opened

AMINA, AMINA_AGAIN, BADRU = Sender("fake", "chat", "a"), Sender("other", "chat", "a"), Sender("other", "chat", "b")


@pytest.fixture
def wire() -> Wire:
    return Wire("fake")


@pytest.fixture
def other() -> Wire:
    return Wire("other")


@pytest.fixture
async def town(town_url: str, wire: Wire, other: Wire) -> AsyncIterator[Town]:
    """A town with two wires; Amina is known on the first."""
    async with opened(town_url, {"fake": wire, "other": other}) as town:
        await hears(town, AMINA, "when is the office open?")
        yield town


async def code_for(town: Town, wire: Wire, sender: Sender = AMINA) -> str:
    """What they are to write from the other app."""
    await hears(town, sender, tap="go=second_channel")
    found = re.search(f": ([{CODE_LETTERS}]{{8}})\\.", wire.texts[-1])
    assert found is not None, wire.texts[-1]
    return found[1]


async def people(town: Town, *senders: Sender) -> set[str]:
    """The keys of the persons that they are."""
    async with town.database.reading() as session:
        rows = [await sender_of(session, sender) for sender in senders]
        return {row.person for row in rows if row is not None}


async def test_who_writes_the_code_from_another_app_is_the_same_person(town: Town, wire: Wire, other: Wire) -> None:
    code = await code_for(town, wire)
    await hears(town, AMINA_AGAIN, code)
    assert "your two apps now belong together" in other.texts[-1]
    assert len(await people(town, AMINA, AMINA_AGAIN)) == 1


@pytest.mark.parametrize(
    "writes", [str.lower, lambda code: f" {code[:4]} {code[4:]} ", lambda code: f"\u2068{code}\u2069"]
)
async def test_a_code_may_be_written_as_phones_write(
    town: Town, wire: Wire, other: Wire, writes: Callable[[str], str]
) -> None:
    await hears(town, AMINA_AGAIN, writes(await code_for(town, wire)))
    assert "your two apps now belong together" in other.texts[-1]


async def test_a_code_may_come_as_the_parameter_of_a_link(town: Town, wire: Wire, other: Wire) -> None:
    code = await code_for(town, wire)
    await hears(town, AMINA_AGAIN, start=code)
    assert "your two apps now belong together" in other.texts[-1]


async def test_the_new_app_speaks_the_language_of_the_first(town: Town, wire: Wire) -> None:
    await hears(town, AMINA, language="fr", tap="go=second_channel")
    found = re.search(f"[{CODE_LETTERS}]{{8}}", wire.texts[-1])
    assert found is not None
    await hears(town, AMINA_AGAIN, found[0], language=None, language_chosen=False, city=None)
    async with town.database.reading() as session:
        row = await sender_of(session, AMINA_AGAIN)
    assert row is not None
    profile = Conversation.from_json(row.conversation).profile
    assert (profile.language, profile.city) == ("fr", "taranto")


async def test_what_both_had_belongs_to_the_one_person(town: Town, wire: Wire) -> None:
    await hears(town, AMINA_AGAIN, "when is the office open?")
    booked = await books(town, AMINA_AGAIN)
    await hears(town, AMINA_AGAIN, await code_for(town, wire))
    (amina,) = await people(town, AMINA)
    async with town.database.reading() as session:
        assert set(await session.scalars(select(AppointmentRow.person))) == {amina}
        assert set(await session.scalars(select(NoticeRow.person))) == {amina}
    await hears(town, AMINA, "my appointments")
    assert booked in "\n".join(wire.texts)


async def test_whom_the_first_app_no_longer_reaches_is_reminded_in_the_second(
    town: Town, wire: Wire, other: Wire
) -> None:
    await books(town, AMINA)
    await hears(town, AMINA_AGAIN, await code_for(town, wire))
    town.clock.passes(minutes=1)
    await hears(town, AMINA, "thank you")
    wire.failures = [UnreachableError("blocked")]
    await goes_round(town, DAY_BEFORE_AT)
    await goes_round(town)
    assert other.texts[-1].startswith("Reminder: tomorrow")
    assert (await states(town))[0] == "delivered"


async def test_a_code_works_once(town: Town, wire: Wire, other: Wire) -> None:
    code = await code_for(town, wire)
    await hears(town, AMINA_AGAIN, code)
    await hears(town, BADRU, code)
    assert "belong together" not in other.texts[-1]
    assert len(await people(town, AMINA, AMINA_AGAIN, BADRU)) == 2


async def test_a_code_works_for_half_an_hour(town: Town, wire: Wire, other: Wire) -> None:
    code = await code_for(town, wire)
    town.clock.passes(minutes=31)
    await hears(town, AMINA_AGAIN, code)
    assert "belong together" not in other.texts[-1]


async def test_a_new_code_replaces_the_one_before(town: Town, wire: Wire, other: Wire) -> None:
    before, now = await code_for(town, wire), await code_for(town, wire)
    await hears(town, BADRU, before)
    assert "belong together" not in other.texts[-1]
    await hears(town, AMINA_AGAIN, now)
    assert "belong together" in other.texts[-1]


async def test_written_in_the_same_app_a_code_joins_nothing_and_still_works(
    town: Town, wire: Wire, other: Wire
) -> None:
    code = await code_for(town, wire)
    await hears(town, AMINA, code)
    assert "belong together" not in wire.texts[-1]
    await hears(town, AMINA_AGAIN, code)
    assert "belong together" in other.texts[-1]


async def test_five_wrong_codes_a_day_are_enough(town: Town, wire: Wire, other: Wire) -> None:
    for number in range(5):
        await hears(town, BADRU, f"ABCDEFG{number + 2}")
    code = await code_for(town, wire)
    await hears(town, BADRU, code)
    assert "belong together" not in other.texts[-1]
    assert len(await people(town, AMINA, BADRU)) == 2
    await hears(town, AMINA_AGAIN, code)
    assert "belong together" in other.texts[-1]


async def test_a_word_that_merely_looks_like_a_code_is_answered_as_any_other(town: Town, other: Wire) -> None:
    await hears(town, BADRU, "hallo")
    await hears(town, BADRU, "marhaban")
    assert other.texts[-1]
    async with town.database.reading() as session:
        newest = await session.scalars(select(InboxRow).order_by(InboxRow.id.desc()).limit(1))
        meaning = newest.one().meaning or {}
    assert meaning["flow"] not in {"second-channel", "second-channel-joined"}
    assert meaning["confidence"] is not None


async def test_who_is_forgotten_in_one_app_is_forgotten_in_both(town: Town, wire: Wire) -> None:
    await hears(town, AMINA_AGAIN, await code_for(town, wire))
    await code_for(town, wire)
    await hears(town, AMINA, "forget me")
    await hears(town, AMINA, "yes")
    assert "everything is deleted" in wire.texts[-1]
    async with town.database.reading() as session:
        assert (await session.scalars(select(LinkRow))).all() == []
        again = await sender_of(session, AMINA_AGAIN)
        assert again is not None
        theirs = select(OutboxRow.id).where(OutboxRow.sender_id == again.id)
        assert (await session.scalars(theirs)).all() == []
    town.clock.passes(minutes=2)
    await one_round(town.house, town.workers.wake)
    assert await people(town, AMINA, AMINA_AGAIN) == set()


async def test_who_writes_again_after_being_forgotten_is_somebody_new(town: Town, wire: Wire) -> None:
    await hears(town, AMINA_AGAIN, await code_for(town, wire))
    await hears(town, AMINA, "forget me")
    await hears(town, AMINA, "yes")
    await hears(town, AMINA_AGAIN, "hello")
    assert len(await people(town, AMINA, AMINA_AGAIN)) == 2
