"""The words of the pages of an office's day: its calendars, its sheet of paper, its closures. For staff only."""

from __future__ import annotations

from locales.text import Text, _, _n

WORDS: dict[str, Text] = {
    "calendars": _("Calendars"),
    "calendars_about": _(
        "A secret address shows the appointments of an office or a counter in a calendar program: time, service and "
        "code, no names. Whoever has the address can read it: revoke it when it is no longer needed."
    ),
    "place": _("Office or counter"),
    "whole_office": _("The whole office"),
    "make_calendar": _("Make an address"),
    "new_calendar": _("The new address. Copy it now: it is shown only this once."),
    "calendar_refused": _("No address was made. Choose an office or a counter, or revoke addresses that nobody needs."),
    "no_calendars": _("There is no address yet."),
    "made_by": _("Made by"),
    "made_on": _("Made on"),
    "last_read": _("Last read"),
    "never_read": _("Never"),
    "revoke": _("Revoke"),
    "revoked_now": _("Revoked. This address shows nothing any more."),
    "take_along": _("Print, or take along"),
    "last_day": _("Last day"),
    "get_csv": _("Table for a spreadsheet (CSV)"),
    "day_sheet": _("Sheet of the day"),
    "print_about": _("Print this page (Ctrl+P): it is made for paper, one counter after the other."),
    "people": _("People"),
    "minutes": _("Minutes"),
    "papers": _("Papers to bring"),
    "no_papers": _("None"),
    "none_at_counter": _("No appointments."),
    "walk_ins": _("Without an appointment"),
    "closing": _("Close a day"),
    "closing_about": _(
        "When an office or a counter cannot open, for example because of illness. Look first who has an appointment: "
        "nothing is changed before you press the last button."
    ),
    "begins": _("From (empty: from the morning)"),
    "ends": _("Until (empty: to the evening)"),
    "look_who": _("Show who has an appointment"),
    "nobody_hit": _("Nobody has an appointment then."),
    "not_in_chat": _("Not reached in the chat: call this person, or wait at the door."),
    "close_reason": _("Reason. Everybody can read it."),
    "close_now": _("Close, and tell everybody"),
    "close_does": _(
        "Nobody can book at that time any more. Everybody in this list is told at once, in their own language, and can "
        "choose another time."
    ),
    "closed_now": _("It is closed then. Whoever had an appointment is being told."),
    "cannot_close": _("Nothing was closed. Choose an office or a counter, and a time that is still to come."),
}  # fmt: skip
"""The fixed words by the name under which templates ask for them."""


def hit(count: int) -> Text:
    """How many appointments a closure hits."""
    return _n("{count} appointment will be cancelled", "{count} appointments will be cancelled", count=count)
