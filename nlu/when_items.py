"""A message as the grammar of times sees it: words and phrases, and all that each may mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nlu.lexicon import Lexicon
from nlu.signs import sign_number
from nlu.tokens import Token, tokens

PHONE_PIECES, PHONE_DIGITS = 3, 7
"""So many numbers in a row with so many digits are a telephone number."""
LONGEST_NUMBER = 4
"""Digits of a year; longer numbers say nothing of times."""
ENDS = frozenset(".,;:!?()…。，！？、；،؛؟।።፣፤\n")
LAST_HOUR = 24
"""As hours are said; a clock shows 0."""
MINUTES = frozenset({0, 30, 35, 40, 45, 50, 55})
"""Those that are no day, no month and no hour."""
TIME_KINDS = frozenset({
    "day", "weekday", "part", "today_part", "at", "in", "day_of_month", "noon", "links", "next_week", "last", "not",
    "range", "ordinal",
})  # fmt: skip


@dataclass(frozen=True)
class Item:
    """A word or phrase: what it may mean, by kind, and where it stands. `guessed`: it was written with a mistake."""

    kinds: dict[str, str]
    word: str
    start: int
    end: int
    guessed: bool = False


class Items:
    """The items of one message, asked for by their place; places beyond its ends hold nothing."""

    def __init__(self, text: str, words: Lexicon, *, guesses: bool) -> None:
        """`guesses`: whether a word with one letter wrong is understood."""
        self.text = text
        self.words = words
        found = tokens(text)
        no_times = _telephone_numbers(text, found)
        self._items: list[Item] = []
        at = 0
        while at < len(found):
            size, named = words.phrases.longest(found, at)
            first, last = found[at], found[at + max(size, 1) - 1]
            kinds = dict(reversed(named))
            word = " ".join(token.word for token in found[at : at + max(size, 1)])
            if not kinds and (signs := sign_number(found, at))[0]:
                size, word = signs[0], str(signs[1]).zfill(min(signs[0], 2))
                kinds, last = {"digits": word}, found[at + size - 1]
            meant = words.meant(first.word) if guesses and not kinds else None
            if meant is not None:
                kinds = dict(reversed(words.phrases.named(meant)))
            elif not kinds and at not in no_times and word.isdecimal() and len(word) <= LONGEST_NUMBER:
                kinds = {"digits": word}
            self._items.append(Item(kinds, word, first.start, last.end, meant is not None))
            at += max(size, 1)

    def __len__(self) -> int:
        return len(self._items)

    def known(self) -> int:
        """How many characters of the message are words of this language."""
        return sum(one.end - one.start for one in self._items if one.kinds.keys() - {"digits"})

    def has(self, at: int, *kinds: str) -> bool:
        """Whether an item may be one of these."""
        return 0 <= at < len(self) and not self._items[at].kinds.keys().isdisjoint(kinds)

    def value(self, at: int, kind: str) -> str:
        """What the item is as one of that kind."""
        return self._items[at].kinds[kind]

    def number(self, at: int, *kinds: str) -> int | None:
        """The number that an item is, as one of these kinds."""
        return next((int(self.value(at, kind)) for kind in kinds if self.has(at, kind)), None)

    def word(self, at: int) -> str:
        """The item as it was written; empty beyond the ends."""
        return self._items[at].word if 0 <= at < len(self) else ""

    def guessed(self, at: int) -> bool:
        """Whether the item was written with a mistake."""
        return self._items[at].guessed

    def place(self, at: int, size: int) -> tuple[int, int]:
        """Where so many items stand in the message."""
        return self._items[at].start, self._items[at + size - 1].end

    def gap(self, at: int) -> str:
        """What stands between an item and the one after it; empty when nothing does, a line's end at the last."""
        if at + 1 < len(self):
            return self.text[self._items[at].end : self._items[at + 1].start]
        return "\n"

    def is_minute(self, at: int) -> bool:
        """Whether digits behind others, apart by a stroke or a space, can only be minutes: "10-30", "10 30"."""
        minutes = len(self.word(at)) == len("00") and (self.number(at, "digits") or 0) in MINUTES
        hour = self.number(at - 1, "digits")
        return minutes and hour is not None and hour <= LAST_HOUR and self.gap(at - 1) in {"-", " "}

    def ended(self, at: int) -> bool:
        """Whether what was said of a time may end before this item: no noun that is counted can follow there."""
        return at >= len(self) or self.has(at, *TIME_KINDS) or not ENDS.isdisjoint(self.gap(at - 1))


def _telephone_numbers(text: str, found: Sequence[Token]) -> set[int]:
    """The places of numbers that make a telephone number together."""
    runs: list[list[int]] = [[]]
    for at, token in enumerate(found):
        before = text[found[at - 1].end : token.start] if at else ""
        if not token.word.isdecimal():
            runs.append([])
        elif before.strip():
            runs.append([at])
        else:
            runs[-1].append(at)
    long = (run for run in runs if len(run) >= PHONE_PIECES and len(_digits(found, run)) >= PHONE_DIGITS)
    beside_a_long_number = (
        place
        for pair in pairwise(range(len(found)))
        if any(len(found[one].word) > LONGEST_NUMBER for one in pair)
        and all(found[one].word.isdecimal() for one in pair)
        for place in pair
    )
    return {place for run in long for place in run} | set(beside_a_long_number)


def _digits(found: Sequence[Token], run: Sequence[int]) -> str:
    return "".join(found[at].word for at in run)
