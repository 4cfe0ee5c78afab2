"""The line of those who wait: a freed time is offered to the first whom it suits, then to the next, then to all.

While it is on offer its cells are claimed by a held appointment of that person, so nobody else can book or guess it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.booked import AppointmentState, PartOfDay
from services_directory.desk.appointments import OPEN, new_code
from services_directory.desk.claims import Claims, alone_in
from services_directory.desk.directory import Directory
from services_directory.desk.quiet import awake
from services_directory.desk.slots import Want, first_bookable, occupied, openings
from services_directory.facts import Counter, Service
from services_directory.store.bookings import AppointmentRow
from services_directory.store.offerings import ServiceRow
from services_directory.store.waiting import NoticeRow, OfferRow, WaitingRow

OFFERED_FOR = timedelta(minutes=30)
"""How long an offer is kept; the night does not count."""
KEPT = timedelta(days=1)
"""How long a hold that was not booked is remembered."""
A_ROUND = 20
"""How many offers and holds are ended at once."""
WAITING, OFFERED, SERVED, LEFT = "waiting", "offered", "served", "left"
OPEN_OFFER, ACCEPTED, DECLINED, LAPSED = "open", "accepted", "declined", "lapsed"

Span: TypeAlias = tuple[str, datetime, int]
"""A counter, when it is free from, and for how many minutes."""


class Line:
    """Who waits, in one transaction. `now` is aware; nothing is committed here."""

    def __init__(self, session: AsyncSession, directory: Directory, now: datetime) -> None:
        # In UTC: on Rome's clock ten minutes are an hour and ten in an autumn night.
        self.session, self.directory, self.now = session, directory, now.astimezone(UTC)
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
        line = await self._waiting(at, in_rome(begins).date())
        told = await self._told(at, begins) if line else frozenset()
        free: dict[tuple[str, int, str | None], list[datetime]] = {}
        for row, has in line:
            service = self.directory.service(row.service)
            if service is None or not service.bookable:
                continue
            want = Want(service, row.people, has.spoken if has is not None else None)
            alike = (service.key, want.people, want.spoken)
            if alike not in free:
                free[alike] = await self._inside(want, at, begins, minutes)
            starts = self._suiting(row, has, free[alike], told, service)
            if starts is not None and await self._offer(row, at, starts, want):
                free.clear()  # that time is not free any more

    async def end(self, row: AppointmentRow) -> Span:
        """End a hold; the cells that it leaves free."""
        await self.claims.release(row)
        row.state, row.held_until, row.changed_at = AppointmentState.LAPSED, None, self.now
        await self.session.flush()
        return self.span(row)

    async def give_up(self, offer: OfferRow, state: str, *, stays: bool = True) -> None:
        """An offer is over without being accepted: the time goes to the next; who had it stays in the line."""
        for span in await self.over(offer, state, stays=stays):
            await self.freed(*span)

    async def over(self, offer: OfferRow, state: str, *, stays: bool = True) -> list[Span]:
        """End an offer; the cells that it leaves free."""
        offer.state = state
        waiting = await self.session.get_one(WaitingRow, offer.waiting)
        waiting.state = WAITING if stays else LEFT
        hold = await self.session.get(AppointmentRow, offer.hold) if offer.hold else None
        return [] if hold is None else [await self.end(hold)]

    async def now_has(self, row: AppointmentRow) -> None:
        """Somebody has booked or moved: from now on they wait only for something earlier than that."""
        theirs = select(WaitingRow).where(
            WaitingRow.person == row.person,
            WaitingRow.service == row.service,
            WaitingRow.for_other == row.for_other,
            WaitingRow.state.in_([WAITING, OFFERED]),
        )
        for waiting in (await self.session.scalars(theirs)).all():
            waiting.appointment = row.id
            for offer in await self._open_offers(waiting):
                if offer.starts >= row.starts:
                    await self.give_up(offer, DECLINED)

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
        for offer in await self._open_offers(waiting):
            await self.give_up(offer, DECLINED, stays=False)
        waiting.state = LEFT

    async def _open_offers(self, waiting: WaitingRow) -> Sequence[OfferRow]:
        if waiting.state != OFFERED:
            return ()
        offers = select(OfferRow).where(OfferRow.waiting == waiting.id, OfferRow.state == OPEN_OFFER)
        return (await self.session.scalars(offers)).all()

    async def _waiting(self, counter: Counter, day: date) -> list[tuple[WaitingRow, AppointmentRow | None]]:
        """The line at a counter for that day, the first first, each with the open appointment that they have.

        Whoever is being offered something is passed over.
        """
        found = await self.session.execute(
            select(WaitingRow, AppointmentRow)
            .outerjoin(AppointmentRow, (AppointmentRow.id == WaitingRow.appointment) & AppointmentRow.state.in_(OPEN))
            .where(WaitingRow.service.in_(counter.services), WaitingRow.state == WAITING)
            .where(WaitingRow.first_day <= day, WaitingRow.last_day >= day)
            .order_by(WaitingRow.id)
        )
        return [(row, has) for row, has in found]

    async def _told(self, counter: Counter, begins: datetime) -> frozenset[tuple[int, datetime]]:
        """Who was offered which times there around then, whatever they answered."""
        near = OfferRow.starts.between(begins - KEPT, begins + KEPT)
        found = await self.session.execute(
            select(OfferRow.waiting, OfferRow.starts).where(OfferRow.counter == counter.key, near)
        )
        return frozenset((waiting, starts) for waiting, starts in found)

    async def _inside(self, want: Want, counter: Counter, begins: datetime, minutes: int) -> list[datetime]:
        """The free times at that counter that need some of those minutes, earliest first."""
        free = await openings(self.session, self.directory, want, [in_rome(begins).date()], self.now)
        first, ends = begins - timedelta(minutes=occupied(want)), begins + timedelta(minutes=minutes)
        return sorted(
            starts for starts, counters in free.by_start.items() if first < starts < ends and counter in counters
        )

    def _suiting(
        self,
        row: WaitingRow,
        has: AppointmentRow | None,
        times: Iterable[datetime],
        told: Collection[tuple[int, datetime]],
        service: Service,
    ) -> datetime | None:
        """The first of the times that the person wants, was not offered before, and has time to answer."""
        answered = first_bookable(service, self._until())
        for starts in times:
            fits = not row.parts or PartOfDay.of(in_rome(starts)) in row.parts
            earlier = has is None or starts < has.starts
            if fits and earlier and starts >= answered and (row.id, starts) not in told:
                return starts
        return None

    def _until(self) -> datetime:
        return awake(self.now) + OFFERED_FOR

    async def _offer(self, row: WaitingRow, counter: Counter, starts: datetime, want: Want) -> bool:
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
            spoken=want.spoken,
            state=AppointmentState.HELD,
            booked_at=self.now,
            changed_at=self.now,
        )
        self.session.add(hold)
        await self.session.flush()
        if not await self.claims.claim(hold, counter, starts, want):
            await self.session.delete(hold)
            return False
        offer = OfferRow(
            waiting=row.id, hold=hold.id, counter=counter.key, starts=starts, made_at=self.now, until=self._until()
        )
        row.state = OFFERED
        self.session.add(offer)
        await self.session.flush()
        if row.person is not None:
            self.session.add(NoticeRow(person=row.person, offer=offer.id, kind="slot_offered", due_at=awake(self.now)))
        return True


async def anything_over(session: AsyncSession, now: datetime) -> bool:
    """Whether an offer or a hold has come to its end."""
    offer = select(OfferRow.id).where(_unanswered(now)).limit(1)
    hold = select(AppointmentRow.id).where(_unconfirmed(now)).limit(1)
    return await session.scalar(offer) is not None or await session.scalar(hold) is not None


async def go_on(session: AsyncSession, directory: Directory, now: datetime) -> int:
    """End the offers and holds whose time is over, and pass on what they leave free; how many there were."""
    line = Line(session, directory, now)
    unanswered, unconfirmed = _unanswered(now), _unconfirmed(now)
    asked = (
        select(ServiceRow.city)
        .join(WaitingRow, WaitingRow.service == ServiceRow.key)
        .join(OfferRow, OfferRow.waiting == WaitingRow.id)
        .where(unanswered)
    )
    await alone_in(session, asked, select(AppointmentRow.city).where(unconfirmed))
    offers = await session.scalars(select(OfferRow).where(unanswered).order_by(OfferRow.id).limit(A_ROUND))
    holds = await session.scalars(select(AppointmentRow).where(unconfirmed).order_by(AppointmentRow.id).limit(A_ROUND))
    # All of them end before anything is passed on: who has just not answered may want what another leaves.
    ended = [await line.over(offer, LAPSED) for offer in offers.all()]
    ended += [[await line.end(row)] for row in holds.all()]
    for spans in ended:
        for span in spans:
            await line.freed(*span)
    return len(ended)


def _unanswered(now: datetime) -> ColumnElement[bool]:
    return (OfferRow.state == OPEN_OFFER) & (OfferRow.until <= now)


def _unconfirmed(now: datetime) -> ColumnElement[bool]:
    return (AppointmentRow.held_until <= now) & (AppointmentRow.state == AppointmentState.HELD)


async def sweep(session: AsyncSession, now: datetime) -> None:
    """Forget holds of before yesterday, and who waited for days that are over."""
    over = update(WaitingRow).where(WaitingRow.state == WAITING, WaitingRow.last_day < in_rome(now).date())
    await session.execute(over.values(state=LEFT))
    lapsed = AppointmentRow.state == AppointmentState.LAPSED
    await session.execute(delete(AppointmentRow).where(lapsed, AppointmentRow.changed_at < now - KEPT))
