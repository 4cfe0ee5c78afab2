"""A Booking Folder of redturtle.prenotazioni: its calendar, its rules and its quirks. Times are whole minutes in Rome.

After RedTurtle/redturtle.prenotazioni 2.9.0 (f1212bd), `src/redturtle/prenotazioni/`: `content/prenotazioni_folder.py`,
`browser/prenotazioni_context_state.py`, `adapters/{conflict,booker,slot}.py`, `browser/delete_reservation.py`.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from locales.dates import ROME

ACTIVE = ("pending", "confirmed")
Interval = tuple[int, int]
"""From and to, in minutes of a day."""


class BookerError(Exception):
    """`exceptions/booker.py`: what REST answers as 400 BadRequest with this message."""


def minute(at: datetime) -> int:
    local = at.astimezone(ROME)
    return local.hour * 60 + local.minute


@dataclass(frozen=True)
class BookingType:
    """`content/prenotazione_type.py`: `fields` are its additional ones; people see it once it is published."""

    title: str
    duration: int
    published: bool = True
    fields: tuple[Mapping[str, Any], ...] = ()


@dataclass
class Booking:
    """`content/prenotazione.py`."""

    title: str
    booking_type: str
    starts: datetime
    minutes: int
    gate: str
    state: str
    fields: dict[str, Any]
    fiscalcode: str = ""
    uid: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def ends(self) -> datetime:
        return self.starts + timedelta(minutes=self.minutes)

    @property
    def code(self) -> str:
        return hashlib.blake2b(self.uid.encode(), digest_size=3).hexdigest().upper()


@dataclass
class Folder:
    """`week` is the hours of each weekday, Monday first: morning and afternoon, as the week table has them."""

    now: Callable[[], datetime]
    gates: list[str]
    types: list[BookingType]
    week: Mapping[int, tuple[Interval, ...]]
    since: date = date(2026, 1, 1)
    until: date | None = None
    pauses: dict[int, tuple[Interval, ...]] = field(default_factory=dict)
    holidays: list[str] = field(default_factory=lambda: ["01/01/*", "08/12/*", "25/12/*", "26/12/*"])
    visible: list[str] = field(default_factory=lambda: ["email", "phone", "description"])
    required: list[str] = field(default_factory=list)
    same_day_disallowed: bool = False
    future_days: int = 0
    not_before_days: int = 0
    auto_confirm: bool = False
    auto_confirm_manager: bool = True
    restrict_managers: bool = False
    most_bookings: int = 0
    """`max_bookings_allowed`: coming ones of a type for one tax code; 0: any number."""
    bookings: list[Booking] = field(default_factory=list)

    def today(self) -> date:
        return self.now().astimezone(ROME).date()

    def types_for(self, *, manager: bool) -> list[BookingType]:
        """`get_booking_types` asks the catalogue, which shows people only what is published."""
        return [one for one in self.types if one.published or manager]

    def duration(self, title: str, *, manager: bool) -> int:
        """`get_booking_type_duration`: an unknown type takes one minute."""
        return next((one.duration for one in self.types_for(manager=manager) if one.title == title), 1)

    def booking(self, uid: object) -> Booking | None:
        return next((one for one in self.bookings if one.uid == uid), None)

    def is_valid_day(self, day: date, *, manager: bool) -> bool:
        """`is_valid_day`: whom the folder does not restrict may book on any configured day that is no holiday."""
        configured = bool(self.week.get(day.weekday()))
        if any(f"{day:%d/%m/%Y}" == holiday.replace("*", str(day.year)) for holiday in self.holidays):
            return False
        if configured and manager and not self.restrict_managers:
            return True
        first = max(self.since, self.today() + timedelta(days=1 if self.same_day_disallowed else 0))
        if day < first or (self.until is not None and day > self.until):
            return False
        if self.not_before_days and day <= self.today() + timedelta(days=self.not_before_days):
            return False
        if self.future_days and day >= self.today() + timedelta(days=self.future_days):
            return False
        return configured

    def free(self, day: date) -> dict[str, list[Interval]]:
        """`get_free_slots`: what is left of the hours of each gate."""
        left: dict[str, list[Interval]] = {}
        for gate in self.gates:
            busy = [
                (minute(one.starts), minute(one.ends))
                for one in self.bookings
                if one.gate == gate and one.state in ACTIVE and one.starts.astimezone(ROME).date() == day
            ]
            busy += self.pauses.get(day.weekday(), ())
            left[gate] = [rest for span in self.week.get(day.weekday(), ()) for rest in _without(span, sorted(busy))]
        return left

    def conflicts(self, at: datetime, minutes: int, *, gate: str | None = None, moved: Booking | None = None) -> bool:
        """`ConflictManager.conflicts`: false when the time lies within a free one.

        What is moved away counts as free, at its hours and at its gate, on whatever day it goes to.
        """
        free = self.free(at.astimezone(ROME).date())
        if moved is not None and free.get(moved.gate):
            own = (minute(moved.starts), minute(moved.starts) + moved.minutes)
            joined = [
                (min(a, own[0]), max(b, own[1])) if a <= own[1] and own[0] <= b else (a, b) for a, b in free[moved.gate]
            ]
            free[moved.gate] = [own, *joined]
        wanted = (minute(at), minute(at) + minutes)
        spans = [span for name, spans in free.items() if gate in {None, "", name} for span in spans]
        return not any(a <= wanted[0] and wanted[1] <= b for a, b in spans)

    def available(self, first: date, last: date, minutes: int, *, past: bool, manager: bool) -> Iterator[datetime]:
        """`AvailableSlots.reply`: of each hour of the clock the first time that fits."""
        for ahead in range((last - first).days + 1):
            day = first + timedelta(days=ahead)
            spans = self.week.get(day.weekday(), ())
            if not spans or not self.is_valid_day(day, manager=manager):
                continue
            starts = sorted(
                {at for free in self.free(day).values() for a, b in free for at in range(a, b - minutes + 1, 5)}
            )
            opens, closes = min(a for a, _ in spans), max(b for _, b in spans)
            edges = sorted({opens, closes, *(hour * 60 for hour in range(24) if opens <= hour * 60 <= closes)})
            for begin, end in pairwise(edges):
                for at in (one for one in starts if begin <= one < end):
                    instant = datetime.combine(day, time(at // 60, at % 60), ROME)
                    if self.bookable(instant, manager=manager):
                        if past or instant >= self.now():
                            yield instant
                        break

    def bookable(self, at: datetime, *, manager: bool) -> list[str]:
        """`booking_types_bookability`."""
        types = self.types_for(manager=manager)
        return [one.title for one in types if not self.conflicts(at, one.duration)]

    def book(
        self, at: datetime, booking_type: str, fields: Mapping[str, Any], *, account: str | None = None
    ) -> Booking:
        """`Booker.book`; `account` is a Bookings Manager's. Raises BookerError."""
        manager = account is not None
        if not self.is_valid_day(at.astimezone(ROME).date(), manager=manager):
            raise BookerError("Sorry, you can not book this slot for now.")
        minutes = self.duration(booking_type, manager=manager)
        if self.conflicts(at, minutes):
            raise BookerError("Sorry, this slot is not available anymore.")
        day, span = at.astimezone(ROME).date(), (minute(at), minute(at) + minutes)
        roomy = [name for name, free in self.free(day).items() if any(a <= span[0] and span[1] <= b for a, b in free)]
        # Who books with an account and gives no tax code has the account's name for one.
        fiscalcode = str(fields.get("fiscalcode") or account or "").upper()
        self._refuse_many(booking_type, fiscalcode)
        state = "confirmed" if self.auto_confirm or (manager and self.auto_confirm_manager) else "pending"
        booking = Booking(str(fields["title"]), booking_type, at, minutes, roomy[0], state, dict(fields), fiscalcode)
        self.bookings.append(booking)
        return booking

    def _refuse_many(self, booking_type: str, fiscalcode: str) -> None:
        """`_validate_user_limit`."""
        coming = [
            one
            for one in self.bookings
            if one.state in ACTIVE and one.starts > self.now() and one.booking_type == booking_type
        ]
        if fiscalcode and 0 < self.most_bookings <= sum(one.fiscalcode == fiscalcode for one in coming):
            limit = f"Booking limit({self.most_bookings}) for the {booking_type} type"
            raise BookerError(f"{limit} is exceed for the current user")

    def move(self, booking: Booking, at: datetime, gate: str | None, *, manager: bool) -> None:
        """`Booker.move`: refused in no state; without a gate the booking keeps its own. Raises BookerError."""
        if self.conflicts(at, booking.minutes, gate=gate, moved=replace(booking)):
            raise BookerError("Sorry, this slot is not available or does not fit your booking.")
        if not self.is_valid_day(at.astimezone(ROME).date(), manager=manager):
            raise BookerError("Sorry, you can not book this slot for now.")
        booking.starts, booking.gate = at, gate or booking.gate

    def cancel(self, booking: Booking) -> None:
        """`ConfirmDelete.do_delete`. Raises BookerError."""
        if booking.starts.astimezone(ROME).date() <= self.today():
            raise BookerError("You can't delete your reservation; it's too late.")
        if booking.state not in ACTIVE:
            raise BookerError("You can't delete your reservation.")
        booking.state = "canceled"


def utc(at: datetime) -> str:
    """As plone.restapi writes an aware time."""
    return at.astimezone(UTC).isoformat()


def _without(span: Interval, busy: list[Interval]) -> Iterator[Interval]:
    at, end = span
    for begins, ends in busy:
        if begins > at:
            yield at, min(begins, end)
        at = max(at, ends)
    if at < end:
        yield at, end
