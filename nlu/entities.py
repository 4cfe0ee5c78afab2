"""What a message names: cities, languages, numbers and topics by their names, days and hours by a grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from locales.normal import normalise
from nlu.cities import city_names
from nlu.tokens import Phrases, tokens
from nlu.understanding import Entity
from nlu.when_said import when_said

LONGEST_WHEN = 400
"""Times are looked for only in messages of at most so many characters: stories hold dates of the past."""
MOST = 99
"""Larger numbers are years, sums, telephone numbers: no count of people or months."""
_NUMBER = re.compile(r"(?<![\d.,:/\-+])\d{1,2}(?![\d.,:/\-]*\d)")


class Finder:
    """Finds entities. `phrases`: the names that the marks in the training data taught, by kind."""

    def __init__(self, phrases: Mapping[str, Mapping[str, str]]) -> None:
        learnt = ((words, kind, value) for kind, named in phrases.items() for words, value in named.items())
        self._names = Phrases(dict.fromkeys((*city_names(), *learnt)))

    def within(self, text: str, now: datetime, language: str | None) -> tuple[Entity, ...]:
        """Everything that a message names. `now` is aware, in the city's time zone."""
        named = (
            Entity(kind, value, start, end)  # type: ignore[arg-type]  # the kinds of cities and of training.PHRASES
            for kind, value, start, end in self._names.within(tokens(text))
        )
        times = tuple(_times(text, now, language))
        numbers = (one for one in _numbers(text) if not any(time.start <= one.start < time.end for time in times))
        return (*named, *numbers, *times)


def _numbers(text: str) -> Iterator[Entity]:
    for match in _NUMBER.finditer(text):
        if 0 < (number := int(normalise(match.group()))) <= MOST:
            yield Entity("number", str(number), match.start(), match.end())


def _times(text: str, now: datetime, language: str | None) -> Iterator[Entity]:
    """The day, hour and part of day; when they make no sense, what is the matter with them."""
    if len(text) > LONGEST_WHEN:
        return
    moment = when_said(text, now, language)
    if moment.problem in {"past", "impossible"}:
        said = [end for _kind, _start, end in moment.spans] or [len(text)]
        yield Entity(
            "problem", moment.problem, min((start for _kind, start, _end in moment.spans), default=0), max(said)
        )
    if moment.problem is not None:
        return
    values = {
        "day": moment.date.isoformat() if moment.date else None,
        "time": f"{moment.time:%H:%M}" if moment.time else None,
        "part": moment.part,
    }
    for kind, start, end in moment.spans:
        if (value := values[kind]) is not None:
            yield Entity(kind, value, start, end)  # type: ignore[arg-type]  # spans have the kinds of entities
