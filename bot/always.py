"""Words that always work, in every language: menu, back, stop, language, a person, forget me; and yes and no."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import yaml

from locales.normal import normalise

Command = Literal["menu", "back", "stop", "language", "person", "forget", "appointments", "city", "yes", "no"]
WORDS = Path(__file__).with_name("always.yml")


def command_in(words: str) -> Command | None:
    """The command that a message consists of, whatever its language; None for any other message."""
    return _commands().get(normalise(words))


@lru_cache(maxsize=1)
def _commands() -> dict[str, Command]:
    """Every word, normalised as messages are. Raises ValueError when one word stands for two commands."""
    known: dict[str, Command] = {}
    for name, languages in yaml.safe_load(WORDS.read_text(encoding="utf-8")).items():
        if name not in get_args(Command):
            raise ValueError(f"{WORDS.name}: unknown command {name!r}")
        for said in (word for words in languages.values() for word in words):
            if known.setdefault(normalise(said), name) != name:
                raise ValueError(f"{WORDS.name}: {said!r} is both {known[normalise(said)]} and {name}")
    return known
