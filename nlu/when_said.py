"""What a typed time means: a small grammar of days, parts of day and hours over each language's words.

A library was tried and drops bare hours or guesses silently; here what is not understood stays None, and what was
understood is always shown and confirmed before anything is booked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

from nlu.lexicon import languages, lexicon
from nlu.understanding import Moment, Part
from nlu.when_days import Days
from nlu.when_hours import FoundHour, Hours
from nlu.when_items import ENDS, Items

Problem = Literal["past", "impossible", "none_found"]
LAST_AFTERNOON_HOUR = 7
"""Bare hours from 1 to 7 are afternoon: no office is open at 3 in the morning."""
LAST_SAID_OF_THE_AFTERNOON = 8
NOON, LAST_HOUR, LAST_MINUTE = 12, 23, 59
LETTERS_OF_A_WORD = 3
NOT_REACHES, NOT_REACHES_BACK = 4, 2
"""How many items before and behind a day "not" may stand: "I cannot come on Monday", "Monday I cannot"."""
DAYS = ("day", "weekday", "today_part")
OF_THE_HOUR = ("part", "at", "digits", "number", "clock", "hours", "minutes_after")


def when_said(text: str, now: datetime, language: str | None = None) -> Moment:
    """The day, part of day and hour in `text`. `now` is aware, in the city's zone; numeric dates are day first.

    Without a language, it is read in the one that knows most of its words.
    """
    if language not in languages():
        language = max(languages(), key=lambda code: Items(text, lexicon(code), guesses=False).known())
    reading = _Reading(Items(text, lexicon(language), guesses=True), now)
    first = reading.read()
    said_nothing = first.problem == "none_found" and not reading.refused
    return _read_in_italian(first, now) if said_nothing and language != "it" else first


def _read_in_italian(first: Moment, now: datetime) -> Moment:
    """What Italian words in another language's message mean; numbers alone say no more in Italian."""
    second = _Reading(Items(first.text, lexicon("it"), guesses=False), now).read()
    worded = any(
        sum(map(str.isalpha, first.text[start:end])) >= LETTERS_OF_A_WORD for _kind, start, end in second.spans
    )
    return second if worded or second.problem == "past" else first


@dataclass
class _Reading:
    """One message read with one language's words. The first day, part and hour count."""

    items: Items
    now: datetime
    day: date | None = None
    part: Part | None = None
    hour: FoundHour | None = None
    problem: Problem | None = None
    past_said: bool = False
    """Whether a day of the past was said, which a later day replaces: "I came yesterday, may I come tomorrow?"."""
    refused: set[int] = field(default_factory=set)
    """The places of what stands beside a "not"."""
    spans: list[tuple[str, int, int]] = field(default_factory=list)

    def read(self) -> Moment:
        items = self.items
        days = Days(items, self.now.date())
        hours = Hours(items, days)
        self.refused = self._refused()
        at = 0
        while at < len(items):
            size = self._take_day(days, at)
            size = size or self._take_hour(hours.at(at, day_said=self.day is not None), at)
            at += size or self._take_part(at)
        clock = self._clock()
        if self.problem is None and ((self.past_said and self.day is None) or self._is_past(clock)):
            self.problem = "past"
        if self.day is None and self.part is None and clock is None and self.problem is None:
            self.problem = "none_found"
        return Moment(items.text, self.day, self.part, clock, self.problem, tuple(self.spans))

    def _take_day(self, days: Days, at: int) -> int:
        found = days.at(at)
        if found is None or (self.day is not None and self.part is None and self.items.has(at, "part")):
            return 0  # in "Montag Morgen" the word for tomorrow is a part of the day
        if at in self.refused:
            return found.size
        if found.day is None and self.day is None:
            self.problem = "impossible"
        elif found.day is None:
            return found.size
        elif found.day < self.now.date():
            self.past_said = True
        elif self.day is None or any(self.items.has(one, "rather") for one in (at - 1, at - 2)):
            if self.past_said or self.day is not None:
                self.part, self.hour, self.spans = None, None, []
            self.day = found.day
            self.spans.append(("day", *self.items.place(at, found.size)))
        # "This morning" is a day and a part of it, and so is "Freitagnachmittag".
        kind = "part" if self.items.has(at, "weekday") else "today_part"
        if self.items.has(at, kind) and self.part is None:
            self.part = self.items.value(at, kind)  # type: ignore[assignment]  # the file's keys are parts
        return found.size

    def _refused(self) -> set[int]:
        """The places of what stands beside a "not": each refuses the nearest day, the following one of two as near.

        Days that are joined with it go too, and so does the part that is said with it; where no other day is said, but
        another part behind the "not", only the part goes. Where no day is near, the nearest part is refused.
        """
        items, refused = self.items, set[int]()
        for at in range(len(items)):
            if not items.has(at, "not", "not_behind"):
                continue
            day = self._nearest(at, *DAYS)
            if day is not None:
                refused |= self._refused_day(at, day)
            elif (part := self._nearest(at, "part")) is not None:
                refused.add(part)
        return refused

    def _refused_day(self, at: int, day: int) -> set[int]:
        """The places of the day that the "not" at a place refuses, and of what goes with it."""
        items = self.items
        if not items.has(day + 1, "part") or items.has(day, "part"):
            return self._joined(day)
        part, behind = day + 1, range(max(at, day + 1) + 1, len(items))
        another_day = any(items.has(other, *DAYS) for other in range(len(items)) if other != day)
        another_part = any(items.has(other, "part") for other in behind)
        return {part} if another_part and not another_day else {part} | self._joined(day)

    def _nearest(self, at: int, *kinds: str) -> int | None:
        """The item of these kinds that a "not" means; None when there is none."""
        near = [one for one in range(len(self.items)) if self.items.has(one, *kinds) and self._reaches(at, one)]
        return min(near, key=lambda one: (abs(one - at), -one), default=None)

    def _joined(self, day: int) -> set[int]:
        """A day and those before it in a list: "Monday and Tuesday"."""
        before = day - 1 - self.items.has(day - 1, "links", "range")
        if self.items.has(before, *DAYS) and self._together(before, day):
            return {day} | self._joined(before)
        return {day}

    def _reaches(self, at: int, other: int) -> bool:
        """Whether a "not" may mean another item; what is said of the hour between them does not count."""
        ahead = self.items.has(at, "not") and 0 < other - at <= NOT_REACHES
        between = sum(self.items.has(one, *OF_THE_HOUR) for one in range(other + 1, at))
        back = 0 < at - other <= NOT_REACHES_BACK + between and not self.items.has(at - 1, "links")
        return (ahead or back) and self._together(at, other)

    def _together(self, one: int, other: int) -> bool:
        """Whether no punctuation stands between two items."""
        first, last = sorted((one, other))
        return all(ENDS.isdisjoint(self.items.gap(at)) for at in range(first, last))

    def _take_part(self, at: int) -> int:
        if self.items.has(at, "part") and self.part is None and at not in self.refused:
            self.part = self.items.value(at, "part")  # type: ignore[assignment]  # the file's keys are parts
            self.spans.append(("part", *self.items.place(at, 1)))
        return 1

    def _take_hour(self, found: FoundHour | None, at: int) -> int:
        if found is None:
            return 0
        behind, nots = at + found.size, ("not", "not_behind")
        refused = any(
            self.items.has(one, *nots[: 1 + (one == behind)]) and self._together(one, at)
            for one in (at - 2, at - 1, behind)
        )
        ends = self.items.has(at - 1, "until") or self.items.has(behind, "until_behind")
        if self.hour is None and not refused and not ends:
            if found.hour > LAST_HOUR + 1 or found.minute > LAST_MINUTE:
                self.problem = "impossible"
            else:
                self.hour = found
                self.spans.append(("time", *self.items.place(at, found.size)))
        if not refused and not ends:
            self._take_part(behind - 1)  # "9 утра" is the morning as well
        return found.size

    def _clock(self) -> time | None:
        """The hour on a clock of 24, with the half of the day that was said or that offices keep."""
        if self.hour is None:
            return None
        hour = self.hour.hour % (LAST_HOUR + 1)
        if not self.hour.half_said and 0 < hour < NOON:
            late = {
                None: hour <= LAST_AFTERNOON_HOUR,
                "morning": False,
                "afternoon": hour <= LAST_SAID_OF_THE_AFTERNOON,
                "evening": True,
            }
            hour += NOON if late[self.part] else 0
        return time(hour, self.hour.minute)

    def _is_past(self, clock: time | None) -> bool:
        if self.day is None:
            return False
        return self.day == self.now.date() and clock is not None and clock <= self.now.time()
