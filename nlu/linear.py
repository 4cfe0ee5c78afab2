"""A linear classifier of short messages as it is used: a vocabulary and a table from a file, no scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

LONGEST_GRAM = 5

Floats = npt.NDArray[np.float32]


def grams(normalised: str) -> Iterator[str]:
    """The pieces that a message is known by: 1 to 5 characters within each word, words, and pairs of words."""
    words = normalised.split()
    for word in words:
        padded = f" {word} "
        for size in range(1, min(LONGEST_GRAM, len(padded)) + 1):
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]
        yield f"={word}"
    for first, second in pairwise(words):
        yield f"={first} {second}"


@dataclass(frozen=True)
class Linear:
    """Weights of known pieces (tf-idf, unit length) times a table of classes; `sharpness` turns scores into odds."""

    classes: tuple[str, ...]
    vocabulary: Mapping[str, int]
    idf: Floats
    table: npt.NDArray[np.float16]
    intercept: Floats
    sharpness: float

    def probabilities(self, pieces: Mapping[str, int]) -> Floats:
        """How likely each class is, in the order of `classes`; they add up to 1. `pieces`: the counted grams."""
        scores = self.scores(pieces) * self.sharpness
        odds = np.exp(scores - scores.max())
        shares: Floats = odds / odds.sum()
        return shares

    def scores(self, pieces: Mapping[str, int]) -> Floats:
        """The classifier's bare scores."""
        vocabulary = self.vocabulary
        known = {vocabulary[gram]: count for gram, count in pieces.items() if gram in vocabulary}
        if not known:
            return self.intercept
        rows = np.fromiter(known.keys(), dtype=np.int64, count=len(known))
        counts = np.fromiter(known.values(), dtype=np.float32, count=len(known))
        weights = (1 + np.log(counts)) * self.idf[rows]
        weights /= np.sqrt(np.dot(weights, weights))
        found: Floats = weights @ self.table[rows].astype(np.float32) + self.intercept
        return found

    def arrays(self, name: str) -> dict[str, npt.NDArray[Any]]:
        """The classifier as arrays for one file, each under `name`."""
        ordered = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        return {
            f"{name}.classes": np.frombuffer("\n".join(self.classes).encode(), dtype=np.uint8),
            f"{name}.vocabulary": np.frombuffer("\n".join(ordered).encode(), dtype=np.uint8),
            f"{name}.idf": self.idf,
            f"{name}.table": self.table,
            f"{name}.intercept": self.intercept,
            f"{name}.sharpness": np.array([self.sharpness], dtype=np.float64),
        }

    @classmethod
    def from_arrays(cls, name: str, arrays: Mapping[str, npt.NDArray[Any]]) -> Linear:
        """The classifier as it was saved under `name`. Raises KeyError."""
        words = arrays[f"{name}.vocabulary"].tobytes().decode().split("\n")
        return cls(
            classes=tuple(arrays[f"{name}.classes"].tobytes().decode().split("\n")),
            vocabulary={gram: number for number, gram in enumerate(words)},
            idf=arrays[f"{name}.idf"],
            table=arrays[f"{name}.table"],
            intercept=arrays[f"{name}.intercept"],
            sharpness=float(arrays[f"{name}.sharpness"][0]),
        )
