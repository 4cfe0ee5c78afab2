"""What nobody asks for: answers that were interrupted, replies to be tried again, notices, the end of retention."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from bot import inbox, links, outbox
from bot.house import House
from bot.records import InboxRow, OutboxRow, ReportRow, SenderRow
from bot.telling import tell
from flows.conversation import Conversation
from locales.dates import in_rome
from services_directory.desk.editing import publish_due
from services_directory.desk.enrolments import Enrolments, activities_to_settle
from services_directory.desk.line import anything_over, go_on, sweep
from services_directory.desk.missed import erase_old
from services_directory.desk.notices import any_due
from services_directory.desk.person_desk import erase_old_names
from services_directory.desk.retention import erase_old_deeds, erase_old_lines
from services_directory.desk.revisions import due

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two rounds."""
PATIENCE = timedelta(seconds=5)
"""A message that has waited so long belongs to a process that has died."""
KEEP_MESSAGES = timedelta(days=30)
KEEP_NAMES = timedelta(days=90)
KEEP_PEOPLE = timedelta(days=365)
"""An identity that has not written for so long is erased."""


async def go_round(house: House, wake: Callable[[int], object], stop: asyncio.Event) -> None:
    """Make rounds until `stop`; a round that fails (the database is away) is logged, and the next one tries again."""
    patience = timedelta(0)  # at the start nobody else is working on what waits
    cleaned: datetime | None = None
    while not stop.is_set():
        try:
            await one_round(house, wake, patience)
            patience = PATIENCE
            now = house.clock.now()
            if cleaned is None or now - cleaned > timedelta(hours=1):
                await clean(house, now)
                cleaned = now
        except Exception:
            log.exception("a round failed")
        try:
            await asyncio.wait_for(stop.wait(), EVERY)
        except TimeoutError:
            continue


async def one_round(house: House, wake: Callable[[int], object], patience: timedelta = PATIENCE) -> None:
    """Wake the workers of everybody for whom something is due."""
    now = house.clock.now()
    async with house.database.reading() as session:
        senders = set(await inbox.waiting_senders(session, now - patience))
        senders.update(await outbox.due_senders(session, now))
        over = await anything_over(session, now)
        seats = await activities_to_settle(session, now)
        scheduled = await due(session, now)
        forgotten = await session.scalar(select(SenderRow.id).where(SenderRow.forgotten).limit(1))
    if over or seats:
        async with house.database.writing() as session:
            directory = await house.shelf.newest(session, in_rome(now).date())
            await go_on(session, directory, now)
            await Enrolments(session, directory, now).lapse()
    async with house.database.reading() as session:
        notices = await any_due(session, now)
    if notices:
        senders.update(await tell(house, now))
    if scheduled:
        async with house.database.writing() as session:
            await publish_due(session, now)
    if forgotten is not None:
        async with house.database.writing() as session:
            await outbox.erase_forgotten(session, now - timedelta(minutes=1))
    for sender in senders:
        wake(sender)


async def clean(house: House, now: datetime) -> None:
    """The end of retention: old messages, names of old appointments, people who have long been silent."""
    async with house.database.writing() as session:
        old = now - KEEP_MESSAGES
        await session.execute(delete(OutboxRow).where(OutboxRow.written_at < old, OutboxRow.state != outbox.DUE))
        await session.execute(delete(InboxRow).where(InboxRow.received_at < old, InboxRow.state != inbox.WAITING))
        await session.execute(delete(ReportRow).where(ReportRow.at < old))
        # Half-answered questions hold names: they go with the messages.
        silent = update(SenderRow).where(SenderRow.last_inbound < old)
        await session.execute(silent.values(conversation=Conversation().to_json()))
        await session.execute(delete(SenderRow).where(SenderRow.last_inbound < now - KEEP_PEOPLE))
        await links.erase_old(session, now)
        await erase_old_names(session, now - KEEP_NAMES)
        await sweep(session, now)
        await erase_old_lines(session, now - KEEP_NAMES)
        await erase_old_deeds(session, now)
        await erase_old(session, now)
