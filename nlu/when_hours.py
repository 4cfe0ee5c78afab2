"""Hours in a message: "at ten", "10:30", "10h30", "half past ten", "quarter to 11", "3 pm", "সাড়ে দশটা"."""

from __future__ import annotations

from dataclasses import dataclass

from nlu.signs import is_sign
from nlu.when_days import Days
from nlu.when_items import LAST_HOUR, Items

NOON, AN_HOUR = 12, 60
STEP, LAST_STEP = 5, 55
"""Minutes that are said in words beside an hour: "nine and twenty"."""
LONGEST_STAY = 6
"""So few hours, written as a word and with nothing beside them, are a time that something takes: "two hours"."""
BESIDE = ("day", "weekday", "today_part", "part")
AFTER = ("hours", "counted_hours")
COLONS = frozenset({":", "：", "፡"})


@dataclass(frozen=True)
class FoundHour:
    """So many items that say an hour as it was said; `half_said`: "am" or "pm" was said with it."""

    size: int
    hour: int
    minute: int
    half_said: bool = False


class Hours:
    """The hours of one message."""

    def __init__(self, items: Items, days: Days) -> None:
        self._items = items
        self._days = days

    def at(self, begin: int, *, day_said: bool) -> FoundHour | None:
        """The hour that begins at this item. `day_said`: a day was said before it."""
        items = self._items
        at, minutes, marked, between = begin, 0, False, False
        if (spoken := self._spoken_minutes(at)) is not None:
            minutes, at, marked = spoken, at + 2, True
        while self._marks(at):
            if items.has(at, "minutes_before"):
                minutes = int(items.value(at, "minutes_before"))
            between = between or items.has(at, "between")
            marked, at = True, at + 1
        if items.has(at, "noon"):
            more, size = self._minutes_behind(at + 1)
            return _clock(at + 1 + size - begin, NOON, minutes + more)
        found = self._number(at)
        if found is None:
            return None
        hour, minute, size, explicit = found
        then = at + size
        more, said = (0, 0) if between else self._minutes_behind(then)
        ranged, then = self._days.is_range(at) or self._is_range(then, said=day_said or marked or explicit), then + said
        half = next((kind for kind in ("am", "pm") if items.has(then, kind)), None)
        if half is not None:
            return _clock(
                then + 1 - begin, hour % NOON + (NOON if half == "pm" else 0), minute + minutes + more, half=True
            )
        digits = items.has(at, "digits")
        part_behind = items.has(then, "part") and items.gap(then - 1).isspace() and (digits or hour > 1)
        alone = digits or (items.has(at, "number") and hour > 1 and items.ended(then))
        beside = (alone and items.has(begin - 1, *BESIDE)) or part_behind
        if not (marked or explicit or ranged or beside or (said and hour <= LAST_HOUR)):
            return None
        if items.has(then, "things", "month", "days", "weeks"):
            return None
        return _clock(then - begin, hour, minute + minutes + more)

    def _marks(self, at: int) -> bool:
        """Whether an item says that an hour follows. "A2" is no hour, nor is "between two people"."""
        items = self._items
        if items.gap(at) == "" and len(items.word(at)) == 1 and items.word(at) != "h":
            return items.has(at, "at", "at_digits", "between") and items.has(at + 2, *AFTER)
        clear = items.has(at + 1, "digits", "noon", "at", "minutes_before") or items.has(at + 2, *AFTER)
        return items.has(at, "at", "minutes_before") or (items.has(at, "at_digits", "between") and clear)

    def _number(self, at: int) -> tuple[int, int, int, bool] | None:
        """Hour, minute, how many items, and whether they can be nothing but an hour."""
        items = self._items
        for kind in ("clock", "counted_clock"):
            if items.has(at, kind) and (kind == "clock" or items.ended(at + 1)):
                hour, _, past = items.value(at, kind).partition(":")
                return int(hour), int(past or 0), 1, True
        hour_said = items.number(at, "digits", "number")
        if hour_said is None or (items.has(at, "digits") and self._is_another_number(at)):
            return None
        if items.has(at, "digits") and self._has_minute(at):
            closed = items.has(at + 2, "hours") and not items.has(at + 3, "digits")
            return hour_said, int(items.value(at + 1, "digits")), 2 + closed, True
        worded = items.has(at + 3, "minutes")
        if items.has(at + 1, "hours") or (items.has(at + 1, "counted_hours") and (worded or self._is_no_count(at))):
            two_digits = items.has(at + 2, "digits") and len(items.word(at + 2)) == len("00")
            minute = two_digits and not items.gap(at + 1).strip()
            if minute and worded:
                return hour_said, int(items.word(at + 2)), 4, True
            is_hour = items.has(at, "digits") or hour_said > LONGEST_STAY or items.has(at - 1, *BESIDE)
            return hour_said, int(items.word(at + 2)) if minute else 0, 2 + minute, is_hour
        return hour_said, 0, 1, False

    def _is_another_number(self, at: int) -> bool:
        """Whether digits are too many, stand for a letter (Arabic in Latin script: "mat3am"), a level or a date."""
        items = self._items
        before = items.word(at - 1)
        touches = at > 0 and items.gap(at - 1) == "" and not before.isdecimal() and not is_sign(before[-1:])
        inside_a_word = touches and not items.has(at - 1, "at", "at_digits", "hours")
        dated = items.has(at - 1, "at_digits") and items.gap(at) in {"/", "."} and self._days.at(at) is not None
        return inside_a_word or dated or len(items.word(at)) > len("00")

    def _has_minute(self, at: int) -> bool:
        """10:30, 10.30; "10,30", "10-30" and "10 30" only beside a word for hours or a day, for they may be prices."""
        items = self._items
        if not (items.has(at + 1, "digits") and len(items.word(at + 1)) == len("00")):
            return False
        gap = items.gap(at)
        marked = items.has(at - 1, "at", "at_digits", *BESIDE)
        told = marked and (gap == "," or (items.is_minute(at + 1) and not items.has(at + 2, "things", "month", *AFTER)))
        return gap.strip() in COLONS or gap == "." or told

    def _is_no_count(self, at: int) -> bool:
        """Whether a number with a word that stands behind hours and things is an hour."""
        return self._items.has(at - 1, *BESIDE, "minutes_before", "range") or self._items.ended(at + 2)

    def _minutes_behind(self, at: int) -> tuple[int, int]:
        """Minutes that are said behind the hour, and how many items say them: "and a half", "less ten", "20"."""
        items = self._items
        if items.has(at, "minutes_after"):
            return int(items.value(at, "minutes_after")), 1
        sign = -1 if items.has(at, "minus") else 1
        joined = items.has(at, "plus", "minus")
        kinds = ("digits", "number") if joined else ("number",)
        number = items.number(at + joined, *kinds) if joined or items.has(at - 1, *AFTER, "number") else None
        size = 1 + joined
        if number is None or number % STEP or not STEP <= number <= LAST_STEP:
            return 0, 0
        return (0, 0) if items.has(at + size, "things", "minutes_after", *AFTER) else (sign * number, size)

    def _spoken_minutes(self, at: int) -> int | None:
        """Ten past nine, ten to nine. "10 to 12" is from 10 to 12."""
        items = self._items
        number = items.number(at, "digits", "number")
        if number is None or number % STEP or not STEP <= number < AN_HOUR / 2 or items.has(at - 1, "at"):
            return None
        if items.number(at + 2, "digits", "number") is None:
            return None
        if items.has(at + 1, "past"):
            return number
        is_range = items.has(at, "digits") and number < NOON
        return -number if items.has(at + 1, "to") and not is_range else None

    def _is_range(self, at: int, *, said: bool) -> bool:
        """From 10 to 12, when something says that these are hours."""
        items = self._items
        said = said or items.has(at + 2, *AFTER, "am", "pm")
        return said and items.has(at, "range", "to") and items.has(at + 1, "digits", "at", "number")


def _clock(size: int, hour: int, minute: int, *, half: bool = False) -> FoundHour:
    """The hour with its minutes, which may be before it; before one it is past twelve."""
    if not 0 <= minute < AN_HOUR and hour > 0 and -AN_HOUR < minute < 0:
        hour, minute = hour - 1 or NOON, minute + AN_HOUR
    return FoundHour(size, hour, minute, half)
