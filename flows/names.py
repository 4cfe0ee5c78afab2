"""What a person wants to be called."""

from __future__ import annotations

from flows.questions import UnreadableError
from locales.text import _

MAX_NAME = 40


def short_name(words: str) -> str:
    """A first name or whatever the person wants to be called by. Raises UnreadableError when it is none."""
    name = " ".join(words.split())
    if not any(character.isalpha() for character in name) or len(name) > MAX_NAME:
        raise UnreadableError(_("Please write only a first name, for example “Amina”. It may be invented."))
    return name
