"""The answer to a reminder: I will come."""

from __future__ import annotations

from flows.talk import Talk
from flows.wording import go
from locales.text import Verbatim, _


async def confirm(talk: Talk) -> None:
    """Tell the office that the person comes; the one tap on the reminder is enough."""
    appointment = await talk.desk.my_appointments.find(talk.heard.get("argument", ""))
    if appointment is None or not await talk.desk.will_come(appointment):
        talk.say(
            _("This appointment is not there any more, or it has already begun."),
            suggest=(go("my_appointments", _("My appointments")), go("help", _("Menu"))),
        )
        return
    talk.say(
        _(
            "Thank you! The office now knows that you will come: {when}. Your code: {code}.",
            when=appointment.starts,
            code=Verbatim(appointment.code),
        ),
        suggest=(go("my_appointments", _("My appointments")), go("help", _("Menu"))),
    )
