"""The words of the pages of courses and activities. Translated into the languages of the staff only."""

from __future__ import annotations

from datetime import datetime

from locales.text import Text, Verbatim, _

WORDS: dict[str, Text] = {
    "activities": _("Courses and activities"),
    "activities_about": _("Who has a seat in a course, a workshop or a project, who waits for one, and who was there."),
    "no_activities": _("This city has no activity in the directory yet."),
    "seats_taken": _("Seats taken"),
    "seats_offered": _("Offered"),
    "in_line": _("Waiting"),
    "next_meeting": _("Next meeting"),
    "back_to_activities": _("Courses and activities"),
    "its_record": _("What people are told of it"),
    "only_look": _("You can look at these lists, not change them."),
    "has_seat": _("Who has a seat"),
    "nobody_enrolled": _("Nobody has a seat yet."),
    "since": _("Since"),
    "present_at": _("Present"),
    "only_at_the_desk": _("Not in the chat"),
    "who_waits": _("Who waits, the first in line first"),
    "nobody_waits": _("Nobody waits."),
    "take_off": _("Take off the list"),
    "yes_take_off": _("Yes, take off the list"),
    "will_be_told": _("This person will be told in the chat. A seat that comes free is offered to the first in line."),
    "tell_yourself": _(
        "The chat does not reach this person: please tell them. A seat that comes free is offered to the first in line."
    ),
    "add_somebody": _("Add somebody"),
    "add_about": _("Somebody who comes to you and does not write in the chat. A seat must be free."),
    "add_to_list": _("Add to the list"),
    "added_to_list": _("Added to the list."),
    "list_full": _("Nobody was added: every seat is taken, or kept for who waits."),
    "name_needed": _("Nobody was added: write a name."),
    "taken_off": _("Taken off the list."),
    "attendance": _("Attendance list"),
    "attendance_about": _("Say who was there, then save. To have it signed, print this page."),
    "attendance_said": _("Attendance"),
    "meeting": _("Meeting"),
    "no_meetings": _("No meeting has been held yet. Meetings are written in the record of the activity."),
    "was_present": _("Present"),
    "was_absent": _("Absent"),
    "not_said": _("Not said"),
    "save_list": _("Save the list"),
    "list_saved": _("The list is saved."),
    "signature": _("Signature"),
    "certificate": _("Certificate of attendance"),
    "certificate_about": _("Write the full name as in the person's papers. It is printed, and not kept."),
    "full_name": _("Full name"),
    "make_certificate": _("Make the certificate (PDF)"),
    "no_attendance": _(
        "There is no certificate yet: it is recorded at no meeting that this person was there. "
        "Fill in the attendance list first."
    ),
}
"""The fixed words by the name under which templates ask for them."""

WAITS = _("Waiting")
NAME_MISSING = _("Write the full name.")


def taken(seats: int | None, count: int) -> Text:
    """How many of the seats are taken, or kept for somebody."""
    if seats is None:
        return _("The number of seats is not known")
    return _("{count} of {seats} seats taken", count=count, seats=seats)


def offered_until(until: datetime) -> Text:
    """Until when a seat is kept for somebody."""
    return _("A seat is kept until {when}", when=until)


def unprintable(letters: str) -> Text:
    """The name has letters for which there is no font."""
    return _(
        "These letters cannot be printed: {letters}. Write the name in Latin letters, as in the passport.",
        letters=Verbatim(letters),
    )
