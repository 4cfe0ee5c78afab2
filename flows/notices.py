"""What the office has to tell somebody who did not ask: short, neutral, with the next step."""

from __future__ import annotations

from flows.sayings import Saying
from flows.wording import go
from locales.text import Verbatim, _
from services_directory.booked import Appointment


def cancelled_by_office(appointment: Appointment) -> Saying:
    """The office cannot keep an appointment: when it was, and how to have another one."""
    return Saying(
        _(
            "I am sorry: the office has to cancel your appointment {code} on {when}. You can choose another time.",
            code=Verbatim(appointment.code),
            when=appointment.starts,
        ),
        (go("book_appointment", _("Book an appointment")), go("talk_to_human", _("Talk to a person"))),
    )


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
