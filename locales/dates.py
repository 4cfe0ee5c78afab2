"""Days, times and numbers as the reader's language writes them; always 24 hours, always Rome's clock."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

from locales.languages import SPOKEN

ROME = ZoneInfo("Europe/Rome")
MONDAY = date(2026, 1, 5)
"""Of an ordinary week: holidays are not of the week's making."""
BENGALI_DIGITS = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """The CLDR locale of a language of the house, or of any other code that CLDR knows."""
    spoken = SPOKEN.get(language)
    return Locale.parse(spoken.babel if spoken else language)


@lru_cache(maxsize=4096)
def day_in_words(day: date, language: str) -> str:
    """Weekday, day and month ("martedì 24 novembre"), the year left to the reader."""
    words: str = format_date(day, _day_pattern(language), locale=locale_of(language))
    return _native(words, language)


@lru_cache(maxsize=64)
def _day_pattern(language: str) -> str:
    """The order in which a language writes weekday, day and month, with the names in full (UTS 35, 2.6.2.2).

    Chinese months are numbers before their sign (M月) and stay so.
    """
    skeletons = locale_of(language).datetime_skeletons
    pattern = next(str(skeletons[name]) for name in ("MMMMEEEEd", "MMMMEd", "MMMEd") if name in skeletons)
    return re.sub("M+(?!M|月)", "MMMM", re.sub("[Ec]+", "EEEE", pattern))


@lru_cache(maxsize=4096)
def time_in_words(moment: time, language: str) -> str:
    """Hours and minutes ("09:30") in the digits that the language is read in."""
    return _native(f"{moment:%H:%M}", language)


@lru_cache(maxsize=64)
def weekday_names(language: str) -> tuple[str, ...]:
    """Short names of the days, Monday first ("lun", "mar")."""
    # Not `Locale.days`: Babel gives the days of another language there once one without short names was asked.
    return tuple(format_date(MONDAY + timedelta(days=day), "EEE", locale=locale_of(language)) for day in range(7))


@lru_cache(maxsize=1024)
def week_in_words(week: tuple[tuple[tuple[time, time], ...], ...], language: str) -> str:
    """The hours of a week, Monday first, like days together ("lun-ven 09:00-13:00, 15:00-17:00; sab 09:00-12:00")."""
    names = weekday_names(language)
    told = []
    for hours, days in groupby(range(7), key=lambda day: week[day]):
        if not hours:
            continue
        first, *others = days
        when = f"{names[first]}-{names[others[-1]]}" if others else names[first]
        spans = [f"{time_in_words(opens, language)}-{time_in_words(closes, language)}" for opens, closes in hours]
        told.append(f"{when} {', '.join(spans)}")
    return "; ".join(told)


@lru_cache(maxsize=4096)
def date_with_year(day: date, language: str) -> str:
    """A day with its year ("24 nov 2026"): when something was checked."""
    words: str = format_skeleton("yMMMd", day, locale=locale_of(language))
    return _native(words, language)


def in_rome(moment: datetime) -> datetime:
    """The same instant on Rome's clock. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        message = f"{moment} has no time zone"
        raise ValueError(message)
    return moment.astimezone(ROME)


def number_in_words(number: float, language: str) -> str:
    """A number with the language's own grouping and digits."""
    return _native(format_decimal(number, locale=locale_of(language)), language)


def listed(items: list[str], language: str) -> str:
    """Items in one sentence ("a, b e c")."""
    return str(format_list(items, locale=locale_of(language)))


def language_name(code: str, language: str) -> str:
    """The name of a language in another one; its own code when CLDR does not know it."""
    name = locale_of(language).languages.get(code)
    return str(name) if name else code


def _native(words: str, language: str) -> str:
    # CLDR gives Bengali digits only on demand; Arabic readers in Italy read both, and phones and signs use 0-9.
    return words.translate(BENGALI_DIGITS) if language == "bn" else words
