"""Words of time in one language: read once from `nlu/when/<language>.yml`, compared as messages are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from nlu.tokens import Phrases, phrase

FILES = Path(__file__).parent / "when"
_DAYS = {"today": 0, "tomorrow": 1, "after_tomorrow": 2}
_TABLES = {"weekdays": "weekday", "months": "month", "parts": "part", "today_parts": "today_part", "clock": "clock"}
_LISTS = ("at", "hours", "in", "days", "weeks", "day_of_month", "half", "quarter", "half_before", "quarter_before")


@dataclass(frozen=True)
class Lexicon:
    """`phrases` names (kind, value), as in ("weekday", "0"); `numbers` are hours written as words.

    `says_in`: a word for "in" leads to days ahead ("in 3 days"); elsewhere they are said in one phrase.
    """

    phrases: Phrases
    numbers: dict[str, int]
    says_in: bool


@lru_cache(maxsize=32)
def lexicon(language: str) -> Lexicon:
    """The words of one language. Raises FileNotFoundError for one without a file."""
    content: dict[str, Any] = yaml.safe_load((FILES / f"{language}.yml").read_text(encoding="utf-8"))
    numbers = {phrase(word): int(number) for number, words in content.get("numbers", {}).items() for word in words}
    entries = Phrases((phrase(words), kind, value) for kind, value, words in _entries(content))
    return Lexicon(entries, numbers, bool(content.get("in")))


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages whose words of time are known."""
    return tuple(sorted(path.stem for path in FILES.glob("*.yml")))


def _entries(content: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, ahead in _DAYS.items():
        yield from (("day", str(ahead), words) for words in content[name])
    for name, kind in _TABLES.items():
        for value, phrases in content.get(name, {}).items():
            yield from ((kind, str(value), words) for words in phrases)
    for name in _LISTS:
        yield from ((name, "", words) for words in content.get(name, ()))
    yield from (("noon", "", words) for words in content.get("noon", ()))
    yield from (("am", "", words) for words in content.get("am", ()))
    yield from (("pm", "", words) for words in content.get("pm", ()))
