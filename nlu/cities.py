"""The names under which people write of the network's cities, in whatever language and script."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from locales.normal import normalise
from nlu.tokens import Phrases, phrase, tokens
from nlu.writing import script_of_letter

NAMES = Path(__file__).with_name("cities.yml")
PREFIXES = {"ARABIC": ("ل", "ب", "ف", "و"), "ETHIOPIC": ("በ", "ከ", "ለ", "የ")}
"""What is written together with the name that follows: to, in, in (spoken), and; in, from, to, of."""
SUFFIXES = (
    "da", "de", "ta", "te", "dan", "den", "tan", "ten", "ya", "ye", "a", "e", "yi", "yı", "nin", "nın",
    "daki", "deki", "taki", "teki", "dayım", "deyim", "tayım", "teyim",
)  # fmt: skip
"""What Turkish puts behind a name ("Milano'da", "Roma'ya", "Torino'dayım"): in, from, to, of, I am in, which is in."""
SHORTEST_WITH_MORE = {"ARABIC": 4, "LATIN": 4, "ETHIOPIC": 2}
"""Letters of a name that may carry more: shorter ones are other words then (Pashto "لرم", I have, is not رم)."""


def city_names() -> Iterator[tuple[str, str, str]]:
    """Each name as a phrase, "city", and the slug."""
    for slug, written in yaml.safe_load(NAMES.read_text(encoding="utf-8")).items():
        for name in map(phrase, written):
            yield name, "city", slug
            script = script_of_letter(name[0])
            if len(name) < SHORTEST_WITH_MORE.get(script, len(name)):
                continue
            for prefix in PREFIXES.get(script, ()):
                yield prefix + name, "city", slug
            if script == "LATIN":
                yield from ((normalise(name + suffix), "city", slug) for suffix in SUFFIXES)


@lru_cache(maxsize=1)
def _names() -> Phrases:
    return Phrases(dict.fromkeys(city_names()))


def cities_in(text: str) -> list[str]:
    """The slugs of the cities named in a message, in order."""
    return [slug for _kind, slug, _start, _end in _names().within(tokens(text))]
