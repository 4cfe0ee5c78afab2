"""Appointments of Taranto's one-stop shop on a Thursday, written as the verbs write them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from locales.dates import ROME
from services_directory.booked import AppointmentState
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow, ClaimedCellRow
from services_directory.store.session import Database
from tests.town import WEDNESDAY

THURSDAY = date(2026, 11, 26)
OFFICE, SERVICE = "taranto-re-point", "taranto-desk-work"
COUNTERS = tuple(f"{OFFICE}-{number}" for number in (1, 2, 3))


@dataclass(frozen=True)
class Booked:
    code: str
    counter: str
    starts: datetime


async def booked(database: Database, clock: str, counter: str = COUNTERS[0], **values: Any) -> Booked:
    """Somebody has an appointment of half an hour at that time on Thursday."""
    code = "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _letter in range(6))
    starts = datetime.combine(THURSDAY, time.fromisoformat(clock), ROME)
    usual = {
        "city": "taranto", "office": OFFICE, "service": SERVICE, "person": f"person-{code}", "name": "Amina",
        "language": "fr", "state": AppointmentState.BOOKED,
    }  # fmt: skip
    row = AppointmentRow(
        code=code,
        booking_key=code,
        counter=counter,
        starts=starts,
        minutes=30,
        booked_at=WEDNESDAY,
        changed_at=WEDNESDAY,
        **(usual | values),
    )
    async with database.writing() as session:
        session.add(row)
        await session.flush()
        session.add(AppointmentEventRow(appointment=row.id, what="booked", by="person", at=WEDNESDAY))
        cells = [starts.astimezone(UTC) + timedelta(minutes=15 * number) for number in range(2)]
        session.add_all(ClaimedCellRow(counter=counter, starts=cell, appointment=row.id) for cell in cells)
    return Booked(code, counter, starts)
