"""One notice of each kind, about what the example data hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from locales.dates import ROME
from services_directory.booked import Appointment, AppointmentState, Enrolment
from services_directory.desk.directory import Directory
from services_directory.desk.notices import KINDS, FreedTime, Notice, Seat

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ROME)
AT_TEN = datetime(2026, 11, 26, 10, 0, tzinfo=ROME)


def appointment(directory: Directory, address: str | None = "Via Anfiteatro 4") -> Appointment:
    service = next(one for one in directory.bookable("taranto", ["work_contract"]) if "work_contract" in one.topics)
    office = directory.office(service.offices[0].office)
    assert office is not None
    office = replace(office, address=address, checked=replace(office.checked, example=False))
    return Appointment("1", "K7M2P4", service, office, AT_TEN, 30, "Amina", "en", AppointmentState.BOOKED)


def notices(directory: Directory) -> Iterator[Notice]:
    """One of each kind."""
    seat = Seat(Enrolment("c", "C4N8QR", directory.activities("taranto", "italian_course_find")[0], "Amina"), AT_TEN)
    for kind in KINDS:
        about = (
            FreedTime("17", AT_TEN, NOW)
            if kind == "slot_offered"
            else seat
            if kind.startswith("seat_")
            else appointment(directory)
        )
        yield Notice(1, "p", kind, about)
