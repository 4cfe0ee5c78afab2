"""People with appointments on wires that fail as they are told, and the rounds that remind them."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import select

from bot.inbox import sender_of
from bot.incoming import IncomingMessage, Sender
from bot.outgoing import UNKNOWN, Posting, Reply, SendError
from bot.rounds import one_round
from locales.dates import ROME
from services_directory.desk.person_desk import PersonDesk
from services_directory.desk.reminders import plan
from services_directory.facts import Reminders
from services_directory.store.bookings import AppointmentRow
from services_directory.store.waiting import NoticeRow
from tests.town import Town

THURSDAY = date(2026, 11, 26)
DAY_BEFORE_AT = datetime(2026, 11, 25, 10, 0, tzinfo=ROME)
HOURS_BEFORE_AT = datetime(2026, 11, 26, 8, 0, tzinfo=ROME)
"""When people are reminded of Thursday at 10:00."""


class Wire:
    """Keeps what it sent, with the buttons; the next sends fail with `failures`; `dies` after sending the next one."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.template_languages: frozenset[str] = frozenset()
        self.sent: list[Reply] = []
        self.postings: list[Posting] = []
        self.failures: list[SendError] = []
        self.dies = False

    async def send(self, to: Sender, reply: Reply, posting: Posting = UNKNOWN) -> str | None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(reply)
        self.postings.append(posting)
        if self.dies:
            self.dies = False
            raise ConnectionAbortedError(f"the process dies while it sends to {to.channel}")
        return f"{self.name}-{len(self.sent)}"

    @property
    def texts(self) -> list[str]:
        return [reply.text for reply in self.sent]


async def hears(town: Town, sender: Sender, words: str = "", **parts: object) -> None:
    """A person who reads English in Taranto writes or taps something, and is answered."""
    first = {"words": words, "city": "taranto", "language": "en", "language_chosen": True}
    await town.workers.receive(IncomingMessage.from_json(sender, secrets.token_hex(8), {**first, **parts}))
    await town.workers.rest()


async def books(town: Town, sender: Sender, reminders: Reminders | None = None) -> str:
    """An appointment of theirs on Thursday at 10:00, with its reminders; its code."""
    async with town.database.writing() as session:
        row = await sender_of(session, sender)
        assert row is not None
        directory = await town.house.shelf.newest(session, town.clock.now().date())
        service = next(one for one in directory.bookable("taranto", ["work_contract"]) if "work_contract" in one.topics)
        desk = PersonDesk(session, directory, row.person, town.clock.now())
        slot = await desk.free_slots(service, THURSDAY).find("10:00")
        assert slot is not None
        code = (await desk.book(slot, "Amina", language="en", key=secrets.token_hex(4))).code
        booked = (await session.scalars(select(AppointmentRow).where(AppointmentRow.code == code))).one()
        await plan(session, booked, reminders or Reminders(), town.clock.now())
        return code


async def goes_round(town: Town, at: datetime | None = None) -> None:
    """A round at that time, and all that it leads to."""
    town.clock.at = at or town.clock.at
    await one_round(town.house, town.workers.wake)
    await town.workers.rest()


async def states(town: Town) -> list[str]:
    """What has become of each notice, in the order in which they were due."""
    async with town.database.reading() as session:
        return list(await session.scalars(select(NoticeRow.state).order_by(NoticeRow.due_at, NoticeRow.id)))


async def unreached(town: Town) -> bool:
    """Whether the office is shown that the person of the only appointment is not reached."""
    async with town.database.reading() as session:
        return (await session.scalars(select(AppointmentRow.unreached))).one()
