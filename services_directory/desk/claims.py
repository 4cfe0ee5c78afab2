"""Cells claimed and let go. The primary key of a cell is what makes a double booking impossible."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.booked import AppointmentState, Slot
from services_directory.desk.appointments import Who
from services_directory.desk.directory import Directory
from services_directory.desk.slots import Want, cells, instant, occupied, openings
from services_directory.facts import Counter, Service
from services_directory.store.bookings import AppointmentRow, ClaimedCellRow
from services_directory.store.places import CityRow


async def alone_in(session: AsyncSession, *cities: Sequence[str] | Select[Any]) -> None:
    """Wait until nobody else changes what is booked in these cities; then nobody does until the transaction ends.

    Every verb asks for this before it looks. Cities are locked in the order of their names, so no two wait for each
    other. On SQLite whoever writes is alone already.
    """
    wanted = or_(*(CityRow.slug.in_(one) for one in cities))
    # Rows that refer to a city may be written meanwhile (KEY SHARE), readers wait for nobody.
    await session.execute(select(CityRow.slug).where(wanted).order_by(CityRow.slug).with_for_update(key_share=True))


def held_in(whose: ColumnElement[bool]) -> Select[Any]:
    """The cities in which somebody holds something: with their next deed it is let go, and passed on there."""
    return select(AppointmentRow.city).where(whose, AppointmentRow.state == AppointmentState.HELD)


async def wanted(session: AsyncSession, service: Service, who: Who) -> Want:
    """What a person looks for: what they hold, and the appointment that they move, is free to them."""
    held = (AppointmentRow.state == AppointmentState.HELD) & AppointmentRow.held_until.is_not(None)
    moved = AppointmentRow.code == (who.party.moving or "")
    found = await session.execute(
        select(AppointmentRow.id, AppointmentRow.code, AppointmentRow.starts, AppointmentRow.counter)
        .add_columns(AppointmentRow.external)
        .where(AppointmentRow.person == who.person, held | moved)
    )
    mine = {row.code: row for row in found}
    moving = mine.get(who.party.moving or "")
    return Want(
        service,
        who.party.people,
        who.party.spoken,
        mine=frozenset(row.id for row in mine.values()),
        besides=moving.starts if moving else None,
        stays=moving.counter if moving and moving.external else None,
    )


class Claims:
    """The cells of counters, in one transaction. `now` is aware."""

    def __init__(self, session: AsyncSession, directory: Directory, now: datetime) -> None:
        self.session, self.directory, self.now = session, directory, now

    async def counters(self, want: Want, slot: Slot, language: str | None = None) -> Sequence[Counter]:
        """The counters with room at that time, our own first.

        Among them: who speaks the person's language, then who has least to do that day.
        """
        # In UTC: within one zone Python takes the two 2:30 of an autumn night for the same.
        starts, day = slot.starts.astimezone(UTC), in_rome(slot.starts).date()
        free = (await openings(self.session, self.directory, want, [day], self.now)).by_start.get(starts, ())
        if len(free) < 2:  # noqa: PLR2004, nothing to choose from
            return free
        busy = await self.session.execute(
            select(ClaimedCellRow.counter, func.count())
            .where(ClaimedCellRow.counter.in_([counter.key for counter in free]))
            .where(ClaimedCellRow.starts >= instant(day, time.min))
            .where(ClaimedCellRow.starts < instant(day + timedelta(days=1), time.min))
            .group_by(ClaimedCellRow.counter)
        )
        load = {counter: count for counter, count in busy}  # noqa: C416, rows are not pairs to the type checker

        def order(counter: Counter) -> tuple[bool, bool, int, str]:
            speaks = language is not None and self.directory.speaks(counter, language, in_rome(starts))
            return counter.elsewhere is not None, not speaks, load.get(counter.key, 0), counter.key

        return sorted(free, key=order)

    async def claim(
        self, row: AppointmentRow, counter: Counter, starts: datetime, want: Want, until: datetime | None = None
    ) -> bool:
        """Make the appointment's cells these, no others; False, and nothing changed, when one is somebody else's.

        A counter of another calendar has no cells to give.
        """
        if counter.elsewhere is not None:
            return False
        wanted = set(cells(starts, occupied(want)))
        try:
            async with self.session.begin_nested():
                here = await self._held_at(row, counter)
                await self._claim_new(row, counter, sorted(wanted - here), until)
        except IntegrityError:
            return False
        mine = ClaimedCellRow.appointment == row.id
        kept = (ClaimedCellRow.counter == counter.key) & ClaimedCellRow.starts.in_(wanted)
        await self.session.execute(delete(ClaimedCellRow).where(mine, ~kept))
        await self.session.execute(update(ClaimedCellRow).where(mine).values(until=until))
        row.counter, row.office = counter.key, counter.office
        return True

    async def release(self, row: AppointmentRow) -> None:
        """Let all of its cells go."""
        await self.session.execute(delete(ClaimedCellRow).where(ClaimedCellRow.appointment == row.id))

    async def hand_over(self, row: AppointmentRow, to: AppointmentRow) -> None:
        """Give all cells of one appointment to another, for good, and let those of the other go."""
        await self.release(to)
        await self.session.execute(
            update(ClaimedCellRow).where(ClaimedCellRow.appointment == row.id).values(appointment=to.id, until=None)
        )

    async def _held_at(self, row: AppointmentRow, counter: Counter) -> set[datetime]:
        """Its cells at that counter that nobody else may claim."""
        found = await self.session.scalars(
            select(ClaimedCellRow.starts)
            .where(ClaimedCellRow.appointment == row.id, ClaimedCellRow.counter == counter.key)
            .where(ClaimedCellRow.until.is_(None) | (ClaimedCellRow.until > self.now))
        )
        return set(found)

    async def _claim_new(
        self, row: AppointmentRow, counter: Counter, wanted: Sequence[datetime], until: datetime | None
    ) -> None:
        if not wanted:
            return
        # Whoever held one of them has waited too long.
        await self.session.execute(
            delete(ClaimedCellRow)
            .where(ClaimedCellRow.counter == counter.key, ClaimedCellRow.starts.in_(wanted))
            .where(ClaimedCellRow.until <= self.now)
        )
        await self.session.execute(
            insert(ClaimedCellRow),
            [{"counter": counter.key, "starts": at, "appointment": row.id, "until": until} for at in wanted],
        )
