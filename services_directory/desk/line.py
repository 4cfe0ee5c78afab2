"""The line of those who wait: a freed time is offered to the first whom it suits, then to the next, then to all.

While it is on offer its cells are claimed by a held appointment of that person, so nobody else can book or guess it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TypeAlias

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.booked import AppointmentState, PartOfDay
from services_directory.desk.appointments import OPEN, new_code
from services_directory.desk.claims import Claims
from services_directory.desk.directory import Directory
from services_directory.desk.quiet import awake
from services_directory.desk.slots import Want, occupied, openings
from services_directory.facts import Counter, Service
from services_directory.store.bookings import AppointmentRow
from services_directory.store.waiting import NoticeRow, OfferRow, WaitingRow

OFFERED_FOR = timedelta(minutes=30)
"""How long an offer is kept; the night does not count."""
KEPT = timedelta(days=1)
"""How long a hold that was not booked is remembered."""
A_ROUND = 50
"""How many offers and holds are ended at once."""
WAITING, OFFERED, SERVED, LEFT = "waiting", "offered", "served", "left"
OPEN_OFFER, ACCEPTED, DECLINED, LAPSED = "open", "accepted", "declined", "lapsed"

Span: TypeAlias = tuple[str, datetime, int]
"""A counter, when it is free from, and for how many minutes."""


class Line:
    """Who waits, in one transaction. `now` is aware; nothing is committed here."""

    def __init__(self, session: AsyncSession, directory: Directory, now: datetime) -> None:
        self.session, self.directory, self.now = session, directory, now
        self.claims = Claims(session, directory, now)

    def span(self, row: AppointmentRow) -> Span:
        """The cells of an appointment, its buffer included."""
        service = self.directory.service(row.service)
        return row.counter, row.starts, row.minutes + (service.buffer_minutes if service else 0)

    async def freed(self, counter: str, begins: datetime, minutes: int) -> None:
        """Cells have just been let go: offer what fits in them down the line; the rest is anybody's."""
        at = self.directory.counter(counter)
        if at is None or begins + timedelta(minutes=minutes) <= self.now or at.elsewhere is not None:
            return
        day = in_rome(begins).date()
        for row in await self._waiting(at, day):
            service = self.directory.service(row.service)
            if service is None or not service.bookable:
                continue
            want = Want(service, row.people)
            free = await openings(self.session, self.directory, want, [day], self.now)
            ends = begins + timedelta(minutes=minutes)
            inside = (
                starts
                for starts in sorted(free.by_start)
                if starts < ends and starts + timedelta(minutes=occupied(want)) > begins and at in free.by_start[starts]
            )
            starts = await self._suiting(row, inside, at, service)
            if starts is not None:
                await self._offer(row, at, starts, want)

    async def end(self, row: AppointmentRow) -> Span:
        """End a hold; the cells that it leaves free."""
        await self.claims.release(row)
        row.state, row.held_until, row.changed_at = AppointmentState.LAPSED, None, self.now
        await self.session.flush()
        return self.span(row)

    async def give_up(self, offer: OfferRow, state: str, *, stays: bool = True) -> None:
        """An offer is over without being accepted: the time goes to the next; who had it stays in the line."""
        offer.state = state
        waiting = await self.session.get_one(WaitingRow, offer.waiting)
        waiting.state = WAITING if stays else LEFT
        hold = await self.session.get(AppointmentRow, offer.hold) if offer.hold else None
        if hold is not None:
            await self.freed(*await self.end(hold))

    async def now_has(self, row: AppointmentRow) -> None:
        """Somebody has booked or moved: from now on they wait only for something earlier than that."""
        theirs = update(WaitingRow).where(
            WaitingRow.person == row.person,
            WaitingRow.service == row.service,
            WaitingRow.for_other == row.for_other,
            WaitingRow.state.in_([WAITING, OFFERED]),
        )
        await self.session.execute(theirs.values(appointment=row.id))

    async def no_longer_has(self, row: AppointmentRow, *, wants_another: bool) -> None:
        """An appointment is over: who waited for an earlier one leaves the line, or waits for any."""
        found = await self.session.scalars(
            select(WaitingRow).where(WaitingRow.appointment == row.id, WaitingRow.state.in_([WAITING, OFFERED]))
        )
        for waiting in found.all():
            if wants_another:
                waiting.appointment = None
            else:
                await self.leave(waiting)

    async def leave(self, waiting: WaitingRow) -> None:
        """Somebody waits no longer; what was offered to them goes to the next."""
        offers = await self.session.scalars(
            select(OfferRow).where(OfferRow.waiting == waiting.id, OfferRow.state == OPEN_OFFER)
        )
        for offer in offers.all():
            await self.give_up(offer, DECLINED, stays=False)
        waiting.state = LEFT

    async def _waiting(self, counter: Counter, day: date) -> Sequence[WaitingRow]:
        """The line at a counter for that day, the first first. Whoever is being offered something is passed over."""
        found = await self.session.scalars(
            select(WaitingRow)
            .where(WaitingRow.service.in_(counter.services), WaitingRow.state == WAITING)
            .where(WaitingRow.first_day <= day, WaitingRow.last_day >= day)
            .order_by(WaitingRow.id)
            .with_for_update(skip_locked=True)
        )
        return found.all()

    async def _suiting(
        self, row: WaitingRow, times: Iterable[datetime], counter: Counter, service: Service
    ) -> datetime | None:
        """The first of the times that the person wants, was not offered before, and has time to answer."""
        has = await self.session.get(AppointmentRow, row.appointment) if row.appointment else None
        before = has.starts if has is not None and has.state in OPEN else None
        answered = self._until() + timedelta(minutes=service.lead_minutes)
        for starts in times:
            fits = not row.parts or PartOfDay.of(starts) in row.parts
            if not fits or starts < answered or (before is not None and starts >= before):
                continue
            known = select(OfferRow.id).where(
                OfferRow.waiting == row.id, OfferRow.counter == counter.key, OfferRow.starts == starts
            )
            if await self.session.scalar(known) is None:
                return starts
        return None

    def _until(self) -> datetime:
        return awake(self.now) + OFFERED_FOR

    async def _offer(self, row: WaitingRow, counter: Counter, starts: datetime, want: Want) -> None:
        hold = AppointmentRow(
            code=await new_code(self.session),
            booking_key=f"offer:{row.id}:{counter.key}:{starts:%Y%m%d%H%M%z}"[:80],
            city=want.service.city,
            office=counter.office,
            counter=counter.key,
            service=want.service.key,
            person=row.person,
            name=row.name,
            language=row.language,
            starts=starts,
            minutes=want.minutes,
            people=row.people,
            for_other=row.for_other,
            state=AppointmentState.HELD,
            booked_at=self.now,
            changed_at=self.now,
        )
        self.session.add(hold)
        await self.session.flush()
        if not await self.claims.claim(hold, counter, starts, want):
            await self.session.delete(hold)  # somebody was quicker
            return
        offer = OfferRow(
            waiting=row.id, hold=hold.id, counter=counter.key, starts=starts, made_at=self.now, until=self._until()
        )
        row.state = OFFERED
        self.session.add(offer)
        await self.session.flush()
        if row.person is not None:
            self.session.add(NoticeRow(person=row.person, offer=offer.id, kind="slot_offered", due_at=awake(self.now)))


async def anything_over(session: AsyncSession, now: datetime) -> bool:
    """Whether an offer or a hold has come to its end."""
    offer = select(OfferRow.id).where(OfferRow.state == OPEN_OFFER, OfferRow.until <= now).limit(1)
    hold = select(AppointmentRow.id).where(AppointmentRow.held_until <= now).limit(1)
    return await session.scalar(offer) is not None or await session.scalar(hold) is not None


async def go_on(session: AsyncSession, directory: Directory, now: datetime) -> int:
    """End the offers and holds whose time is over, and pass on what they leave free; how many there were."""
    line = Line(session, directory, now)
    offers = await session.scalars(
        select(OfferRow)
        .where(OfferRow.state == OPEN_OFFER, OfferRow.until <= now)
        .order_by(OfferRow.id)
        .limit(A_ROUND)
        .with_for_update(skip_locked=True)
    )
    ended = 0
    for offer in offers.all():
        await line.give_up(offer, LAPSED)
        ended += 1
    holds = await session.scalars(
        select(AppointmentRow)
        .where(AppointmentRow.held_until <= now, AppointmentRow.state == AppointmentState.HELD)
        .order_by(AppointmentRow.id)
        .limit(A_ROUND)
        .with_for_update(skip_locked=True)
    )
    for row in holds.all():
        await line.freed(*await line.end(row))
        ended += 1
    return ended


async def sweep(session: AsyncSession, now: datetime) -> None:
    """Forget holds of before yesterday, and who waited for days that are over."""
    over = update(WaitingRow).where(WaitingRow.state == WAITING, WaitingRow.last_day < in_rome(now).date())
    await session.execute(over.values(state=LEFT))
    lapsed = AppointmentRow.state == AppointmentState.LAPSED
    await session.execute(delete(AppointmentRow).where(lapsed, AppointmentRow.changed_at < now - KEPT))
