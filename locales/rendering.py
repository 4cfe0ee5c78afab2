"""Turns words into a language. The only place that knows the catalogues."""

from __future__ import annotations

from copy import copy
from datetime import date, datetime, time
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from unicodedata import bidirectional

from locales.dates import (
    date_with_year,
    day_in_words,
    in_rome,
    language_name,
    listed,
    number_in_words,
    time_in_words,
    week_in_words,
)
from locales.languages import SOURCE, SPOKEN
from locales.text import (
    CheckedOn,
    LanguageName,
    Lines,
    Listing,
    Localized,
    Phone,
    Text,
    Value,
    Verbatim,
    WeeklyHours,
)

CATALOGUES = Path(__file__).parent / "catalogues"
DOMAIN = "sportello"

FSI, LRI, PDI, RLM = "\u2068", "\u2066", "\u2069", "\u200f"


class MissingCatalogueError(Exception):
    """A language has no compiled catalogue; the message says how to make it."""


@lru_cache(maxsize=32)
def catalogue(language: str) -> NullTranslations:
    """The compiled catalogue of a language; the source language needs none. Raises MissingCatalogueError."""
    if language == SOURCE:
        return NullTranslations()
    path = CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if not path.is_file():
        message = f"The catalogue of {language!r} is not compiled: run `make setup`."
        raise MissingCatalogueError(message)
    with path.open("rb") as file:
        return GNUTranslations(file)


def render(value: Value, language: str) -> str:
    """The words in that language as they are shown: right-to-left lines marked, embedded values isolated."""
    words = _words(value, language)
    if is_rtl(language):
        # Without the mark a line that starts with a number or a Latin name runs the wrong way on phones.
        return "\n".join(RLM + line if line and not line.startswith(RLM) else line for line in words.split("\n"))
    return words


def is_translated(text: Text, language: str) -> bool:
    """Whether a message is in that language's catalogue, so that its English is not shown."""
    if language == SOURCE:
        return True
    translations = copy(catalogue(language))
    translations.add_fallback(_Nothing())
    return bool(translations.gettext(text.message))


class _Nothing(NullTranslations):
    """A catalogue that has no message, and says so."""

    def gettext(self, message: str) -> str:  # noqa: ARG002, the base class asks for it
        return ""


def is_rtl(language: str) -> bool:
    """Whether that language is written from right to left."""
    return language in SPOKEN and SPOKEN[language].rtl


def _words(value: Value, language: str) -> str:  # noqa: C901, PLR0911, PLR0912, one case a kind of value
    match value:
        case Text():
            return _sentence(value, language)
        case Localized():
            return value.best(language)[0]
        case Verbatim():
            return value.words
        case Phone():
            return f"{LRI}{value.number}{PDI}" if is_rtl(language) else value.number
        case Lines():
            return "\n".join(f"{value.bullet}{_words(item, language)}" for item in value.items)
        case Listing():
            return listed([_words(item, language) for item in value.items], language)
        case LanguageName():
            return language_name(value.code, language)
        case CheckedOn():
            return date_with_year(value.day, language)
        case WeeklyHours():
            return week_in_words(value.days, language)
        case datetime():
            moment = in_rome(value)
            return f"{day_in_words(moment.date(), language)}, {time_in_words(moment.time(), language)}"
        case date():
            return day_in_words(value, language)
        case time():
            return time_in_words(value, language)
        case int():
            return number_in_words(value, language)
        case str():
            return value


def _sentence(text: Text, language: str) -> str:
    translations = catalogue(language)
    if text.plural is not None:
        count = text.values["count"]
        message = translations.ngettext(text.message, text.plural, count if isinstance(count, int) else 1)
    else:
        message = translations.gettext(text.message)
    if not text.values:
        return message
    return message.format(**{name: embedded(value, language) for name, value in text.values.items()})


def embedded(value: Value, language: str) -> str:
    """A value inside a sentence; words of another direction are isolated, so that they cannot turn the line around."""
    words = _words(value, language)
    if not isinstance(value, str | Verbatim | Localized) or not words or "\n" in words:
        return words
    # A link's last character must stay its own: phones would make the isolate part of the address.
    if words.startswith(("http://", "https://")) or not (is_rtl(language) or _has_rtl(words)):
        return words
    return f"{FSI}{words}{PDI}"


def _has_rtl(words: str) -> bool:
    return any(bidirectional(character) in {"R", "AL"} for character in words)
