"""Links and QR codes that open our chat on WhatsApp, and what the first message that they write tells of the person.

WhatsApp has no deep links with a hidden parameter: the words of a link stand in the person's text field, and are sent
as they are or edited. So they are a greeting, which tells the language, and a hashtag, which tells the city.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

import phonenumbers

from locales.languages import SPOKEN
from locales.normal import normalise
from locales.rendering import RLM, render
from locales.text import _
from services_directory.store.files import cities

GREETING = _("Hello! I would like some information.")
_HASHTAG = re.compile(r"(?<!\w)[#＃](\w+)")
_WRITTEN = re.compile(r"\+[\d\s()./-]+")


def first_message(language: str, city: str | None = None) -> str:
    """What a link puts into the text field: a greeting in that language, and `#city` when there is a slug."""
    greeting = render(GREETING, language).replace(RLM, "")
    return f"{greeting} #{city}" if city else greeting


def link(number: str, language: str, city: str | None = None) -> str:
    """The address that opens the chat with that number, the first message already written.

    `number` is international ("+39 099 458 1111"). Raises ValueError for any other, and for a city that is not ours.
    """
    if city is not None and city not in slugs():
        raise ValueError(f"no city of the network: {city!r}")
    return f"https://wa.me/{digits(number)}?text={quote(first_message(language, city), safe='')}"


def digits(number: str) -> str:
    """A number as wa.me wants it: country code and number, nothing else. Raises ValueError."""
    try:
        # An Italian landline keeps its 0 behind the country code, a number of another country has none.
        parsed = phonenumbers.parse(number) if _WRITTEN.fullmatch(number.strip()) else None
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise ValueError(f"not a telephone number with its country code (+39...): {number!r}")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")


@dataclass(frozen=True)
class FirstMessage:
    """What a message that a link began tells: the slug of the city, the language, and what the person asks."""

    city: str | None
    language: str | None
    words: str
    """Without the hashtag of the city; empty when it is what the link wrote, or that hashtag alone."""


def read_first_message(words: str) -> FirstMessage:
    """The hashtag names the city, wherever it stands; the greeting the language, when nothing else is written."""
    named = {tag.lower() for tag in _HASHTAG.findall(words)} & slugs()
    city = named.pop() if len(named) == 1 else None
    if city is not None:
        words = _HASHTAG.sub(lambda tag: " " if tag[1].lower() == city else tag[0], words).strip()
    said = normalise(words)
    language = _languages().get(said)
    return FirstMessage(city, language, words if said and language is None else "")


@lru_cache(maxsize=1)
def slugs() -> frozenset[str]:
    """The cities of the network, by their slugs."""
    return frozenset(city.slug for city in cities())


@lru_cache(maxsize=1)
def _languages() -> Mapping[str, str]:
    return told_apart({language: first_message(language) for language in SPOKEN})


def told_apart(greetings: Mapping[str, str]) -> Mapping[str, str]:
    """The language of each greeting by its words, normalised: only of those that no other language shares."""
    shared = Counter(normalise(words) for words in greetings.values())
    return {key: language for language, words in greetings.items() if shared[key := normalise(words)] == 1}
