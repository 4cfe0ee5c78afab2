"""A linear classifier of short messages as it is used: a vocabulary and a table from a file, no scikit-learn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

LONGEST_GRAM = 5
WORDS_REMEMBERED = 20_000

Floats: TypeAlias = npt.NDArray[np.float32]
Rows: TypeAlias = npt.NDArray[np.int32]
Arrays: TypeAlias = dict[str, npt.NDArray[Any]]


def pieces_of(word: str) -> Iterator[str]:
    """1 to 5 characters within a word, and the whole word."""
    padded = f" {word} "
    for size in range(1, min(LONGEST_GRAM, len(padded)) + 1):
        for start in range(len(padded) - size + 1):
            yield padded[start : start + size]
    yield f"={word}"


def pairs_of(words: Sequence[str]) -> Iterator[str]:
    """Each two words that follow one another."""
    return (f"={first} {second}" for first, second in pairwise(words))


class Pieces:
    """The rows of a message's known pieces: those of each word, and pairs of words.

    Few words make up most of what is written: the rows of `remembered` words are kept, of all with None.
    """

    def __init__(self, vocabulary: Mapping[str, int], remembered: int | None) -> None:
        self.vocabulary = vocabulary
        self._of_word = lru_cache(maxsize=remembered)(lambda word: self._known(pieces_of(word)))

    def rows(self, normalised: str) -> Rows:
        """A row a piece, as often as the piece stands in the message."""
        words = normalised.split()
        return np.concatenate([self._known(pairs_of(words)), *(self._of_word(word) for word in words)])

    def _known(self, pieces: Iterable[str]) -> Rows:
        found = map(self.vocabulary.get, pieces)
        return np.array([row for row in found if row is not None], dtype=np.int32)


@dataclass(frozen=True)
class Head:
    """One question put to the table: its classes are the columns from `first` on.

    `sharpness` turns scores into odds; in a language of `sharpness_in`, with that one.
    """

    classes: tuple[str, ...]
    first: int
    sharpness: float
    sharpness_in: Mapping[str, float] = field(default_factory=dict)

    def odds(self, scores: Floats, language: str | None = None) -> Floats:
        """How likely each class is, in the order of `classes`; they add up to 1. `scores`: of all columns."""
        own = scores[self.first : self.first + len(self.classes)] * self.sharpness_in.get(
            language or "", self.sharpness
        )
        raised = np.exp(own - own.max())
        shares: Floats = raised / raised.sum()
        return shares


class Linear:
    """Weights of known pieces (tf-idf, unit length) times one table for all heads: a message is looked up once.

    The table has a row a piece, in whole numbers from -127 to 127; `gain` is what each row was divided by.
    """

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        idf: Floats,
        table: npt.NDArray[np.int8],
        gain: Floats,
        intercept: Floats,
    ) -> None:
        self.vocabulary, self.idf, self.table, self.gain, self.intercept = vocabulary, idf, table, gain, intercept
        self._pieces = Pieces(vocabulary, WORDS_REMEMBERED)

    def scores(self, normalised: str) -> Floats:
        """The bare scores of all columns."""
        rows, counts = np.unique(self._pieces.rows(normalised), return_counts=True)
        if not rows.size:
            return self.intercept
        weights = (1 + np.log(counts.astype(np.float32))) * self.idf[rows]
        weights *= self.gain[rows] / np.sqrt(np.dot(weights, weights))
        found: Floats = weights @ self.table[rows].astype(np.float32) + self.intercept
        return found

    def known_words(self, normalised: str) -> float:
        """The share of the words that were ever learnt as a whole."""
        words = normalised.split()
        return sum(f"={word}" in self.vocabulary for word in words) / max(len(words), 1)

    def arrays(self) -> Arrays:
        """The classifier as arrays for a file."""
        ordered = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        return {
            "vocabulary": np.frombuffer("\n".join(ordered).encode(), dtype=np.uint8),
            "idf": self.idf,
            "table": self.table,
            "gain": self.gain,
            "intercept": self.intercept,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Linear:
        """The classifier as it was saved. Raises KeyError."""
        text = arrays["vocabulary"].tobytes().decode()
        words = text.split("\n") if text else []
        return cls(
            vocabulary={gram: number for number, gram in enumerate(words)},
            idf=arrays["idf"],
            table=arrays["table"],
            gain=arrays["gain"],
            intercept=arrays["intercept"],
        )


def table_of(weights: npt.NDArray[np.floating[Any]]) -> tuple[npt.NDArray[np.int8], Floats]:
    """Weights (a row a piece) as whole numbers, and the gain of each row."""
    gain = np.abs(weights).max(axis=1, initial=0) / 127
    gain[gain == 0] = 1
    return np.rint(weights / gain[:, None]).astype(np.int8), gain.astype(np.float32)
