"""Secret addresses of calendars: made, read, listed, revoked. Only a digest of each secret is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from locales.text import Localized
from services_directory.desk.directory import Directory
from services_directory.desk.timetable import Place, Planned, at, midnight, planned
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow, CounterRow
from services_directory.store.places import OfficeRow
from services_directory.store.waiting import FeedRow

BACK, AHEAD = timedelta(days=7), timedelta(days=181)
"""What a calendar shows; nothing can be booked farther ahead than 180 days."""
READ_AGAIN = timedelta(hours=1)
"""Programs ask all day long: that they did is written down at most so often."""
MOST = 50
"""Open addresses of one office: more are made by mistake."""


@dataclass(frozen=True)
class Feed:
    """An address of a calendar, without its secret. `counter` None: the whole office. Times are in Rome's zone."""

    id: int
    office: str
    counter: str | None
    counter_label: Localized | None
    made_by: str
    made_at: datetime
    read_at: datetime | None

    @property
    def place(self) -> Place:
        """Whose appointments it shows."""
        return Place(office=self.office, counter=self.counter)


class FeedRefusedError(Exception):
    """No address can be made: the counter is not one of the office, or the office has too many addresses."""


async def make_feed(session: AsyncSession, place: Place, *, by: str, now: datetime) -> str:
    """A new address of that office or counter: its secret, which is told now and never again. Raises FeedRefusedError.

    `by` is `staff:<account id>`.
    """
    if place.office is None or await session.get(OfficeRow, place.office, with_for_update=True) is None:
        raise FeedRefusedError(place.office)
    if place.counter is not None:
        counter = await session.get(CounterRow, place.counter)
        if counter is None or counter.office != place.office or counter.retired:
            raise FeedRefusedError(place.counter)
    if len(await _open(session, FeedRow.office == place.office)) >= MOST:
        raise FeedRefusedError(place.office)
    token = secrets.token_urlsafe(32)
    session.add(
        FeedRow(token=_digest(token), office=place.office, counter=place.counter, made_by=by, made_at=now),
    )
    await session.flush()
    return token


async def feeds(session: AsyncSession, city: str | None) -> list[Feed]:
    """The addresses that work, of one city's offices or of all, office by office."""
    of_city = select(OfficeRow.key).where(OfficeRow.city == city)
    return await _open(session, *([FeedRow.office.in_(of_city)] if city is not None else []))


async def feed(session: AsyncSession, number: int) -> Feed | None:
    """The address with that number; None when there is none, or it was revoked."""
    return next(iter(await _open(session, FeedRow.id == number)), None)


async def revoke_feed(session: AsyncSession, number: int, now: datetime) -> None:
    """From now on that address leads nowhere; nothing happens when it did already."""
    wanted = update(FeedRow).where(FeedRow.id == number, FeedRow.revoked_at.is_(None))
    await session.execute(wanted.values(revoked_at=now))


async def feed_of(session: AsyncSession, token: str) -> Feed | None:
    """Whose calendar that secret opens; None for one that is unknown or was revoked."""
    return next(iter(await _open(session, FeedRow.token == _digest(token))), None)


async def note_reading(session: AsyncSession, found: Feed, now: datetime) -> None:
    """A program has asked for it."""
    await session.execute(update(FeedRow).where(FeedRow.id == found.id).values(read_at=now))


def is_news(found: Feed, now: datetime) -> bool:
    """Whether it was not asked for lately, so that the reading is worth being written down."""
    return found.read_at is None or now - found.read_at >= READ_AGAIN


async def contents(session: AsyncSession, found: Feed, now: datetime) -> list[Planned]:
    """Its appointments, from a week ago to as far ahead as can be booked."""
    begins, ends = _span(now)
    return await planned(session, found.place, begins, ends)


async def change_token(session: AsyncSession, directory: Directory, found: Feed, now: datetime) -> str:
    """A word that stays the same while the calendar does: read before `contents`, never after."""
    begins, ends = _span(now)
    # Events are counted, not only dated: two machines' clocks differ, and the later change may bear the earlier time.
    event = AppointmentEventRow
    seen = (
        select(func.count(), func.count(AppointmentRow.id.distinct()), func.max(event.id))
        .select_from(AppointmentRow)
        .outerjoin(event, event.appointment == AppointmentRow.id)
        .where(AppointmentRow.starts >= begins, AppointmentRow.starts < ends, *at(found.place))
    )
    changes = tuple((await session.execute(seen)).one())
    return hashlib.sha256(repr((found.id, begins, changes, directory.version)).encode()).hexdigest()[:32]


def _span(now: datetime) -> tuple[datetime, datetime]:
    today = in_rome(now).date()
    return midnight(today - BACK), midnight(today + AHEAD)


async def _open(session: AsyncSession, *wanted: ColumnElement[bool]) -> list[Feed]:
    found = await session.execute(
        select(FeedRow, CounterRow.name)
        .outerjoin(CounterRow, CounterRow.key == FeedRow.counter)
        .where(FeedRow.revoked_at.is_(None), *wanted)
        .order_by(FeedRow.office, FeedRow.counter.is_not(None), FeedRow.counter, FeedRow.id)
    )
    return [
        Feed(
            id=row.id,
            office=row.office,
            counter=row.counter,
            counter_label=label,
            made_by=row.made_by,
            made_at=in_rome(row.made_at),
            read_at=in_rome(row.read_at) if row.read_at else None,
        )
        for row, label in found
    ]


def _digest(token: str) -> str:
    # A random secret of 256 bits needs no slow hash: nobody guesses it.
    return hashlib.sha256(token.encode()).hexdigest()
