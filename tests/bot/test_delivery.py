"""Messages in and out: each answered once and in order, whatever is delivered twice, fails or dies in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot import inbox
from bot.failures import MAX_TRIES
from bot.inbox import sender_of, take_in
from bot.incoming import IncomingMessage, Sender
from bot.outbox import GIVEN_UP
from bot.outgoing import SendError, UndeliverableError, UnreachableError
from bot.records import InboxRow, OutboxRow, SenderRow
from bot.rounds import clean, one_round
from flows.conversation import Conversation
from services_directory.desk.person_desk import PersonDesk
from services_directory.store.bookings import AppointmentRow
from tests.fakes.channel import FakeChannel
from tests.town import Town, opened

AMINA, BADRU = Sender("fake", "chat", "amina"), Sender("fake", "chat", "badru")


def written(sender: Sender, key: str, words: str) -> IncomingMessage:
    return IncomingMessage(sender, key, words=words, city="taranto", language="en", language_chosen=True)


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
async def pushed(example_copy: Path, channel: FakeChannel) -> AsyncIterator[Town]:
    """A house whose replies are pushed onto a wire, and in which Amina and Badru have been welcomed."""
    async with opened(f"sqlite+aiosqlite:///{example_copy}", {"fake": channel}) as town:
        for sender in (AMINA, BADRU):
            await town.workers.receive(written(sender, "acquainted", "when is the office open?"))
        await town.workers.rest()
        channel.sent.clear()
        yield town


async def rows(town: Town) -> list[OutboxRow]:
    async with town.database.reading() as session:
        return list(await session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


async def test_a_message_delivered_twice_is_answered_once(pushed: Town, channel: FakeChannel) -> None:
    for _delivery in range(2):
        await pushed.workers.receive(written(AMINA, "1", "thank you"))
        await pushed.workers.rest()
    assert len(channel.to("amina")) == 1


async def test_delivered_twice_at_the_same_moment_it_is_answered_once(pushed: Town, channel: FakeChannel) -> None:
    same = written(AMINA, "1", "thank you")
    await asyncio.gather(*(pushed.workers.receive(same) for _delivery in range(5)))
    await pushed.workers.rest()
    assert len(channel.to("amina")) == 1


async def test_each_persons_messages_are_answered_in_order(pushed: Town, channel: FakeChannel) -> None:
    for number, words in enumerate(("thank you", "goodbye", "thank you", "goodbye")):
        await pushed.workers.receive(written(AMINA, str(number), words))
        await pushed.workers.receive(written(BADRU, str(number), words))
    await pushed.workers.rest()
    for name in ("amina", "badru"):
        beginnings = [text[:7] for text in channel.to(name) if text.startswith(("You are", "Goodbye"))]
        assert beginnings == ["You are", "Goodbye", "You are", "Goodbye"]


async def test_what_waited_when_a_process_died_is_answered_by_the_next_one(pushed: Town, channel: FakeChannel) -> None:
    async with pushed.database.writing() as session:
        await take_in(session, written(AMINA, "1", "thank you"), pushed.clock.now())
    pushed.clock.passes(seconds=6)
    await one_round(pushed.house, pushed.workers.wake)
    await pushed.workers.rest()
    assert len(channel.to("amina")) == 1


async def test_a_failed_send_is_tried_again_later_and_keeps_its_place(pushed: Town, channel: FakeChannel) -> None:
    channel.failures = [SendError("flood", retry_after=30)]
    await pushed.workers.receive(written(AMINA, "1", "thank you"))
    await pushed.workers.rest()
    await pushed.workers.receive(written(AMINA, "2", "goodbye"))
    await pushed.workers.rest()
    assert channel.sent == []
    pushed.clock.passes(seconds=31)
    await one_round(pushed.house, pushed.workers.wake)
    await pushed.workers.rest()
    assert [text[:7] for text in channel.to("amina")] == ["You are", "Goodbye"]


async def test_a_reply_is_given_up_in_the_open_after_many_tries(pushed: Town, channel: FakeChannel) -> None:
    channel.failures = [SendError("out of order") for _try in range(MAX_TRIES)]
    await pushed.workers.receive(written(AMINA, "1", "thank you"))
    for _try in range(MAX_TRIES):
        await pushed.workers.rest()
        pushed.clock.passes(minutes=20)
        await one_round(pushed.house, pushed.workers.wake)
    await pushed.workers.rest()
    assert [(row.state, row.problem) for row in (await rows(pushed))[-1:]] == [(GIVEN_UP, "out of order")]
    assert channel.sent == []


async def test_whoever_blocked_us_is_left_in_peace_until_they_write_again(pushed: Town, channel: FakeChannel) -> None:
    channel.failures = [UnreachableError("blocked")]
    await pushed.workers.receive(written(AMINA, "1", "thank you"))
    await pushed.workers.rest()
    pushed.clock.passes(hours=1)
    await one_round(pushed.house, pushed.workers.wake)
    await pushed.workers.rest()
    assert channel.sent == []
    await pushed.workers.receive(written(AMINA, "2", "goodbye"))
    await pushed.workers.rest()
    assert [text[:7] for text in channel.to("amina")] == ["Goodbye"]


async def test_a_reply_that_the_channel_refuses_does_not_hold_up_the_next_one(
    pushed: Town, channel: FakeChannel
) -> None:
    channel.failures = [UndeliverableError("too long")]
    await pushed.workers.receive(written(AMINA, "1", "thank you"))
    await pushed.workers.receive(written(AMINA, "2", "goodbye"))
    await pushed.workers.rest()
    assert [text[:7] for text in channel.to("amina")] == ["Goodbye"]


async def test_a_reply_claimed_by_a_dead_process_is_sent_when_its_lease_ends(
    pushed: Town, channel: FakeChannel
) -> None:
    channel.failures = [SendError("cable cut")]
    await pushed.workers.receive(written(AMINA, "1", "thank you"))
    await pushed.workers.rest()
    async with pushed.database.writing() as session:
        later = pushed.clock.now().replace(minute=1)
        await session.execute(update(OutboxRow).values(due_at=later))
    await one_round(pushed.house, pushed.workers.wake)
    await pushed.workers.rest()
    assert channel.sent == []
    pushed.clock.passes(minutes=2)
    await one_round(pushed.house, pushed.workers.wake)
    await pushed.workers.rest()
    assert len(channel.sent) == 1


async def test_a_mistake_of_ours_is_said_sorry_for_and_blocks_nothing(
    pushed: Town, channel: FakeChannel, caplog: pytest.LogCaptureFixture
) -> None:
    async with pushed.database.writing() as session:
        sender_id = await take_in(session, written(AMINA, "1", "hello my secret words"), pushed.clock.now())
        sender = await session.get_one(SenderRow, sender_id)
        sender.conversation = {**Conversation().to_json(), "frames": [{"flow": "no-such-flow", "run": "x"}]}
        session.add(InboxRow(sender_id=sender_id, key="2", message={"words": "menu"}, received_at=pushed.clock.now()))
    with caplog.at_level(logging.ERROR):
        pushed.workers.wake(sender_id)
        await pushed.workers.rest()
    assert channel.to("amina")[0].startswith("Mi dispiace") or "something went wrong" in channel.to("amina")[0]
    assert len(channel.to("amina")) == 2
    assert "secret" not in caplog.text
    async with pushed.database.reading() as session:
        found = select(InboxRow).where(InboxRow.sender_id == sender_id).order_by(InboxRow.id)
        states = [row.state for row in await session.scalars(found)]
    assert states == [inbox.DONE, inbox.FAILED, inbox.DONE]


async def test_whom_the_office_cancels_is_told_in_their_language_and_offered_another_time(
    pushed: Town, channel: FakeChannel
) -> None:
    await pushed.workers.receive(IncomingMessage(AMINA, "0", start="", language="fr", language_chosen=True))
    await pushed.workers.rest()
    code = await booked_at_the_desk(pushed)
    channel.sent.clear()
    await one_round(pushed.house, pushed.workers.wake)
    await pushed.workers.rest()
    (text,) = channel.to("amina")
    assert code in text
    assert "jeudi 26 novembre, 10:00" in text
    await one_round(pushed.house, pushed.workers.wake)
    await pushed.workers.rest()
    assert len(channel.to("amina")) == 1


async def booked_at_the_desk(town: Town) -> str:
    """An appointment of Amina's that the office then cancels; its code."""
    async with town.database.writing() as session:
        sender = await sender_of(session, AMINA)
        assert sender is not None
        directory = await town.house.shelf.newest(session, town.clock.now().date())
        service = next(one for one in directory.bookable("taranto", ["work_contract"]) if "work_contract" in one.topics)
        desk = PersonDesk(session, directory, sender.person, town.clock.now())
        slot = await desk.free_slots(service, date(2026, 11, 26)).find("10:00")
        assert slot is not None
        appointment = await desk.book(slot, "Amina", language="fr", key="k")
        await desk.bookings.cancel(appointment.code, by="staff:1")
        return appointment.code


async def test_the_office_sees_whom_the_chat_does_not_reach_until_they_write_again(
    pushed: Town, channel: FakeChannel
) -> None:
    await pushed.workers.receive(written(AMINA, "0", "hello"))
    await pushed.workers.rest()
    await booked_at_the_desk(pushed)

    async def unreached() -> bool:
        async with pushed.database.reading() as session:
            (row,) = (await session.scalars(select(AppointmentRow))).all()
            return row.unreached

    assert not await unreached()
    channel.failures = [UnreachableError("blocked")]
    await one_round(pushed.house, pushed.workers.wake)
    await pushed.workers.rest()
    assert await unreached()
    await pushed.workers.receive(written(AMINA, "1", "thank you"))
    await pushed.workers.rest()
    assert not await unreached()


async def test_after_thirty_days_messages_are_gone_and_half_told_names_with_them(pushed: Town) -> None:
    await pushed.workers.receive(written(AMINA, "1", "I want to book an appointment"))
    await pushed.workers.rest()
    pushed.clock.passes(days=31)
    await clean(pushed.house, pushed.clock.now())
    assert await rows(pushed) == []
    async with pushed.database.reading() as session:
        assert (await session.scalars(select(InboxRow))).all() == []
        sender = await sender_of(session, AMINA)
        assert sender is not None
        assert sender.conversation["frames"] == []


async def test_an_identity_that_was_forgotten_is_erased_once_the_farewell_is_out(
    pushed: Town, channel: FakeChannel
) -> None:
    for number, words in enumerate(("thank you", "forget me", "yes")):
        await pushed.workers.receive(written(AMINA, str(number), words))
        await pushed.workers.rest()
    assert "everything is deleted" in channel.to("amina")[-1]
    pushed.clock.passes(minutes=2)
    await one_round(pushed.house, pushed.workers.wake)
    async with pushed.database.reading() as session:
        assert await sender_of(session, AMINA) is None
        assert await sender_of(session, BADRU) is not None
