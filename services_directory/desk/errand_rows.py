"""Which appointments wait for another system, as their rows and their history tell."""

from __future__ import annotations

from sqlalchemy import Select, func, select

from services_directory.desk.appointments import ASKED, OPEN, being_asked
from services_directory.store.bookings import AppointmentEventRow, AppointmentRow

MOVING = "moving_elsewhere"
"""What the history calls that another system was asked for another time."""
CARRIER = "clock"
"""Who carries an errand out, as the history names them."""


def rows() -> Select[AppointmentRow]:
    """Every appointment, the oldest first."""
    return select(AppointmentRow).order_by(AppointmentRow.id)


def asked() -> Select[AppointmentRow]:
    """What another system is asked for."""
    return rows().where(being_asked())


def newest() -> Select[AppointmentRow]:
    """Rows, each beside the newest event of its history."""
    newest = select(func.max(AppointmentEventRow.id)).where(AppointmentEventRow.appointment == AppointmentRow.id)
    return (
        rows()
        .join(AppointmentEventRow, AppointmentEventRow.appointment == AppointmentRow.id)
        .where(AppointmentEventRow.id == newest.correlate(AppointmentRow).scalar_subquery())
    )


def moving() -> Select[AppointmentRow]:
    """What is open and whose history ends with our asking for another time."""
    return newest().where(AppointmentEventRow.what == MOVING, AppointmentRow.state.in_(OPEN))


def to_do() -> Select[AppointmentRow]:
    """What is asked for, and its history ends with that: nobody carries it out yet."""
    time = (AppointmentEventRow.what == ASKED) & being_asked()
    other_time = (AppointmentEventRow.what == MOVING) & AppointmentRow.state.in_(OPEN)
    return newest().where(time | other_time, AppointmentEventRow.by != CARRIER)
