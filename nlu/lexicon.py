"""Words of time in one language: read once from `nlu/when/<language>.yml`, compared as messages are.

Keys of a file, of which a language has those that it needs:
today, tomorrow, after_tomorrow, past_days (yesterday, last week): days; days_ahead: {14: [in two weeks]}; next_week.
weekdays: {0: Monday}; months: {1: January}; parts: {morning: ...}; today_parts: {morning: [this morning]}.
day_of_month: what stands before "the 5th"; day_of_month_after: behind it; ordinals: {1: [first]}.
in, days, weeks: "in 3 days"; from_now: "3 days from now"; last: "last Monday"; not: "Monday I cannot";
not_behind: the same, only behind the day.
at: before an hour; at_digits: the same, only before digits or with a word for hours; hours: behind it;
counted_hours: behind it, and behind numbers of things too; noon; am; pm.
clock: {10: [whole words that are hours], "1:30": [...]}; counted_clock: the same, which may be numbers of things too.
minutes_before: {-15: [quarter to], -30: [halb]}; minutes_after: {-15: [meno un quarto], 20: [e venti]};
half, quarter: after the hour; half_before, quarter_before: before it; past, to: "ten past nine", "ten to nine";
plus, minus: "nine and twenty"; minutes: behind their number;
between: before two hours; range: "from 10 to 12".
rather: before a day that is meant instead of one said before ("tomorrow I have school, better on Friday").
until: before an hour at which something ends, which is not taken; until_behind: the same, behind the hour.
numbers: {10: [ten]}, of hours, days and minutes.
prefixes: written together with the words of days, parts and numbers ("to-Monday").
links: words that end a time ("if", "because", "or"); things: what is counted and is no time ("euro", "children").
others: words that look like a time and are none: "good morning", and words a letter away from a word of time.
joined (true): weekdays and parts of the day are written in one word, too ("Freitagnachmittag").
lent (Italian alone): words that people mix into any language; one that means something in a language stays its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from nlu.tokens import Phrases, phrase

FILES = Path(__file__).parent / "when"
FEWEST_LETTERS = 5
"""Shorter words are not looked for with a letter wrong."""
FEWEST_LETTERS_BY_SCRIPT = (("\u0600", "\u06ff", 8), ("\u0900", "\u0dff", 6))
"""More in Arabic, where a letter away from Friday are the university and the association, and in Indic scripts, where
the signs of vowels count."""
_DAYS = {"today": 0, "tomorrow": 1, "after_tomorrow": 2, "past_days": -1}
_TABLES = {
    "days_ahead": "day", "weekdays": "weekday", "months": "month", "parts": "part", "today_parts": "today_part",
    "clock": "clock", "counted_clock": "counted_clock", "ordinals": "ordinal", "numbers": "number",
    "minutes_before": "minutes_before", "minutes_after": "minutes_after",
}  # fmt: skip
_MINUTES = {
    "half": ("minutes_after", "30"), "quarter": ("minutes_after", "15"),
    "half_before": ("minutes_before", "30"), "quarter_before": ("minutes_before", "15"),
}  # fmt: skip
_LISTS = (
    "at", "hours", "counted_hours", "in", "days", "weeks", "from_now", "last", "not", "next_week", "day_of_month",
    "day_of_month_after", "not_behind", "between", "at_digits", "until", "until_behind", "rather", "minutes", "noon",
    "am", "pm", "past", "to", "plus", "minus", "range", "links", "things", "others",
)  # fmt: skip
_MISSPELT = frozenset({"day", "weekday", "month", "part", "today_part"})
"""What is understood with a letter wrong; hours are not."""
_PREFIXED = frozenset({"day", "weekday", "part", "number"})
SHORTEST_MISSPELT_MONTH = 7
"""Short names of months are a letter away from too many words: Marco, aprire, match, junto."""


@dataclass(frozen=True)
class Lexicon:
    """`phrases` names (kind, value), as in ("weekday", "0").

    `says_in`: a word for "in" leads to days ahead ("in 3 days"); elsewhere they are said in one phrase.
    """

    phrases: Phrases
    says_in: bool
    spellings: dict[str, tuple[str, ...]]
    """Words that are understood with a letter wrong, by their first letter."""

    def meant(self, word: str) -> str | None:
        """The word of time that a word with one letter wrong stands for; None when there is none, or several."""
        if len(word) < _fewest_letters(word):
            return None
        near = {
            tuple(sorted(self.phrases.named(one))): one
            for one in self.spellings.get(word[0], ())
            if _one_edit_apart(word, one)
        }
        return next(iter(near.values())) if len(near) == 1 else None


@lru_cache(maxsize=32)
def lexicon(language: str) -> Lexicon:
    """The words of one language. Raises FileNotFoundError for one without a file."""
    content = _content(language)
    prefixes: list[str] = content.get("prefixes", [])
    entries = [
        (phrase(before + words), kind, value)
        for kind, value, words in _entries(content)
        for before in ("", *(prefixes if kind in _PREFIXED else ()))
    ]
    spellings: dict[str, set[str]] = {}
    for words, kind, _value in entries:
        fewest = SHORTEST_MISSPELT_MONTH if kind == "month" else FEWEST_LETTERS
        if kind in _MISSPELT and len(words) >= fewest and " " not in words:
            spellings.setdefault(words[0], set()).add(words)
    if content.get("joined"):
        entries += list(_joined(entries))
    own = {words for words, _kind, _value in entries}
    entries += [lent for lent in _lent() if lent[0] not in own]
    return Lexicon(
        Phrases(entries), bool(content.get("in")), {first: tuple(sorted(found)) for first, found in spellings.items()}
    )


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages whose words of time are known."""
    return tuple(sorted(path.stem for path in FILES.glob("*.yml")))


def _joined(entries: Sequence[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Days and parts of the day in one word: both kinds, under the same phrase."""
    for words, kind, value in entries:
        if kind == "weekday":
            for behind, other, part in entries:
                if other == "part" and " " not in words + behind:
                    yield from ((words + behind, kind, value), (words + behind, other, part))


def _content(language: str) -> dict[str, Any]:
    # The loader in C: some files are long, and the first message in a language waits for its words.
    content: dict[str, Any] = yaml.load((FILES / f"{language}.yml").read_bytes(), yaml.CSafeLoader)
    return content


@lru_cache(maxsize=1)
def _lent() -> tuple[tuple[str, str, str], ...]:
    """Words of the city around them that people mix into their own: "завтра alle 11", "lunedi sabah"."""
    content = _content("it")
    lent = {phrase(words) for words in content["lent"]}
    entries = ((phrase(words), kind, value) for kind, value, words in _entries(content))
    return tuple(entry for entry in entries if entry[0] in lent)


def _entries(content: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, ahead in _DAYS.items():
        yield from (("day", str(ahead), words) for words in content.get(name, ()))
    for name, kind in _TABLES.items():
        for value, phrases in content.get(name, {}).items():
            yield from ((kind, str(value), words) for words in phrases)
    for name, (kind, value) in _MINUTES.items():
        yield from ((kind, value, words) for words in content.get(name, ()))
    for name in _LISTS:
        yield from ((name, "", words) for words in content.get(name, ()))


def _fewest_letters(word: str) -> int:
    scripts = (fewest for first, last, fewest in FEWEST_LETTERS_BY_SCRIPT if first <= word[:1] <= last)
    return next(scripts, FEWEST_LETTERS)


def _one_edit_apart(one: str, other: str) -> bool:
    """Whether a letter more, less or changed, or two letters in the other order, make one word the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    left, right = one[same:], other[same:]
    swapped = left[:2] == right[1::-1] and len(right) > 1 and left[2:] == right[2:]
    return left[1:] == right or left == right[1:] or left[1:] == right[1:] or swapped
