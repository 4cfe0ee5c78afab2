"""The words of the console: whole sentences, here as literals so that the catalogues find them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from functools import lru_cache

from locales.rendering import render
from locales.text import LanguageName, Text, Value, _, _n
from services_directory.booked import AppointmentState

WORDS: dict[str, Text] = {
    "sportello": _("Sportello"),
    "console": _("Console of the one-stop shops"),
    "skip": _("Go to the main content"),
    "all_cities": _("All the cities of the network"),
    "sign_in": _("Sign in"),
    "sign_out": _("Sign out"),
    "signed_in_as": _("Signed in as"),
    "email": _("E-mail"),
    "password": _("Password"),
    "sign_in_about": _("For the operators and the staff of the one-stop shops."),
    "forgotten": _("Have you lost your password? Ask whoever runs Sportello in your city for a new account."),
    "demo_accounts": _("This is a demonstration. Its accounts are printed where Sportello was started."),
    "wrong_credentials": _("This e-mail and this password do not belong together. Check both, then try again."),
    "page_too_old": _("This page was open for too long. Please try again."),
    "example": _("Example data"),
    "example_about": _("Offices, services and telephone numbers are invented, to try things out."),
    "appointments": _("Appointments"),
    "today": _("Today"),
    "previous_day": _("Previous day"),
    "next_day": _("Next day"),
    "day": _("Day"),
    "city": _("City"),
    "office": _("Office"),
    "all_offices": _("All offices"),
    "show": _("Show"),
    "days": _("Choose a day"),
    "filter": _("What to show"),
    "who_is_next": _("Who is next"),
    "next": _("Next"),
    "this_day": _("Appointments of the day"),
    "coming": _("Coming days"),
    "none_on_day": _("No appointments on this day."),
    "none_coming": _("No appointments on the coming days."),
    "more_coming": _("There are more: open a day to see all of its appointments."),
    "time": _("Time"),
    "name": _("Name"),
    "language": _("Language"),
    "reason": _("Reason"),
    "counter": _("Counter"),
    "code": _("Code"),
    "state": _("State"),
    "actions": _("Actions"),
    "waiting": _("Waiting"),
    "to_come": _("Still to come"),
    "served": _("Served"),
    "late": _("Late"),
    "unreached": _("Not reached in the chat"),
    "do_arrive": _("Arrived"),
    "do_serve": _("Served"),
    "do_miss": _("Did not come"),
    "do_cancel": _("Cancel"),
    "do_undo": _("Undo"),
    "yes_cancel": _("Yes, cancel the appointment"),
    "not_told": _("This person can no longer be told. The time becomes free for others at once."),
    "updates": _("This page updates itself."),
    "not_connected": _("There is no connection: what you see may be old. Trying again."),
    "not_done": _("That did not arrive. Check the connection and try again."),
    "read_only": _("You can look at these appointments, not change them."),
    "back": _("Back to the appointments"),
    "not_found_title": _("There is nothing here"),
    "not_found": _("This page or this appointment does not exist, or it belongs to another city."),
    "not_yours_title": _("Not for this account"),
    "no_appointments_for_role": _("People's appointments are shown only to those who receive them at a one-stop shop."),
    "refused_title": _("Nothing was changed"),
    "too_large": _("This file is too large."),
    "forged": _("This request did not come from a page of Sportello. Open the page again and retry."),
}
"""The fixed words by the name under which templates ask for them."""

STATES: dict[AppointmentState, Text] = {
    AppointmentState.BOOKED: _("Booked"),
    AppointmentState.ARRIVED: _("Arrived"),
    AppointmentState.SERVED: _("Served"),
    AppointmentState.MISSED: _("Did not come"),
    AppointmentState.CANCELLED_BY_PERSON: _("Cancelled by the person"),
    AppointmentState.CANCELLED_BY_OFFICE: _("Cancelled by the office"),
}


def state_since(state: AppointmentState, at: time) -> Text:
    """What the badge says: with the time where the time matters to a queue."""
    if state is AppointmentState.ARRIVED:
        return _("Arrived at {time}", time=at)
    if state is AppointmentState.SERVED:
        return _("Served at {time}", time=at)
    return STATES[state]


def outcome(result: str, name: str, state: AppointmentState) -> Text:
    """What is said after a button: a verb that was done, or why it was not."""
    return {
        "arrive": _("{name} has arrived.", name=name),
        "serve": _("{name} was served.", name=name),
        "miss": _("{name} did not come.", name=name),
        "cancel": _("The appointment of {name} is cancelled.", name=name),
        "undo": _("Undone: the appointment of {name} is as it was before.", name=name),
        "changed": _(
            "Nothing was changed: the appointment of {name} is now “{state}”.", name=name, state=STATES[state]
        ),
        "too_late": _("This can no longer be undone for {name}.", name=name),
        "taken": _("It cannot be undone: the time of {name} has been given to somebody else.", name=name),
    }[result]


def will_be_told(name: str, language: str) -> Text:
    """What a cancellation does."""
    return _(
        "{name} will be told at once, in this language: {language}. The time becomes free for others.",
        name=name,
        language=LanguageName(language),
    )


def whose(name: str, at: time) -> Text:
    """Whose button this is, to who does not see the row it stands in."""
    return _("{name}, {time}", name=name, time=at)


def undo_until(until: Value) -> Text:
    """Until when."""
    return _("until {time}", time=until)


def new_appointment(name: str, when: datetime, language: str) -> Text:
    """What is announced when an appointment appears."""
    return _("New appointment: {name}, {when}, {language}.", name=name, when=when, language=LanguageName(language))


def wait(minutes: int) -> Text:
    """Too many wrong passwords."""
    return _n(
        "Too many attempts. Wait {count} minute, then try again.",
        "Too many attempts. Wait {count} minutes, then try again.",
        count=minutes,
    )


@lru_cache(maxsize=32)
def in_language(language: str) -> Mapping[str, str]:
    """The fixed words in that language."""
    return {name: render(text, language) for name, text in WORDS.items()}
