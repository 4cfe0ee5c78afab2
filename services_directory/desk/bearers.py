"""People who book without a chat: nothing is known of them but a secret, and of that only a digest."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import select

from services_directory.booked import Appointment
from services_directory.desk.appointments import NOT_BOOKED, being_asked
from services_directory.desk.bookings import Bookings
from services_directory.store.bookings import AppointmentRow

SHORTEST_SECRET = 32
"""Characters, so that nobody can guess it."""
PERSON_LENGTH = 32
"""Of the column; 128 bits of the digest."""


def person_of(secret: str) -> str:
    """The key under which the directory knows who has that secret; the secret cannot be had from it."""
    return sha256(secret.encode()).hexdigest()[:PERSON_LENGTH]


async def own_appointment(bookings: Bookings, person: str, code: str | None = None) -> Appointment | None:
    """The person's appointment with that code, whatever became of it, and nobody else's; without a code the last one.

    Times that are only held are no appointments yet, unless another system is being asked for them.
    """
    mine = select(AppointmentRow).where(
        AppointmentRow.person == person, AppointmentRow.state.not_in(NOT_BOOKED) | being_asked()
    )
    if code is not None:
        mine = mine.where(AppointmentRow.code == code.strip().upper())
    row = await bookings.session.scalar(mine.order_by(AppointmentRow.id.desc()).limit(1))
    return None if row is None else bookings.fact(row)
