"""Words of a message with their places in it: what the finders of cities and times read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from locales.normal import normalise

# Not by \w, which leaves the vowel signs of Indic scripts out of words; digits of every script are numbers; a Chinese
# sign is a word, for no spaces stand between them.
_PIECE = re.compile(r"\d+|[\u3400-\u9fff]|[^\s\d.,;:!?()/\-\u3400-\u9fff。，！？、；：（）،؛؟।።፣፤፡]+")


@dataclass(frozen=True)
class Token:
    """One word or number, normalised, and where it stands in the message."""

    word: str
    start: int
    end: int


@lru_cache(maxsize=256)
def tokens(text: str) -> tuple[Token, ...]:
    """The words and numbers of a message; letters and digits that touch ("10h30") are apart."""
    return tuple(
        Token(part, match.start(), match.end())
        for match in _PIECE.finditer(text)
        for part in normalise(match.group()).split()
    )


def phrase(text: str) -> str:
    """A phrase as it stands in the tables that are looked up: its tokens with a space between."""
    return " ".join(token.word for token in tokens(text))


class Phrases:
    """Phrases and what they name, as (kind, value); one phrase may name several things."""

    def __init__(self, named: Iterable[tuple[str, str, str]]) -> None:
        """`named`: phrase, kind, value."""
        self._named: dict[str, list[tuple[str, str]]] = {}
        for words, kind, value in named:
            self._named.setdefault(words, []).append((kind, value))
        self._longest: dict[str, int] = {}
        for words in self._named:
            first, *rest = words.split(" ")
            self._longest[first] = max(self._longest.get(first, 0), 1 + len(rest))

    def named(self, words: str) -> Sequence[tuple[str, str]]:
        """What a phrase names; nothing when it is none."""
        return self._named.get(words, ())

    def longest(self, words: Sequence[Token], at: int) -> tuple[int, Sequence[tuple[str, str]]]:
        """How many words the longest phrase has that begins at a word, and what it names; 0 when there is none."""
        for size in range(min(self._longest.get(words[at].word, 0), len(words) - at), 0, -1):
            named = self._named.get(" ".join(one.word for one in words[at : at + size]))
            if named is not None:
                return size, named
        return 0, ()

    def within(self, words: Sequence[Token]) -> Iterator[tuple[str, str, int, int]]:
        """Each phrase in a message, the longest at each place: kind, value, where it starts and where it ends."""
        at = 0
        while at < len(words):
            size, named = self.longest(words, at)
            for kind, value in named:
                yield kind, value, words[at].start, words[at + size - 1].end
            at += size or 1
