"""The hours of a week as a grid that people fill in, and as the expression that the directory keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from services_directory.desk.hours import HoursError, Intervals, intervals_on

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONDAY = date(2026, 1, 5)
"""Of an ordinary week: holidays are not of the week's making."""
YEAR_OF_WEEKS = 53
SPANS = 2
"""Of a day: before and after lunch."""
HOLIDAYS = "PH off"
_CLOCK = re.compile(r"^([01]?\d|2[0-3])(?:[:.]?([0-5]\d))?$")


class WeekError(ValueError):
    """A time that cannot be read; the message quotes it."""


@dataclass(frozen=True)
class Week:
    """Opening spans by weekday, Monday first; at most two a day."""

    days: tuple[Intervals, ...]

    @classmethod
    def of(cls, hours: str | None) -> Week | None:
        """The week of an expression; None when no grid can show it: seasons, single dates, three spans a day."""
        if hours is None:
            return cls(((),) * 7)
        try:
            days = _week(hours, MONDAY)
            steady = all(_week(hours, MONDAY + timedelta(weeks=ahead)) == days for ahead in range(YEAR_OF_WEEKS))
        except HoursError:
            return None
        return cls(days) if steady and all(len(day) <= SPANS for day in days) else None

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Week:
        """The grid as it was filled in: `hours.0.0.from`, `hours.0.0.to` and so on. Raises WeekError."""
        days = []
        for day in range(7):
            spans = []
            for span in range(SPANS):
                opens = _clock(form.get(f"hours.{day}.{span}.from", ""))
                closes = _clock(form.get(f"hours.{day}.{span}.to", ""))
                if opens is None and closes is None:
                    continue
                if opens is None or closes is None or closes <= opens:
                    raise WeekError(f"{DAYS[day]}: {opens or '?'}-{closes or '?'}")
                spans.append((opens, closes))
            days.append(tuple(sorted(spans)))
        return cls(tuple(days))

    def expression(self) -> str | None:
        """As the directory keeps it; None when no day has hours."""
        by_spans: dict[Intervals, list[str]] = {}
        for name, spans in zip(DAYS, self.days, strict=True):
            if spans:
                by_spans.setdefault(spans, []).append(name)
        if not by_spans:
            return None
        rules = [f"{_days(names)} {_spans(spans)}" for spans, names in by_spans.items()]
        return "; ".join([*rules, HOLIDAYS])


def _week(hours: str, monday: date) -> tuple[Intervals, ...]:
    return tuple(intervals_on(hours, monday + timedelta(days=day)) for day in range(7))


def _clock(words: str) -> time | None:
    words = words.strip()
    if not words:
        return None
    found = _CLOCK.match(words)
    if found is None:
        raise WeekError(words)
    return time(int(found[1]), int(found[2] or 0))


def _spans(spans: Intervals) -> str:
    return ",".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in spans)


def _days(names: Sequence[str]) -> str:
    """Days that follow one another as a span ("Mo-Fr"), others one by one."""
    numbers = [DAYS.index(name) for name in names]
    if len(numbers) > SPANS and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{names[0]}-{names[-1]}"
    return ",".join(names)
