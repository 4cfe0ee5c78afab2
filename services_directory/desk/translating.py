"""How far each text of the directory is translated, and what an edit does to its translations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from locales.languages import SPOKEN
from locales.text import Localized
from services_directory.store.records import Keyed, Record


class State(StrEnum):
    """How a text stands in one language."""

    SOURCE = "source"
    CURRENT = "current"
    OUTDATED = "outdated"
    """The source has changed since."""
    DRAFTED = "drafted"
    """By machine; nobody has read it."""
    MISSING = "missing"


def state(text: Localized, language: str) -> State:
    """How a text stands in a language; one that is the same in all of them is current."""
    if language == text.source:
        return State.SOURCE
    if not text.speaks(language):
        return State.MISSING
    if language in text.outdated:
        return State.OUTDATED
    return State.DRAFTED if language in text.drafted else State.CURRENT


def texts(record: Record) -> Iterator[tuple[str, Localized]]:
    """The texts of a record that stand in one language or another, by field ("name", "steps.0", "phones.1.note")."""
    yield from _texts("", record)


def _texts(place: str, value: object) -> Iterator[tuple[str, Localized]]:
    if isinstance(value, Localized):
        if "*" not in value.texts:
            yield place, value
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _texts(f"{place}.{at}", item)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(f"{place}.{name}" if place else name, getattr(value, name))


def edited(before: Localized | None, after: Localized) -> Localized:
    """The text after a person's edit: what they wrote is current, what stayed behind a changed source outdated."""
    if before is None:
        return after
    rewritten = {language for language, words in after.texts.items() if before.texts.get(language) != words}
    outdated, drafted = after.outdated - rewritten, after.drafted - rewritten
    if after.source in rewritten and after.source in before.texts:
        outdated |= after.texts.keys() - rewritten
    return after.marked(drafted=frozenset(drafted), outdated=frozenset(outdated - {after.source}))


def coverage(records: Iterable[Keyed]) -> dict[str, Counter[State]]:
    """By language of the house, how many texts of these records stand how."""
    counted: dict[str, Counter[State]] = {language: Counter() for language in SPOKEN}
    for record in records:
        for _place, text in texts(record):
            for language, states in counted.items():
                states[state(text, language)] += 1
    return counted


def with_marks(before: Keyed | None, after: Keyed) -> Keyed:
    """The record after a person's edit, each text knowing which of its translations that has made outdated."""
    marked: Keyed = _marked(before, after)
    return marked


def _marked(before: object, after: Any) -> Any:  # noqa: ANN401, any field of a record
    if isinstance(after, Localized):
        return edited(before if isinstance(before, Localized) else None, after)
    if isinstance(after, list):
        was = before if isinstance(before, list) else []
        return [_marked(was[at] if at < len(was) else None, item) for at, item in enumerate(after)]
    if isinstance(after, BaseModel):
        names = type(after).model_fields
        return after.model_copy(
            update={name: _marked(getattr(before, name, None), getattr(after, name)) for name in names}
        )
    return after
