"""An appointment as a calendar entry (RFC 5545), neutral to whoever else looks at the phone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from services_directory.booked import Appointment


def calendar_entry(appointment: Appointment, written: datetime) -> str:
    """One VEVENT in UTC: the code and the place, neither the service nor the person's name."""
    starts = appointment.starts.astimezone(UTC)
    event = Event()
    event.add("uid", f"{appointment.code}@sportello")
    event.add("dtstamp", written.astimezone(UTC))
    event.add("dtstart", starts)
    event.add("dtend", starts + timedelta(minutes=appointment.minutes))
    event.add("summary", appointment.code)
    if appointment.office.address is not None:
        event.add("location", appointment.office.address)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Sportello//IT")
    calendar.add_component(event)
    return str(calendar.to_ical().decode())
