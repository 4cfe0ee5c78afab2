"""The words of the search page: its own, and those of the chat that it uses again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from flows.wording import AUDIENCES
from locales.names import GROUPS, NAMES
from locales.rendering import render
from locales.text import Text, _
from services_directory import taxonomy

WORDS: dict[str, Text] = {
    "sportello": _("Sportello"),
    "skip": _("Go to the main content"),
    "title": _("Find help in your city"),
    "change_language": _("Change language"),
    "words": _("What do you need help with?"),
    "city": _("City"),
    "all_cities": _("All the cities of the network"),
    "what_to_show": _("What to show"),
    "topic": _("Topics"),
    "open_now": _("Open now"),
    "spoken": _("Language spoken there"),
    "audience": _("For whom"),
    "any": _("It does not matter"),
    "search": _("Search"),
    "near_me": _("Near me"),
    "finding_location": _("Looking for your location"),
    "no_location": _("Your phone did not give your location. You can write the place here."),
    "not_near": _("Search without my location"),
    "nothing": _("I found nothing that fits. Try other words, or ask the one-stop shop: they help you for free."),
    "more": _("Show more"),
    "topics": _("What I can help with"),
    "chat": _("💬 Write to me"),
    "unknown_city": _("Sorry, I did not find that. Please choose one of these."),
}
"""The fixed words by the name under which the templates ask for them."""

TOPICS: dict[str, dict[str, Text]] = {
    group: {topic: NAMES[topic] for topic, term in taxonomy.TERMS.items() if term.group == group and topic in NAMES}
    for group in taxonomy.GROUPS
}
"""By group of the taxonomy, its topics as the chat's buttons name them."""


@lru_cache(maxsize=32)
def in_language(language: str) -> Mapping[str, str]:
    """The fixed words in that language."""
    return {name: render(text, language) for name, text in WORDS.items()}


@lru_cache(maxsize=32)
def topics_in(language: str) -> tuple[tuple[str, dict[str, str]], ...]:
    """The groups in that language, each with its topics by key."""
    return tuple(
        (render(GROUPS[group], language), {topic: render(name, language) for topic, name in topics.items()})
        for group, topics in TOPICS.items()
    )


@lru_cache(maxsize=32)
def audiences_in(language: str) -> dict[str, str]:
    """Whom offers can be meant for, by key, in that language."""
    return {str(audience): render(name, language) for audience, name in AUDIENCES.items()}
