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


@lru_cache(maxsize=8_192)
def normalise(words: str) -> str:
    """The words in lower case without accents, punctuation, emoji and repeats; digits as 0-9; single spaces."""
    kept: list[str] = []
    for character in normalize("NFKD", words.casefold()):
        kind = category(character)
        if combining(character) and ord(character) not in _KEEP_MARKS:
            continue
        if kind == "Nd":
            kept.append(str(decimal(character)))
        elif kind[0] in "LMN":
            kept.append(character)
        elif character not in "'’\u0640":
            kept.append(" ")
    text = normalize("NFC", "".join(kept)).translate(_ARABIC)
    return _SPACES.sub(" ", _REPEATED.sub(r"\1\1", text)).strip()
