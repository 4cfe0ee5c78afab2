"""redturtle.prenotazioni, the booking product for Plone, over its REST API.

Names, answers and permissions are those of RedTurtle/redturtle.prenotazioni 2.9.0 (commit f1212bd), README.rst "Rest
API" and `src/redturtle/prenotazioni/restapi/services/`: `available_slots/get.py`, `booking/{add,get,move,delete}.py`,
`booking_schema/get.py`, `bookings/search.py`, `day/day.py`. `Elsewhere.address` is the address of a Booking Folder as
its API is reached (behind Volto it contains `/++api++/`); `Elsewhere.booking_type` is the title of a published type.

What is free is asked as any citizen asks it: a manager would be offered days that are closed to people
(`browser/prenotazioni_context_state.py: is_valid_day`). Booking, moving and searching use our account, which needs the
role Bookings Manager: its bookings are confirmed at once (`adapters/booker.py: book`, `auto_confirm_manager`), and
`@booking-move`, `@day` and `@bookings` ask for it (their `configure.zcml`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, time

import httpx

from locales.dates import ROME
from services_directory.elsewhere import redturtle_wire as wire
from services_directory.elsewhere.systems import (
    Away,
    FreeTime,
    GoneError,
    Refusal,
    RefusedError,
    Standing,
    TakenError,
    UnavailableError,
    Visitor,
)
from services_directory.facts import Elsewhere

SYSTEM = "redturtle.prenotazioni"
"""As `Elsewhere.system` names it."""
TIME_OUT = 10.0
"""Seconds for a whole answer: Plone computes a month of free times anew for each question."""
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)
"""Faults after which the request was certainly not received."""


class RedTurtle:
    """The BookingSystem of a city with redturtle.prenotazioni. `accounts`: (name, password) by `Elsewhere.address`.

    `http` belongs to whoever made it. A request is sent once; one that changes something and is not answered is
    looked up, not repeated.
    """

    def __init__(
        self, http: httpx.AsyncClient, accounts: Mapping[str, tuple[str, str]], *, time_out: float = TIME_OUT
    ) -> None:
        self.http, self.accounts, self.time_out = http, accounts, time_out

    async def free(self, elsewhere: Elsewhere, first: date, last: date) -> list[FreeTime]:
        """Free times of those days. It tells one for each hour of the clock: the first (README, "@available-slots")."""
        if first > last:
            return []
        # An unknown type is not refused by @available-slots: it is silently one that takes a minute.
        form = await self._form(elsewhere, datetime.combine(first, time(12), ROME))
        asked = {"start": first.isoformat(), "end": last.isoformat(), "booking_type": elsewhere.booking_type}
        answer = await self._send("GET", elsewhere, "@available-slots", params=asked)
        body = _found(answer)
        items = body.get("items")
        if not isinstance(items, list):
            raise UnavailableError(Away.UNREADABLE, "no items")
        times = sorted({wire.instant(item) for item in items})
        return [FreeTime(starts, form.minutes) for starts in times if first <= starts.date() <= last]

    async def book(self, elsewhere: Elsewhere, starts: datetime, minutes: int, visitor: Visitor) -> str:
        """`POST @booking` with a name and our code, and nothing else. What it requires is looked up first."""
        already = await self.find(elsewhere, visitor.code)
        if already is not None:
            await self.move(elsewhere, already.external, starts)
            return already.external
        form = await self._form(elsewhere, starts)
        for field in form.asks:
            raise RefusedError(Refusal.FIELD, field)
        if form.minutes != minutes:
            raise RefusedError(Refusal.MINUTES, str(form.minutes))
        if not form.bookable:
            raise TakenError(starts)
        booking = {
            "booking_date": _written(starts),
            "booking_type": elsewhere.booking_type,
            "fields": [{"name": "title", "value": f"{visitor.first_name} {visitor.code}"}],
        }
        try:
            answer = await self._send("POST", elsewhere, "@booking", json=booking, signed=True)
        except UnavailableError as away:
            if not away.perhaps_done:
                raise
            return await self._after_all(elsewhere, visitor.code, away)
        if answer.status_code == httpx.codes.BAD_REQUEST:
            raise await self._why_not(elsewhere, starts, answer)
        try:
            return wire.standing(_found(answer)).external
        except UnavailableError as away:
            return await self._after_all(elsewhere, visitor.code, away)

    async def find(self, elsewhere: Elsewhere, code: str) -> Standing | None:
        """`GET @bookings` for our code, which is in the title and so in the index (`indexers/prenotazione.py`)."""
        asked = {"SearchableText": code}
        answer = await self._send("GET", elsewhere, "@bookings", params=asked, signed=True)
        items = _found(answer).get("items")
        if not isinstance(items, list):
            raise UnavailableError(Away.UNREADABLE, "no items")
        for item in items:
            if code in str(item.get("title", "")).split():
                found = wire.standing(item)
                if found.stands:
                    return found
        return None

    async def look(self, elsewhere: Elsewhere, external: str) -> Standing:
        """`GET @booking/<UID>`; a cancelled booking is still told, and does not stand."""
        answer = await self._send("GET", elsewhere, f"@booking/{external}", signed=True)
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise GoneError(external)
        return wire.standing(_found(answer))

    async def move(self, elsewhere: Elsewhere, external: str, starts: datetime) -> None:
        """`POST @booking-move` to a gate that has room.

        Without a gate the booking keeps its own, even an occupied one; and it takes the hours at which the booking
        now is for free on whatever day it goes to (`adapters/booker.py: move`, `adapters/conflict.py: add_exclude`).
        A cancelled booking would be moved too. So all of that is looked up first.
        """
        now = await self.look(elsewhere, external)
        if not now.stands:
            raise GoneError(external)
        if now.starts == starts:
            return
        for gate in await self._gates_with_room(elsewhere, now, starts):
            target = {"booking_id": external, "booking_date": _written(starts), "gate": gate}
            try:
                answer = await self._send("POST", elsewhere, "@booking-move", json=target, signed=True)
            except UnavailableError as away:
                if away.perhaps_done and await self._is_at(elsewhere, external, starts):
                    return
                raise
            if answer.is_success:
                return
            if answer.status_code == httpx.codes.NOT_FOUND:
                raise GoneError(external)
        raise TakenError(starts)

    async def cancel(self, elsewhere: Elsewhere, external: str) -> None:
        """`DELETE @booking/<UID>`, as nobody in particular: the one deed for which plone.protect would stop an account.

        (`booking/delete.py` lets everybody who knows the UID; it does not disable the check on forged requests.) A
        site that lets only accounts do it is asked again with ours.
        """
        try:
            answer = await self._send("DELETE", elsewhere, f"@booking/{external}")
        except RefusedError:
            answer = await self._send("DELETE", elsewhere, f"@booking/{external}", signed=True)
        if answer.is_success:
            return
        if answer.status_code == httpx.codes.NOT_FOUND or not (await self.look(elsewhere, external)).stands:
            raise GoneError(external)
        raise RefusedError(Refusal.TOO_LATE)

    async def _send(
        self,
        method: str,
        elsewhere: Elsewhere,
        service: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Mapping[str, object] | None = None,
        signed: bool = False,
    ) -> httpx.Response:
        """One request, one answer: 2xx, 400 or 404. Raises UnavailableError, RefusedError."""
        account = self.accounts.get(elsewhere.address) if signed else None
        if signed and account is None:
            raise RefusedError(Refusal.ACCOUNT)
        try:
            # httpx counts its time-out for each step anew; this one is for the whole.
            async with asyncio.timeout(self.time_out):
                answer = await self.http.request(
                    method,
                    f"{elsewhere.address.rstrip('/')}/{service}",
                    params=params,
                    json=json,
                    headers={"Accept": "application/json"},
                    auth=account,
                )
            wire.check(answer)
        except NEVER_LEFT as problem:
            raise UnavailableError(Away.SILENT, type(problem).__name__) from None
        except (httpx.HTTPError, TimeoutError) as problem:
            raise UnavailableError(Away.SILENT, type(problem).__name__, perhaps_done=method != "GET") from None
        except UnavailableError as away:
            # A gateway's time-out says nothing of what was done behind it.
            raise UnavailableError(away.reason, away.detail, perhaps_done=method != "GET") from None
        return answer

    async def _form(self, elsewhere: Elsewhere, at: datetime) -> wire.Form:
        answer = await self._send("GET", elsewhere, "@booking-schema", params={"booking_date": _written(at)})
        return wire.form(_found(answer), elsewhere.booking_type)

    async def _why_not(self, elsewhere: Elsewhere, starts: datetime, answer: httpx.Response) -> Exception:
        """What a 400 of `booking/add.py` means: its words only matter when the time is still on offer."""
        message = wire.said(answer)
        field = wire.field_in(message)
        if field is not None:
            return RefusedError(Refusal.FIELD, field)
        day = starts.astimezone(ROME).date()
        if starts not in {one.starts for one in await self.free(elsewhere, day, day)}:
            return TakenError(starts)
        return RefusedError(Refusal.OTHER, message)

    async def _after_all(self, elsewhere: Elsewhere, code: str, away: UnavailableError) -> str:
        """The booking that was made although its answer was lost. Raises UnavailableError when nobody can tell."""
        try:
            found = await self.find(elsewhere, code)
        except (UnavailableError, RefusedError):
            found = None
        if found is None:
            raise UnavailableError(away.reason, away.detail, perhaps_done=True) from None
        return found.external

    async def _is_at(self, elsewhere: Elsewhere, external: str, starts: datetime) -> bool:
        """Whether it can be seen to be at that time."""
        try:
            return (await self.look(elsewhere, external)).starts == starts
        except (UnavailableError, RefusedError, GoneError):
            return False

    async def _gates_with_room(self, elsewhere: Elsewhere, now: Standing, starts: datetime) -> list[str]:
        """The gates where nothing stands at that time but the booking itself, its own gate first (`day/day.py`)."""
        ends = starts + (now.ends - now.starts)
        answer = await self._send("GET", elsewhere, f"@day/{starts.astimezone(ROME):%Y-%m-%d}", signed=True)
        day = _found(answer)
        try:
            gates = [str(gate["name"]) for gate in day["gates"] if gate["available"]]
            # Outside the folder's dates `bookings` is an empty list, otherwise an object by gate.
            rows = [row for gate in dict(day["bookings"]).values() for row in gate]
        except (KeyError, TypeError, ValueError):
            raise UnavailableError(Away.UNREADABLE, "a day that is none") from None
        there = [one for one in map(wire.standing, rows) if one.stands and one.external != now.external]
        busy = {one.gate for one in there if one.starts < ends and starts < one.ends}
        return sorted((gate for gate in gates if gate not in busy), key=lambda gate: gate != now.gate)


def _written(at: datetime) -> str:
    """To the second, in UTC with its offset: a time without one is read by the clock of the server's machine."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat()


def _found(answer: httpx.Response) -> Mapping[str, wire.JSON]:
    """The object of a service that must be there. Raises RefusedError, UnavailableError."""
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise RefusedError(Refusal.ADDRESS)
    if not answer.is_success:
        raise RefusedError(Refusal.OTHER, wire.said(answer))
    return wire.content(answer)
