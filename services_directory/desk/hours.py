"""When an office is open: its week, dated exceptions, national holidays and the patron saint's day, on Rome's clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays
from dateutil.easter import easter
from opening_hours import (  # type: ignore[attr-defined]  # the stubs lack the error that is raised
    OpeningHours,
    ParserError,
    State,
)

from locales.dates import MONDAY
from locales.text import Localized, Verbatim, WeeklyHours, Words, _
from services_directory.facts import DayHours

Intervals = tuple[tuple[time, time], ...]
ONE_DAY = timedelta(days=1)
YEAR_OF_WEEKS = 53


class HoursError(ValueError):
    """Opening hours that cannot be read; the message quotes them."""


@dataclass(frozen=True)
class Exceptional:
    """Days on which the week does not hold. `hours` is "off" or times as in "09:00-12:00"."""

    first_day: date
    last_day: date
    hours: str
    reason: Localized | None = None
    counter: str | None = None
    """None: at the whole office."""


@dataclass(frozen=True)
class OfficeHours:
    """The hours of one office. `week` is OpenStreetMap's opening_hours syntax; None: nobody knows."""

    week: str | None
    exceptions: tuple[Exceptional, ...] = ()
    patron: Localized | None = None
    patron_day: str = ""

    def on(self, day: date) -> DayHours:
        """The day's opening intervals and, when they are not the usual ones, why."""
        if self.week is None:
            return DayHours(day, None)
        holiday = self._holiday(day)
        usual = () if holiday is not None else intervals_on(self.week, day)
        exception = self._exception(day, None, usual)
        if exception is not None:
            return DayHours(day, intervals_on(exception.hours, day), exception.reason)
        return DayHours(day, usual, holiday)

    def own_hours(self, counter: str, week: str | None, day: date) -> str | None:
        """The hours of one of the office's counters on that day, before those of the office limit them; as `week`."""
        usual = self.on(day).intervals if week is None else intervals_on(week, day)
        exception = self._exception(day, counter, usual or ())
        return week if exception is None else exception.hours

    def _exception(self, day: date, counter: str | None, usual: Intervals) -> Exceptional | None:
        for exception in reversed(self.exceptions):  # the one written last wins
            if exception.counter != counter or not exception.first_day <= day <= exception.last_day:
                continue
            if exception.first_day != exception.last_day and not usual:
                return None  # "only mornings in August" does not open Sundays and holidays
            return exception
        return None

    def _holiday(self, day: date) -> Words | None:
        name = national_holidays(day.year).get(day)
        if name is not None:
            return _("public holiday: {name}", name=Verbatim(name))
        if self.patron is not None and patron_date(self.patron_day, day.year) == day:
            return _("local holiday: {name}", name=self.patron)
        return None


def within(inner: Intervals, outer: Sequence[tuple[time, time]]) -> Intervals:
    """The parts of `inner` that lie inside `outer`: a counter is never open while its office is closed."""
    parts = ((max(a, c), min(b, d)) for a, b in inner for c, d in outer)
    return tuple(sorted((opens, closes) for opens, closes in parts if opens < closes))


def without(intervals: Sequence[tuple[time, time]], kept: Intervals) -> Intervals:
    """What is left of `intervals` when the `kept` ones are cut out."""
    left = tuple(intervals)
    for begin, end in kept:
        pieces = (piece for opens, closes in left for piece in ((opens, min(closes, begin)), (max(opens, end), closes)))
        left = tuple((opens, closes) for opens, closes in pieces if opens < closes)
    return left


@lru_cache(maxsize=20_000)
def intervals_on(hours: str, day: date) -> Intervals:
    """The opening intervals that an opening_hours expression gives for a day. Raises HoursError."""
    start = datetime.combine(day, time.min)
    found = _parsed(hours).intervals(start, start + ONE_DAY)
    return tuple(
        (opens.time(), time(23, 59) if closes.date() > day else closes.time())
        for opens, closes, state, _comment in found
        if state == State.OPEN
    )


@lru_cache(maxsize=1_000)
def usual_week(hours: str) -> WeeklyHours | None:
    """The week of an expression, Monday first; None when it has seasons or single dates. Raises HoursError."""
    week = _week(hours, MONDAY)
    steady = all(_week(hours, MONDAY + timedelta(weeks=ahead)) == week for ahead in range(YEAR_OF_WEEKS))
    return WeeklyHours(week) if steady else None


def _week(hours: str, monday: date) -> tuple[Intervals, ...]:
    return tuple(intervals_on(hours, monday + timedelta(days=day)) for day in range(7))


@lru_cache(maxsize=1_000)
def _parsed(hours: str) -> OpeningHours:
    try:
        return OpeningHours(hours)
    except ParserError:
        raise HoursError(f"not opening hours: {hours!r}") from None


@lru_cache(maxsize=64)
def national_holidays(year: int) -> dict[date, str]:
    """Italy's public holidays of a year, by their Italian names (L. 260/1949 and later laws, as `holidays` keeps them).

    opening-hours-py has a list of its own, without names, which people are told when they find a closed day.
    """
    return dict(holidays.country_holidays("IT", years=year, language="it_IT"))


@lru_cache(maxsize=2_000)
def patron_date(patron_day: str, year: int) -> date | None:
    """The local holiday in a year: `MM-DD`, or `easter+N` for Bolzano's Whit Monday."""
    if not patron_day:
        return None
    if patron_day.startswith("easter+"):
        return easter(year) + timedelta(days=int(patron_day.removeprefix("easter+")))
    return date(year, int(patron_day[:2]), int(patron_day[3:]))
