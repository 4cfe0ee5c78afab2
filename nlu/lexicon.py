"""Words of time in one language: read once from `nlu/when/<language>.yml`, compared as messages are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from nlu.normal import normalise

FILES = Path(__file__).parent / "when"
_DAYS = {"today": 0, "tomorrow": 1, "after_tomorrow": 2}
_TABLES = {"weekdays": "weekday", "months": "month", "parts": "part", "today_parts": "today_part", "clock": "clock"}
_LISTS = ("at", "hours", "in", "days", "weeks", "day_of_month", "half", "quarter", "half_before", "quarter_before")


@dataclass(frozen=True)
class Lexicon:
    """`phrases` gives each phrase as (kind, value), as in ("weekday", "0"); `numbers` are hours written as words."""

    phrases: dict[str, tuple[str, str]]
    numbers: dict[str, int]
    longest: int


@lru_cache(maxsize=32)
def lexicon(language: str) -> Lexicon:
    """The words of one language. Raises FileNotFoundError for one without a file."""
    content: dict[str, Any] = yaml.safe_load((FILES / f"{language}.yml").read_text(encoding="utf-8"))
    phrases: dict[str, tuple[str, str]] = {}
    for kind, value, phrase in _entries(content):
        phrases.setdefault(normalise(phrase), (kind, value))
    numbers = {normalise(word): int(number) for number, words in content.get("numbers", {}).items() for word in words}
    return Lexicon(phrases, numbers, max(len(phrase.split()) for phrase in phrases))


def languages() -> list[str]:
    """The languages whose words of time are known."""
    return sorted(path.stem for path in FILES.glob("*.yml"))


def _entries(content: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, ahead in _DAYS.items():
        yield from (("day", str(ahead), phrase) for phrase in content[name])
    for name, kind in _TABLES.items():
        for value, phrases in content.get(name, {}).items():
            yield from ((kind, str(value), phrase) for phrase in phrases)
    for name in _LISTS:
        yield from ((name, "", phrase) for phrase in content.get(name, ()))
    yield from (("noon", "", phrase) for phrase in content.get("noon", ()))
    yield from (("am", "", phrase) for phrase in content.get("am", ()))
    yield from (("pm", "", phrase) for phrase in content.get("pm", ()))
