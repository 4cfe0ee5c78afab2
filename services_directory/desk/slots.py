"""Free times, computed from opening hours and the cells already claimed; nothing of it is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import ROME, in_rome
from services_directory.booked import Day, Slot
from services_directory.desk.directory import Directory
from services_directory.facts import Counter, Service
from services_directory.store.bookings import ClaimedCellRow

CELL = 5
"""Minutes of a cell. It is not the grid: hours and grid change, and what was booked before must still be in the way."""
MIDNIGHT = time(23, 59)
"""As hours tell the end of a day."""
MAX_DAYS = 10
"""Days offered in one question: more do not fit a screen."""

AT_A_LOOK = 16
"""Days looked at at once: most often the first of them are enough."""


@dataclass(frozen=True)
class Want:
    """What a time is looked for: how many come, and the language somebody at the counter must speak (None: any).

    `mine`: ids of appointments whose cells count as free, because this person holds or moves them; `besides`: the time
    that is being moved, which is no other time; `stays`: the counter of another calendar at which that stays.
    """

    service: Service
    people: int = 1
    spoken: str | None = None
    mine: frozenset[int] = frozenset()
    besides: datetime | None = None
    stays: str | None = None

    @property
    def minutes(self) -> int:
        """How long they are at the counter."""
        return (self.service.minutes or 0) + (self.people - 1) * self.service.more_minutes

    def may_be_at(self, counter: Counter) -> bool:
        """Whether it can be booked there: what is moved stays in its calendar, and another's has its own minutes."""
        if counter.elsewhere is None:
            return self.stays is None
        moves = self.besides is not None
        return self.minutes == self.service.minutes and (counter.key == self.stays or not moves)


@dataclass(frozen=True)
class Openings:
    """The free times of one service: for each start, in UTC, the counters that have room."""

    want: Want
    by_start: dict[datetime, tuple[Counter, ...]]

    def slots(self) -> Iterator[Slot]:
        """The free times, earliest first."""
        for starts in sorted(self.by_start):
            yield slot_at(self.want, starts, self.by_start[starts][0].office)


def slot_at(want: Want, starts: datetime, office: str) -> Slot:
    """The slot that begins then; its key is Rome's clock to the minute, and in an hour that comes twice its offset."""
    local = in_rome(starts)
    key = f"{local:%Y-%m-%dT%H:%M%z}" if local.fold else f"{local:%Y-%m-%dT%H:%M}"
    return Slot(key, want.service.key, office, local, want.minutes)


def cells(starts: datetime, minutes: int) -> list[datetime]:
    """The cells that so many minutes touch, in UTC."""
    return [datetime.fromtimestamp(cell * CELL * 60, UTC) for cell in _numbers(starts, minutes)]


async def openings(
    session: AsyncSession, directory: Directory, want: Want, days: Collection[date], now: datetime
) -> Openings:
    """The free times on those of the days that can be booked: lead time, horizon and the rule for today are kept.

    Where a time is free in our own calendar and in another's, our own counters come first.
    """
    service = want.service
    counters = [counter for counter in directory.counters(service.key) if want.may_be_at(counter)]
    counters.sort(key=lambda counter: counter.elsewhere is not None)
    bookable = set(bookable_days(service, now)).intersection(days)
    if service.minutes is None or want.people > service.most_people or not counters or not bookable:
        return Openings(want, {})
    taken = await _claimed(session, [counter.key for counter in counters], bookable, want, now)
    earliest = first_bookable(service, now)
    needed = occupied(want)
    found: dict[datetime, list[Counter]] = defaultdict(list)
    for day in sorted(bookable):
        for counter in counters:
            claimed = taken[counter.key]
            for starts in _offered(directory, counter, want, day, now):
                if starts < earliest or starts == want.besides or not claimed.isdisjoint(_numbers(starts, needed)):
                    continue
                if want.spoken is None or directory.speaks(counter, want.spoken, in_rome(starts)):
                    found[starts].append(counter)
    return Openings(want, {starts: tuple(open_counters) for starts, open_counters in found.items()})


def bookable_days(service: Service, now: datetime) -> list[date]:
    """The days that can be booked now: from today, or tomorrow, to the horizon."""
    today = in_rome(now).date()
    return [today + timedelta(days=ahead) for ahead in range(not service.same_day, service.horizon_days + 1)]


def first_bookable(service: Service, now: datetime) -> datetime:
    """The earliest start that can still be booked then: the lead time, and the rule for today. In UTC."""
    soonest = now.astimezone(UTC) + timedelta(minutes=service.lead_minutes)
    return soonest if service.same_day else max(soonest, instant(in_rome(now).date() + timedelta(days=1), time.min))


def occupied(want: Want) -> int:
    """The minutes that a counter is not free for anybody else."""
    return want.minutes + want.service.buffer_minutes


async def days_with_room(
    session: AsyncSession, directory: Directory, want: Want, now: datetime, *, only: date | None = None
) -> list[Day]:
    """The next days on which there is a free time, at most ten; or `only` that one, if it has."""
    days = bookable_days(want.service, now) if only is None else [only]
    free: dict[date, int] = defaultdict(int)
    for first in range(0, len(days), AT_A_LOOK):
        if len(free) >= MAX_DAYS:
            break
        for starts in (await openings(session, directory, want, days[first : first + AT_A_LOOK], now)).by_start:
            free[in_rome(starts).date()] += 1
    return [Day(day.isoformat(), day, free[day]) for day in sorted(free)][:MAX_DAYS]


def _offered(directory: Directory, counter: Counter, want: Want, day: date, now: datetime) -> Iterable[datetime]:
    """The starts of a day before what is claimed: those of our grid, or what the other calendar told, in UTC."""
    if counter.elsewhere is not None:
        return directory.remote.on(counter, want.service, day, now)
    return starts_on(directory, counter, want, day)


def starts_on(directory: Directory, counter: Counter, want: Want, day: date) -> Iterator[datetime]:
    """Where appointments may begin at a counter on that day, in UTC: one after the other, on its grid.

    A family begins where one person could; the buffer may run past closing time.
    """
    alone = (want.service.minutes or 0) + want.service.buffer_minutes
    step = timedelta(minutes=_whole(_whole(alone, counter.grid), CELL))
    for opens, closes in directory.counter_hours(counter, day):
        # Through UTC: on the night of the change a day has 23 or 25 hours.
        at, needed = instant(day, opens), timedelta(minutes=want.minutes)
        end = instant(day, closes) if closes != MIDNIGHT else instant(day + timedelta(days=1), time.min)
        while at + needed <= end:
            yield at
            at += step


def instant(day: date, at: time) -> datetime:
    """Rome's clock on that day, in UTC."""
    return datetime.combine(day, at, ROME).astimezone(UTC)


def _numbers(starts: datetime, minutes: int) -> range:
    """The cells that so many minutes touch, counted from 1970."""
    begin = int(starts.timestamp()) // 60
    return range(begin // CELL, -(-(begin + minutes) // CELL))


def _whole(minutes: int, unit: int) -> int:
    """The minutes, rounded up to whole units."""
    return -(-minutes // unit) * unit


async def _claimed(
    session: AsyncSession, counters: Sequence[str], days: Collection[date], want: Want, now: datetime
) -> dict[str, set[int]]:
    """The claimed cells of each counter on those days, and on the next as far as an appointment reaches into it."""
    begin, end = instant(min(days), time.min), instant(max(days) + timedelta(days=1), time.min)
    claimed = await session.execute(
        # The cells of an appointment are one behind the other: the first and their number say them all.
        select(ClaimedCellRow.counter, func.min(ClaimedCellRow.starts), func.count())
        .where(ClaimedCellRow.counter.in_(counters))
        .where(ClaimedCellRow.starts >= begin, ClaimedCellRow.starts < end + timedelta(minutes=occupied(want)))
        .where(or_(ClaimedCellRow.until.is_(None), ClaimedCellRow.until > now))
        .where(*([ClaimedCellRow.appointment.not_in(want.mine)] if want.mine else []))
        .group_by(ClaimedCellRow.counter, ClaimedCellRow.appointment)
    )
    taken: dict[str, set[int]] = {counter: set() for counter in counters}
    for counter, begins, count in claimed:
        taken[counter].update(_numbers(begins, count * CELL))
    return taken
