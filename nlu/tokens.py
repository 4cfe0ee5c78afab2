"""Words of a message with their places in it: what the finders of cities and times read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nlu.normal import normalise

# Not by \w, which leaves the vowel signs of Indic scripts out of words; digits of every script are numbers.
_PIECE = re.compile(r"\d+|[^\s\d.,;:!?()/\-]+")


@dataclass(frozen=True)
class Token:
    """One word or number, normalised, and where it stands in the message."""

    word: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words and numbers of a message; letters and digits that touch ("10h30") are apart."""
    found: list[Token] = []
    for match in _PIECE.finditer(text):
        word = normalise(match.group())
        found.extend(Token(part, match.start(), match.end()) for part in word.split())
    return found


def longest_match(words: Sequence[Token], at: int, phrases: Mapping[str, str], longest: int) -> tuple[str, int] | None:
    """The longest phrase that begins at a word: its value, and how many words it has."""
    for size in range(min(longest, len(words) - at), 0, -1):
        value = phrases.get(" ".join(token.word for token in words[at : at + size]))
        if value is not None:
            return value, size
    return None


def phrases_in(text: str, phrases: Mapping[str, str], longest: int) -> Iterator[tuple[str, int, int]]:
    """Each known phrase in a message: its value, where it starts and where it ends."""
    words = tokens(text)
    at = 0
    while at < len(words):
        match = longest_match(words, at, phrases, longest)
        if match is not None:
            value, size = match
            yield value, words[at].start, words[at + size - 1].end
        at += match[1] if match is not None else 1
