"""What a channel tells of replies after it took them: twice, late, in any order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, update

from bot.incoming import Sender
from bot.outgoing import (
    UNKNOWN,
    Posting,
    Reply,
    SendError,
    SuspendedError,
    UndeliverableError,
    UnreachableError,
    WindowClosedError,
)
from bot.reception import Report
from bot.records import OutboxRow, ReportRow, SenderRow
from tests.bot.reminded import DAY_BEFORE_AT, Wire, books, goes_round, hears, states
from tests.town import Town, opened

AMINA = Sender("fake", "wa_id", "393331112223")


@pytest.fixture
def wire() -> Wire:
    return Wire("fake")


@pytest.fixture
async def town(town_url: str, wire: Wire) -> AsyncIterator[Town]:
    async with opened(town_url, {"fake": wire}) as town:
        await hears(town, AMINA, "when is the office open?")
        yield town


async def last(town: Town) -> OutboxRow:
    """The newest reply."""
    async with town.database.reading() as session:
        return (await session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc()).limit(1))).one()


async def given_up(town: Town) -> int:
    """How many replies were."""
    async with town.database.reading() as session:
        return len((await session.scalars(select(OutboxRow).where(OutboxRow.state == "given_up"))).all())


async def tells(town: Town, *reports: Report) -> None:
    await town.workers.receive_all(reports)
    await town.workers.rest()


async def test_a_reply_goes_from_sent_to_read_and_never_back(town: Town) -> None:
    row = await last(town)
    for state, shown in (("delivered", "delivered"), ("sent", "delivered"), ("read", "read"), ("delivered", "read")):
        await tells(town, Report("wamid.1", state, row.id))  # type: ignore[arg-type]
        assert (await last(town)).delivery == shown


async def test_a_report_without_our_number_is_found_by_the_channels(town: Town) -> None:
    row = await last(town)
    assert row.external_id is not None
    await tells(town, Report(row.external_id, "delivered"))
    assert (await last(town)).delivery == "delivered"


async def test_a_report_of_what_we_do_not_know_is_kept_and_harmless(town: Town) -> None:
    await tells(town, Report("wamid.unknown", "failed", 99999, UnreachableError("gone")), Report("wamid.other", "read"))
    async with town.database.reading() as session:
        assert len((await session.scalars(select(ReportRow))).all()) == 2


async def test_who_cannot_be_reached_is_left_alone_until_they_write(town: Town, wire: Wire) -> None:
    row = await last(town)
    await tells(town, Report("wamid.1", "failed", row.id, UnreachableError("undeliverable")))
    async with town.database.reading() as session:
        assert (await session.scalars(select(SenderRow.unreachable))).one()
    assert (await last(town)).state == "given_up"
    await hears(town, AMINA, "hello")
    assert wire.texts[-1]
    async with town.database.reading() as session:
        assert not (await session.scalars(select(SenderRow.unreachable))).one()


async def test_a_failure_that_may_pass_is_tried_again_once_however_often_it_is_told(town: Town, wire: Wire) -> None:
    row, before = await last(town), len(wire.sent)
    failed = Report("wamid.1", "failed", row.id, SendError("unknown error"))
    await tells(town, failed, failed)
    await tells(town, failed)
    assert (await last(town)).state == "due"
    town.clock.passes(minutes=1)
    await goes_round(town)
    await tells(town, failed)
    await goes_round(town)
    assert len(wire.sent) == before + 1
    assert (await last(town)).state == "sent"


async def test_a_closed_window_is_tried_as_a_template_once(town: Town, wire: Wire) -> None:
    row, before = await last(town), len(wire.sent)
    await tells(town, Report("wamid.1", "failed", row.id, WindowClosedError("24 hours")))
    assert (await last(town)).problem == "window closed"
    await goes_round(town)
    assert len(wire.sent) == before + 1
    assert wire.postings[-1].only_template
    await tells(town, Report("wamid.2", "failed", row.id, UndeliverableError("no template")))
    assert (await last(town)).state == "given_up"


async def test_a_failure_at_the_very_moment_at_which_the_reply_counts_as_sent_is_seen(town: Town) -> None:
    row = await last(town)
    async with town.database.writing() as session:
        (await session.get_one(OutboxRow, row.id)).state = "due"
    async with town.database.writing() as session:
        await session.execute(update(OutboxRow).where(OutboxRow.id == row.id).values(state="sent"))
        failed = Report("wamid.1", "failed", row.id, UndeliverableError("no"))
        telling = asyncio.create_task(town.workers.receive_all([failed]))
        await asyncio.wait({telling}, timeout=0.5)
    await telling
    assert (await last(town)).state == "given_up"


class Hasty(Wire):
    """Tells that a reply has failed before it has answered the call that sent it."""

    def __init__(self, town: Town) -> None:
        super().__init__("hasty")
        self.town = town

    async def send(self, to: Sender, reply: Reply, posting: Posting = UNKNOWN) -> str | None:
        answer = await super().send(to, reply, posting)
        if len(self.sent) == 1:
            await self.town.workers.receive_all(
                [Report("wamid.1", "failed", posting.number, WindowClosedError("24 hours"))]
            )
        return answer


async def test_what_is_behind_a_reply_that_failed_at_once_waits_for_it(town: Town) -> None:
    hasty = Hasty(town)
    town.house.channels["hasty"] = hasty  # type: ignore[index]  # a town of its own
    await hears(town, Sender("hasty", "wa_id", "393334445556"), "when is the office open?")
    for _round in range(3):
        await goes_round(town)
    first, *others = [posting.number for posting in hasty.postings]
    assert len(others) > 2
    assert others == sorted(others)
    assert others[0] == first
    assert hasty.postings[1].only_template


async def test_a_window_that_closes_while_sending_is_one_switch_too(town: Town, wire: Wire) -> None:
    wire.failures = [WindowClosedError("24 hours"), WindowClosedError("24 hours")]
    await hears(town, AMINA, "hello")
    await goes_round(town)
    await goes_round(town)
    assert await given_up(town) == 1
    assert not wire.failures


async def test_while_our_account_is_not_in_order_replies_wait_for_a_day(town: Town, wire: Wire) -> None:
    wire.failures = [SuspendedError("token expired", 300)] * 40
    await hears(town, AMINA, "hello")
    for _round in range(20):
        town.clock.passes(minutes=6)
        await goes_round(town)
    assert (await last(town)).state == "due"
    wire.failures = []
    town.clock.passes(minutes=6)
    await goes_round(town)
    assert (await last(town)).state == "sent"
    wire.failures = [SuspendedError("token expired", 300)] * 2
    await hears(town, AMINA, "hello again")
    town.clock.passes(hours=25)
    await goes_round(town)
    assert await given_up(town) == 1


async def test_a_reminder_that_failed_after_all_is_followed(town: Town, wire: Wire) -> None:
    await books(town, AMINA)
    await goes_round(town, DAY_BEFORE_AT)
    assert wire.texts[-1].startswith("Reminder: tomorrow")
    row = await last(town)
    await tells(town, Report("wamid.r", "failed", row.id, UnreachableError("blocked")))
    assert (await last(town)).state == "given_up"
    assert (await states(town))[0] == "failed"
