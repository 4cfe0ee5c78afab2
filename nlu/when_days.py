"""Days in a message: today, weekdays, dates, days ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from nlu.when_items import LAST_HOUR, Items

RECENT = timedelta(days=60)
"""A date without a year that lies so little behind today is past, not next year's."""
TWO_MONTHS = 62
"""Days, at most: every number of a day comes within them."""
A_CENTURY = 100
LAST_DAY, LAST_MONTH = 31, 12
YEAR_DIGITS = 4
JOINERS = frozenset({"de", "of", "del", "di"})
STROKES = frozenset({"-", "–"})
ORDINAL_ENDINGS = frozenset({"th", "st", "nd", "rd", "er", "o", "a", "e", "eme"})
HOUR_MARKS = ("hours", "counted_hours", "am", "pm", "minutes_after", "things", "minus")

LONGEST_SHORT_NAME = 3
BESIDE_SHORT_NAMES = ("digits", "part", "at", "noon", "day_of_month", "next_week", "day")

Form = Literal["relative", "weekday", "date"]


@dataclass(frozen=True)
class FoundDay:
    """So many items that say a day; None for one that is on no calendar."""

    size: int
    day: date | None
    form: Form


class Days:
    """The days of one message, read on one day."""

    def __init__(self, items: Items, today: date) -> None:
        self._items = items
        self._today = today
        self._monday = today - timedelta(days=today.weekday())
        self._next_week = any(items.has(at, "next_week") for at in range(len(items)))

    def at(self, at: int) -> FoundDay | None:
        """The day that begins at this item. Two ways of saying it, side by side, must agree."""
        items = self._items
        first = self._simple(at)
        if first is None or first.day is None:
            return first
        then = at + first.size
        if items.has(at - 1, "last") or items.has(then, "last"):
            return (
                FoundDay(first.size, self._today - timedelta(days=7), "relative") if first.form == "weekday" else first
            )
        if (
            items.ended(then)
            and not items.has(then, "day", "weekday", "day_of_month", "in", "ordinal")
            and "," not in items.gap(then - 1)
        ):
            return first
        if first.form == "weekday" and (numbered := self._numbered(then, first.day.weekday())) is not None:
            return FoundDay(first.size + numbered.size, numbered.day, "date")
        second = self._simple(then)
        if second is None or second.form == first.form or items.has(then, "part"):
            return first
        apart = "," in items.gap(then - 1) and "relative" in {first.form, second.form}
        return first if apart else self._agreed(first, second)

    def _agreed(self, first: FoundDay, second: FoundDay) -> FoundDay:
        """Both together. A weekday agrees with each of its dates."""
        fixed, other = (second, first) if first.form == "weekday" else (first, second)
        if fixed.day is None or other.day is None:
            agree = False
        elif other.form == "weekday":
            agree = fixed.day.weekday() == other.day.weekday()
        else:
            agree = fixed.day == other.day
        return FoundDay(first.size + second.size, fixed.day if agree else None, fixed.form)

    def _numbered(self, at: int, weekday: int) -> FoundDay | None:
        """Monday 30, Monday the 30th: no hour, when that day of the month is a Monday."""
        items = self._items
        marked = items.has(at, "day_of_month")
        here = at + 1 if marked else at
        number = items.number(here, "digits", "ordinal")
        if number is None or self._simple(here) is not None or not 0 < number <= LAST_DAY:
            return None
        size = here - at + self._ending(here)
        if (
            items.has(at + size, *HOUR_MARKS, "month")
            or items.is_minute(here + 1)
            or items.gap(here) in {":", ".", "/", "-", "–"}
        ):
            return None
        timed = items.has(at + size, "at")
        same = list(self._next(number))
        fits = [day for day in same if day.weekday() == weekday]
        if fits and (marked or timed or number > LAST_HOUR or fits[0] == same[0]):
            return FoundDay(size, fits[0], "date")
        no_hour = marked or number > LAST_HOUR or (timed and not items.has(at + size, "range"))
        return FoundDay(size, None, "date") if no_hour else None

    def _simple(self, at: int) -> FoundDay | None:  # noqa: PLR0911, one return a form of date
        """A day said in one way."""
        items, today = self._items, self._today
        if items.has(at, "day"):
            return FoundDay(1, today + timedelta(days=int(items.value(at, "day"))), "relative")
        if items.has(at, "today_part"):
            return FoundDay(1, today, "relative")
        if self._is_weekday(at) and not (items.has(at, "month") and items.has(at - 1, "digits")):
            weekday = int(items.value(at, "weekday"))
            if self._next_week:
                return FoundDay(1, self._monday + timedelta(days=7 + weekday), "weekday")
            return FoundDay(1, today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1), "weekday")
        if items.has(at, "in") and (ahead := self._ahead(at + 1, after_in=True)) is not None:
            return FoundDay(ahead.size + 1, ahead.day, ahead.form)
        if items.has(at, "day_of_month"):
            inner = self._date(at + 1, alone=True)
            if inner is not None:
                return FoundDay(inner.size + 1, inner.day, inner.form)
        if items.has(at, "month") and not items.guessed(at) and items.has(at + 1, "digits", "ordinal"):
            return self._month_first(at)
        return self._ahead(at, after_in=False) or self._date(at, alone=False)

    def _is_weekday(self, at: int) -> bool:
        """Whether an item is a weekday; short names ("mar", "ven", "sun") are other words too, but beside a time."""
        items = self._items
        word = items.word(at)
        if not items.has(at, "weekday") or len(word) > LONGEST_SHORT_NAME or not word.isascii():
            return items.has(at, "weekday")
        # "Sat or Sun": two of them are names of days.
        pairs = [other for other in (at - 2, at + 2) if items.has((at + other) // 2, "links", "range")]
        paired = any(items.has(other, "weekday") for other in (at - 1, at + 1, *pairs))
        return len(items) == 1 or paired or any(items.has(beside, *BESIDE_SHORT_NAMES) for beside in (at - 1, at + 1))

    def _ahead(self, at: int, *, after_in: bool) -> FoundDay | None:
        """Three days from now: only after "in" or before "from now", or where the language says it in one phrase."""
        items = self._items
        number = items.number(at, "digits", "number")
        # "For a day", "for another day": one is an article there.
        article = number == 1 and not items.has(at, "digits") and not items.has(at + 1, "weeks")
        if number is None or article or not items.has(at + 1, "days", "weeks"):
            return None
        from_now = items.has(at + 2, "from_now")
        if not (after_in or from_now or not items.words.says_in):
            return None
        days = number * (7 if items.has(at + 1, "weeks") else 1)
        return FoundDay(2 + from_now, self._today + timedelta(days=days), "relative")

    def _ending(self, at: int) -> int:
        """How many items the number takes with the ending that makes it an ordinal: "5th"."""
        items = self._items
        more = items.has(at + 1, "day_of_month_after") or (
            items.gap(at) == "" and items.word(at + 1) in ORDINAL_ENDINGS
        )
        return 1 + more

    def _joined(self, at: int) -> int:
        """The place behind words like "of"."""
        while self._items.word(at) in JOINERS:
            at += 1
        return at

    def _another(self, at: int) -> int:
        """How many items name another day of the same month: "the 16th or 17th of December"; the first counts."""
        items = self._items
        joined = items.has(at, "links", "range")
        other = at + joined
        if not (joined or items.gap(at - 1).strip() in STROKES) or items.number(other, "digits", "ordinal") is None:
            return 0
        ahead = self._joined(other + self._ending(other))
        return ahead - at if items.has(ahead, "month") else 0

    def _month_first(self, at: int) -> FoundDay | None:
        """December 5, December 5th."""
        items = self._items
        number = items.number(at + 1, "digits", "ordinal") or 0
        size = 1 + self._ending(at + 1)
        if items.has(at + size, *HOUR_MARKS) or items.gap(at + 1) in {":", "."}:
            return None
        return self._dated(number, items.number(at, "month"), *self._year(at, size))

    def _date(self, at: int, *, alone: bool) -> FoundDay | None:
        """5/12, 5-12-2026, 2026-12-05, 5 December; `alone`: "the 5th" too, which is the next such day."""
        items = self._items
        number = items.number(at, "digits", "ordinal", "number")
        if number is None:
            return None
        size = self._ending(at)
        ordinal = size > 1 or items.has(at, "ordinal")
        ahead = self._joined(at + size)
        ahead += self._another(ahead)
        if items.has(ahead, "month"):
            return self._dated(number, items.number(ahead, "month"), *self._year(at, ahead - at + 1))
        if items.has(at, "digits") and items.has(at + 1, "digits"):
            return self._numeric(at, marked=alone)
        marked = alone or (items.has(at + 1, "day_of_month_after") and not items.has(at - 1, "things"))
        if not marked or items.has(at + size, *HOUR_MARKS) or not (ordinal or items.has(at, "digits")):
            return None
        if len(items.word(at)) > len("31") and not ordinal:
            return None
        return self._dated(number, None, size, None) if ordinal or items.ended(at + size) else None

    def _numeric(self, at: int, *, marked: bool) -> FoundDay | None:
        """Numbers with strokes or points between. 10.30 is an hour; 15.12.2026, "il 5.12" and 8.12 are dates."""
        items = self._items
        pieces, ahead = [int(items.value(at, "digits"))], at
        while len(pieces) < len("dmy") and items.gap(ahead) in {"/", "-", "."} and items.has(ahead + 1, "digits"):
            if items.gap(ahead) != items.gap(at):
                break
            ahead += 1
            pieces.append(int(items.value(ahead, "digits")))
        if len(pieces) == 1:
            return None
        if len(items.word(at)) == YEAR_DIGITS and len(pieces) == len("ymd"):
            return self._dated(pieces[2], pieces[1], 3, pieces[0])
        if max(pieces[:2]) >= A_CENTURY:
            return None
        if len(pieces) == len("dm"):
            month = pieces[1]
            is_hour = items.has(at - 1, "at") or month > LAST_MONTH or month % 5 == 0
            if (items.gap(at) == "." and is_hour and not marked) or self.is_range(at) or items.is_minute(at + 1):
                return None
        return self._dated(pieces[0], pieces[1], len(pieces), pieces[2] if len(pieces) == len("dmy") else None)

    def is_range(self, at: int) -> bool:
        """Whether two numbers with a stroke between are hours: "tomorrow 10-12", "10-12h"; "Mon 7-12" is a date."""
        items = self._items
        first, second = items.number(at, "digits"), items.number(at + 1, "digits")
        if first is None or second is None or items.gap(at) not in {"-", "–", " - "}:
            return False
        if items.has(at + 2, "hours", "counted_hours", "am", "pm") or items.has(at - 1, "at"):
            return True
        if not items.has(at - 1, "day", "weekday", "today_part", "part") or not first < second <= LAST_HOUR:
            return False
        said = self._dated(first, second, 2, None).day
        weekday = items.number(at - 1, "weekday")
        return said is None or said.weekday() != weekday

    def _year(self, at: int, size: int) -> tuple[int, int | None]:
        """How many items the date takes with its year, and the year."""
        items = self._items
        ahead = self._joined(at + size)
        if items.has(ahead, "digits") and len(items.word(ahead)) == YEAR_DIGITS:
            return ahead - at + 1, int(items.word(ahead))
        return size, None

    def _next(self, number: int) -> Iterator[date]:
        """The days to come with that number, the nearest first."""
        days = (self._today + timedelta(days=ahead) for ahead in range(TWO_MONTHS))
        return (day for day in days if day.day == number)

    def _dated(self, day: int, month: int | None, size: int, year: int | None) -> FoundDay:
        today = self._today
        if month is None:
            return FoundDay(size, next(self._next(day), None), "date")
        century = 2000 if year is not None and year < A_CENTURY else 0
        try:
            found = date(today.year if year is None else year + century, month, day)
            if year is None and found < today - RECENT:
                found = found.replace(year=today.year + 1)
        except ValueError:
            return FoundDay(size, None, "date")
        return FoundDay(size, found, "date")
