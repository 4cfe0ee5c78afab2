"""What people are told although they have not written for a day: texts that a channel approves before they are used.

An approved text cannot simply change: one that must get other words or buttons becomes another template, with the
next number at the end of its name, and the old one goes once the new one is approved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.outgoing import Template
from flows.sayings import Option
from flows.wording import EXAMPLE
from locales.dates import ROME
from locales.languages import FALLBACK, fallbacks
from locales.rendering import PDI, embedded
from locales.text import Lines, Localized, Text, Value, Verbatim, _
from services_directory.booked import Appointment
from services_directory.desk.errands import MOVED_THERE, NOT_BOOKED_NOW, NOT_MOVED, NOW_BOOKED, NOW_MOVED
from services_directory.desk.notices import FreedTime, Notice, Seat
from services_directory.desk.reminders import DAY_BEFORE, HOURS_BEFORE
from services_directory.facts import Office

LONGEST_VALUE = 250
"""Characters: with its values a text stays within the 1024 that Meta allows."""

_WHEN = datetime(2026, 11, 26, 10, 0, tzinfo=ROME)
_UNTIL = datetime(2026, 11, 25, 18, 30, tzinfo=ROME)
_CODE, _PLACE = Verbatim("K7M2P4"), Verbatim("Via Roma 1")
_ACTIVITY = Localized({"it": "Corso di italiano A1", "en": "Italian course A1"})


@dataclass(frozen=True)
class Form:
    """One text to be approved. The values in `body` are examples; a button is the intent that it starts, and its label.

    Neither the first nor the last thing in a body is a value, in no language, and no two stand side by side: Meta
    refuses such texts.
    """

    name: str
    body: Text
    buttons: tuple[tuple[str, Text], ...]


_CHANGE = (("change_appointment", _("Move it")), ("cancel_appointment", _("Cancel it")))
_REMINDER = Form(
    "appointment_reminder_1",
    # Neither "today" nor "tomorrow": it may go out on another day than it was written.
    _(
        "Reminder: you have an appointment on {when}.\nWhere: {place}\nYour code: {code}\nWill you come?",
        when=_WHEN,
        place=_PLACE,
        code=_CODE,
    ),
    (("confirm_appointment", _("I will come")), *_CHANGE),
)
OF_KIND: Mapping[str, Form] = {
    DAY_BEFORE: _REMINDER,
    HOURS_BEFORE: _REMINDER,
    "cancelled_by_office": Form(
        "appointment_cancelled_1",
        _(
            "I am sorry: the office has to cancel your appointment {code} on {when}. You can choose another time.",
            code=_CODE,
            when=_WHEN,
        ),
        (("book_appointment", _("Choose another time")), ("talk_to_human", _("Talk to a person"))),
    ),
    "restored_by_office": Form(
        "appointment_restored_1",
        _(
            "Good news: your appointment {code} on {when} stays as it was. We are sorry for the confusion.",
            code=_CODE,
            when=_WHEN,
        ),
        (("my_appointments", _("My appointments")), ("cancel_appointment", _("Cancel an appointment"))),
    ),
    NOW_BOOKED: Form(
        "appointment_booked_1",
        _(
            "Your appointment is booked: {when}.\nWhere: {place}\nYour code: {code}\n"
            "You can move it or cancel it here.",
            when=_WHEN,
            place=_PLACE,
            code=_CODE,
        ),
        _CHANGE,
    ),
    NOT_BOOKED_NOW: Form(
        "appointment_not_booked_1",
        _("I am sorry: I could not book {when} for you. Please choose another time.", when=_WHEN),
        (("book_appointment", _("Choose another time")), ("talk_to_human", _("Talk to a person"))),
    ),
    NOW_MOVED: Form(
        "appointment_moved_1",
        _(
            "Your appointment {code} now has a new time: {when}.\nWhere: {place}\nYou can move it or cancel it here.",
            code=_CODE,
            when=_WHEN,
            place=_PLACE,
        ),
        _CHANGE,
    ),
    NOT_MOVED: Form(
        "appointment_not_moved_1",
        _(
            "I am sorry: I could not move your appointment {code}. It stays as it was: {when}.\nWhere: {place}\n"
            "You can try another time.",
            code=_CODE,
            when=_WHEN,
            place=_PLACE,
        ),
        _CHANGE,
    ),
    MOVED_THERE: Form(
        "appointment_moved_by_office_1",
        _(
            "The office has moved your appointment {code}. The new time: {when}.\nWhere: {place}\n"
            "If you cannot come, you can move it or cancel it here.",
            code=_CODE,
            when=_WHEN,
            place=_PLACE,
        ),
        _CHANGE,
    ),
    "slot_offered": Form(
        "waited_time_free_1",
        # That they have asked for it keeps it from being taken for an advertisement.
        _(
            "You are waiting for an appointment. This time is free now: {when}. I keep it for you until {until}. "
            "Do you want it?",
            when=_WHEN,
            until=_UNTIL,
        ),
        (("accept_offer", _("Yes, I want it")), ("decline_offer", _("No, thank you"))),
    ),
    "seat_offered": Form(
        "waited_place_free_1",
        _(
            "You are waiting for a place in {activity}. There is one now. I keep it for you until {until}. "
            "Do you want it?",
            activity=_ACTIVITY,
            until=_UNTIL,
        ),
        (("accept_seat", _("Yes, I want it")), ("decline_seat", _("No, thank you"))),
    ),
    "seat_withdrawn": Form(
        "place_withdrawn_1",
        _(
            "I am sorry: the office says that you no longer have a place in {activity}. You can ask a person why.",
            activity=_ACTIVITY,
        ),
        (("talk_to_human", _("Talk to a person")), ("help", _("Menu"))),
    ),
}
"""What stands for each kind of notice."""
TEMPLATES: Mapping[str, Form] = {form.name: form for form in OF_KIND.values()}
"""Every template by its name."""


def templates_for(
    notice: Notice, suggestions: Sequence[Option], language: str, among: Collection[str]
) -> tuple[Template, ...]:
    """What may go out instead of a notice, the best first: in the person's language, then in those agreed beside it.

    `suggestions` are the notice's own buttons: a tap on the template's leads to the same. `among` are the languages
    in which templates can be approved. Raises LookupError for a kind that has no template.
    """
    form, facts = OF_KIND[notice.kind], _facts(notice.about)
    keys = tuple(_key(intent, suggestions) for intent, _label in form.buttons)
    return tuple(
        Template(
            name=form.name,
            language=code,
            values=tuple((name, in_one_line(facts[name], code)) for name in form.body.values),
            keys=keys,
        )
        for code in _chain(language)
        if code in among
    )


def in_one_line(value: Value, language: str) -> str:
    """A value as it stands inside a template: Meta takes neither line breaks nor rows of spaces, nor endless ones."""
    words = " ".join(embedded(value, language).split())
    if len(words) <= LONGEST_VALUE:
        return words
    end = "…" + PDI if words.endswith(PDI) else "…"
    return words[: LONGEST_VALUE - len(end)] + end


def _chain(language: str) -> Iterator[str]:
    yield from dict.fromkeys((language, *fallbacks(language), FALLBACK))


def _facts(about: Appointment | FreedTime | Seat) -> Mapping[str, Value]:
    """What a body may name; never what somebody goes there for."""
    match about:
        case Appointment():
            return {"when": about.starts, "code": Verbatim(about.code), "place": _place(about.office)}
        case FreedTime():
            return {"when": about.starts, "until": about.until}
        case Seat(enrolment, None):
            return {"activity": enrolment.activity.label}
        case Seat(enrolment, datetime() as until):
            return {"activity": enrolment.activity.label, "until": until}
    raise LookupError(f"nothing can be said of {about}")


def _place(office: Office) -> Value:
    """The street, which says less than an office's name; with a warning when it is made up."""
    place: Value = Verbatim(office.address) if office.address else office.label
    return Lines((place, EXAMPLE)) if office.checked.example else place


def _key(intent: str, suggestions: Sequence[Option]) -> str:
    """What the notice's own button for that sends; of several the last, which names no time."""
    for option in reversed(suggestions):
        if option.key.partition(":")[0] == f"go={intent}":
            return option.key
    raise LookupError(f"the notice has no button for {intent}")
