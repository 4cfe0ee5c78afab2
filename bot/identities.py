"""Whose identity is whose: an account has several (a number, scoped ids), and they change; nobody is guessed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Select, and_, delete, literal, select, tuple_, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.incoming import Sender
from bot.reception import NewAddress
from bot.records import AliasRow, InboxRow, OutboxRow, SenderRow
from flows.conversation import Conversation
from services_directory.desk.joining import join_people
from services_directory.store.session import Base

SCOPED = "bsuid"
"""The kind of identity that is one account's alone for as long as it lasts; a number passes from hand to hand."""
FORMER = "former"
"""The kind of address of somebody whose number belongs to somebody else now, and who told no other."""
KINDS = ("wa_id", SCOPED, "parent_bsuid", "chat", FORMER)
"""The best address first: everything can be sent to a number."""
A_MOMENT = 60.0
"""Seconds by which two clocks may differ."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


async def sender_for(session: AsyncSession, identities: Sequence[Sender]) -> int:
    """The id of the sender who wrote under these identities, the best address first; a new one for somebody new.

    What is told in one breath is one account: two senders that turn out to be one become one. But a number under
    which another scoped id was known has passed to somebody else: it is taken from who had it, and nothing else is.
    """
    if len(identities) == 1:
        address = await session.scalar(_at(identities[0]))
        if address is not None:
            return address
    owners, address = await _known(session, identities)
    if not owners:
        return await _new(session, identities)
    if len(owners) == len(identities) and set(owners.values()) == {address} and address is not None:
        return address
    return await _settle(session, identities, owners)


async def move(session: AsyncSession, news: NewAddress) -> None:
    """Somebody has new identities; nothing is done for who never wrote to us.

    The old ones lead to nobody any more: the number may be given to somebody else. Who had the new number before is
    another person, unless everything that came from it came after the change.
    """
    owners, _address = await _known(session, [*news.old, *news.new])
    mine = next((owners[one] for one in news.old if one in owners), None)
    if mine is None:
        return
    for one in news.new:
        other = owners.get(one, mine)
        if other == mine:
            continue
        if await _wrote_only_since(session, other, news.at):
            mine = await _merge(session, [mine, other])
        else:
            await _take(session, one, other)
    await _set_address(session, mine, news.new[0])
    await _told(session, mine, news.new)
    stale = and_(AliasRow.sender_id == mine, tuple_(AliasRow.kind, AliasRow.value).not_in(_pairs(news.new)))
    await session.execute(delete(AliasRow).where(stale))
    await session.execute(update(SenderRow).where(SenderRow.id == mine).values(unreachable=False))


async def _wrote_only_since(session: AsyncSession, sender: int, at: float) -> bool:
    first = select(InboxRow.received_at).where(InboxRow.sender_id == sender).order_by(InboxRow.id).limit(1)
    received = await session.scalar(first)
    return received is not None and received.timestamp() >= at - A_MOMENT


def _pairs(identities: Iterable[Sender]) -> list[tuple[str, str]]:
    return [(one.kind, one.value) for one in identities]


def _at(identity: Sender) -> Select[int]:
    return select(SenderRow.id).where(
        SenderRow.channel == identity.channel, SenderRow.kind == identity.kind, SenderRow.value == identity.value
    )


async def _known(session: AsyncSession, identities: Sequence[Sender]) -> tuple[dict[Sender, int], int | None]:
    """To whom each identity belongs, as far as we know them; and whose address the first one is."""
    channel, wanted = identities[0].channel, _pairs(identities)
    addresses = select(SenderRow.kind, SenderRow.value, SenderRow.id, literal(1)).where(
        SenderRow.channel == channel, tuple_(SenderRow.kind, SenderRow.value).in_(wanted)
    )
    aliases = select(AliasRow.kind, AliasRow.value, AliasRow.sender_id, literal(0)).where(
        AliasRow.channel == channel, tuple_(AliasRow.kind, AliasRow.value).in_(wanted)
    )
    owners: dict[Sender, int] = {}
    address: int | None = None
    for kind, value, sender, is_address in await session.execute(union_all(addresses, aliases)):
        one = Sender(channel, kind, value)
        owners[one] = sender
        if is_address and one == identities[0]:
            address = sender
    return owners, address


async def _settle(session: AsyncSession, identities: Sequence[Sender], owners: dict[Sender, int]) -> int:
    scoped = {one for one in identities if one.kind == SCOPED}
    mine: list[int] = []
    for identity in sorted(owners, key=identities.index):
        owner = owners[identity]
        theirs = {one for one in await _all_of(session, owner) if one.kind == SCOPED}
        if scoped and theirs and not theirs & scoped:
            await _take(session, identity, owner)
        elif owner not in mine:
            mine.append(owner)
    if not mine:
        return await _new(session, identities)
    sender = await _merge(session, mine)
    await _told(session, sender, identities)
    return sender


async def _all_of(session: AsyncSession, sender: int) -> list[Sender]:
    """Every identity of a sender, the address first."""
    row = await session.get_one(SenderRow, sender)
    others = await session.scalars(select(AliasRow).where(AliasRow.sender_id == sender))
    aliases = [Sender(row.channel, one.kind, one.value) for one in others]
    return [Sender(row.channel, row.kind, row.value), *aliases]


async def _told(session: AsyncSession, sender: int, identities: Sequence[Sender]) -> None:
    """Make all identities known as the sender's, and the first one the address, unless the present one is better."""
    had = await _all_of(session, sender)
    address = min((identities[0], had[0]), key=lambda one: KINDS.index(one.kind))
    await _set_address(session, sender, address)
    for one in dict.fromkeys([*identities, *had]):
        if one != address and one.kind != FORMER:
            await _add_alias(session, one, sender)


async def _set_address(session: AsyncSession, sender: int, address: Sender) -> None:
    row = await session.get_one(SenderRow, sender)
    await session.execute(delete(AliasRow).where(_is(address)))
    row.kind, row.value = address.kind, address.value
    await session.flush()


def _is(identity: Sender) -> ColumnElement[bool]:
    return and_(AliasRow.channel == identity.channel, AliasRow.kind == identity.kind, AliasRow.value == identity.value)


async def _take(session: AsyncSession, identity: Sender, owner: int) -> None:
    """An identity no longer leads to its owner, who keeps the others."""
    rest = [one for one in await _all_of(session, owner) if one != identity]
    row = await session.get_one(SenderRow, owner)
    if (row.kind, row.value) != (identity.kind, identity.value):
        await session.execute(delete(AliasRow).where(_is(identity)))
    elif rest:
        await _set_address(session, owner, rest[0])
    else:
        row.unreachable = True
        await _set_address(session, owner, Sender(identity.channel, FORMER, str(owner)))


async def _merge(session: AsyncSession, senders: Sequence[int]) -> int:
    """Several senders are one account: the conversation that was used last goes on, and has what the others had."""
    rows = [await session.get_one(SenderRow, one, with_for_update=True) for one in sorted(set(senders))]
    kept = max(rows, key=lambda row: row.last_inbound or NEVER)
    for row in rows:
        if row is kept:
            continue
        identities = await _all_of(session, row.id)
        await join_people(session, row.person, kept.person, kept.last_inbound or NEVER)
        await session.execute(update(SenderRow).where(SenderRow.person == row.person).values(person=kept.person))
        for table in (InboxRow, OutboxRow):
            await session.execute(update(table).where(table.sender_id == row.id).values(sender_id=kept.id))
        kept.silenced_at = kept.silenced_at or row.silenced_at
        kept.agreed_at = kept.agreed_at or row.agreed_at
        await session.delete(row)
        await session.flush()
        for one in identities:
            if one.kind != FORMER:
                await _add_alias(session, one, kept.id)
    return kept.id


async def _new(session: AsyncSession, identities: Sequence[Sender]) -> int:
    first = identities[0]
    new = {"person": secrets.token_hex(16), "conversation": Conversation().to_json()}
    await insert_once(session, SenderRow, {"channel": first.channel, "kind": first.kind, "value": first.value, **new})
    sender = (await session.scalars(_at(first))).one()
    for one in identities[1:]:
        await _add_alias(session, one, sender)
    return sender


async def _add_alias(session: AsyncSession, identity: Sender, sender: int) -> None:
    values = {"channel": identity.channel, "kind": identity.kind, "value": identity.value, "sender_id": sender}
    await insert_once(session, AliasRow, values)


async def insert_once(session: AsyncSession, table: type[Base], values: dict[str, Any]) -> bool:
    """Add a row unless it is there already, or another process adds it at the same moment; whether it was added."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    added = await session.execute(insert(table).values(values).on_conflict_do_nothing())
    return bool(cast("CursorResult[Any]", added).rowcount)
