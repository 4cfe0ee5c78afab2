"""Hold, book and move for one person, whoever keeps the calendar: ours answers at once, another's is asked later.

Nothing is asked of another system here: the wish is written down, and the desk's OtherCalendars carries it out.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.booked import Appointment, Hold, Slot
from services_directory.desk.appointments import Who
from services_directory.desk.bookings import HELD_FOR, Bookings
from services_directory.desk.claims import alone_in, held_in, wanted
from services_directory.desk.directory import Directory
from services_directory.desk.errands import Errands
from services_directory.desk.limits import Limits
from services_directory.facts import Counter
from services_directory.store.bookings import AppointmentRow


class Booker:
    """The verbs in one transaction. `now` is aware; nothing is committed here."""

    def __init__(self, session: AsyncSession, directory: Directory, now: datetime) -> None:
        self.session, self.directory, self.now = session, directory, now
        self.bookings, self.errands = Bookings(session, directory, now), Errands(session, directory, now)

    async def hold(self, slot: Slot, who: Who, *, key: str) -> Hold:
        """Keep that time for some minutes, as `Bookings.hold` does.

        Another calendar keeps nothing for anybody who has not booked: what the person held is only let go.
        """
        service = self.directory.service(slot.service)
        if service is None or await self._elsewhere(slot, who) is None:
            return await self.bookings.hold(slot, who, key=key)
        limits = Limits(self.session, self.directory, who.person, self.now)
        await limits.refuse_second_booking(service, for_other=who.party.for_other)
        await self.bookings.let_go(who.person)
        return Hold(slot, in_rome(self.now + HELD_FOR))

    async def book(self, slot: Slot, name: str, who: Who, *, key: str) -> Appointment:
        """Book that time once per `key`, or ask for it: the appointment is then still held.

        Raises SlotTakenError, TooManyBookingsError, TooManyHoldsError.
        """
        if not self._others(slot.service):
            return await self.bookings.book(slot, name, who, key=key)
        service = self.directory.service(slot.service)
        await alone_in(self.session, [service.city if service else ""], held_in(AppointmentRow.person == who.person))
        already = await self.errands.of_key(key)
        if already is not None:
            return already
        counter = await self._elsewhere(slot, who)
        if counter is None:
            return await self.bookings.book(slot, name, who, key=key)
        await self.bookings.let_go(who.person)
        await self.errands.ask(slot, counter, name, who, key=key)
        asked = await self.errands.of_key(key)
        if asked is None:
            raise LookupError(key)
        return asked

    async def move(self, code: str, slot: Slot) -> Appointment:
        """Another time, the same code; or ask for it: the appointment then stays where it is until that is certain.

        What is being moved already is not asked for twice. Raises SlotTakenError, TooManyBookingsError.
        """
        standing = await self.errands.of_code(code)
        if standing is None:
            return await self.bookings.move(code, slot)
        if not await self.errands.is_moving(code):
            await self.errands.ask_to_move(code, slot.starts, by="person")
        return standing

    async def forget(self, person: str) -> None:
        """Whatever the person holds, or asks for, is let go."""
        await self.bookings.let_go(person)
        await self.errands.withdraw(person)

    def _others(self, service: str) -> bool:
        """Whether any counter of the service is in another calendar."""
        return any(counter.elsewhere is not None for counter in self.directory.counters(service))

    async def _elsewhere(self, slot: Slot, who: Who) -> Counter | None:
        """The counter of another calendar that has that time, when none of our own has."""
        service = self.directory.service(slot.service)
        if service is None or not service.bookable or not self._others(slot.service):
            return None
        want = await wanted(self.session, service, who)
        counters = await self.bookings.claims.counters(want, slot, who.language)
        return counters[0] if counters and counters[0].elsewhere is not None else None
