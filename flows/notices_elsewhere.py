"""What people are told of appointments in another system's calendar: that it is asked, and what it has answered."""

from __future__ import annotations

from flows.sayings import Option, Saying
from flows.wording import EXAMPLE, go
from locales.text import Lines, Text, Value, Verbatim, _
from services_directory.booked import Appointment

ASKING = _("I am asking the calendar of this office. I will write to you in a minute.")
"""A time is wanted, and not yet booked."""
ASKING_TO_MOVE = _(
    "I am asking the calendar of this office for the new time. I will write to you in a minute. Until then your "
    "appointment stays as it is."
)


def booked_elsewhere(appointment: Appointment) -> Saying:
    """The code, when and where; not what it is for."""
    return _stands(
        appointment,
        _(
            "Booked! Your appointment is on {when}. Your code is {code}.",
            when=appointment.starts,
            code=Verbatim(appointment.code),
        ),
    )


def not_booked_elsewhere(appointment: Appointment) -> Saying:
    """It could not be booked, and what can be done: the same again at another time, or a person."""
    topic = appointment.service.topics[0] if appointment.service.topics else ""
    return Saying(
        _("I am sorry: I could not book {when} for you. Please choose another time.", when=appointment.starts),
        (
            Option(f"go=book_appointment:{topic}", _("Book an appointment")),
            go("talk_to_human", _("Talk to a person")),
        ),
    )


def moved_elsewhere(appointment: Appointment) -> Saying:
    """The new time; the code stays."""
    return _stands(
        appointment,
        _(
            "Moved! Your appointment is now on {when}. Your code stays {code}.",
            when=appointment.starts,
            code=Verbatim(appointment.code),
        ),
    )


def not_moved_elsewhere(appointment: Appointment) -> Saying:
    """It stays at the time that it had."""
    return _stands(
        appointment,
        _(
            "I am sorry: I could not move your appointment {code}. It stays on {when}.",
            when=appointment.starts,
            code=Verbatim(appointment.code),
        ),
    )


def moved_by_office(appointment: Appointment) -> Saying:
    """The office has given it another time."""
    return _stands(
        appointment,
        _(
            "The office has moved your appointment {code}. It is now on {when}.",
            when=appointment.starts,
            code=Verbatim(appointment.code),
        ),
    )


def _stands(appointment: Appointment, first: Text) -> Saying:
    """What has happened, where it is, and what can be changed. The street says less than an office's name."""
    office = appointment.office
    place: Value = Verbatim(office.address) if office.address else office.label
    lines: list[Value] = [first, _("Where: {place}", place=place)]
    if office.checked.example:
        lines.append(EXAMPLE)
    return Saying(
        Lines(tuple(lines)),
        (
            go("change_appointment", _("Move it"), appointment.code),
            go("cancel_appointment", _("Cancel it"), appointment.code),
        ),
    )
