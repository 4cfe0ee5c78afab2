"""The hours of a week as people fill them in, on a grid or by days, and as the expression that the directory keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from locales.text import _
from services_directory.desk.hours import HoursError, Intervals, usual_week
from services_directory.store.parts import FaultError

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
SPANS = 2
"""Of a day: before and after lunch."""
HOLIDAYS = "PH off"
_CLOCK = re.compile(r"^([01]?\d|2[0-3])(?:[:.]?([0-5]\d))?$")


class WeekError(FaultError):
    """A day of the grid cannot be read; `place` is the name of its first input."""

    def __init__(self, place: str, problem: FaultError) -> None:
        super().__init__(problem.words)
        self.place = place


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
            week = usual_week(hours)
        except HoursError:
            return None
        return cls(week.days) if week is not None and all(len(day) <= SPANS for day in week.days) else None

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Week:
        """The grid as it was filled in: `hours.0.0.from`, `hours.0.0.to` and so on. Raises WeekError."""
        days = []
        for day in range(7):
            ends = [form.get(f"hours.{day}.{span}.{end}", "") for span in range(SPANS) for end in ("from", "to")]
            try:
                days.append(spans_of(ends))
            except FaultError as problem:
                raise WeekError(f"hours.{day}.0.from", problem) from None
        return cls(tuple(days))

    def expression(self) -> str | None:
        """As the directory keeps it; None when no day has hours."""
        by_spans: dict[Intervals, list[str]] = {}
        for name, spans in zip(DAYS, self.days, strict=True):
            if spans:
                by_spans.setdefault(spans, []).append(name)
        if not by_spans:
            return None
        return "; ".join([*(in_days(names, spans) for spans, names in by_spans.items()), HOLIDAYS])


def days_of(hours: str | None) -> tuple[list[str], Intervals] | None:
    """The days of an expression and their hours, when all of them have the same; None when they differ."""
    week = Week.of(hours)
    if week is None:
        return None
    spans = {day for day in week.days if day}
    if len(spans) > 1:
        return None
    return [name for name, day in zip(DAYS, week.days, strict=True) if day], next(iter(spans), ())


def spans_of(ends: Sequence[str]) -> Intervals:
    """Spans from their ends as they were typed: opens, closes, opens again, closes again. Raises FaultError."""
    clocks = [read_clock(words) for words in ends]
    spans = []
    for opens, closes in zip(clocks[::2], clocks[1::2], strict=True):
        if opens is None and closes is None:
            continue
        if opens is None or closes is None or closes <= opens:
            raise FaultError(_("Write from when until when, as in 09:00 and 13:00."))
        spans.append((opens, closes))
    return tuple(sorted(spans))


def read_clock(words: str) -> time | None:
    """A time as people type it: 9, 9.30, 0930; None when there is none. Raises FaultError."""
    words = words.strip()
    if not words:
        return None
    found = _CLOCK.match(words)
    if found is None:
        raise FaultError(_("Write from when until when, as in 09:00 and 13:00."))
    return time(int(found[1]), int(found[2] or 0))


def in_days(names: Sequence[str], spans: Intervals) -> str:
    """Days with their hours, as in `Mo-Fr 09:00-13:00`."""
    return f"{_days(names)} {spans_said(spans)}"


def spans_said(spans: Intervals) -> str:
    """As in `09:00-13:00,15:00-17:00`."""
    return ",".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in spans)


def _days(names: Sequence[str]) -> str:
    """Days that follow one another as a span ("Mo-Fr"), others one by one."""
    numbers = [DAYS.index(name) for name in names]
    if len(numbers) > SPANS and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{names[0]}-{names[-1]}"
    return ",".join(names)
