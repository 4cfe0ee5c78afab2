"""In which language a message is written: by its script where that tells, else by the trained classifier."""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import name

from nlu.linear import Linear

SURE_OF_LANGUAGE = 0.75
NOT_ARABIC = frozenset("پچژگکیٹڈڑےںہھټډړښځڅې")
"""Letters of Persian, Urdu and Pashto that Arabic does not have."""
SCRIPTS = {"ARABIC": "ar", "BENGALI": "bn"}


def language_of(languages: Linear, text: str, pieces: Mapping[str, int]) -> str | None:
    """The language's code; None when it cannot be told, or for our languages written in another script."""
    script = _script(text)
    if script is None:
        return None
    if script == "ARABIC" and NOT_ARABIC & set(text):
        return None
    if script != "LATIN":
        return SCRIPTS.get(script)
    odds = languages.probabilities(pieces)
    at = int(odds.argmax())
    code = languages.classes[at]
    # Romanised Arabic and Bengali keep the language of the conversation: nobody wants to be answered so.
    return code if float(odds[at]) >= SURE_OF_LANGUAGE and "-" not in code else None


def _script(text: str) -> str | None:
    """The script of most letters: ARABIC, BENGALI, LATIN, CYRILLIC, ..."""
    counts: dict[str, int] = {}
    for letter in text:
        if letter.isalpha():
            script = "LATIN" if letter.isascii() else name(letter, "UNKNOWN").split()[0]
            counts[script] = counts.get(script, 0) + 1
    return max(counts, key=counts.__getitem__) if counts else None
