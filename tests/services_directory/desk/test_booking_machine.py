"""Whatever people and offices do in whatever order: no time is given twice, no appointment is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from locales.dates import in_rome
from services_directory.booked import (
    Appointment,
    OfferOverError,
    PartOfDay,
    Party,
    Slot,
    SlotTakenError,
    TooManyBookingsError,
    TooManyHoldsError,
    WhenWanted,
)
from services_directory.desk.appointments import CannotChangeError
from services_directory.desk.bookings import HELD_FOR
from services_directory.desk.directory import Directory
from services_directory.desk.line import anything_over, go_on
from services_directory.desk.person_desk import PersonDesk
from services_directory.desk.slots import Want, slot_at, starts_on
from services_directory.store.bookings import AppointmentRow
from services_directory.store.session import Database
from services_directory.store.waiting import OfferRow, WaitingRow
from tests.services_directory.desk.booking_model import OPEN, Known, Model, Seen, check_line, check_openings
from tests.services_directory.desk.model_offices import SERVICES, founded
from tests.town import WEDNESDAY

Got = TypeVar("Got")

PEOPLE = st.sampled_from(["amina", "badru", "chen", "dana"])
SERVICE = st.sampled_from([one.key for one in SERVICES])
AHEAD = st.integers(0, 1)
PARTY = st.builds(Party, people=st.integers(1, 3), for_other=st.booleans())
PARTS = st.one_of(st.just(frozenset()), st.frozensets(st.sampled_from(PartOfDay), max_size=2))
WHICH = st.integers(0, 5)
"""Few are chosen from, so that people meet."""
STAFF = "staff:1"
LEFT_OPEN = {"arrived", "served", "missed", "cancelled_by_office"}
"""From what the office has done, to how it was before."""
REFUSALS = (TooManyBookingsError, TooManyHoldsError)
EXAMPLES = {"sqlite": (60, 40), "postgresql": (12, 30)}
"""How many runs, and how many deeds in each."""


@dataclass(frozen=True)
class House:
    """A database with the model offices, and the loop on which it lives."""

    runner: asyncio.Runner
    database: Database
    directories: list[Directory]


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    with asyncio.Runner() as runner:
        database = Database(database_url)
        yield House(runner, database, list(runner.run(founded(database))))
        runner.run(database.close())


def fitting(service: str, party: Party) -> Party:
    """As many as may come together."""
    return party if service == "short" else replace(party, people=1)


class Booking(RuleBasedStateMachine):
    """Four people, one office worker, and the clock."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house, self.directory = house, house.directories[0]
        self.now: datetime = WEDNESDAY
        self.model, self.key = Model(), 0
        self.keys: dict[str, str] = {}
        self.parties: dict[str, Party] = {}
        self.hours_changed = False
        self.before: Seen | None = None

    @initialize(hour=st.sampled_from([8, 20, 21]), lines=st.sets(st.tuples(PEOPLE, SERVICE), min_size=4))
    def some_wait_already(self, hour: int, lines: set[tuple[str, str]]) -> None:
        self.now = WEDNESDAY.replace(hour=hour, minute=40)
        when = WhenWanted(self.now.date(), self.now.date() + timedelta(days=2))

        async def joined() -> None:
            async with self.house.database.writing() as session:
                for table in (WaitingRow, AppointmentRow):
                    await session.execute(delete(table))
                for person, service in sorted(lines):
                    desk = PersonDesk(session, self.directory, person, self.now)
                    wanted = desk.directory.service(service)
                    assert wanted is not None
                    await desk.wait(wanted, when, person, language="en", key=self.new_key())

        self.house.runner.run(joined())
        self.does("nobody", self.nothing)

    @rule(person=PEOPLE, service=SERVICE, ahead=AHEAD, which=WHICH, party=PARTY)
    def somebody_holds_a_time(self, person: str, service: str, ahead: int, which: int, party: Party) -> None:
        party = fitting(service, party)

        async def deed(desk: PersonDesk) -> None:
            slot = await self.free(desk, service, ahead, which, party)
            if slot is None:
                return
            try:
                hold = await desk.hold(
                    slot, language="en", key=self.keys.setdefault(person, self.new_key()), party=party
                )
            except REFUSALS:
                return
            except CannotChangeError:
                del self.keys[person]
                return
            self.model.holds[person] = (service, slot.starts, hold.until)
            self.parties[person] = party
            assert hold.until <= self.now + HELD_FOR

        self.does(person, deed)

    @rule(person=PEOPLE, service=SERVICE, ahead=AHEAD, which=WHICH, party=PARTY)
    def somebody_books(self, person: str, service: str, ahead: int, which: int, party: Party) -> None:
        party = fitting(service, party)

        async def deed(desk: PersonDesk) -> None:
            slot = await self.free(desk, service, ahead, which, party)
            if slot is not None:
                await self.books(desk, slot, party)

        self.does(person, deed)

    @precondition(lambda self: self.model.holds)
    @rule(which=WHICH)
    def somebody_books_what_they_hold(self, which: int) -> None:
        person, held = sorted(self.model.holds.items())[which % len(self.model.holds)]
        kept = held[2] > self.now

        async def deed(desk: PersonDesk) -> None:
            service, party = desk.directory.service(held[0]), self.parties[person]
            assert service is not None
            day = in_rome(held[1]).date()
            shown = {slot.starts for slot in await desk.free_slots(service, day, party).all()}
            slot = slot_at(Want(service, party.people), held[1], "")
            await self.books(desk, slot, party, free=kept and slot.starts in shown)

        self.does(person, deed)

    @rule(person=PEOPLE, service=SERVICE, ahead=AHEAD, which=WHICH)
    def somebody_guesses_a_time_that_is_not_on_offer(self, person: str, service: str, ahead: int, which: int) -> None:
        async def deed(desk: PersonDesk) -> None:
            wanted = desk.directory.service(service)
            assert wanted is not None
            want = await desk._wanted(wanted, Party())()  # noqa: SLF001, as the desk itself looks
            day = self.now.date() + timedelta(days=ahead)
            counters = desk.directory.counters(service)
            times = sorted({at for one in counters for at in starts_on(desk.directory, one, want, day)})
            shown = {slot.starts for slot in await desk.free_slots(wanted, day).all()}
            secret = [at for at in times if in_rome(at) not in shown]
            if secret:
                with pytest.raises((SlotTakenError, *REFUSALS)):
                    await desk.book(slot_at(want, secret[which % len(secret)], "alfa"), "X", language="en", key="guess")

        self.does(person, deed)

    @precondition(lambda self: self.codes(OPEN))
    @rule(which=WHICH, ahead=AHEAD, slot=WHICH, by=st.sampled_from(["person", STAFF]))
    def somebody_moves(self, which: int, ahead: int, slot: int, by: str) -> None:
        code, known = self.one_of(OPEN, which)

        async def deed(desk: PersonDesk) -> None:
            mine = await desk.bookings.of_person(desk.person)
            people = next((one.people for one in mine if one.code == code), 1)
            free = await self.free(desk, known.service, ahead, slot, Party(people, moving=code))
            if free is None:
                return
            try:
                moved = await desk.bookings.move(code, free, by=by)
            except TooManyBookingsError:
                return
            assert (moved.code, moved.starts) == (code, free.starts)
            known.starts, known.state = moved.starts, "booked"
            known.changes += 1
            self.model.holds.pop(desk.person, None)

        self.does(known.person or "nobody", deed)

    @precondition(lambda self: self.codes(OPEN))
    @rule(which=WHICH)
    def somebody_cancels(self, which: int) -> None:
        self.changes(*self.one_of(OPEN, which), "cancel", by="person")

    @precondition(lambda self: self.codes(OPEN))
    @rule(which=WHICH, slot=WHICH, verb=st.sampled_from(["cancel", "serve", "miss"]))
    def somebody_books_anew_after_the_office_has_ended_one(self, which: int, slot: int, verb: str) -> None:
        code, known = self.one_of(OPEN, which)
        self.changes(code, known, verb, by=STAFF)
        if known.person is not None:
            party = Party(for_other=known.for_other)
            for ahead in (0, 1):
                self.somebody_books(known.person, known.service, ahead, slot, party)

    @precondition(lambda self: self.model.known)
    @rule(which=WHICH, verb=st.sampled_from(["cancel", "arrive", "serve", "miss", "undo"]))
    def the_office_changes_one(self, which: int, verb: str) -> None:
        self.changes(*self.one_of(self.states, which), verb, by=STAFF)

    @precondition(lambda self: self.codes(LEFT_OPEN))
    @rule(which=WHICH)
    def the_office_takes_back_what_it_said(self, which: int) -> None:
        self.changes(*self.one_of(LEFT_OPEN, which), "undo", by=STAFF)

    def changes(self, code: str, known: Known, verb: str, *, by: str) -> None:

        async def deed(desk: PersonDesk) -> None:
            try:
                done: Appointment = await getattr(desk.bookings, verb)(code, by=by)
            except (CannotChangeError, SlotTakenError):
                assert known.state != "booked" or verb == "undo"
                return
            known.state = done.state
            known.changes += 1

        self.does(known.person or "nobody", deed)

    @rule(person=PEOPLE, service=SERVICE, days=st.tuples(AHEAD, AHEAD), parts=PARTS, party=PARTY)
    def somebody_joins_the_line(
        self, person: str, service: str, days: tuple[int, int], parts: frozenset[PartOfDay], party: Party
    ) -> None:
        async def deed(desk: PersonDesk) -> None:
            wanted = desk.directory.service(service)
            assert wanted is not None
            day = self.now.date() + timedelta(days=days[0])
            when = WhenWanted(day, day + timedelta(days=days[1]), tuple(sorted(parts)))
            mine = select(WaitingRow.id).where(WaitingRow.person == person, WaitingRow.service == service)
            # The days of an offer are those for which it was made.
            if await desk.session.scalar(mine.where(WaitingRow.state == "offered")) is None:
                await desk.wait(wanted, when, person, language="en", key=self.new_key(), party=fitting(service, party))

        self.does(person, deed)

    @rule(person=PEOPLE, which=WHICH)
    def somebody_leaves_the_line(self, person: str, which: int) -> None:
        async def deed(desk: PersonDesk) -> None:
            wishes = await desk.my_wishes.all()
            if wishes:
                await desk.stop_waiting(wishes[which % len(wishes)])

        self.does(person, deed)

    @precondition(lambda self: self.open_offers)
    @rule(accepts=st.booleans(), which=WHICH)
    def somebody_answers_an_offer(self, which: int, *, accepts: bool) -> None:
        assert self.before is not None
        offer = self.open_offers[which % len(self.open_offers)]
        waiting = self.before.waiting[offer.waiting]

        async def deed(desk: PersonDesk) -> None:
            try:
                if accepts:
                    self.accepted(await desk.accept(str(offer.id)), desk.person)
                else:
                    await desk.decline(str(offer.id))
            except TooManyBookingsError:
                return
            except OfferOverError:
                assert self.hours_changed or offer.until <= self.now

        self.does(waiting.person or "nobody", deed)

    @precondition(lambda self: self.open_offers)
    @rule(which=WHICH)
    def nobody_else_answers_it(self, which: int) -> None:
        offer = self.open_offers[which % len(self.open_offers)]

        async def deed(desk: PersonDesk) -> None:
            for answer in (desk.accept, desk.decline):
                with pytest.raises(OfferOverError):
                    await answer(str(offer.id))

        self.does("stranger", deed)

    @rule(minutes=st.sampled_from([1, 5, 11, 31, 31, 60, 600]), heard=st.booleans())
    def time_passes(self, minutes: int, *, heard: bool) -> None:
        self.now += timedelta(minutes=minutes)

        async def deed(desk: PersonDesk) -> None:
            while heard and await anything_over(desk.session, self.now):
                assert await go_on(desk.session, self.directory, self.now) > 0

        self.does("nobody", deed, gone_on=heard, lazily=not heard)

    @rule(person=PEOPLE)
    def somebody_wants_to_be_forgotten(self, person: str) -> None:
        async def deed(desk: PersonDesk) -> None:
            coming = {one.code for one in await desk.my_appointments.all()}
            await desk.forget_me()
            for code, known in self.model.known.items():
                if code in coming:
                    known.state = "cancelled_by_person"
                    known.changes += 1
                known.person = None if known.person == person else known.person
            self.model.holds.pop(person, None)
            self.keys.pop(person, None)

        self.does(person, deed)

    @rule(which=st.integers(0, 2))
    def the_hours_change(self, which: int) -> None:
        self.directory, self.hours_changed = self.house.directories[which], True
        self.does("nobody", self.nothing)

    async def books(self, desk: PersonDesk, slot: Slot, party: Party, *, free: bool = True) -> None:
        key = self.keys.pop(desk.person, None) or self.new_key()
        try:
            booked = await desk.book(slot, "X", language="en", key=key, party=party)
        except TooManyBookingsError:
            return
        except SlotTakenError:
            assert not free, "what is shown can be booked"
            return
        if booked.code not in self.model.known:
            self.model.holds.pop(desk.person, None)
            assert booked.starts == slot.starts
            self.model.known[booked.code] = Known(
                desk.person, slot.service, booked.starts, "booked", for_other=party.for_other
            )

    def accepted(self, appointment: Appointment, person: str) -> None:
        known = self.model.known.get(appointment.code)
        if known is None:
            known = self.model.known[appointment.code] = Known(
                person, appointment.service.key, appointment.starts, "booked", 0, appointment.for_other
            )
        else:
            assert appointment.starts < known.starts, "an offer is earlier than what one has"
        known.starts = appointment.starts
        known.changes += 1

    async def free(self, desk: PersonDesk, service: str, ahead: int, which: int, party: Party) -> Slot | None:
        """One of the times that are shown to somebody for a day."""
        wanted = desk.directory.service(service)
        assert wanted is not None
        slots = await desk.free_slots(wanted, self.now.date() + timedelta(days=ahead), party).all()
        return slots[which % len(slots)] if slots else None

    async def nothing(self, _desk: PersonDesk) -> None:
        """Only look."""

    @property
    def open_offers(self) -> list[OfferRow]:
        return [] if self.before is None else [one for one in self.before.offers if one.state == "open"]

    @property
    def states(self) -> set[str]:
        return {known.state for known in self.model.known.values()}

    def codes(self, states: Collection[str]) -> list[str]:
        return [code for code, known in self.model.known.items() if known.state in states]

    def one_of(self, states: Collection[str], which: int) -> tuple[str, Known]:
        """The newest that are in one of the states are changed most."""
        codes = self.codes(states)
        code = codes[-1 - which % len(codes)]
        return code, self.model.known[code]

    def key_of(self, person: str) -> str:
        """The run of the flow in which somebody is choosing a time."""
        if person not in self.keys:
            self.keys[person] = self.new_key()
        return self.keys[person]

    def new_key(self) -> str:
        self.key += 1
        return str(self.key)

    def does(
        self,
        person: str,
        deed: Callable[[PersonDesk], Coroutine[Any, Any, None]],
        *,
        gone_on: bool = False,
        lazily: bool = False,
    ) -> None:
        """One transaction of one person; then everything must be as it should."""

        async def done() -> None:
            async with self.house.database.writing() as session:
                await deed(PersonDesk(session, self.directory, person, self.now))
            await self.look(gone_on=gone_on, lazily=lazily)

        self.house.runner.run(done())

    async def look(self, *, gone_on: bool = False, lazily: bool = False) -> None:
        async with self.house.database.reading() as session:
            seen = await Seen.read(session, self.directory, self.now)
            self.model.check_appointments(seen)
            self.model.check_holds(seen, gone_on=gone_on)
            self.model.check_cells(seen)
            self.model.check_offers(seen)
            for service in SERVICES:
                await check_openings(session, seen, service.key, self.now)
            before = self.before
            if before is not None and before.directory is self.directory and not lazily:
                await check_line(session, before, seen, self.now)
        self.before = seen


@pytest.mark.timeout(300)
def test_whatever_people_and_offices_do_no_time_is_given_twice_and_none_is_lost(house: House) -> None:
    examples, deeds = EXAMPLES["sqlite" if house.database.is_sqlite else "postgresql"]
    run_state_machine_as_test(
        lambda: Booking(house),  # type: ignore[arg-type]  # it is only called
        settings=settings(
            max_examples=examples,
            stateful_step_count=deeds,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],  # what fails is told at once: making it shorter takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
