"""The fixed words of the booking pages: those of the chat wherever it has them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from locales.rendering import render
from locales.text import Text, _

WORDS: dict[str, Text] = {
    "sportello": _("Sportello"),
    "skip": _("Go to the main content"),
    "title": _("Book an appointment"),
    "change_language": _("Change language"),
    "chat": _("💬 Write to me"),
    "back": _("Back"),
    "name": _("What name shall we call? A first name is enough."),
    "for_whom": _("Who is the appointment for?"),
    "for_me": _("For me"),
    "for_other": _("For somebody else"),
    "go_on": _("Continue"),
    "mine": _("My appointments"),
    "try_again": _("Try again"),
    "bring": _("What to bring:"),
    "map": _("See it on the map"),
    "map_app": _("Open in the maps app"),
    "calendar": _("Save in the calendar of the phone"),
    "show_code": _("Show this picture, or tell your code, when you arrive."),
    "keep": _("Keep this address. With it you can see, move or cancel your appointment. Do not give it to anybody:"),
    "tell_us": _("If you cannot come, please tell me: somebody else can have the time."),
    "move": _("Move it"),
    "cancel": _("Cancel it"),
}
"""By the name under which the templates ask for them."""

WAIT = _("Too many people are booking from here at the same time. Please wait a minute, then try again.")
OFTEN_ENOUGH = _("You have booked several times today. Please go on tomorrow, or call the one-stop shop.")
MOVED_OFTEN = _("You have moved it several times today. Please go on tomorrow, or call the one-stop shop.")
ASKING_HERE = _("I am asking the calendar of this office. Please open this page again in a minute.")
ASKING_TO_MOVE_HERE = _(
    "I am asking the calendar of this office for the new time. Please open this page again in a minute."
)
UNKNOWN_CITY = _("Sorry, I did not find that. Please choose one of these.")
UNKNOWN_APPOINTMENT = _("There is no appointment at this address. Please check that it is complete.")


@lru_cache(maxsize=32)
def in_language(language: str) -> Mapping[str, str]:
    """The fixed words in that language."""
    return {name: render(text, language) for name, text in WORDS.items()}
