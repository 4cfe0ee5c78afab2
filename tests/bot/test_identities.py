"""One account under several names: a number, scoped ids, a new number. Never two people in one, never one in two."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from bot.incoming import IncomingMessage, Sender
from bot.reception import Arrival, NewAddress, Withdrawal
from bot.records import AliasRow, InboxRow, SenderRow
from tests.bot.reminded import Wire
from tests.town import Town, opened

NUMBER, NEW_NUMBER = Sender("whatsapp", "wa_id", "393331112223"), Sender("whatsapp", "wa_id", "393334445556")
SCOPED, NEW_SCOPED = Sender("whatsapp", "bsuid", "IT.1"), Sender("whatsapp", "bsuid", "IT.2")
PARENT = Sender("whatsapp", "parent_bsuid", "IT.ENT.1")


@pytest.fixture
def wire() -> Wire:
    return Wire("whatsapp")


@pytest.fixture
async def town(town_url: str, wire: Wire) -> AsyncIterator[Town]:
    async with opened(town_url, {"whatsapp": wire}) as town:
        yield town


async def arrives(town: Town, *arrivals: Arrival) -> None:
    await town.workers.receive_all(arrivals)
    await town.workers.rest()
    town.clock.passes(minutes=2)


def says(*identities: Sender, words: str = "when is the office open?", key: str | None = None) -> IncomingMessage:
    first, *others = identities
    return IncomingMessage(
        first,
        key or secrets.token_hex(8),
        words=words,
        also=tuple(others),
        language="en",
        language_chosen=True,
        city="taranto",
    )


def moves(town: Town, *, old: tuple[Sender, ...] = (NUMBER,), new: tuple[Sender, ...] = (NEW_NUMBER,)) -> NewAddress:
    return NewAddress(old, new, town.clock.now().timestamp())


async def senders(town: Town) -> list[tuple[str, str]]:
    async with town.database.reading() as session:
        return [(one.kind, one.value) for one in await session.scalars(select(SenderRow).order_by(SenderRow.id))]


async def person_of(town: Town, identity: Sender) -> str | None:
    """The person to whom an identity leads."""
    async with town.database.reading() as session:
        address = select(SenderRow.person).where(SenderRow.kind == identity.kind, SenderRow.value == identity.value)
        alias = (
            select(SenderRow.person)
            .join(AliasRow, AliasRow.sender_id == SenderRow.id)
            .where(AliasRow.kind == identity.kind, AliasRow.value == identity.value)
        )
        found = {*await session.scalars(address), *await session.scalars(alias)}
    assert len(found) <= 1
    return found.pop() if found else None


async def test_all_names_of_an_account_lead_to_one_sender(town: Town) -> None:
    await arrives(town, says(NUMBER, SCOPED, PARENT))
    await arrives(town, says(SCOPED), says(PARENT), says(NUMBER))
    assert await senders(town) == [("wa_id", NUMBER.value)]


async def test_who_was_known_by_the_number_alone_is_still_known_by_the_scoped_id(town: Town) -> None:
    await arrives(town, says(NUMBER))
    await arrives(town, says(NUMBER, SCOPED))
    await arrives(town, says(SCOPED))
    assert await senders(town) == [("wa_id", NUMBER.value)]


async def test_replies_go_to_the_number_as_soon_as_it_is_told(town: Town) -> None:
    await arrives(town, says(SCOPED))
    assert await senders(town) == [("bsuid", SCOPED.value)]
    await arrives(town, says(NUMBER, SCOPED))
    assert await senders(town) == [("wa_id", NUMBER.value)]
    assert await person_of(town, SCOPED) == await person_of(town, NUMBER)


async def test_two_senders_that_turn_out_to_be_one_account_become_one(town: Town) -> None:
    await arrives(town, says(NUMBER))
    await arrives(town, says(SCOPED))
    assert len(await senders(town)) == 2
    await arrives(town, says(NUMBER, SCOPED))
    assert await senders(town) == [("wa_id", NUMBER.value)]
    async with town.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(InboxRow)) == 3
        assert set(await session.scalars(select(InboxRow.state))) == {"done"}


async def test_a_number_that_comes_with_another_scoped_id_is_somebody_else(town: Town) -> None:
    await arrives(town, says(NUMBER, SCOPED))
    amina = await person_of(town, NUMBER)
    await arrives(town, says(NUMBER, NEW_SCOPED))
    assert await person_of(town, SCOPED) == amina
    assert await person_of(town, NUMBER) == await person_of(town, NEW_SCOPED) != amina


async def test_who_changes_their_number_keeps_what_they_had_and_the_old_number_leads_nowhere(town: Town) -> None:
    await arrives(town, says(NUMBER, SCOPED, PARENT))
    amina = await person_of(town, NUMBER)
    await arrives(town, moves(town, old=(NUMBER,), new=(NEW_NUMBER, NEW_SCOPED)))
    await arrives(town, says(NEW_NUMBER, NEW_SCOPED))
    assert await person_of(town, NEW_NUMBER) == await person_of(town, NEW_SCOPED) == amina
    assert [await person_of(town, one) for one in (NUMBER, SCOPED, PARENT)] == [None, None, None]
    assert len(await senders(town)) == 1


async def test_the_next_owner_of_the_old_number_is_a_stranger(town: Town) -> None:
    await arrives(town, says(NUMBER, SCOPED))
    amina = await person_of(town, NUMBER)
    await arrives(town, moves(town))
    await arrives(town, says(NUMBER, NEW_SCOPED))
    assert await person_of(town, NEW_NUMBER) == amina
    assert await person_of(town, NUMBER) not in {None, amina}


async def test_a_message_from_the_new_number_that_overtakes_the_news_is_the_same_person(town: Town) -> None:
    await arrives(town, says(NUMBER))
    amina = await person_of(town, NUMBER)
    news = moves(town)
    town.clock.passes(minutes=1)
    await arrives(town, says(NEW_NUMBER))
    await arrives(town, news)
    assert len(await senders(town)) == 1
    assert await person_of(town, NEW_NUMBER) is not None
    assert await person_of(town, NUMBER) is None
    assert amina is not None


async def test_who_had_the_new_number_before_stays_another_person(town: Town) -> None:
    await arrives(town, says(NUMBER))
    await arrives(town, says(NEW_NUMBER))
    amina, badru = await person_of(town, NUMBER), await person_of(town, NEW_NUMBER)
    town.clock.passes(hours=1)
    await arrives(town, moves(town))
    await arrives(town, says(NEW_NUMBER))
    assert await person_of(town, NEW_NUMBER) == amina
    async with town.database.reading() as session:
        former = (await session.scalars(select(SenderRow).where(SenderRow.person == badru))).one()
    assert (former.kind, former.unreachable) == ("former", True)


async def test_news_of_somebody_who_never_wrote_leaves_nothing(town: Town) -> None:
    await arrives(town, moves(town))
    assert await senders(town) == []


async def test_news_told_twice_changes_nothing_more(town: Town) -> None:
    await arrives(town, says(NUMBER))
    news = moves(town)
    await arrives(town, news)
    await arrives(town, says(NEW_NUMBER))
    await arrives(town, news)
    assert await senders(town) == [("wa_id", NEW_NUMBER.value)]


async def test_a_deleted_message_is_forgotten_and_one_not_yet_answered_never_is(town: Town, wire: Wire) -> None:
    await arrives(town, says(NUMBER, key="one"), says(NUMBER, key="two"), Withdrawal(NUMBER, (), "two"))
    assert len(wire.sent) > 0
    async with town.database.reading() as session:
        rows = {row.key: row for row in await session.scalars(select(InboxRow))}
    assert (rows["two"].message, rows["two"].state, rows["two"].meaning) == ({}, "done", None)
    await arrives(town, Withdrawal(NUMBER, (), "one"))
    async with town.database.reading() as session:
        assert set(map(str, await session.scalars(select(InboxRow.message)))) == {"{}"}


async def test_what_cannot_be_written_down_does_not_take_the_others_with_it(town: Town) -> None:
    broken = says(NUMBER, key="broken")
    object.__setattr__(broken, "rest", object())
    with pytest.raises(Exception, match=r"serializable|StatementError"):
        await town.workers.receive_all([says(NUMBER, key="a"), broken, says(NUMBER, key="b")])
    await town.workers.rest()
    async with town.database.reading() as session:
        assert sorted(await session.scalars(select(InboxRow.key))) == ["a", "b"]
