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
UNKNOWN = "und"
"""The language of examples that do not say it."""
SECOND_SCRIPTS: dict[str, frozenset[str]] = {"pa": frozenset({"ARABIC"})}
"""Further scripts in use: Punjabi in Pakistan."""
MIXED_IN = 0.25
"""From this share of its letters on another script than Latin is the message's: the rest are Italian words."""
LETTERS_OF_A_SIGN = 3
"""A Chinese character says about as much as three letters."""


@lru_cache(maxsize=4_096)
def script_of_letter(letter: str) -> str:
    """LATIN, ARABIC, CJK, ...: the first word of the letter's Unicode name."""
    return "LATIN" if letter.isascii() else name(letter, "UNKNOWN").split()[0]


def scripts_in(text: str) -> Counter[str]:
    """How many letters of each script a message has."""
    return Counter(script_of_letter(letter) for letter in text if letter.isalpha())


def main_script(text: str) -> str | None:
    """The script a message is written in; None without letters. Italian words in it do not make it Latin."""
    counts = scripts_in(text)
    if "CJK" in counts:
        counts["CJK"] *= LETTERS_OF_A_SIGN
    latin = counts.pop("LATIN", 0)
    other = max(counts, key=counts.__getitem__, default=None)
    if other is not None and counts[other] >= MIXED_IN * (latin + counts[other]):
        return other
    return "LATIN" if latin else other
