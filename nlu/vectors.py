"""Messages as weights of their pieces (tf-idf, unit length), for training: what `linear.py` does for one, for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize

from nlu.linear import Floats, Pieces, pairs_of, pieces_of


class Vectorizer:
    """Learns which pieces there are; scikit-learn's would do, but this one cuts each word only once."""

    def __init__(self, texts: Sequence[str], least: int) -> None:
        """`texts` are normalised; a piece is learnt that stands in at least so many of them."""
        found: Counter[str] = Counter()
        words_in: Counter[str] = Counter()
        for text in texts:
            words = text.split()
            words_in.update(set(words))
            found.update(set(pairs_of(words)))
        # Pieces are counted once a word, which counts a text twice where two of its words share one: close enough.
        for word, count in words_in.items():
            for piece in set(pieces_of(word)):
                found[piece] += count
        kept = sorted(piece for piece, count in found.items() if count >= least)
        self.vocabulary: dict[str, int] = {piece: number for number, piece in enumerate(kept)}
        self._pieces = Pieces(self.vocabulary, remembered=None)
        standing = np.diff(self._counts(texts).tocsc().indptr)
        self.idf: Floats = (np.log((1 + len(texts)) / (1 + standing)) + 1).astype(np.float32)

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """A row a text."""
        vectors = self._counts(texts)
        vectors.data = (1 + np.log(vectors.data)) * self.idf[vectors.indices]
        return normalize(vectors, copy=False)

    def _counts(self, texts: Sequence[str]) -> csr_matrix:
        rows = [self._pieces.rows(text) for text in texts]
        ends = np.cumsum([0, *map(len, rows)])
        numbers = np.concatenate(rows)
        counted = csr_matrix(
            (np.ones(len(numbers), dtype=np.float32), numbers, ends), shape=(len(texts), len(self.vocabulary))
        )
        counted.sum_duplicates()
        return counted
