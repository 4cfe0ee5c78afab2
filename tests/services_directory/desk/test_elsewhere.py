"""Appointments in another system's calendar: here and there are the same, whoever dies in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count

import httpx
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import ROME
from services_directory.booked import Appointment, AppointmentState, Slot, TooManyBookingsError
from services_directory.desk.appointments import CannotChangeError, Who
from services_directory.desk.bookings import Bookings
from services_directory.desk.directory import Directory, Shelf
from services_directory.desk.elsewhere import GRACE, OtherCalendars, Outcome
from services_directory.desk.errands import NOT_BOOKED_NOW, NOT_MOVED, NOW_BOOKED, NOW_MOVED, Errands
from services_directory.desk.line import go_on, sweep
from services_directory.desk.slots import Want, slot_at
from services_directory.elsewhere.redturtle import SYSTEM, RedTurtle
from services_directory.elsewhere.systems import (
    GoneError,
    Refusal,
    RefusedError,
    TakenError,
    UnavailableError,
    Visitor,
)
from services_directory.facts import Counter, Elsewhere, Service
from services_directory.store.bookings import AppointmentRow, CounterRow
from services_directory.store.session import Database
from services_directory.store.waiting import NoticeRow
from tests.fakes.redturtle import ACCOUNT, ADDRESS, RedTurtleSite, gateway_time_out, lost
from tests.fakes.redturtle_folder import ACTIVE, BookingType, Folder
from tests.town import WEDNESDAY, FakeClock

THURSDAY = date(2026, 11, 26)
COUNTER, SERVICE, TYPE = "taranto-re-point-1", "taranto-desk-work", "Sportello lavoro"
MORNING = (9 * 60, 13 * 60)
HELD, LAPSED, BOOKED = AppointmentState.HELD, AppointmentState.LAPSED, AppointmentState.BOOKED


class Died(BaseException):
    """The process is gone: nothing catches this."""


@dataclass
class Fate:
    """Lets us die at the step with that number; None: never."""

    at: int | None = None
    steps: int = 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise Died


class MortalDatabase(Database):
    """Each transaction has three moments to die in: before it, just before its commit, just after."""

    fate = Fate()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        self.fate.step()
        async with super().writing() as session:
            yield session
            self.fate.step()
        self.fate.step()


class MortalHttp(httpx.ASGITransport):
    """Each request has two: before it was received, and after it was answered."""

    fate = Fate()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.fate.step()
        answer = await super().handle_async_request(request)
        self.fate.step()
        return answer


@dataclass
class City:
    """A city of which one counter is kept by redturtle.prenotazioni."""

    database: MortalDatabase
    site: RedTurtleSite
    http: MortalHttp
    calendars: OtherCalendars
    directory: Directory
    clock: FakeClock
    people: count[int] = field(default_factory=count)

    @property
    def counter(self) -> Counter:
        found = self.directory.counter(COUNTER)
        assert found is not None
        return found

    @property
    def service(self) -> Service:
        found = self.directory.service(SERVICE)
        assert found is not None
        return found

    def slot(self, clock: str = "10:00", day: date = THURSDAY) -> Slot:
        starts = datetime.combine(day, time.fromisoformat(clock), ROME)
        return slot_at(Want(self.service), starts, self.counter.office)

    async def book(
        self, clock: str = "10:00", *, key: str = "run", person: str = "amina", by: OtherCalendars | None = None
    ) -> Appointment:
        """Ask, and carry it out at once."""
        async with self.errands() as errands:
            already = await errands.of_key(key)
            if already is not None and already.state is not HELD:
                return already
            slot = self.slot(clock)
            errand = await errands.ask(slot, self.counter, "Amina Ben Ali", Who(person, "ar"), key=key)
        return await (by or self.calendars).book(errand, self.clock.at)

    async def move(self, code: str, clock: str) -> Appointment:
        async with self.errands() as errands:
            errand = await errands.ask_to_move(code, self.slot(clock).starts, by="person")
        return await self.calendars.move(errand, self.clock.at)

    async def cancel(self, code: str) -> Appointment:
        """Here, and in a round there."""
        async with self.database.writing() as session:
            cancelled = await Bookings(session, self.directory, self.clock.at).cancel(code)
        await self.calendars.reconcile(self.clock.at)
        return cancelled

    @asynccontextmanager
    async def errands(self) -> AsyncIterator[Errands]:
        async with self.database.writing() as session:
            yield Errands(session, self.directory, self.clock.at)

    async def reconcile(self) -> list[Outcome]:
        """Some minutes later."""
        self.clock.passes(minutes=GRACE.seconds // 60 + 1)
        return [one.outcome for one in await self.calendars.reconcile(self.clock.at)]

    @asynccontextmanager
    async def dying(self, at: int | None) -> AsyncIterator[Fate]:
        fate = self.database.fate = self.http.fate = Fate(at)
        try:
            yield fate
        except Died:
            assert fate.steps == at
        finally:
            self.database.fate = self.http.fate = Fate()

    async def rows(self) -> list[AppointmentRow]:
        async with self.database.reading() as session:
            return list(await session.scalars(select(AppointmentRow).order_by(AppointmentRow.id)))

    async def told(self) -> list[str]:
        """What people are told besides their reminders."""
        async with self.database.reading() as session:
            kinds = select(NoticeRow.kind).where(~NoticeRow.kind.startswith("reminder")).order_by(NoticeRow.id)
            return list(await session.scalars(kinds))

    async def here(self) -> set[tuple[str, datetime]]:
        return {(row.code, row.starts) for row in await self.rows() if row.state == BOOKED}

    def there(self) -> set[tuple[str, datetime]]:
        return {(one.title.split()[-1], one.starts) for one in self.site.folder.bookings if one.state in ACTIVE}

    async def agrees(self) -> bool:
        """Everything booked here stands there, nothing else does, and nothing is left open."""
        left_open = [row for row in await self.rows() if row.state == HELD]
        return await self.here() == self.there() and not left_open and self.site.overlaps() == []


@pytest.fixture
async def city(town_url: str) -> AsyncIterator[City]:
    database, clock = MortalDatabase(town_url), FakeClock()
    elsewhere = {"system": SYSTEM, "address": ADDRESS, "booking_type": TYPE}
    async with database.writing() as session:
        await session.execute(update(CounterRow).where(CounterRow.key == COUNTER).values(elsewhere=elsewhere))
    async with database.reading() as session:
        directory = await Directory.load(session, WEDNESDAY.date())
    minutes = next(one.minutes for one in directory.bookable("taranto") if one.key == SERVICE)
    assert minutes is not None
    folder = Folder(clock.now, ["A", "B"], [BookingType(TYPE, minutes)], dict.fromkeys(range(5), (MORNING,)))
    site = RedTurtleSite(folder)
    transport = MortalHttp(site)
    async with httpx.AsyncClient(transport=transport) as http:
        systems = {SYSTEM: RedTurtle(http, {ADDRESS: ACCOUNT})}
        yield City(database, site, transport, OtherCalendars(database, Shelf(), systems), directory, clock)
    await database.close()


async def test_a_booking_is_the_same_here_and_there(city: City) -> None:
    appointment = await city.book()
    (row,) = await city.rows()
    (booking,) = city.site.folder.bookings
    assert (appointment.state, row.external, booking.title) == (BOOKED, booking.uid, f"Amina {appointment.code}")
    assert await city.agrees()


async def test_the_same_run_books_once(city: City) -> None:
    assert await city.book() == await city.book()
    assert len(city.site.folder.bookings) == 1


async def test_free_times_are_theirs_and_the_lead_time_is_ours(city: City) -> None:
    city.clock.passes(hours=2, minutes=30)
    free = await city.calendars.free(city.counter, city.service, city.clock.at)
    earliest = city.clock.at + timedelta(minutes=city.service.lead_minutes)
    assert free[0].starts >= earliest
    assert city.slot("09:00") in free
    own = next(one for one in city.directory.counters(SERVICE) if one.elsewhere is None)
    assert await city.calendars.free(own, city.service, city.clock.at) == []


async def test_other_minutes_over_there_are_for_the_staff(city: City) -> None:
    city.site.folder.types = [BookingType(TYPE, 25)]
    with pytest.raises(RefusedError) as refused:
        await city.calendars.free(city.counter, city.service, city.clock.at)
    assert refused.value.reason is Refusal.MINUTES


async def test_two_desks_there_are_two_appointments_at_one_time(city: City) -> None:
    await city.book(key="a", person="amina")
    await city.book(key="b", person="bilal")
    with pytest.raises(TakenError):
        await city.book(key="c", person="chen")
    assert [row.state for row in await city.rows()] == [BOOKED, BOOKED, LAPSED]
    assert await city.agrees()


async def test_limits_hold_there_too(city: City) -> None:
    await city.book()
    with pytest.raises(TooManyBookingsError):
        await city.book("11:00", key="again")
    assert len(city.site.folder.bookings) == 1


async def test_after_a_refusal_the_same_run_may_ask_again(city: City) -> None:
    city.site.folder.required = ["email"]
    with pytest.raises(RefusedError):
        await city.book()
    city.site.folder.required = []
    await city.book("11:00")
    assert await city.agrees()
    assert await city.told() == [NOT_BOOKED_NOW, NOW_BOOKED]


async def test_a_calendar_that_is_away_leaves_nothing_behind(city: City) -> None:
    city.site.fails("GET @bookings", httpx.ConnectError("refused"))
    with pytest.raises(UnavailableError):
        await city.book()
    assert [row.state for row in await city.rows()] == [LAPSED]
    assert await city.reconcile() == []


async def test_who_was_left_without_an_answer_is_told_how_it_came_out(city: City) -> None:
    def search_fails() -> None:
        city.site.fails("GET @bookings", gateway_time_out())

    city.site.rivals["POST @booking"] = search_fails
    city.site.fails("POST @booking", gateway_time_out(), when="after")
    with pytest.raises(UnavailableError) as away:
        await city.book()
    assert away.value.perhaps_done
    with pytest.raises(CannotChangeError):
        await city.book()
    with pytest.raises(TooManyBookingsError):
        await city.book("11:00", key="other")
    assert await city.reconcile() == [Outcome.BOOKED]
    assert await city.told() == [NOW_BOOKED]
    assert await city.agrees()


async def test_what_did_not_arrive_is_let_go_and_told(city: City) -> None:
    city.site.fails("POST @booking", gateway_time_out())
    with pytest.raises(UnavailableError):
        await city.book()
    assert await city.reconcile() == [Outcome.LET_GO]
    assert await city.told() == [NOT_BOOKED_NOW]
    await city.book()
    assert await city.agrees()


async def test_what_is_being_asked_is_not_settled_at_once_and_no_round_ends_it(city: City) -> None:
    city.site.fails("POST @booking", gateway_time_out())
    with pytest.raises(UnavailableError):
        await city.book()
    assert await city.calendars.reconcile(city.clock.at) == []
    async with city.database.writing() as session:
        await go_on(session, city.directory, city.clock.at + timedelta(days=1))
        await Bookings(session, city.directory, city.clock.at).let_go("amina")
        await sweep(session, city.clock.at + timedelta(days=2))
    assert [row.state for row in await city.rows()] == [HELD]


async def test_reconciling_waits_for_a_calendar_that_is_away(city: City) -> None:
    city.site.fails("POST @booking", gateway_time_out())
    with pytest.raises(UnavailableError):
        await city.book()
    city.site.fails("GET @bookings", lost())
    assert await city.reconcile() == []
    assert [row.state for row in await city.rows()] == [HELD]
    assert await city.reconcile() == [Outcome.LET_GO]


async def test_an_answer_that_comes_when_it_was_given_up_is_given_back(city: City) -> None:
    class Slow(RedTurtle):
        """Answers when a later round has looked for the booking in vain."""

        async def book(self, elsewhere: Elsewhere, starts: datetime, minutes: int, visitor: Visitor) -> str:
            assert await city.reconcile() == [Outcome.LET_GO]
            return await super().book(elsewhere, starts, minutes, visitor)

    fast = city.calendars.systems[SYSTEM]
    assert isinstance(fast, RedTurtle)
    slow = OtherCalendars(city.database, Shelf(), {SYSTEM: Slow(fast.http, fast.accounts)})
    with pytest.raises(TakenError):
        await city.book(by=slow)
    assert [one.state for one in city.site.folder.bookings] == ["canceled"]
    assert await city.agrees()


async def test_wherever_we_die_while_booking_here_and_there_agree_in_the_end(city: City) -> None:
    outcomes = []
    for step in count(1):
        city.clock.at = WEDNESDAY + timedelta(minutes=step)
        async with city.dying(step) as fate:
            await city.book(key=f"run{step}", person=f"person{step}")
        finished = fate.steps < step
        outcomes += await city.reconcile()
        assert await city.agrees(), f"after dying at step {step}"
        for row in await city.rows():
            if row.state == BOOKED:
                await city.cancel(row.code)
        if finished:
            break
    assert step > 12  # two transactions of three moments, four requests of two
    assert set(outcomes) == {Outcome.BOOKED, Outcome.LET_GO}


async def test_wherever_we_die_while_moving_here_and_there_agree_in_the_end(city: City) -> None:
    outcomes = []
    for step in count(1):
        city.clock.at = WEDNESDAY + timedelta(minutes=step)
        code = (await city.book(key=f"run{step}", person=f"person{step}")).code
        async with city.dying(step) as fate:
            await city.move(code, "11:30")
        finished = fate.steps < step
        outcomes += await city.reconcile()
        assert await city.agrees(), f"after dying at step {step}"
        assert len(city.there()) == 1
        await city.cancel(code)
        if finished:
            break
    assert step > 12
    assert set(outcomes) == {Outcome.MOVED, Outcome.STAYED}
    assert {NOW_MOVED, NOT_MOVED} <= set(await city.told())


async def test_wherever_we_die_while_cancelling_here_and_there_agree_in_the_end(city: City) -> None:
    for step in count(1):
        city.clock.at = WEDNESDAY + timedelta(minutes=step)
        code = (await city.book(key=f"run{step}", person=f"person{step}")).code
        async with city.dying(step) as fate:
            await city.cancel(code)
        finished = fate.steps < step
        await city.reconcile()
        assert await city.agrees(), f"after dying at step {step}"
        for row in await city.rows():
            if row.state == BOOKED:
                await city.cancel(row.code)
        if finished:
            break
    assert step > 7


async def test_wherever_we_die_while_reconciling_the_next_round_ends_it(city: City) -> None:
    for step in count(1):
        city.clock.at = WEDNESDAY + timedelta(minutes=step)
        city.site.fails("POST @booking", Died(), when="after")
        with pytest.raises(Died):
            await city.book(key=f"run{step}", person=f"person{step}")
        async with city.dying(step) as fate:
            await city.reconcile()
        finished = fate.steps < step
        await city.reconcile()
        assert await city.agrees(), f"after dying at step {step}"
        (code,) = [row.code for row in await city.rows() if row.state == BOOKED]
        await city.cancel(code)
        if finished:
            break
    assert step > 7


async def test_a_move_that_is_refused_leaves_it_where_it_was(city: City) -> None:
    code = (await city.book()).code
    for person in ("bilal", "chen"):
        await city.book("11:00", key=person, person=person)
    with pytest.raises(TakenError):
        await city.move(code, "11:00")
    assert (await city.move(code, "11:45")).starts == city.slot("11:45").starts
    assert await city.agrees()


async def test_a_move_without_an_answer_is_nobody_elses_and_is_told_later(city: City) -> None:
    code = (await city.book()).code
    city.site.rivals["POST @booking-move"] = lambda: city.site.fails("GET @booking", lost())
    city.site.fails("POST @booking-move", lost(), when="after")
    with pytest.raises(UnavailableError) as away:
        await city.move(code, "11:00")
    assert away.value.perhaps_done
    with pytest.raises(CannotChangeError):
        await city.move(code, "12:00")
    assert await city.calendars.follow(city.clock.at) == []
    assert await city.reconcile() == [Outcome.MOVED]
    assert await city.told() == [NOW_BOOKED, NOW_MOVED]
    assert await city.agrees()


async def test_cancelling_counts_here_even_when_the_calendar_is_away(city: City) -> None:
    code = (await city.book()).code
    city.site.fails("DELETE @booking", lost())
    cancelled = await city.cancel(code)
    assert cancelled.state is AppointmentState.CANCELLED_BY_PERSON
    assert len(city.there()) == 1
    assert await city.reconcile() == [Outcome.GIVEN_BACK]
    assert await city.agrees()
    assert await city.reconcile() == []


async def test_what_they_do_not_cancel_on_its_day_is_left_for_a_person(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    appointment = await city.book()
    city.clock.passes(days=1)
    await city.cancel(appointment.code)
    assert await city.reconcile() == []
    assert "has to be cancelled by hand" in caplog.text
    assert "Amina" not in caplog.text
    assert appointment.code not in caplog.text


async def test_what_the_office_cancels_in_its_own_calendar_is_cancelled_here_and_told(city: City) -> None:
    await city.book()
    assert await city.calendars.follow(city.clock.at) == []
    city.site.folder.bookings[0].state = "refused"
    assert [one.outcome for one in await city.calendars.follow(city.clock.at)] == [Outcome.ENDED_THERE]
    assert [row.state for row in await city.rows()] == [AppointmentState.CANCELLED_BY_OFFICE]
    assert await city.told() == [NOW_BOOKED, "cancelled_by_office"]
    assert await city.agrees()


async def test_what_the_office_moves_in_its_own_calendar_is_moved_here_and_told(city: City) -> None:
    await city.book()
    city.site.folder.bookings[0].starts = city.slot("12:00").starts
    assert [one.outcome for one in await city.calendars.follow(city.clock.at)] == [Outcome.MOVED_THERE]
    assert await city.told() == [NOW_BOOKED, "moved_by_office"]
    assert await city.agrees()


async def test_moving_what_the_office_has_cancelled_tells_so(city: City) -> None:
    code = (await city.book()).code
    city.site.folder.bookings[0].state = "canceled"
    with pytest.raises(GoneError):
        await city.move(code, "11:00")
    assert await city.told() == [NOW_BOOKED, "cancelled_by_office"]
    assert await city.agrees()


async def test_a_counter_of_our_own_has_nothing_to_ask_elsewhere(city: City) -> None:
    async with city.database.writing() as session:
        bookings = Bookings(session, city.directory, city.clock.at)
        own = await bookings.book(city.slot("10:00"), "Amina", Who("amina", "ar"), key="own")
    with pytest.raises(LookupError):
        await city.move(own.code, "11:00")


async def test_what_a_system_without_an_adapter_is_asked_for_is_let_go(city: City) -> None:
    nobody = OtherCalendars(city.database, Shelf(), {})
    with pytest.raises(RefusedError):
        await city.book(by=nobody)
    assert [row.state for row in await city.rows()] == [LAPSED]
