"""The words of a certificate of attendance, beside its title. Printed in the languages of the staff only."""

from __future__ import annotations

from datetime import date

from locales.dates import number_in_words
from locales.text import CheckedOn, Text, Verbatim, _, _n
from services_directory.desk.attendance import Attended
from services_directory.facts import Activity


def took_part(activity: Activity, organization: str | None) -> Text:
    """What the person did."""
    if organization is None:
        return _("We certify that the person named above took part in “{activity}”.", activity=activity.label)
    return _(
        "We certify that the person named above took part in “{activity}”, organized by {organization}.",
        activity=activity.label,
        organization=organization,
    )


def period(attended: Attended) -> Text:
    """When."""
    return _("Period: from {first} to {last}.", first=CheckedOn(attended.first_day), last=CheckedOn(attended.last_day))


def presence(attended: Attended) -> Text:
    """How often."""
    return _n(
        "Present at {attended} of {count} meeting.",
        "Present at {attended} of {count} meetings.",
        count=attended.held,
        attended=attended.meetings,
    )


def hours(attended: Attended, language: str) -> Text:
    """How long: hours, to two decimals at most."""
    spent = number_in_words(round(attended.time.total_seconds() / 3600, 2), language)
    return _("Hours of attendance: {hours}.", hours=Verbatim(spent))


def place_and_date(place: Text | str, day: date) -> Text:
    """Where and when it is signed."""
    return _("{place}, {day}", place=place, day=CheckedOn(day))


SIGNATURE = _("Stamp and signature")
