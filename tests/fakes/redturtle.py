"""The REST API of redturtle.prenotazioni as a client sees it: an ASGI application as strict as the real one.

`src/redturtle/prenotazioni/restapi/services/` of 2.9.0 (f1212bd), errors as plone.rest writes them. What the real one
would silently ignore (a parameter or a key that it never reads, a missing Accept) is a mistake of ours and raises.
"""

from __future__ import annotations

import base64
import json
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import httpx
from dateutil import parser
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from locales.dates import ROME
from tests.fakes.redturtle_folder import ACTIVE, BookerError, Booking, Folder, minute, utc

PATH = "/Plone/++api++/sportello"
ADDRESS = f"https://comune.example{PATH}"
ACCOUNT = ("sportello", "secret!!!")
"""An account with the role Bookings Manager."""


class Problem(Exception):  # noqa: N818, one error of many kinds
    """An exception that plone.rest renders: its name is its type."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind = status, kind


def bad(message: str) -> Problem:
    return Problem(400, "BadRequest", message)


@dataclass
class RedTurtleSite:
    """One site with one folder."""

    folder: Folder
    users: Mapping[str, str] = field(default_factory=lambda: dict([ACCOUNT]))
    old: bool = False
    """An older version: times without an offset, no UID in the answer to a booking."""
    protects_delete: bool = True
    """plone.protect stops a DELETE that comes with an account (`booking/delete.py` does not disable it)."""
    language: Mapping[str, str] = field(default_factory=dict)
    """What its messages are in the language of the site; English when it is empty."""
    calls: list[tuple[str, str]] = field(default_factory=list)
    faults: dict[str, deque[tuple[str, Response | BaseException]]] = field(default_factory=dict)
    rivals: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What somebody else does just before the next request of a service is served."""

    def fails(self, service: str, fault: Response | BaseException, *, when: str = "before") -> None:
        """The next request of that service (`POST @booking`) ends so, `before` it does its deed or `after`."""
        self.faults.setdefault(service, deque()).append((when, fault))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self.answer(request)
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        assert request.headers.get("accept") == "application/json", "without it Plone answers with a page"
        path = request.scope["path"]
        service, _, rest = path.removeprefix(f"{PATH}/").partition("/")
        name = f"{request.method} {service}"
        self.calls.append((request.method, path.removeprefix(f"{PATH}/")))
        when, fault = self.faults[name].popleft() if self.faults.get(name) else ("", None)
        if when == "before":
            return _fault(fault)
        self.rivals.pop(name, lambda: None)()
        try:
            response = await self.serve(request, name if path.startswith(f"{PATH}/") else "", rest)
        except Problem as problem:
            message = self.language.get(str(problem), str(problem))
            response = JSONResponse({"type": problem.kind, "message": message}, problem.status)
        return _fault(fault) if when == "after" else response

    async def serve(self, request: Request, name: str, rest: str) -> Response:  # noqa: PLR0911, one case a service
        manager = self.is_manager(request)
        query = dict(request.query_params)
        match name:
            case "GET @available-slots":
                _only(query, {"start", "end", "booking_type"})
                return self.available_slots(query, manager=manager)
            case "GET @booking-schema":
                _only(query, {"booking_date"})
                return self.schema(query, manager=manager)
            case "GET @bookings":
                _only(query, {"SearchableText"})
                return self.search(query, manager=manager)
            case "GET @booking":
                booking = self.folder.booking(rest)
                return JSONResponse(self.whole(booking)) if booking else Response(status_code=404)
            case "POST @booking":
                return self.add(_body(await request.body()), manager=manager)
            case "DELETE @booking":
                return self.delete(rest, signed=manager)
            case "GET @day" | "POST @booking-move" if not manager:
                raise Problem(401, "Unauthorized", "You are not authorized to access this resource.")
            case "GET @day":
                return self.day(rest)
            case "POST @booking-move":
                return self.move(_body(await request.body()))
            case _:
                raise Problem(404, "NotFound", f"Resource not found: {request.url}")

    def is_manager(self, request: Request) -> bool:
        """A wrong password is nobody's: Plone serves such a request as it serves anonymous people."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        name, _, password = base64.b64decode(token).decode().partition(":")
        return self.users.get(name) == password

    def available_slots(self, query: Mapping[str, str], *, manager: bool) -> Response:
        start, end = (_date(query[name]) for name in ("start", "end"))
        if start > end:
            raise bad("End date should be greater than start.")
        minutes = self.folder.duration(query["booking_type"], manager=manager)
        found = self.folder.available(start, end, minutes, past=False, manager=manager)
        return JSONResponse({"@id": f"{ADDRESS}/@available-slots", "items": [self.time(at) for at in found]})

    def schema(self, query: Mapping[str, str], *, manager: bool) -> Response:
        if not query.get("booking_date"):
            raise bad("You need to provide a booking date to get the schema and available types.")
        bookable = self.folder.bookable(_datetime(query["booking_date"]), manager=manager)
        types: dict[str, list[dict[str, Any]]] = {"bookable": [], "unbookable": []}
        for one in self.folder.types_for(manager=manager):
            told = {"name": one.title, "duration": str(one.duration), "hidden": not one.published}
            told |= {"booking_details_help_text": None, "booking_additional_fields_schema": list(one.fields)}
            types["bookable" if one.title in bookable else "unbookable"].append(told)
        fields = [
            {"name": name, "required": name in {"title", *self.folder.required}, "type": "text", "value": ""}
            for name in ["title", *self.folder.visible]
        ]
        return JSONResponse({"fields": fields, "booking_types": types})

    def search(self, query: Mapping[str, str], *, manager: bool) -> Response:
        if not manager:
            raise Problem(401, "Unauthorized", "You must be logged in to perform this action")
        if not query.get("SearchableText"):
            raise bad("No search parameters were passed.")
        wanted = query["SearchableText"].lower()
        rows = [one for one in self.folder.bookings if wanted in f"{one.title} {one.code} {one.gate}".lower().split()]
        rows.sort(key=lambda one: one.starts, reverse=True)
        items = [self.brief(one) for one in rows]
        return JSONResponse({"id": f"{ADDRESS}/@bookings", "items": items, "items_total": len(items)})

    def add(self, data: dict[str, Any], *, manager: bool) -> Response:
        _only(data, {"booking_date", "booking_type", "fields", "additional_fields"})
        fields = {one["name"]: one["value"] for one in data["fields"]}
        for name in ("booking_date", "booking_type"):
            if not data.get(name):
                raise bad(f"Required input '{name}' is missing.")
        for name in [*self.folder.required, "title"]:
            if not fields.get(name):
                raise bad(f"Required input '{name}' is missing.")
        types = {one.title: one for one in self.folder.types_for(manager=manager)}
        if data["booking_type"] not in types:
            raise bad(f"Unknown booking type '{data['booking_type']}'.")
        given = {one.get("name"): one.get("value") for one in data.get("additional_fields") or []}
        for asked in types[data["booking_type"]].fields:
            if asked.get("required") and asked["name"] not in given:
                raise bad(f"Additional field '{asked['name']}' is missing.")
        try:
            at = _datetime(data["booking_date"])
            booking = self.folder.book(at, data["booking_type"], fields, account=ACCOUNT[0] if manager else None)
        except BookerError as problem:
            raise bad(str(problem)) from None
        told = self.whole(booking)
        if self.old:
            del told["UID"]
        return JSONResponse(told)

    def delete(self, uid: str, *, signed: bool) -> Response:
        booking = self.folder.booking(uid)
        if booking is None:
            return Response(status_code=404)
        if signed and self.protects_delete:
            raise Problem(403, "Forbidden", "Form authenticator is invalid.")
        try:
            self.folder.cancel(booking)
        except BookerError as problem:
            raise bad(str(problem)) from None
        return Response(status_code=204)

    def move(self, data: dict[str, Any]) -> Response:
        _only(data, {"booking_id", "booking_date", "gate"})
        booking = self.folder.booking(data.get("booking_id"))
        if booking is None:
            return Response(status_code=404)
        try:
            self.folder.move(booking, _datetime(data["booking_date"]), data.get("gate"), manager=True)
        except BookerError as problem:
            raise bad(str(problem)) from None
        return Response(status_code=204)

    def day(self, rest: str) -> Response:
        try:
            day = date.fromisoformat(rest)
        except ValueError:
            raise bad("Invalid date") from None
        told: dict[str, Any] = {"@id": f"{ADDRESS}/@day/{day}", "bookings": [], "pauses": [], "gates": []}
        if self.folder.since <= day and (self.folder.until is None or day <= self.folder.until):
            there = [one for one in self.folder.bookings if one.starts.astimezone(ROME).date() == day]
            by_gate = {gate: [self.whole(one) for one in there if one.gate == gate] for gate in {b.gate for b in there}}
            gates = [{"name": gate, "available": True, "daily_schedule": {}} for gate in self.folder.gates]
            told |= {"bookings": by_gate, "gates": gates}
        return JSONResponse(told)

    def whole(self, one: Booking) -> dict[str, Any]:
        """`PrenotazioneSerializer`."""
        return {
            "@id": f"{ADDRESS}/{one.starts:%Y/%W/%u}/{one.title.lower().replace(' ', '-')}",
            "UID": one.uid,
            "@type": "Prenotazione",
            "title": one.title,
            "description": one.fields.get("description", ""),
            "gate": one.gate,
            "email": one.fields.get("email", ""),
            "phone": one.fields.get("phone", ""),
            "booking_date": self.time(one.starts),
            "booking_expiration_date": self.time(one.ends),
            "booking_status": one.state,
            "booking_type": one.booking_type,
            "booking_code": one.code,
            "additional_fields": [],
        }

    def brief(self, one: Booking) -> dict[str, Any]:
        """`PrenotazioneSearchableItemSerializer`."""
        whole = self.whole(one)
        kept = (
            "@id",
            "title",
            "description",
            "booking_code",
            "booking_date",
            "booking_expiration_date",
            "booking_type",
        )
        told = {name: whole[name] for name in (*kept, "email", "phone", "additional_fields")}
        return told | {"booking_id": one.uid, "booking_gate": one.gate, "booking_status": one.state}

    def time(self, at: datetime) -> str:
        return f"{at.astimezone(ROME):%Y-%m-%dT%H:%M:%S}" if self.old else utc(at)

    def overlaps(self) -> list[tuple[str, str]]:
        """Pairs that stand at one gate at one time: none, when nobody did harm."""
        rows = [one for one in self.folder.bookings if one.state in ACTIVE]
        return [
            (a.title, b.title)
            for number, a in enumerate(rows)
            for b in rows[number + 1 :]
            if a.gate == b.gate and a.starts < b.ends and b.starts < a.ends
        ]


def _fault(fault: Response | BaseException | None) -> Response:
    if isinstance(fault, Response):
        return fault
    raise fault or AssertionError("no fault")


def gateway_time_out() -> Response:
    return PlainTextResponse("504 Gateway Time-out", 504)


def lost() -> Exception:
    """The connection breaks before the answer has come."""
    return httpx.ReadError("connection lost")


def _only(given: Mapping[str, Any], read: Collection[str]) -> None:
    unread = given.keys() - read
    assert not unread, f"the real one never reads {sorted(unread)}"


def _body(raw: bytes) -> dict[str, Any]:
    body = json.loads(raw)
    assert isinstance(body, dict), "Malformed body"
    return body


def _date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as problem:
        raise Problem(500, "ValueError", str(problem)) from None


def _datetime(value: str) -> datetime:
    """`datetime_with_tz`. A time without an offset is read by the clock of the server's machine: never send one."""
    try:
        at = parser.parse(value.replace(" 00:00", "+00:00"))
    except ValueError:
        raise Problem(500, "ValueError", f"Invalid date: {value}") from None
    assert at.tzinfo is not None, f"{value} has no offset"
    assert minute(at) % 5 == 0, f"{value} is on no time that the folder offers"
    return at.astimezone(ROME)
