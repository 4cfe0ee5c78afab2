"""Reminders as people get them: once, by day, in words that anybody may see, on the channel that reaches them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from bot.failures import MAX_TRIES
from bot.inbox import sender_of
from bot.incoming import Sender
from bot.outgoing import SendError, UnreachableError
from bot.records import LinkRow, OutboxRow, SenderRow
from bot.rounds import clean
from services_directory.desk.person_desk import PersonDesk
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow
from services_directory.store.offerings import ServiceRow
from services_directory.store.waiting import DeedRow, NoticeRow, OfferRow, WaitingRow
from tests.bot.reminded import DAY_BEFORE_AT, HOURS_BEFORE_AT, Wire, books, goes_round, hears, states, unreached
from tests.town import FakeClock, Town, opened

AMINA, AMINA_AGAIN, AMINA_ONLINE = Sender("fake", "chat", "a"), Sender("other", "chat", "a"), Sender("web", "chat", "a")


@pytest.fixture
def wire() -> Wire:
    return Wire("fake")


@pytest.fixture
def other() -> Wire:
    return Wire("other")


@pytest.fixture
async def town(town_url: str, wire: Wire, other: Wire) -> AsyncIterator[Town]:
    """A town with two wires, in which Amina is known on the first one."""
    async with opened(town_url, {"fake": wire, "other": other}) as town:
        await hears(town, AMINA, "when is the office open?")
        wire.sent.clear()
        yield town


async def also_writes(town: Town, sender: Sender, *wires: Wire) -> None:
    """Amina is known there too, as the same person; the last to write is the channel used last."""
    await hears(town, sender, "when is the office open?")
    async with town.database.writing() as session:
        amina = await sender_of(session, AMINA)
        assert amina is not None
        await session.execute(update(SenderRow).where(SenderRow.channel == sender.channel).values(person=amina.person))
    for one in wires:
        one.sent.clear()


async def test_one_is_reminded_the_day_before_and_two_hours_before(town: Town, wire: Wire) -> None:
    code = await books(town, AMINA)
    await goes_round(town, DAY_BEFORE_AT - timedelta(seconds=1))
    assert wire.texts == []
    await goes_round(town, DAY_BEFORE_AT)
    await goes_round(town, HOURS_BEFORE_AT)
    assert [text.splitlines()[0] for text in wire.texts] == [
        f"Reminder: tomorrow, Thursday 26 November, 10:00. Your code: {code}.",
        f"Reminder: today, Thursday 26 November, 10:00. Your code: {code}.",
    ]
    assert await states(town) == ["delivered", "delivered"]


async def test_a_reminder_does_not_say_what_the_appointment_is_for(town: Town, wire: Wire) -> None:
    await books(town, AMINA)
    await goes_round(town, DAY_BEFORE_AT)
    async with town.database.reading() as session:
        service = (await session.scalars(select(ServiceRow).join(AppointmentRow))).one()
    (text,) = wire.texts
    assert "Where: " in text
    for revealing in (*service.name.texts.values(), "migra", "permit", "Re-Point"):
        assert revealing.casefold() not in text.casefold()


async def test_one_tap_confirms_and_the_office_can_see_it(town: Town, wire: Wire) -> None:
    code = await books(town, AMINA)
    await goes_round(town, DAY_BEFORE_AT)
    assert [option.label for option in wire.sent[0].options] == ["I will come", "Move it", "Cancel it"]
    await hears(town, AMINA, tap=wire.sent[0].options[0].key)
    assert "Thank you! The office now knows that you will come" in wire.texts[-1]
    assert code in wire.texts[-1]
    async with town.database.reading() as session:
        events = list(await session.scalars(select(AppointmentEventRow.what).order_by(AppointmentEventRow.id)))
    assert events == ["booked", "confirmed"]


async def test_the_buttons_name_the_appointment(town: Town, wire: Wire) -> None:
    code = await books(town, AMINA)
    await goes_round(town, DAY_BEFORE_AT)
    assert [option.key for option in wire.sent[0].options] == [
        f"go=confirm_appointment:{code}",
        f"go=change_appointment:{code}",
        f"go=cancel_appointment:{code}",
    ]


async def test_who_confirms_what_was_cancelled_meanwhile_is_told(town: Town, wire: Wire) -> None:
    code = await books(town, AMINA)
    await goes_round(town, DAY_BEFORE_AT)
    await cancelled(town, code)
    await hears(town, AMINA, tap=wire.sent[0].options[0].key)
    assert "not there any more" in wire.texts[-1]


async def cancelled(town: Town, code: str, by: str = "person") -> None:
    async with town.database.writing() as session:
        directory = await town.house.shelf.newest(session, town.clock.now().date())
        await PersonDesk(session, directory, "nobody", town.clock.now()).bookings.cancel(code, by=by)


async def test_after_cancelling_nothing_is_sent(town: Town, wire: Wire) -> None:
    await cancelled(town, await books(town, AMINA))
    await goes_round(town, DAY_BEFORE_AT)
    await goes_round(town, HOURS_BEFORE_AT)
    assert wire.texts == []
    assert set(await states(town)) == {"dropped"}


async def test_nor_when_it_is_cancelled_while_the_reminder_waits_to_be_sent(town: Town, wire: Wire) -> None:
    code = await books(town, AMINA)
    wire.failures = [SendError("flood", retry_after=60)]
    await goes_round(town, DAY_BEFORE_AT)
    await cancelled(town, code)
    await goes_round(town, DAY_BEFORE_AT + timedelta(minutes=2))
    assert wire.texts == []
    assert (await states(town))[0] == "dropped"


async def test_a_reminder_that_has_to_be_tried_again_in_the_night_waits_for_the_morning(town: Town, wire: Wire) -> None:
    code = await books(town, AMINA)
    async with town.database.writing() as session:
        late = DAY_BEFORE_AT.replace(hour=20, minute=59)
        await session.execute(update(NoticeRow).where(NoticeRow.kind == "reminder_day_before").values(due_at=late))
        await session.execute(
            update(NoticeRow).where(NoticeRow.kind == "reminder_hours_before").values(state="dropped")
        )
    wire.failures = [SendError("flood", retry_after=600)]
    await goes_round(town, late)
    await goes_round(town, late + timedelta(minutes=11))
    assert wire.texts == []
    await goes_round(town, HOURS_BEFORE_AT)
    (text,) = wire.texts
    assert code in text
    assert "delivered" in await states(town)


async def test_who_was_not_running_sends_no_reminder_of_what_has_begun(town: Town, wire: Wire) -> None:
    await books(town, AMINA)
    await goes_round(town, HOURS_BEFORE_AT + timedelta(hours=1, minutes=50))
    assert wire.texts == []
    assert await states(town) == ["dropped", "dropped"]


async def test_two_processes_at_once_send_a_reminder_once(town: Town, town_url: str, wire: Wire, other: Wire) -> None:
    await books(town, AMINA)
    town.clock.at = DAY_BEFORE_AT
    async with opened(town_url, {"fake": wire, "other": other}, FakeClock(DAY_BEFORE_AT)) as second:
        for _round in range(3):
            await asyncio.gather(goes_round(town), goes_round(second))
    assert len(wire.texts) == 1
    assert (await states(town))[0] == "delivered"


async def test_a_reminder_that_perhaps_went_out_when_a_process_died_is_not_sent_again(town: Town, wire: Wire) -> None:
    await books(town, AMINA)
    wire.dies = True
    await goes_round(town, DAY_BEFORE_AT)
    await goes_round(town, DAY_BEFORE_AT + timedelta(minutes=5))
    assert len(wire.texts) == 1
    assert (await states(town))[0] == "sent"


async def test_news_of_the_office_is_rather_sent_twice_than_lost(town: Town, wire: Wire) -> None:
    await cancelled(town, await books(town, AMINA), by="staff:1")
    wire.dies = True
    await goes_round(town)
    await goes_round(town, town.clock.at + timedelta(minutes=5))
    assert ["has to cancel" in text for text in wire.texts] == [True, True]


async def test_a_reminder_is_tried_again_when_the_channel_refuses_it(town: Town, wire: Wire) -> None:
    await books(town, AMINA)
    wire.failures = [SendError("flood", retry_after=60)]
    await goes_round(town, DAY_BEFORE_AT)
    assert (await states(town))[0] == "sent"
    await goes_round(town, DAY_BEFORE_AT + timedelta(minutes=2))
    assert len(wire.texts) == 1
    assert (await states(town))[0] == "delivered"


async def test_whom_the_first_app_does_not_reach_is_reminded_in_the_second(town: Town, wire: Wire, other: Wire) -> None:
    await also_writes(town, AMINA_AGAIN, other)
    town.clock.passes(minutes=1)
    await hears(town, AMINA, "thank you")
    await books(town, AMINA)
    wire.sent.clear()
    wire.failures = [UnreachableError("blocked")]
    await goes_round(town, DAY_BEFORE_AT)
    await goes_round(town)
    assert wire.texts == []
    assert len(other.texts) == 1
    assert (await states(town))[0] == "delivered"
    assert not await unreached(town)


async def test_whom_no_app_reaches_is_shown_to_the_office(town: Town, wire: Wire, other: Wire) -> None:
    await also_writes(town, AMINA_AGAIN, other)
    await books(town, AMINA)
    wire.failures, other.failures = [UnreachableError("blocked")], [UnreachableError("blocked")]
    await goes_round(town, DAY_BEFORE_AT)
    await goes_round(town)
    assert wire.texts == other.texts == []
    assert (await states(town))[0] == "failed"
    assert await unreached(town)


async def test_a_reminder_given_up_after_many_tries_has_failed(town: Town, wire: Wire) -> None:
    await books(town, AMINA)
    wire.failures = [SendError("out of order") for _try in range(MAX_TRIES)]
    for tried in range(MAX_TRIES):
        await goes_round(town, DAY_BEFORE_AT + timedelta(minutes=20 * tried))
    assert wire.failures == []
    assert (await states(town))[0] == "failed"
    assert await unreached(town)


async def test_an_app_that_is_pushed_to_comes_before_a_page_that_one_must_open(town: Town, wire: Wire) -> None:
    town.clock.passes(minutes=1)
    await also_writes(town, AMINA_ONLINE)
    await books(town, AMINA)
    await goes_round(town, DAY_BEFORE_AT)
    assert len(wire.texts) == 1


async def test_who_has_only_the_page_finds_the_reminder_there(town: Town) -> None:
    await hears(town, AMINA_ONLINE, "when is the office open?")
    await books(town, AMINA_ONLINE)
    await goes_round(town, DAY_BEFORE_AT)
    async with town.database.reading() as session:
        replies = await session.scalars(select(OutboxRow).where(OutboxRow.notice_id.is_not(None)))
        (reply,) = replies.all()
    assert reply.reply["text"].startswith("Reminder: tomorrow")
    assert (await states(town))[0] == "sent"


async def test_whom_the_office_cancels_can_take_one_of_the_next_times_with_one_tap(town: Town, wire: Wire) -> None:
    await cancelled(town, await books(town, AMINA), by="staff:1")
    await goes_round(town)
    times = [option for option in wire.sent[-1].options if ";" in option.key]
    assert len(times) == 3
    await hears(town, AMINA, tap=times[1].key)
    assert "What name shall we call?" in wire.texts[-1]
    await hears(town, AMINA, "Amina")
    assert times[1].label in wire.texts[-1]
    assert "Shall I book it?" in wire.texts[-1]


async def test_a_freed_time_is_offered_while_it_is_kept(town: Town, wire: Wire) -> None:
    await offered(town, DAY_BEFORE_AT + timedelta(minutes=30))
    await goes_round(town, DAY_BEFORE_AT)
    (reply,) = wire.sent
    assert reply.text.startswith("A time is free for you: Thursday 26 November, 10:00. I keep it for you until")
    assert [option.key.partition(":")[0] for option in reply.options] == ["go=accept_offer", "go=decline_offer"]


async def test_a_freed_time_is_not_offered_once_it_has_lapsed(town: Town, wire: Wire) -> None:
    await offered(town, DAY_BEFORE_AT)
    await goes_round(town, DAY_BEFORE_AT)
    assert wire.sent == []
    assert await states(town) == ["dropped"]


async def offered(town: Town, until: datetime) -> None:
    """A time that is kept for Amina, who waits."""
    code = await books(town, AMINA)
    async with town.database.writing() as session:
        await session.execute(delete(NoticeRow))
        booked = (await session.scalars(select(AppointmentRow).where(AppointmentRow.code == code))).one()
        now = town.clock.now()
        waiting = WaitingRow(
            booking_key="k",
            service=booked.service,
            person=booked.person,
            name="Amina",
            language="en",
            first_day=booked.starts.date(),
            last_day=booked.starts.date(),
            joined_at=now,
        )
        session.add(waiting)
        await session.flush()
        offer = OfferRow(waiting=waiting.id, counter=booked.counter, starts=booked.starts, made_at=now, until=until)
        session.add(offer)
        await session.flush()
        session.add(NoticeRow(person=booked.person, offer=offer.id, kind="slot_offered", due_at=now))


async def test_what_is_no_longer_needed_is_erased(town: Town) -> None:
    await offered(town, DAY_BEFORE_AT)
    now = town.clock.now()
    async with town.database.writing() as session:
        await session.execute(update(OfferRow).values(state="lapsed"))
        session.add(DeedRow(key="k", asked="a", status=201, answer={}, at=now))
        session.add(LinkRow(code="ABCDEFGH", person="p", until=now))
    await clean(town.house, now + timedelta(hours=25))
    assert await left(town) == {"deeds": 0, "links": 0, "offers": 1, "names": ["Amina"]}
    await clean(town.house, now + timedelta(days=92))
    assert await left(town) == {"deeds": 0, "links": 0, "offers": 0, "names": [""]}


async def left(town: Town) -> dict[str, object]:
    async with town.database.reading() as session:
        return {
            "deeds": len((await session.scalars(select(DeedRow))).all()),
            "links": len((await session.scalars(select(LinkRow))).all()),
            "offers": len((await session.scalars(select(OfferRow))).all()),
            "names": list(await session.scalars(select(WaitingRow.name))),
        }
