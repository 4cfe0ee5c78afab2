"""The languages that are understood, and the scripts that people write them in."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from unicodedata import name

OWN_SCRIPTS: dict[str, str] = {
    "am": "ETHIOPIC",
    "ar": "ARABIC",
    "bn": "BENGALI",
    "de": "LATIN",
    "en": "LATIN",
    "es": "LATIN",
    "fa": "ARABIC",
    "fr": "LATIN",
    "it": "LATIN",
    "pa": "GURMUKHI",
    "ps": "ARABIC",
    "pt": "LATIN",
    "ro": "LATIN",
    "ru": "CYRILLIC",
    "so": "LATIN",
    "sq": "LATIN",
    "ti": "ETHIOPIC",
    "tr": "LATIN",
    "uk": "CYRILLIC",
    "ur": "ARABIC",
    "zh": "CJK",
}
"""The script of each language; everybody also writes in Latin letters. Persian ("fa") is Iran's and Afghanistan's."""
SECOND_SCRIPTS: dict[str, frozenset[str]] = {"pa": frozenset({"ARABIC"})}
"""Further scripts in use: Punjabi in Pakistan."""


@lru_cache(maxsize=4_096)
def script_of_letter(letter: str) -> str:
    """LATIN, ARABIC, CJK, ...: the first word of the letter's Unicode name."""
    return "LATIN" if letter.isascii() else name(letter, "UNKNOWN").split()[0]


def scripts_in(text: str) -> Counter[str]:
    """How many letters of each script a message has."""
    return Counter(script_of_letter(letter) for letter in text if letter.isalpha())


def main_script(text: str) -> str | None:
    """The script of most letters; None without letters."""
    counts = scripts_in(text)
    return max(counts, key=counts.__getitem__) if counts else None
