"""What a typed time means: a small grammar of days, parts of day and hours over each language's words.

A library was tried and drops bare hours or guesses silently; here what is not understood stays None, and what was
understood is always shown and confirmed before anything is booked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

from nlu.lexicon import Lexicon, languages, lexicon
from nlu.tokens import Token, tokens
from nlu.understanding import Moment, Part

Problem = Literal["past", "impossible", "none_found"]
LAST_AFTERNOON_HOUR = 7
"""Bare hours from 1 to 7 are afternoon: no office is open at 3 in the morning."""
RECENT = timedelta(days=60)
"""A date without a year that lies so little behind today is past, not next year's."""
A_CENTURY = 100
NOON, LAST_HOUR, LAST_MINUTE = 12, 23, 59
ORDINALS = frozenset({"th", "st", "nd", "rd", "er"})
JOINERS = frozenset({"de", "of", "del", "di"})


def when_said(text: str, now: datetime, language: str | None = None) -> Moment:
    """The day, part of day and hour in `text`. `now` is aware, in the city's zone; numeric dates are day first."""
    known = languages()
    if language in known:
        first = _Reading(text, now, lexicon(language)).read()
        return first if first.problem != "none_found" or language == "it" else _Reading(text, now, lexicon("it")).read()
    readings = [_Reading(text, now, lexicon(code)).read() for code in known]
    return max(readings, key=lambda moment: sum(end - start for _kind, start, end in moment.spans))


@dataclass
class _Item:
    """A word or phrase as the grammar sees it."""

    kind: str
    value: str
    start: int
    end: int


@dataclass
class _Reading:
    """One message read with one language's words."""

    text: str
    now: datetime
    words: Lexicon
    day: date | None = None
    part: Part | None = None
    hour: int | None = None
    minute: int = 0
    problem: Problem | None = None
    spans: list[tuple[str, int, int]] = field(default_factory=list)
    half_said: bool = False
    """Whether "am" or "pm" was said."""

    def read(self) -> Moment:
        items = self._items(tokens(self.text))
        at = 0
        while at < len(items):
            at += self._day(items, at) or self._hour(items, at) or self._part(items[at]) or 1
        clock = self._clock()
        if self.day is None and self.part is None and clock is None and self.problem is None:
            self.problem = "none_found"
        if self.problem is None and self._is_past(clock):
            self.problem = "past"
        return Moment(self.text, self.day, self.part, clock, self.problem, tuple(self.spans))

    def _items(self, found: Sequence[Token]) -> list[_Item]:
        items: list[_Item] = []
        at = 0
        while at < len(found):
            size, named = self.words.phrases.longest(found, at)
            first, last = found[at], found[at + max(size, 1) - 1]
            kind, value = named[0] if named else self._number(first)
            items.append(_Item(kind, value, first.start, last.end))
            at += max(size, 1)
        return items

    def _number(self, token: Token) -> tuple[str, str]:
        if token.word.isdecimal():
            return "digits", token.word
        number = self.words.numbers.get(token.word)
        return ("number", str(number)) if number is not None else ("word", token.word)

    def _kind(self, items: list[_Item], at: int) -> str:
        return items[at].kind if 0 <= at < len(items) else ""

    def _gap(self, items: list[_Item], at: int) -> str:
        """What stands between an item and the one after it."""
        return self.text[items[at].end : items[at + 1].start] if at + 1 < len(items) else ""

    def _day(self, items: list[_Item], at: int) -> int:  # noqa: PLR0911, one return a form of date
        """A day that begins at this item: how many items it takes, 0 when there is none."""
        item, today = items[at], self.now.date()
        match item.kind:
            case "day":
                return self._found_day(items, at, 1, today + timedelta(days=int(item.value)))
            case "today_part":
                self.part = item.value  # type: ignore[assignment]  # the file's keys are parts
                return self._found_day(items, at, 1, today)
            case "weekday":
                ahead = (int(item.value) - today.weekday() - 1) % 7 + 1
                return self._found_day(items, at, 1, today + timedelta(days=ahead))
            case "digits":
                return self._date(items, at) or self._days_ahead(items, at)
            case "month" if self._kind(items, at + 1) == "digits":
                return self._dated(items, at, 2, int(items[at + 1].value), int(item.value), None)
            case "in" if self._kind(items, at + 1) in {"digits", "number"}:
                size = self._days_ahead(items, at + 1)
                return size + 1 if size else 0
            case "day_of_month" if self._kind(items, at + 1) == "digits":
                size = self._date(items, at + 1, alone=True)
                return size + 1 if size else 0
        return 0

    def _date(self, items: list[_Item], at: int, *, alone: bool = False) -> int:
        """5/12, 5-12-2026, 5 December, 5 de diciembre; `alone`: "the 5th" too, which is the next such day."""
        number = int(items[at].value)
        if self._gap(items, at) in {"/", "-"} and self._kind(items, at + 1) == "digits":
            has_year = self._gap(items, at + 1) in {"/", "-"} and self._kind(items, at + 2) == "digits"
            year = int(items[at + 2].value) if has_year else None
            return self._dated(items, at, 3 if has_year else 2, number, int(items[at + 1].value), year)
        ahead = at + 1
        while ahead < len(items) and items[ahead].value in JOINERS | ORDINALS:
            ahead += 1
        if self._kind(items, ahead) == "month":
            return self._dated(items, at, ahead - at + 1, number, int(items[ahead].value), None)
        ends = self._kind(items, at + 1) in {"", "at", "part"} or ahead > at + 1
        return self._dated(items, at, max(1, ahead - at), number, None, None) if alone and ends else 0

    def _dated(self, items: list[_Item], at: int, size: int, day: int, month: int | None, year: int | None) -> int:
        today = self.now.date()
        try:
            if month is None:
                found = today.replace(day=day)
                if found < today:
                    found = (today.replace(day=1) + timedelta(days=32)).replace(day=day)
            else:
                century = 2000 if year is not None and year < A_CENTURY else 0
                found = date(today.year if year is None else year + century, month, day)
                if year is None and found < today - RECENT:
                    found = found.replace(year=today.year + 1)
        except ValueError:
            self.problem = "impossible"
            return size
        return self._found_day(items, at, size, found)

    def _days_ahead(self, items: list[_Item], at: int) -> int:
        """Three days from now: only after "in", or where the language says "3 days from now" in one phrase."""
        after_in = self._kind(items, at - 1) == "in" or not self.words.says_in
        unit = self._kind(items, at + 1)
        if not after_in or unit not in {"days", "weeks"}:
            return 0
        days = int(items[at].value) * (7 if unit == "weeks" else 1)
        return self._found_day(items, at, 2, self.now.date() + timedelta(days=days))

    def _found_day(self, items: list[_Item], at: int, size: int, day: date) -> int:
        if self.day is None:
            self.day = day
            self.spans.append(("day", items[at].start, items[at + size - 1].end))
        return size

    def _part(self, item: _Item) -> int:
        if item.kind == "part" and self.part is None:
            self.part = item.value  # type: ignore[assignment]  # the file's keys are parts
            self.spans.append(("part", item.start, item.end))
        return 0

    def _hour(self, items: list[_Item], at: int) -> int:  # noqa: PLR0911, one return a form of time
        """An hour that begins at this item: "at ten", "10:30", "10h30", "half past ten", "3 pm", "সাড়ে দশটা"."""
        begin = at
        minute = {"half_before": 30, "quarter_before": 15}.get(items[at].kind)
        if items[at].kind == "noon":
            return self._found_hour(items, at, 1, NOON, 0)
        marked = items[at].kind == "at"
        while at < len(items) and items[at].kind in {"at", "half_before", "quarter_before"}:
            minute = minute or {"half_before": 30, "quarter_before": 15}.get(items[at].kind)
            at += 1
        kind = self._kind(items, at)
        if kind == "noon":
            return self._found_hour(items, begin, at - begin + 1, NOON, 0)
        if kind not in {"digits", "number", "clock"}:
            return 0
        hour, size = int(items[at].value), at - begin + 1
        after, gap = self._kind(items, at + 1), self._gap(items, at)
        explicit = marked or minute is not None or kind == "clock"
        if after == "digits" and gap in {":", "."} and len(items[at + 1].value) == len("00"):
            return self._found_hour(items, begin, size + 1, hour, int(items[at + 1].value))
        if after == "hours" or (after == "at" and items[at + 1].value == "" and self._is_unit(items, at + 1)):
            minutes = self._kind(items, at + 2) == "digits" and self._gap(items, at + 1) == ""
            return self._found_hour(
                items, begin, size + 1 + minutes, hour, int(items[at + 2].value) if minutes else minute or 0
            )
        if after in {"half", "quarter"}:
            return self._found_hour(items, begin, size + 1, hour, 30 if after == "half" else 15)
        if after in {"am", "pm"}:
            hour = hour % NOON + (NOON if after == "pm" else 0)
            return self._found_hour(items, begin, size + 1, hour, minute or 0, said_half=True)
        beside_a_day = kind == "digits" and self._kind(items, begin - 1) in {"day", "weekday", "part", "today_part"}
        return self._found_hour(items, begin, size, hour, minute or 0) if explicit or beside_a_day else 0

    def _is_unit(self, items: list[_Item], at: int) -> bool:
        """An h after a number ("10h30"), where the same letter may also stand before one."""
        return self.text[items[at].start : items[at].end].casefold() == "h"

    def _found_hour(
        self, items: list[_Item], at: int, size: int, hour: int, minute: int, *, said_half: bool = False
    ) -> int:
        if hour > LAST_HOUR + 1 or minute > LAST_MINUTE:
            self.problem = "impossible"
        elif self.hour is None:
            self.hour, self.minute = (hour if hour <= LAST_HOUR else 0), minute
            self.half_said = said_half
            self.spans.append(("time", items[at].start, items[at + size - 1].end))
        return size

    def _clock(self) -> time | None:
        """The hour on a clock of 24, with the half of the day that was said or that offices keep."""
        if self.hour is None:
            return None
        hour = self.hour
        if not self.half_said and hour < NOON:
            late = self.part in {"afternoon", "evening"} or (self.part is None and 1 <= hour <= LAST_AFTERNOON_HOUR)
            hour += NOON if late else 0
        return time(hour, self.minute)

    def _is_past(self, clock: time | None) -> bool:
        if self.day is None:
            return False
        if self.day == self.now.date() and clock is not None:
            return clock <= self.now.time()
        return self.day < self.now.date()
