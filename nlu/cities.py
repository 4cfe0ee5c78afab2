"""Which city of the network a message names, in whatever language and script."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from nlu.normal import normalise
from nlu.tokens import phrases_in
from nlu.understanding import Entity

NAMES = Path(__file__).with_name("cities.yml")
PREFIXES = ("ل", "ب", "ف", "و")
"""What Arabic writes together with the name that follows: to, in, in (spoken), and."""


def cities_in(text: str) -> Iterator[Entity]:
    """The cities named in a message, in order; `value` is the slug."""
    phrases, longest = _names()
    for slug, start, end in phrases_in(text, phrases, longest):
        yield Entity("city", slug, start, end)


@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, str], int]:
    names: dict[str, str] = {}
    for slug, written in yaml.safe_load(NAMES.read_text(encoding="utf-8")).items():
        for name in map(normalise, written):
            names[name] = slug
            if "\u0600" <= name[0] <= "\u06ff":
                names.update({prefix + name: slug for prefix in PREFIXES})
    return names, max(len(name.split()) for name in names)
