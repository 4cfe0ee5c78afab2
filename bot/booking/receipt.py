"""All that somebody needs on the day: code, time, place, how to get there, papers."""

from __future__ import annotations

from dataclasses import dataclass

import segno

from bot.booking.page import Reader
from bot.booking.words import ASKING_TO_MOVE_HERE
from bot.finding.results import Part
from flows.wording import EXAMPLE, address
from locales.text import Value, Verbatim, _
from services_directory.booked import Appointment
from services_directory.facts import Office

ZOOM = 17
"""Of the map: the streets around."""


@dataclass(frozen=True)
class Receipt:
    """An appointment, as its page shows it; `maps` are (address of OpenStreetMap, address for the phone's own map)."""

    code: str
    facts: tuple[Part, ...]
    papers: tuple[Part, ...]
    maps: tuple[str, str] | None


def receipt_of(appointment: Appointment, reader: Reader) -> Receipt:
    """The appointment in the reader's language."""
    office, service = appointment.office, appointment.service
    facts: list[Value] = [
        _("When: {when}", when=appointment.starts),
        _("For: {service}", service=service.label),
    ]
    if appointment.people > 1:
        facts.append(_("How many people: {count}", count=appointment.people))
    facts += [_("Where: {place}", place=office.label), *address(office)]
    if office.checked.example:
        facts.append(EXAMPLE)
    return Receipt(
        appointment.code,
        tuple(reader.part(fact) for fact in facts),
        tuple(reader.part(paper) for paper in service.documents),
        _maps(office),
    )


def done_in_words(appointment: Appointment, done: str) -> Value:
    """What has just happened (`booked`, `moved`, `asked`), else what this is."""
    match done:
        case "booked":
            return _("Booked! Your code is {code}.", code=Verbatim(appointment.code))
        case "moved":
            return _("Moved! Your code stays {code}.", code=Verbatim(appointment.code))
        case "asked":
            return ASKING_TO_MOVE_HERE
        case _other:
            return _("Your code is {code}.", code=Verbatim(appointment.code))


def qr_of(code: str) -> str:
    """The code as a picture (SVG) that the desk can read; neither the secret nor a name is in it."""
    return str(
        segno.make_qr(code, error="m").svg_inline(scale=4, dark="#000", light="#fff", svgclass="qr", omitsize=True)
    )


def _maps(office: Office) -> tuple[str, str] | None:
    if office.latitude is None or office.longitude is None:
        return None
    point = f"{office.latitude:.5f},{office.longitude:.5f}"
    latitude, longitude = point.split(",")
    marked = f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map={ZOOM}/{latitude}/{longitude}"
    return marked, f"geo:{point}?q={point}"
