"""Words as they are compared: one case, no accents, no ornaments, no repeats, one kind of digits."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, combining, decimal, normalize

_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ک": "ك", "ی": "ي", "ـ": None}
)
"""Letters that people use for one another, and the ornamental stroke between letters."""
_REPEATED = re.compile(r"(\D)\1{2,}")
_SPACES = re.compile(r"\s+")
# The marks of these scripts are vowels, not ornaments: without them Bengali words lose half their letters.
_KEEP_MARKS = range(0x0900, 0x0DFF)


# The last is what Ukrainian keyboards write; dropped like the others, it cuts no word in two.
_APOSTROPHES = frozenset("'’\u02bc")


class _Kept(dict[int, str | None]):
    """What each character becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str | None:
        self[code] = kept = _kept(chr(code))
        return kept


def _kept(character: str) -> str | None:
    kind = category(character)
    if character in _APOSTROPHES:
        return None
    if combining(character) and ord(character) not in _KEEP_MARKS:
        return None
    if kind == "Nd":
        return str(decimal(character))
    if kind[0] in "LMN":
        return character
    return None if character == "\u0640" else " "


_KEPT = _Kept()


@lru_cache(maxsize=8_192)
def normalise(words: str) -> str:
    """The words in lower case without accents, punctuation, emoji and repeats; digits as 0-9; single spaces."""
    text = normalize("NFC", normalize("NFKD", words.casefold()).translate(_KEPT)).translate(_ARABIC)
    return _SPACES.sub(" ", _REPEATED.sub(r"\1\1", text)).strip()
