"""Five hundred messages of two hundred people in a minute, in batches, some twice: nothing lost, all in order."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.records import InboxRow, OutboxRow, SenderRow
from tests.bot.on_whatsapp import WhatsAppTown, whatsapp_town

PEOPLE, MESSAGES, BATCH = 200, 500, 7
AGAIN = 0.2
WORDS = ("👋", "when is the office open?", "ciao", "I want to book an appointment", "menu", "quando apre lo sportello?")


@pytest.fixture
async def town(town_url: str) -> AsyncIterator[WhatsAppTown]:
    async with whatsapp_town(town_url) as town:
        yield town


@pytest.mark.timeout(300)
async def test_a_burst_loses_nothing_and_keeps_everybodys_order(town: WhatsAppTown) -> None:
    chance = random.Random(6)  # noqa: S311, the same burst each time
    crowd = [town.fake.person(f"3933{number:08}", bsuid=f"IT.1349120865530274{number:04}") for number in range(PEOPLE)]
    hook, town.fake.webhook = town.fake.webhook, None
    written: dict[str, list[str]] = defaultdict(list)
    for start in range(0, MESSAGES, BATCH):
        async with town.fake.batch():
            for number in range(start, min(start + BATCH, MESSAGES)):
                person = crowd[number] if number < PEOPLE else chance.choice(crowd)
                written[str(person.identity.wa_id)].append(await person.says(chance.choice(WORDS)))
    calls, town.fake.undelivered = town.fake.undelivered, []
    town.fake.webhook = hook
    for failure in range(20):
        town.fake.fail_next(429 if failure % 2 else 500, 130429 if failure % 2 else 0)

    # Meta calls again with what it believes was not taken, while other calls are on their way.
    for number, call in enumerate(calls):
        await town.fake.deliver(call)
        if chance.random() < AGAIN:
            await asyncio.gather(town.fake.deliver(call), town.fake.deliver(chance.choice(calls[: number + 1])))
    await town.workers.rest()
    for _round in range(12):
        await town.goes_on(minutes=1)

    assert set(town.fake.webhook_statuses) == {200}
    async with town.database.reading() as session:
        inbox = (await session.scalars(select(InboxRow).order_by(InboxRow.id))).all()
        replies = {row.id: row for row in await session.scalars(select(OutboxRow))}
        numbers = {row.id: row.value for row in await session.scalars(select(SenderRow))}
    assert len(inbox) == MESSAGES
    assert {row.state for row in inbox} == {"done"}
    taken = defaultdict(list)
    for row in inbox:
        taken[numbers[row.sender_id]].append(row.key)
    assert taken == written

    assert {row.state for row in replies.values()} == {"sent"}
    heard: dict[str, list[int]] = defaultdict(list)
    for body in town.fake.sent:
        heard[str(body["to"])].append(int(body["biz_opaque_callback_data"]))
    for wa_id, postings in heard.items():
        assert postings == sorted(postings)
        answered = [replies[posting].inbox_id for posting in postings]
        keys = {row.id: row.key for row in inbox}
        assert list(dict.fromkeys(keys[one] for one in answered if one is not None)) == written[wa_id]
    assert set(heard) == set(written)
