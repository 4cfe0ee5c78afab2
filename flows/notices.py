"""What people are told without asking: short, with the next step, in words that anybody may see on their phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flows.sayings import Option, Saying
from flows.wording import EXAMPLE, go
from locales.text import Lines, Text, Value, Verbatim, _
from services_directory.booked import Appointment, Slot

MOST_TIMES = 3


def reminder(appointment: Appointment, today: date) -> Saying:
    """That an appointment is coming, and one tap to confirm, move or cancel it; not what it is for."""
    office, code = appointment.office, appointment.code
    lines: list[Value] = [_reminder(appointment, today)]
    # The name of an office may say what somebody goes there for: the street says less.
    lines.append(_("Where: {place}", place=Verbatim(office.address) if office.address else office.label))
    if office.checked.example:
        lines.append(EXAMPLE)
    return Saying(
        Lines(tuple(lines)),
        (
            go("confirm_appointment", _("I will come"), code),
            go("change_appointment", _("Move it"), code),
            go("cancel_appointment", _("Cancel it"), code),
        ),
    )


def _reminder(appointment: Appointment, today: date) -> Text:
    when, code = appointment.starts, Verbatim(appointment.code)
    if when.date() == today:
        return _("Reminder: today, {when}. Your code: {code}.", when=when, code=code)
    if when.date() == today + timedelta(days=1):
        return _("Reminder: tomorrow, {when}. Your code: {code}.", when=when, code=code)
    return _("Reminder: {when}. Your code: {code}.", when=when, code=code)


def cancelled_by_office(appointment: Appointment, coming: Sequence[Slot] = ()) -> Saying:
    """The office cannot keep an appointment: when it was, and the next free times, each one tap away."""
    topic = _topic(appointment)
    return Saying(
        _(
            "I am sorry: the office has to cancel your appointment {code} on {when}. You can choose another time.",
            code=Verbatim(appointment.code),
            when=appointment.starts,
        ),
        (
            *(Option(f"go=book_appointment:{topic};{slot.key}", slot.starts) for slot in coming[:MOST_TIMES]),
            go("book_appointment", _("Book an appointment"), topic),
            go("talk_to_human", _("Talk to a person")),
        ),
    )


def _topic(appointment: Appointment) -> str:
    """What its buttons name to book the same again, so that nobody is asked what for; empty when that is not known."""
    return appointment.service.topics[0] if appointment.service.topics else ""


def restored_by_office(appointment: Appointment) -> Saying:
    """A cancellation was a mistake."""
    return Saying(
        _(
            "Good news: your appointment {code} on {when} stays as it was. We are sorry for the confusion.",
            code=Verbatim(appointment.code),
            when=appointment.starts,
        ),
        (go("my_appointments", _("My appointments")), go("cancel_appointment", _("Cancel an appointment"))),
    )


def slot_offered(offer: str, starts: datetime, until: datetime) -> Saying:
    """A time has come free for somebody who waits; what for is said after the tap. `offer` is what the taps name."""
    return Saying(
        _(
            "A time is free for you: {when}. I keep it for you until {until}. Do you want it?",
            when=starts,
            until=until,
        ),
        (
            go("accept_offer", _("Yes, I want it"), offer),
            go("decline_offer", _("No, thank you"), offer),
        ),
    )
