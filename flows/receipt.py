"""What a person takes away: the code, as letters and as a picture, when, where, the papers, and a calendar entry."""

from __future__ import annotations

import base64
import io

import segno

from flows.calendar import calendar_entry
from flows.sayings import Document, Option
from flows.silence import will_be_reminded
from flows.talk import Talk
from flows.times import OF_THE_DESK
from flows.wording import EXAMPLE, address, go, on_the_map
from locales.text import LanguageName, Lines, Value, _
from services_directory.booked import Appointment

QR_SCALE = 8
"""Pixels of a module: read by a scanner from a cracked screen."""


def receipt(talk: Talk, appointment: Appointment, first: Value, *further: Option) -> None:
    """All that is needed on the day; then what can still be changed."""
    office, service = appointment.office, appointment.service
    lines: list[Value] = [first, _("When: {when}", when=appointment.starts), _("For: {service}", service=service.label)]
    if appointment.people > 1:
        lines.append(_("How many people: {count}", count=appointment.people))
    if appointment.speaks and appointment.language != OF_THE_DESK:
        lines.append(_("Somebody there speaks {language}.", language=LanguageName(appointment.language)))
    lines.append(_("Where: {place}", place=office.label))
    lines.extend(address(office))
    if service.documents:
        lines.append(_("What to bring:"))
        lines.append(Lines(service.documents, "• "))
    if office.checked.example:
        lines.append(EXAMPLE)
    entry = Document(f"{appointment.code}.ics", "text/calendar", calendar_entry(appointment, talk.desk.now))
    talk.say(Lines(tuple(lines)), place=on_the_map(office), file=entry)
    talk.say(_("Show this picture, or tell your code, when you arrive."), file=qr(appointment.code))
    will_be_reminded(talk)
    talk.say(
        _("If you cannot come, please tell me: somebody else can have the time."),
        suggest=(
            go("change_appointment", _("Move it"), appointment.code),
            go("cancel_appointment", _("Cancel it"), appointment.code),
            *further,
            go("help", _("Menu")),
        ),
    )


def qr(code: str) -> Document:
    """The code as a picture that a scanner reads: nothing but the code is in it."""
    picture = io.BytesIO()
    segno.make(code, error="m", micro=False).save(picture, kind="png", scale=QR_SCALE, border=4)
    return Document(f"{code}.png", "image/png", base64.b64encode(picture.getvalue()).decode("ascii"))
