"""Closing an office or a counter for a day or a part of one: nobody can book there, and who had booked is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import ROME, in_rome
from locales.languages import SOURCE, SPOKEN
from locales.rendering import RLM, render
from locales.text import Localized, Text, _
from services_directory.desk.appointments import OPEN, CannotChangeError
from services_directory.desk.bookings import Bookings
from services_directory.desk.directory import Directory
from services_directory.desk.editing import Editing
from services_directory.desk.hours import Intervals, without
from services_directory.desk.revisions import Name, current
from services_directory.desk.timetable import Place, Planned, midnight, planned
from services_directory.facts import Counter
from services_directory.store import records
from services_directory.store.parts import HoursException

FARTHEST = timedelta(days=180)
"""How far ahead a day can be closed here: nothing can be booked farther ahead."""

# NOTE: Why an office is closed on a day, shown to everybody after the day, as in "closed (strike)".
REASONS: Mapping[str, Text] = {
    "unforeseen": _("unforeseen closure"),
    "staff": _("not enough staff"),
    "strike": _("strike"),
    "works": _("works in the building"),
    "event": _("meeting or event"),
}
"""What people are told. A choice, not a field: nobody writes there who is ill (Regulation (EU) 2016/679, article 9)."""


class CannotCloseError(Exception):
    """There is no such office or counter, or that time is over, too far ahead, or no time at all."""


@dataclass(frozen=True)
class Closure:
    """What is closed, on Rome's clock; `counter` None: the whole office. The whole day, if nothing else is said."""

    office: str
    day: date
    counter: str | None = None
    begins: time = time.min
    ends: time = time.max

    @property
    def place(self) -> Place:
        """Whose appointments it hits."""
        return Place(office=self.office, counter=self.counter)


async def hit(session: AsyncSession, closure: Closure, now: datetime) -> list[Planned]:
    """The open appointments that touch that time and are not over yet, earliest first."""
    begins, ends = _instant(closure.day, closure.begins), _instant(closure.day, closure.ends)
    on_day = await planned(session, closure.place, midnight(closure.day), ends)
    return [one for one in on_day if one.state in OPEN and one.ends > max(begins, now)]


async def close(session: AsyncSession, closure: Closure, reason: str, *, by: str, now: datetime) -> int:
    """Publish that it is closed then, cancel what is hit, tell everybody; how many appointments were cancelled.

    `reason` is a key of `REASONS`, `by` is `staff:<account id>`. Done twice, it finds nothing more to do; on PostgreSQL
    a booking that was being made at that very moment may need the second time, and `hit` shows it.
    Raises CannotCloseError, RecordError.
    """
    # Not the shelf: what is not committed yet must not be lent to others.
    today = in_rome(now).date()
    await _shut(session, await Directory.load(session, today), closure, reason, Editing(session, by, now))
    # Times are freed only after the hours have gone, or they would be offered to those who wait.
    bookings = Bookings(session, await Directory.load(session, today), now)
    cancelled = 0
    for one in await hit(session, closure, now):
        try:
            await bookings.cancel(one.code, by=by)
        except CannotChangeError:
            continue  # the person, or a colleague, was quicker
        cancelled += 1
    return cancelled


async def _shut(session: AsyncSession, directory: Directory, closure: Closure, reason: str, editing: Editing) -> None:
    """Publish the hours that are left of the day, unless they are left anyway."""
    found = await current(session, Name("office", closure.office))
    if found is None or not isinstance(found.record, records.Office) or reason not in REASONS:
        raise CannotCloseError(closure.office)
    office, today = found.record, in_rome(editing.now).date()
    over = _instant(closure.day, closure.ends) <= editing.now
    if over or closure.begins >= closure.ends or closure.day > today + FARTHEST:
        raise CannotCloseError(closure.day.isoformat())
    usual = _hours(directory, office, closure)
    left = without(usual, ((closure.begins, closure.ends),))
    if left == usual:
        return
    exception = HoursException(
        first_day=closure.day,
        last_day=closure.day,
        hours=",".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in left) or "off",
        counter=closure.counter,
        reason=in_every_language(REASONS[reason]),
    )
    changed = office.model_copy(update={"exceptions": [*office.exceptions, exception]})
    await editing.publish_all([changed], note=f"closed: {reason}")


def in_every_language(words: Text) -> Localized:
    """A sentence of the house as a text of the directory, in the languages into which it is translated."""
    # Without the mark of a line that begins: it is said in the middle of one.
    said = {language: render(words, language).removeprefix(RLM) for language in SPOKEN}
    return Localized({code: one for code, one in said.items() if code == SOURCE or one != said[SOURCE]}, SOURCE)


def _hours(directory: Directory, office: records.Office, closure: Closure) -> Intervals:
    """When it is open on that day as of now. Raises CannotCloseError."""
    if closure.counter is None:
        return directory.hours(office.key, closure.day).intervals or ()
    for one in office.counters:
        if one.key == closure.counter:
            counter = Counter(one.key, office.key, one.name, one.grid, (), frozenset())
            return directory.counter_hours(counter, closure.day)
    raise CannotCloseError(closure.counter)


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, ROME)
