"""What a person is told without having asked: in their language, on the channel that reaches them, each thing once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import outbox
from bot.house import House
from bot.replies import replies
from bot.router import Reaction
from bot.templates import templates_for
from bot.visitor import Visitor
from flows.conversation import Conversation
from flows.notices import cancelled_by_office, reminder, restored_by_office, slot_offered
from flows.notices_elsewhere import (
    booked_elsewhere,
    moved_by_office,
    moved_elsewhere,
    not_booked_elsewhere,
    not_moved_elsewhere,
)
from flows.sayings import Saying
from flows.seats import seat_offered, seat_withdrawn
from locales.dates import in_rome
from locales.languages import FALLBACK
from services_directory.booked import Appointment, Slot
from services_directory.desk.directory import Directory
from services_directory.desk.errands import MOVED_THERE, NOT_BOOKED_NOW, NOT_MOVED, NOW_BOOKED, NOW_MOVED
from services_directory.desk.notices import FreedTime, Notice, Seat, mark_failed, mark_unreached, take_due

OF_AN_APPOINTMENT: Mapping[str, Callable[[Appointment], Saying]] = {
    "restored_by_office": restored_by_office,
    NOW_BOOKED: booked_elsewhere,
    NOT_BOOKED_NOW: not_booked_elsewhere,
    NOW_MOVED: moved_elsewhere,
    NOT_MOVED: not_moved_elsewhere,
    MOVED_THERE: moved_by_office,
}
"""The words of the kinds that need nothing but the appointment."""


async def tell(house: House, now: datetime) -> set[int]:
    """Write what is due into the outbox; to whom. What is taken and what is written are committed together."""
    told: set[int] = set()
    async with house.database.writing() as session:
        directory = await house.shelf.newest(session, in_rome(now).date())
        for notice in await take_due(session, directory, now):
            sender = await outbox.channel_of(session, house.channels, notice.person)
            if sender is None:
                await mark_failed(session, notice.id, now)
                await mark_unreached(session, notice.person, now)
                continue
            said = saying(notice, await _coming(session, directory, notice, now), now)
            language = Conversation.from_json(sender.conversation).profile.language or FALLBACK
            # A copy remembers the buttons: the open question keeps its own.
            (written,) = replies(Reaction([said], None), Conversation(), language)
            approved = templates_for(notice, said.suggestions, language, house.template_languages)
            written = replace(written, templates=approved)
            await outbox.write_notice(session, house.channels, sender, [written], notice.id, now)
            told.add(sender.id)
    return told


def saying(notice: Notice, coming: Sequence[Slot], now: datetime) -> Saying:
    """The words of each kind. Raises LookupError for one that has none."""
    match notice.kind, notice.about:
        case "cancelled_by_office", Appointment() as appointment:
            return cancelled_by_office(appointment, coming)
        case kind, Appointment() as appointment if kind in OF_AN_APPOINTMENT:
            return OF_AN_APPOINTMENT[kind](appointment)
        case _, Appointment() as appointment:
            return reminder(appointment, in_rome(now).date())
        case "seat_offered", Seat(enrolment, datetime() as until):
            return seat_offered(enrolment, until)
        case "seat_withdrawn", Seat(enrolment, _):
            return seat_withdrawn(enrolment)
        case _, FreedTime() as freed:
            return slot_offered(freed.key, freed.starts, freed.until)
    raise LookupError(f"no words for {notice.kind}")


async def _coming(session: AsyncSession, directory: Directory, notice: Notice, now: datetime) -> Sequence[Slot]:
    """The next free times for whom the office had to cancel."""
    if (
        notice.kind != "cancelled_by_office"
        or not isinstance(notice.about, Appointment)
        or not notice.about.service.bookable
    ):
        return ()
    return await Visitor(session, directory, notice.person, now).next_slots(notice.about.service)
