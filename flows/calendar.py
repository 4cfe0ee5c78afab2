"""An appointment as a calendar entry (RFC 5545), neutral to whoever else looks at the phone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services_directory.booked import Appointment


def calendar_entry(appointment: Appointment, written: datetime) -> str:
    """One VEVENT in UTC: the code and the place, neither the service nor the person's name."""
    stamp = "%Y%m%dT%H%M%SZ"
    starts = appointment.starts.astimezone(UTC)
    ends = starts + timedelta(minutes=appointment.minutes)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Sportello//IT",
        "BEGIN:VEVENT",
        f"UID:{appointment.code}@sportello",
        f"DTSTAMP:{written.astimezone(UTC):{stamp}}",
        f"DTSTART:{starts:{stamp}}",
        f"DTEND:{ends:{stamp}}",
        f"SUMMARY:{appointment.code}",
    ]
    if appointment.office.address is not None:
        lines.append(f"LOCATION:{_escaped(appointment.office.address)}")
    return "\r\n".join([*lines, "END:VEVENT", "END:VCALENDAR", ""])


def _escaped(words: str) -> str:
    """RFC 5545, 3.3.11: backslash, comma, semicolon and line end are escaped in text."""
    for plain, escaped in (("\\", "\\\\"), (",", "\\,"), (";", "\\;"), ("\n", "\\n")):
        words = words.replace(plain, escaped)
    return words
