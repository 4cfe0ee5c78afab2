"""Messages as weights of their pieces (tf-idf, unit length), for training: what `linear.py` does for one, for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize

from nlu.linear import Floats, pieces_of


class Vectorizer:
    """Learns which pieces there are; scikit-learn's would do, but this one cuts each word only once."""

    def __init__(self, texts: Sequence[str], least: int) -> None:
        """`texts` are normalised; a piece is learnt that stands in at least so many of them."""
        found: Counter[str] = Counter()
        words_in: Counter[str] = Counter()
        for text in texts:
            words = text.split()
            words_in.update(set(words))
            found.update({f"={first} {second}" for first, second in pairwise(words)})
        # Pieces are counted once a word, which counts a text twice where two of its words share one: close enough.
        for word, count in words_in.items():
            for piece in set(pieces_of(word)):
                found[piece] += count
        kept = sorted(piece for piece, count in found.items() if count >= least)
        self.vocabulary: dict[str, int] = {piece: number for number, piece in enumerate(kept)}
        self._rows: dict[str, npt.NDArray[np.int32]] = {}
        standing = np.diff(self._counts(texts).tocsc().indptr)
        self.idf: Floats = (np.log((1 + len(texts)) / (1 + standing)) + 1).astype(np.float32)

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """A row a text."""
        vectors = self._counts(texts)
        vectors.data = (1 + np.log(vectors.data)) * self.idf[vectors.indices]
        return normalize(vectors, copy=False)

    def _counts(self, texts: Sequence[str]) -> csr_matrix:
        rows = [self._pieces(text) for text in texts]
        ends = np.cumsum([0, *map(len, rows)])
        numbers = np.concatenate(rows)
        counted = csr_matrix(
            (np.ones(len(numbers), dtype=np.float32), numbers, ends), shape=(len(texts), len(self.vocabulary))
        )
        counted.sum_duplicates()
        return counted

    def _pieces(self, text: str) -> npt.NDArray[np.int32]:
        words = text.split()
        pairs = (self.vocabulary.get(f"={first} {second}") for first, second in pairwise(words))
        own = np.array([number for number in pairs if number is not None], dtype=np.int32)
        return np.concatenate([own, *(self._of_word(word) for word in words)])

    def _of_word(self, word: str) -> npt.NDArray[np.int32]:
        if word not in self._rows:
            known = (self.vocabulary.get(piece) for piece in pieces_of(word))
            self._rows[word] = np.array([number for number in known if number is not None], dtype=np.int32)
        return self._rows[word]
