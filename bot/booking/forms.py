"""What is sent with a form, and how often one may send any."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request, Response

from bot.booking.page import UNLISTED, Reader, show
from bot.booking.words import WAIT
from bot.limits import Limits
from services_directory.desk.counting import A_DAY, A_MINUTE, caller_of

FORMS_A_MINUTE = 60
"""From one address: many people share one, a reception centre or a library; each sends about three to book."""
BOOKED_A_DAY = 60
"""The same, appointments booked: who makes up people to fill an office's days comes no further."""
MOST_FIELDS = 40


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form that hold words."""
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        # Without the sign that no database keeps in words.
        return {name: value.replace("\0", "") for name, value in form.items() if isinstance(value, str)}


async def too_many(limits: Limits, request: Request) -> bool:
    """Whether more forms come from that address than people can fill in; counts this one."""
    return await limits.wait(f"booking:{caller_of(request.client)}", FORMS_A_MINUTE) > 0


async def enough_today(limits: Limits, request: Request) -> bool:
    """Whether enough was booked from that address today; counts this one."""
    return await limits.wait(f"booked:{caller_of(request.client)}", BOOKED_A_DAY, A_DAY) > 0


def wait_a_minute(reader: Reader, fields: Mapping[str, str]) -> Response:
    """A polite page that holds what was sent, to be sent again."""
    return show(
        "wait.html",
        reader,
        status=429,
        headers={"Retry-After": str(A_MINUTE), **UNLISTED},
        question=reader.say(WAIT),
        action=reader.here.at(reader.here.path),
        fields=fields,
    )
