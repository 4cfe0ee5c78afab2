"""Free times, computed from opening hours and the cells already claimed; nothing of it is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import ROME
from services_directory.booked import Day, Slot
from services_directory.desk.directory import Directory
from services_directory.facts import Counter, Service
from services_directory.store.bookings import ClaimedCellRow

MAX_DAYS = 10
"""Days offered in one question: more do not fit a screen."""


@dataclass(frozen=True)
class Openings:
    """The free times of one service: for each start, the counters that have room."""

    service: Service
    by_start: dict[datetime, tuple[Counter, ...]]

    def slots(self) -> Iterator[Slot]:
        """The free times, earliest first."""
        for starts in sorted(self.by_start):
            yield slot_at(self.service, starts, self.by_start[starts][0].office)


def slot_at(service: Service, starts: datetime, office: str) -> Slot:
    """The slot that begins then; its key is Rome's clock to the minute."""
    return Slot(f"{starts:%Y-%m-%dT%H:%M}", service.key, office, starts, service.minutes or 0)


def cells(counter: Counter, starts: datetime, minutes: int) -> list[datetime]:
    """The cells of a counter's grid that an appointment claims, in UTC."""
    begin = starts.astimezone(UTC)
    return [begin + timedelta(minutes=at) for at in range(0, minutes, counter.grid)]


async def openings(
    session: AsyncSession, directory: Directory, service: Service, days: Sequence[date], now: datetime
) -> Openings:
    """The free times of a service on those days, lead time kept."""
    counters = directory.counters(service.key)
    if service.minutes is None or not counters or not days:
        return Openings(service, {})
    taken = await _claimed([counter.key for counter in counters], min(days), max(days), session)
    earliest = now + timedelta(minutes=service.lead_minutes)
    found: dict[datetime, list[Counter]] = defaultdict(list)
    for day in days:
        for counter in counters:
            for starts in _starts(directory, counter, service.minutes, day):
                if starts >= earliest and _is_free(taken[counter.key], counter, starts, service.minutes):
                    found[starts].append(counter)
    return Openings(service, {starts: tuple(open_counters) for starts, open_counters in found.items()})


async def days_with_room(
    session: AsyncSession, directory: Directory, service: Service, now: datetime, *, only: date | None = None
) -> list[Day]:
    """The next days on which the service has a free time, at most ten; or `only` that one, if it has."""
    today = now.astimezone(ROME).date()
    horizon = [today + timedelta(days=ahead) for ahead in range(service.horizon_days + 1)]
    wanted = horizon if only is None else [day for day in horizon if day == only]
    free: dict[date, int] = defaultdict(int)
    for starts in (await openings(session, directory, service, wanted, now)).by_start:
        free[starts.date()] += 1
    return [Day(day.isoformat(), day, free[day]) for day in sorted(free)][:MAX_DAYS]


def _starts(directory: Directory, counter: Counter, minutes: int, day: date) -> Iterator[datetime]:
    """Where appointments may begin at a counter on that day: one after the other, rounded up to its grid."""
    step = timedelta(minutes=-(-minutes // counter.grid) * counter.grid)
    for opens, closes in directory.counter_hours(counter, day):
        # Through UTC: on the night of the change a day has 23 or 25 hours.
        at, end = _instant(day, opens), _instant(day, closes)
        while at + timedelta(minutes=minutes) <= end:
            yield at.astimezone(ROME)
            at += step


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, ROME).astimezone(UTC)


def _is_free(taken: Collection[datetime], counter: Counter, starts: datetime, minutes: int) -> bool:
    return not any(cell in taken for cell in cells(counter, starts, minutes))


async def _claimed(counters: Sequence[str], first: date, last: date, session: AsyncSession) -> dict[str, set[datetime]]:
    begin, end = _instant(first, time.min), _instant(last + timedelta(days=1), time.min)
    claimed = await session.execute(
        select(ClaimedCellRow.counter, ClaimedCellRow.starts)
        .where(ClaimedCellRow.counter.in_(counters))
        .where(ClaimedCellRow.starts >= begin, ClaimedCellRow.starts < end)
    )
    taken: dict[str, set[datetime]] = {counter: set() for counter in counters}
    for counter, starts in claimed:
        taken[counter].add(starts)
    return taken
