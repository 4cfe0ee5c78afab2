"""What must be in the database after each deed, in plain Python, worked out from the appointments' own times."""

from __future__ import annotations

from collections import Counter as Count
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.booked import PartOfDay
from services_directory.desk.directory import Directory
from services_directory.desk.line import OFFERED_FOR
from services_directory.desk.quiet import awake
from services_directory.desk.slots import Want, bookable_days, first_bookable, openings, starts_on
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow, ClaimedCellRow
from services_directory.store.waiting import OfferRow, WaitingRow

OPEN = {"booked", "arrived"}
KEEPS_ITS_TIME = OPEN | {"served", "missed"}
FIVE = timedelta(minutes=5)


@dataclass
class Known:
    """An appointment that must exist."""

    person: str | None
    service: str
    starts: datetime
    state: str
    changes: int = 1
    for_other: bool = False


@dataclass
class Seen:
    """The tables as they are."""

    now: datetime
    directory: Directory
    rows: dict[int, AppointmentRow]
    cells: dict[tuple[str, datetime], ClaimedCellRow]
    waiting: dict[int, WaitingRow]
    offers: list[OfferRow]
    events: Count[int]

    @classmethod
    async def read(cls, session: AsyncSession, directory: Directory, now: datetime) -> Seen:
        rows = {row.id: row for row in await session.scalars(select(AppointmentRow))}
        cells = {(row.counter, row.starts): row for row in await session.scalars(select(ClaimedCellRow))}
        waiting = {row.id: row for row in await session.scalars(select(WaitingRow).order_by(WaitingRow.id))}
        offers = list(await session.scalars(select(OfferRow)))
        events = Count(await session.scalars(select(AppointmentEventRow.appointment)))
        return cls(now.astimezone(UTC), directory, rows, cells, waiting, offers, events)

    def held(self, row: AppointmentRow) -> bool:
        """Kept for somebody now, by a hold or an offer."""
        return row.state == "held" and (row.held_until is None or row.held_until > self.now)

    def span(self, row: AppointmentRow) -> frozenset[datetime]:
        """The five minutes that an appointment needs, from its own start and length and its service's buffer."""
        service = self.directory.service(row.service)
        assert service is not None
        return span(row.starts, row.minutes + service.buffer_minutes)

    def taken(self) -> dict[str, dict[datetime, int]]:
        """Whose each five minutes of each counter are; fails when they are two people's."""
        found: dict[str, dict[datetime, int]] = defaultdict(dict)
        for row in self.rows.values():
            if row.state in KEEPS_ITS_TIME or self.held(row):
                for at in self.span(row):
                    assert at not in found[row.counter], f"{row.counter} {at}: {row.id}, {found[row.counter][at]}"
                    found[row.counter][at] = row.id
        return found


def span(starts: datetime, minutes: int) -> frozenset[datetime]:
    """Every five minutes that a stretch of time touches."""
    first = starts - timedelta(minutes=starts.minute % 5)
    return frozenset(first + FIVE * at for at in range(-(-(starts - first + timedelta(minutes=minutes)) // FIVE)))


@dataclass
class Model:
    """What must exist, and the checks of it."""

    known: dict[str, Known] = field(default_factory=dict)
    holds: dict[str, tuple[str, datetime, datetime]] = field(default_factory=dict)
    """Person -> service, start, and until when."""

    def check_appointments(self, seen: Seen) -> None:
        """Every appointment that must exist does, with its code, its state and its history; and no other."""
        booked = {row.code: row for row in seen.rows.values() if row.state not in {"held", "lapsed"}}
        assert booked.keys() == self.known.keys()
        for code, row in booked.items():
            known = self.known[code]
            assert (row.person, row.service, row.state) == (known.person, known.service, known.state)
            assert row.starts == known.starts
            assert seen.events[row.id] == known.changes, (code, row.state)
        once = Count(
            (row.person, row.service, row.for_other)
            for row in booked.values()
            if row.state in OPEN and row.person is not None and row.starts >= seen.now - timedelta(hours=2)
        )
        assert all(count == 1 for count in once.values()), once

    def check_holds(self, seen: Seen, *, gone_on: bool) -> None:
        """Each person holds what they hold and nothing else; once the clock was heard, nothing outlives its time."""
        held = [row for row in seen.rows.values() if row.state == "held" and row.held_until is not None]
        now_held = {row.person: (row.service, row.starts, row.held_until) for row in held if seen.held(row)}
        assert now_held == {person: hold for person, hold in self.holds.items() if hold[2] > seen.now}
        if gone_on:
            assert all(seen.held(row) for row in held)
            assert all(offer.until > seen.now for offer in seen.offers if offer.state == "open")

    def check_cells(self, seen: Seen) -> None:
        """The cells are exactly those of the open appointments, holds and offers, each once."""
        taken = seen.taken()
        now_claimed = {
            where: cell.appointment for where, cell in seen.cells.items() if cell.until is None or cell.until > seen.now
        }
        assert now_claimed == {(counter, at): one for counter, times in taken.items() for at, one in times.items()}
        for cell in seen.cells.values():
            assert seen.rows[cell.appointment].state in KEEPS_ITS_TIME | {"held"}

    def check_offers(self, seen: Seen) -> None:
        """Who is offered something has one offer, kept by a hold of theirs without an end of its own."""
        open_offers = [offer for offer in seen.offers if offer.state == "open"]
        offered = sorted(row.id for row in seen.waiting.values() if row.state == "offered")
        assert offered == sorted(offer.waiting for offer in open_offers)
        kept = {row.id for row in seen.rows.values() if row.state == "held" and row.held_until is None}
        assert kept == {offer.hold for offer in open_offers}
        for offer in open_offers:
            hold, waiting = seen.rows[offer.hold or 0], seen.waiting[offer.waiting]
            assert (hold.person, hold.service, hold.starts) == (waiting.person, waiting.service, offer.starts)
            assert suits(seen, waiting, hold.starts, offer.until), "an offer that does not suit who is offered it"


async def check_openings(session: AsyncSession, seen: Seen, key: str, now: datetime) -> None:
    """What is shown as free is what nobody has, worked out from the appointments: no offer, hold or booking in it."""
    service = seen.directory.service(key)
    assert service is not None
    want, taken = Want(service), seen.taken()
    days = bookable_days(service, now)
    shown = await openings(session, seen.directory, want, days, now)
    free: dict[datetime, set[str]] = defaultdict(set)
    for counter in seen.directory.counters(key):
        for day in days:
            for starts in starts_on(seen.directory, counter, want, day):
                needed = span(starts, want.minutes + service.buffer_minutes)
                if starts >= first_bookable(service, now) and needed.isdisjoint(taken[counter.key]):
                    free[starts].add(counter.key)
    assert {starts: {one.key for one in counters} for starts, counters in shown.by_start.items()} == free


async def check_line(session: AsyncSession, before: Seen, after: Seen, now: datetime) -> None:
    """What has just become free, and would suit somebody who waits and was not asked about it, is not public."""
    freed = before.cells.keys() - after.cells.keys()
    counters = {counter for counter, _at in freed}
    told = {(offer.waiting, offer.counter, offer.starts) for offer in after.offers}
    for row in after.waiting.values():
        service = after.directory.service(row.service)
        if row.state != "waiting" or row.id not in before.waiting or service is None:
            continue
        want = Want(service, row.people)
        free = await openings(session, after.directory, want, bookable_days(service, now), now)
        for starts, at in free.by_start.items():
            for counter in at:
                needed = {(counter.key, cell) for cell in span(starts, want.minutes + service.buffer_minutes)}
                if counter.key in counters and needed & freed and (row.id, counter.key, starts) not in told:
                    answered = awake(after.now) + OFFERED_FOR
                    assert not suits(after, row, starts, answered), (row.id, counter.key, starts)


def suits(seen: Seen, row: WaitingRow, starts: datetime, answered: datetime) -> bool:
    """Whether a time is one that somebody waits for, and can still be booked when the answer may come."""
    local = in_rome(starts)
    service = seen.directory.service(row.service)
    assert service is not None
    has = seen.rows.get(row.appointment or 0)
    earlier = has is None or has.state not in OPEN or starts < has.starts
    wanted: Collection[str] = row.parts or [PartOfDay.of(local)]
    return (
        row.first_day <= local.date() <= row.last_day
        and PartOfDay.of(local) in wanted
        and earlier
        and starts >= first_bookable(service, answered)
    )
