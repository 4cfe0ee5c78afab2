"""How redturtle.prenotazioni answers: tolerant reading of its JSON, and what its status codes mean.

Read from RedTurtle/redturtle.prenotazioni 2.9.0, commit f1212bd (paths below `src/redturtle/prenotazioni`). Errors are
plone.rest's (`src/plone/rest/errors.py`): `{"type": "BadRequest", "message": "..."}`. All refusals of a booking are
400 with a message in the site's language, so no decision here rests on its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import httpx

from locales.dates import ROME
from services_directory.elsewhere.systems import Away, Refusal, RefusedError, Standing, UnavailableError

JSON: TypeAlias = Any
STANDING = frozenset({"pending", "confirmed"})
"""States in which a booking keeps its time (`adapters/conflict.py: active_review_state`)."""
GIVEN = frozenset({"title"})
"""Fields that we fill in; `title`, the name, is always required (`config.py: STATIC_REQUIRED_FIELDS`)."""
REQUIRABLE = frozenset({"email", "phone", "fiscalcode", "company", "description"})
"""Fields that an office can require (`config.py: REQUIRABLE_AND_VISIBLE_FIELDS`)."""
QUOTED = re.compile(r"'(\w+)'")
LONGEST_SAID = 200
SERVER_FAULT = 500


@dataclass(frozen=True)
class Form:
    """What `@booking-schema` says of a booking type at some time."""

    minutes: int
    asks: tuple[str, ...]
    """Fields it requires and we do not give."""
    bookable: bool
    """Whether some gate has room for it then."""


def check(answer: httpx.Response) -> None:
    """Raise what every service may answer besides 2xx, 400, and 404 for a booking that is not there."""
    status = answer.status_code
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise RefusedError(Refusal.ACCOUNT)
    # A service that misses a booking says so with no content; Plone that misses the whole address says which.
    if status == httpx.codes.NOT_FOUND and answer.content:
        raise RefusedError(Refusal.ADDRESS)
    if status >= SERVER_FAULT or status == httpx.codes.TOO_MANY_REQUESTS:
        raise UnavailableError(Away.BROKEN, str(status))
    if not answer.is_success and status not in {httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND}:
        raise UnavailableError(Away.UNREADABLE, str(status))


def content(answer: httpx.Response) -> Mapping[str, JSON]:
    """The object it answered with. Raises UnavailableError when it is none."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise UnavailableError(Away.UNREADABLE, "no JSON object")
    return body


def said(answer: httpx.Response) -> str:
    """The message of an error, in whatever language the site speaks."""
    try:
        body = answer.json()
    except ValueError:
        return ""
    return str(body.get("message") or "")[:LONGEST_SAID] if isinstance(body, dict) else ""


def field_in(message: str) -> str | None:
    """The required field that a message names: `Required input 'email' is missing.`, in any language."""
    return next((name for name in QUOTED.findall(message) if name in REQUIRABLE), None)


def instant(value: JSON) -> datetime:
    """A time as it writes them, in Rome's zone: with an offset, or (older versions) without, by the clock on the wall.

    Raises UnavailableError.
    """
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise UnavailableError(Away.UNREADABLE, "a time that is none") from None
    return at.replace(tzinfo=ROME) if at.tzinfo is None else at.astimezone(ROME)


def standing(booking: Mapping[str, JSON]) -> Standing:
    """One booking, as `@booking` and `@day` write it or as `@bookings` does.

    `restapi/serializers/adapters/prenotazione.py`: PrenotazioneSerializer, PrenotazioneSearchableItemSerializer.
    """
    external = booking.get("UID") or booking.get("booking_id")
    if not isinstance(external, str):
        raise UnavailableError(Away.UNREADABLE, "a booking without a name")
    starts = instant(booking.get("booking_date"))
    return Standing(
        external,
        starts,
        instant(booking.get("booking_expiration_date") or booking.get("booking_date")),
        booking.get("booking_status") in STANDING,
        str(booking.get("gate") or booking.get("booking_gate") or ""),
    )


def form(schema: Mapping[str, JSON], booking_type: str) -> Form:
    """Read `restapi/services/booking_schema/get.py`. Raises RefusedError(BOOKING_TYPE), UnavailableError."""
    try:
        types = schema["booking_types"]
        for bookable in (True, False):
            for one in types["bookable" if bookable else "unbookable"]:
                if one["name"] == booking_type:
                    return Form(int(one["duration"]), tuple(_asks(schema["fields"], one)), bookable)
    except (KeyError, TypeError, ValueError):
        raise UnavailableError(Away.UNREADABLE, "a schema that is none") from None
    raise RefusedError(Refusal.BOOKING_TYPE, booking_type)


def _asks(fields: JSON, booking_type: Mapping[str, JSON]) -> Iterator[str]:
    more = booking_type.get("booking_additional_fields_schema") or []
    # A list in the source, one object in the README.
    for field in [*fields, *(more if isinstance(more, list) else [more])]:
        if field.get("required") and field["name"] not in GIVEN:
            yield str(field["name"])
