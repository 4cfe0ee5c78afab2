"""The agenda as its page shows it: every word already in the reader's language, every button already decided."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from locales.dates import in_rome
from locales.rendering import render
from locales.text import LanguageName, Localized
from services_directory.booked import AppointmentState
from services_directory.console import words
from services_directory.desk.agenda import Agenda, Entry

LATE = timedelta(minutes=10)
"""After its start a booked appointment is marked as late."""
STILL_EXPECTED = timedelta(minutes=30)
"""For how long somebody who is late is still the next one."""
MOST_NEXT = 4
"""How many counters are shown with their next person: more do not help at a door."""
VERBS = ("arrive", "serve", "miss", "cancel", "undo")


@dataclass(frozen=True)
class Said:
    """A text of the directory and the language it is in, when that is not the reader's."""

    words: str
    language: str | None


@dataclass(frozen=True)
class Row:
    """One appointment, ready to be shown."""

    code: str
    day: str | None
    time: str
    minutes: int
    name: str
    language: str
    reason: Said
    counter: Said
    place: str
    state: str
    state_label: str
    late: bool
    unreached: bool
    verbs: tuple[str, ...]
    whose: str
    warning: str
    undo_until: str | None
    announcement: str

    @property
    def main_verb(self) -> str | None:
        """The one button that is probably wanted."""
        return next((verb for verb in self.verbs if verb in {"arrive", "serve"}), None)


@dataclass(frozen=True)
class Shown:
    """The whole agenda, ready to be shown."""

    next: tuple[Row, ...]
    rows: tuple[Row, ...]
    coming: tuple[Row, ...]
    more: bool
    waiting: str
    to_come: str
    served: str
    example: bool


@dataclass(frozen=True)
class Reader:
    """Who looks: in which language, and whether they may press buttons."""

    language: str
    may_change: bool
    cities: Mapping[str, str]
    """The names of the cities to tell apart; empty for who sees only one."""


def shown(agenda: Agenda, reader: Reader, now: datetime) -> Shown:
    """The agenda in the reader's words."""
    tally = Tally(entry.appointment.state for entry in agenda.entries)

    def count(state: AppointmentState) -> str:
        return render(tally[state], reader.language)

    is_today = agenda.view.day == in_rome(now).date()
    following = who_is_next(agenda.entries, now) if is_today else []
    return Shown(
        next=tuple(_row(entry, reader, now) for entry in following),
        rows=tuple(_row(entry, reader, now) for entry in agenda.entries),
        coming=tuple(_row(entry, reader, now, with_day=True) for entry in agenda.coming),
        more=agenda.more,
        waiting=count(AppointmentState.ARRIVED),
        to_come=count(AppointmentState.BOOKED),
        served=count(AppointmentState.SERVED),
        example=any(entry.example for entry in (*agenda.entries, *agenda.coming)),
    )


def who_is_next(entries: Iterable[Entry], now: datetime) -> list[Entry]:
    """For each counter the person to call: the first who is here, else the first who is still expected."""
    found: dict[str, Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.appointment.starts):
        state, held = entry.appointment.state, found.get(entry.counter)
        expected = state is AppointmentState.BOOKED and entry.appointment.starts > now - STILL_EXPECTED
        is_here = state is AppointmentState.ARRIVED
        if (held is None and expected) or (is_here and (held is None or not _is_here(held))):
            found[entry.counter] = entry
    return sorted(found.values(), key=lambda entry: (not _is_here(entry), entry.appointment.starts))[:MOST_NEXT]


def _is_here(entry: Entry) -> bool:
    return entry.appointment.state is AppointmentState.ARRIVED


def _row(entry: Entry, reader: Reader, now: datetime, *, with_day: bool = False) -> Row:
    appointment, language = entry.appointment, reader.language
    at = appointment.starts.time()
    until = entry.undo_until
    return Row(
        code=appointment.code,
        day=render(appointment.starts.date(), language) if with_day else None,
        time=render(at, language),
        minutes=appointment.minutes,
        name=appointment.name,
        language=render(LanguageName(appointment.language), language),
        reason=_said(appointment.service.label, language),
        counter=_said(entry.counter_label, language),
        place=_place(entry, reader),
        state=appointment.state.value,
        state_label=render(words.state_since(appointment.state, entry.changed_at.time()), language),
        late=appointment.state is AppointmentState.BOOKED and now > appointment.starts + LATE,
        unreached=entry.unreached,
        verbs=_verbs(entry, now) if reader.may_change else (),
        whose=render(words.whose(appointment.name, at), language),
        warning=render(words.will_be_told(appointment.name, appointment.language), language)
        if entry.reachable
        else words.in_language(language)["not_told"],
        undo_until=None if until is None or until.time() == time.min else _until(until, now, language),
        announcement=render(
            words.new_appointment(appointment.name, appointment.starts, appointment.language), language
        ),
    )


def _verbs(entry: Entry, now: datetime) -> tuple[str, ...]:
    """The buttons that make sense now; the desk decides what may be done."""
    undo = ("undo",) if entry.undo_until is not None else ()
    if _is_here(entry):
        return ("serve", "cancel", *undo)
    if entry.appointment.state is AppointmentState.BOOKED:
        has_begun = now >= entry.appointment.starts
        return ("arrive", *(("miss",) if has_begun else ()), "cancel", *undo)
    return undo


def _until(until: datetime, now: datetime, language: str) -> str:
    moment: datetime | time = until.time() if until.date() == in_rome(now).date() else until
    return render(words.undo_until(moment), language)


def _place(entry: Entry, reader: Reader) -> str:
    """Where the counter is; its city too, for who sees several."""
    office = _said(entry.appointment.office.label, reader.language).words
    city = reader.cities.get(entry.appointment.office.city)
    return office if city is None else f"{office}, {city}"


def _said(text: Localized, language: str) -> Said:
    spoken, code = text.best(language)
    return Said(spoken, None if code == language else code)
