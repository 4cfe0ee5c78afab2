"""What there is to choose from in a directory: worked out once for each version of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from bot.finding.words import topics_in
from locales.dates import language_name
from locales.languages import SPOKEN
from services_directory.desk.directory import Directory
from services_directory.desk.needs import offices_of
from services_directory.desk.search import index_of


@dataclass(frozen=True)
class Stock:
    """Topics on which something can be found, by city (None: anywhere), and the languages spoken where it is."""

    topics: dict[str | None, frozenset[str]]
    spoken: tuple[str, ...]


@lru_cache(maxsize=2)
def stock_of(directory: Directory) -> Stock:
    """The stock of a directory, counted when it is first looked at."""
    topics: dict[str | None, set[str]] = defaultdict(set)
    spoken: set[str] = set()
    for item in index_of(directory).items:
        topics[item.city].update(item.topics)
        topics[None].update(item.topics)
        spoken.update(language for office, _hours in offices_of(directory, item) for language in office.languages)
    return Stock(
        {city: frozenset(found) for city, found in topics.items()},
        tuple(language for language in SPOKEN if language in spoken),
    )


def topics_on_offer(directory: Directory, city: str | None, language: str) -> list[tuple[str, dict[str, str]]]:
    """The groups in that language, each with its topics by key: those on which the city has something."""
    known = stock_of(directory).topics.get(city, frozenset[str]())
    groups = (
        (group, {key: name for key, name in topics.items() if key in known}) for group, topics in topics_in(language)
    )
    return [(group, topics) for group, topics in groups if topics]


def spoken_on_offer(directory: Directory, language: str) -> dict[str, str]:
    """The languages spoken at some place of the directory, by code, named in that language and each in its own."""
    return {code: _both_names(code, language) for code in stock_of(directory).spoken}


def cities_on_offer(directory: Directory, language: str) -> dict[str, str]:
    """The cities of the network by slug, named in that language."""
    return {city.key: city.label.best(language)[0] for city in directory.cities}


def _both_names(code: str, language: str) -> str:
    ours, own = language_name(code, language), SPOKEN[code].own_name
    return own if ours.casefold() == own.casefold() else f"{ours} ({own})"
