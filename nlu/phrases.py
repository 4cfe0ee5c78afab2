"""Names of languages, numbers and topics in a message, as the marks in the training data taught them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nlu.normal import normalise
from nlu.tokens import phrases_in
from nlu.understanding import Entity

MOST = 99
"""Larger numbers are years, sums, telephone numbers: no count of people or months."""
_NUMBER = re.compile(r"(?<![\d.,:/\-+])\d{1,2}(?![\d.,:/\-]*\d)")


class Phrases:
    """The phrases of a model, ready to be looked for."""

    def __init__(self, by_kind: Mapping[str, Mapping[str, str]]) -> None:
        self._by_kind = {
            kind: (phrases, max(len(words.split()) for words in phrases))
            for kind, phrases in by_kind.items()
            if phrases
        }

    def within(self, text: str) -> Iterator[Entity]:
        """Each language, number and topic named in a message."""
        for kind, (phrases, longest) in self._by_kind.items():
            for value, start, end in phrases_in(text, phrases, longest):
                yield Entity(kind, value, start, end)  # type: ignore[arg-type]  # the kinds of training.PHRASES
        for match in _NUMBER.finditer(text):
            if 0 < (number := int(normalise(match.group()))) <= MOST:
                yield Entity("number", str(number), match.start(), match.end())
