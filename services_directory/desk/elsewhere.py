"""Appointments at counters whose calendar another system keeps: our row first, then theirs, then ours is booked.

No transaction is open while the other system is asked. What a crash, or an answer that never came, leaves half done is
settled by `reconcile` (docs/decisions/0013-calendars-of-others.md).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from locales.dates import in_rome
from services_directory.booked import Appointment, Slot
from services_directory.desk.directory import Shelf
from services_directory.desk.errands import Errand, Errands
from services_directory.desk.slots import Want, bookable_days, slot_at
from services_directory.elsewhere.systems import (
    BookingSystem,
    GoneError,
    Refusal,
    RefusedError,
    TakenError,
    UnavailableError,
    Visitor,
)
from services_directory.facts import Counter, Elsewhere, Service
from services_directory.store.session import Database

log = logging.getLogger(__name__)

GRACE = timedelta(minutes=5)
"""What was asked so long ago is not under way any more: longer than any time-out of ours or of a gateway."""
FOLLOWED = timedelta(days=7)
"""How far ahead we look whether the office has cancelled or moved something in its own calendar."""


class Outcome(StrEnum):
    """How something that was half done came out."""

    BOOKED = "booked"
    LET_GO = "let_go"
    MOVED = "moved"
    STAYED = "stayed"
    GIVEN_BACK = "given_back"
    LEFT_THERE = "left_there"
    """Cancelled here; the other system does not let go of it, and somebody has to cancel it there."""
    ENDED_THERE = "ended_there"
    MOVED_THERE = "moved_there"


@dataclass(frozen=True)
class Settled:
    """One appointment that was settled."""

    code: str
    outcome: Outcome


class OtherCalendars:
    """The deeds; `systems` by the name that `Elsewhere.system` has. Each opens its own transactions.

    All may raise UnavailableError and RefusedError. `now` is aware.
    """

    def __init__(self, database: Database, shelf: Shelf, systems: Mapping[str, BookingSystem]) -> None:
        self.database, self.shelf, self.systems = database, shelf, systems

    async def free(self, counter: Counter, service: Service, now: datetime) -> list[Slot]:
        """The times of a service that the counter's calendar offers; lead time and horizon are ours."""
        days = bookable_days(service, now)
        if counter.elsewhere is None or not days:
            return []
        earliest = now + timedelta(minutes=service.lead_minutes)
        offered = await self._system(counter.elsewhere).free(counter.elsewhere, days[0], days[-1])
        for time in offered:
            if time.minutes != service.minutes:
                raise RefusedError(Refusal.MINUTES, str(time.minutes))
        want = Want(service)
        return [slot_at(want, time.starts, counter.office) for time in offered if time.starts >= earliest]

    async def refresh(self, now: datetime) -> None:
        """Hear from every calendar what is free; one that is away has told it before, for some minutes."""
        async with self.database.reading() as session:
            directory = await self.shelf.newest(session, in_rome(now).date())
        for counter in directory.counters_elsewhere():
            for service in filter(None, map(directory.service, sorted(counter.services))):
                try:
                    free = await self.free(counter, service, now) if service.bookable else []
                except (UnavailableError, RefusedError) as problem:
                    log.warning("the free times of counter %s are not known: %s", counter.key, problem)
                else:
                    self.shelf.remote.heard(counter, service, [slot.starts for slot in free], now)

    async def carry_out(self, now: datetime) -> None:
        """Ask the other systems what people wait for, each thing by one process; then the people are told."""
        async with self.database.reading() as session:
            directory = await self.shelf.newest(session, in_rome(now).date())
            if not directory.counters_elsewhere() or not await Errands(session, directory, now).anything_to_do():
                return
        async with self._errands(now) as errands:
            taken = await errands.take()
        await asyncio.gather(*(self._carry_out(errand, now) for errand in taken))

    async def _carry_out(self, errand: Errand, now: datetime) -> None:
        try:
            await (self.book(errand, now) if errand.to is None else self.move(errand, now))
        except (TakenError, GoneError):
            log.info("appointment %d could not have its time elsewhere", errand.appointment)
        except (RefusedError, UnavailableError) as problem:
            log.warning("appointment %d was not asked for elsewhere: %s", errand.appointment, problem)
        finally:
            self.shelf.remote.gone(errand.counter, errand.to or errand.starts)

    async def book(self, errand: Errand, now: datetime) -> Appointment:
        """Have that time there, and then here. Raises TakenError and lets it go.

        After an UnavailableError with `perhaps_done` it is neither booked nor let go before it is reconciled.
        """
        visitor = Visitor(errand.first_name, errand.code)
        try:
            system = self._system(errand.elsewhere)
            external = await system.book(errand.elsewhere, errand.starts, errand.minutes, visitor)
        except (TakenError, RefusedError, UnavailableError) as problem:
            if not (isinstance(problem, UnavailableError) and problem.perhaps_done):
                async with self._errands(now) as errands:
                    await errands.let_go(errand)
            raise
        async with self._errands(now) as errands:
            appointment = await errands.booked(errand, external)
        if appointment is None:
            await self._cancel_there(errand, external)
            raise TakenError(errand.starts)
        return appointment

    async def move(self, errand: Errand, now: datetime) -> Appointment:
        """Another time, there and then here, the same code. Raises TakenError and leaves it where it was.

        Raises GoneError when the office has cancelled it, or the person meanwhile.
        """
        try:
            await self._system(errand.elsewhere).move(
                errand.elsewhere, errand.external or "", errand.to or errand.starts
            )
        except GoneError:
            async with self._errands(now) as errands:
                await errands.ended_there(errand)
            raise
        except (TakenError, RefusedError, UnavailableError) as problem:
            if not (isinstance(problem, UnavailableError) and problem.perhaps_done):
                async with self._errands(now) as errands:
                    await errands.stayed(errand)
            raise
        async with self._errands(now) as errands:
            appointment = await errands.moved(errand)
        if appointment is None:
            raise GoneError(errand.external or "")
        return appointment

    async def reconcile(self, now: datetime) -> list[Settled]:
        """Settle what was left half done: asked for, being moved, cancelled only here. Harmless to run at any time."""
        if not await self._any(now):
            return []
        async with self._errands(now) as errands:
            asked = await errands.asked(now - GRACE)
            moving = await errands.being_moved(now - GRACE)
            cancelled = await errands.to_give_back()
        halves = [(self._settle_booking, one) for one in asked] + [(self._settle_move, one) for one in moving]
        return await self._settle([*halves, *((self._give_back, one) for one in cancelled)], now)

    async def follow(self, now: datetime) -> list[Settled]:
        """What the office has cancelled or moved in its own calendar is so here too, and the person is told."""
        if not await self._any(now):
            return []
        async with self._errands(now) as errands:
            standing = await errands.standing(FOLLOWED)
        return await self._settle([(self._follow, one) for one in standing], now)

    async def _settle(
        self, halves: list[tuple[Callable[[Errand, datetime], Awaitable[Outcome | None]], Errand]], now: datetime
    ) -> list[Settled]:
        """Settle one after the other; a system that is away, or refuses, keeps its own waiting for the next time."""
        settled: list[Settled] = []
        away: set[Elsewhere] = set()
        for settle, errand in halves:
            if errand.elsewhere in away:
                continue
            try:
                outcome = await settle(errand, now)
            except UnavailableError as problem:
                log.warning("a calendar elsewhere is away: %s", problem)
                away.add(errand.elsewhere)
            except RefusedError as problem:
                log.warning("appointment %d cannot be settled elsewhere: %s", errand.appointment, problem)
            else:
                settled += [Settled(errand.code, outcome)] if outcome else []
        return settled

    async def _settle_booking(self, errand: Errand, now: datetime) -> Outcome:
        """Our code is looked for over there: what stands at our time is ours, anything else is given back."""
        found = await self._system(errand.elsewhere).find(errand.elsewhere, errand.code)
        if found is not None and found.starts == errand.starts:
            async with self._errands(now) as errands:
                if await errands.booked(errand, found.external) is not None:
                    return Outcome.BOOKED
        if found is not None:
            await self._cancel_there(errand, found.external)
        async with self._errands(now) as errands:
            await errands.let_go(errand)
        return Outcome.LET_GO

    async def _settle_move(self, errand: Errand, now: datetime) -> Outcome:
        stands = await self._where(errand)
        async with self._errands(now) as errands:
            if stands is None:
                await errands.ended_there(errand)
                return Outcome.ENDED_THERE
            if stands == errand.to:
                await errands.moved(errand)
                return Outcome.MOVED
            await errands.stayed(errand)
            return Outcome.STAYED

    async def _give_back(self, errand: Errand, now: datetime) -> Outcome:
        there = await self._cancel_there(errand, errand.external or "")
        async with self._errands(now) as errands:
            await errands.given_back(errand, there=there)
        return Outcome.GIVEN_BACK if there else Outcome.LEFT_THERE

    async def _follow(self, errand: Errand, now: datetime) -> Outcome | None:
        stands = await self._where(errand)
        if stands == errand.starts:
            return None
        async with self._errands(now) as errands:
            if stands is None:
                await errands.ended_there(errand)
                return Outcome.ENDED_THERE
            await errands.moved_there(errand, stands)
            return Outcome.MOVED_THERE

    async def _where(self, errand: Errand) -> datetime | None:
        """When it stands over there; None when it does not."""
        try:
            found = await self._system(errand.elsewhere).look(errand.elsewhere, errand.external or "")
        except GoneError:
            return None
        return found.starts if found.stands else None

    async def _cancel_there(self, errand: Errand, external: str) -> bool:
        """Whether its time is free again over there; False when it is too late for that."""
        try:
            await self._system(errand.elsewhere).cancel(errand.elsewhere, external)
        except GoneError:
            return True
        except RefusedError as problem:
            if problem.reason is not Refusal.TOO_LATE:
                raise
            log.warning("appointment %d has to be cancelled by hand in the other calendar", errand.appointment)
            return False
        return True

    async def _any(self, now: datetime) -> bool:
        """Whether any counter is in another calendar: where none is, nobody opens a writing transaction."""
        async with self.database.reading() as session:
            return bool((await self.shelf.newest(session, in_rome(now).date())).counters_elsewhere())

    def _system(self, elsewhere: Elsewhere) -> BookingSystem:
        if elsewhere.system not in self.systems:
            raise RefusedError(Refusal.ACCOUNT, elsewhere.system)
        return self.systems[elsewhere.system]

    @asynccontextmanager
    async def _errands(self, now: datetime) -> AsyncIterator[Errands]:
        """One transaction of ours, committed at its end."""
        async with self.database.writing() as session:
            yield Errands(session, await self.shelf.newest(session, in_rome(now).date()), now)
