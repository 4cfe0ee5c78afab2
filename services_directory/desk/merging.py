"""Brings two edits of the same record together: what only one of them changed is taken, the rest is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

Document = Mapping[str, Any]
_ABSENT = object()


@dataclass(frozen=True)
class Conflict:
    """A field that both have changed, each in another way. `field` is its name, with the language of a text."""

    field: str
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Merged:
    """Both edits in one document; where they are at odds it has `mine`."""

    document: dict[str, Any]
    conflicts: tuple[Conflict, ...]


def merge(base: Document, mine: Document, theirs: Document) -> Merged:
    """Three versions of a document into one: texts language by language, all else field by field."""
    document: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for name in sorted({*base, *mine, *theirs}):
        was, own, other = base.get(name, _ABSENT), mine.get(name, _ABSENT), theirs.get(name, _ABSENT)
        if is_text(own) and is_text(other):
            texts = merge(was["texts"] if is_text(was) else {}, own["texts"], other["texts"])
            conflicts.extend(Conflict(f"{name}.{one.field}", one.mine, one.theirs) for one in texts.conflicts)
            document[name] = own | {"texts": texts.document, **_marks(texts.document, own, other)}
            continue
        value, at_odds = _chosen(was, own, other)
        if at_odds:
            conflicts.append(Conflict(name, _or_none(own), _or_none(other)))
        if value is not _ABSENT:
            document[name] = value
    return Merged(document, tuple(conflicts))


def changes(before: Document, after: Document) -> Iterator[Conflict]:
    """Each field in which two versions differ, with what it says after (`mine`) and before (`theirs`)."""
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if is_text(was) and is_text(now):
            yield from (
                Conflict(f"{name}.{language}", now["texts"].get(language), was["texts"].get(language))
                for language in sorted({*was["texts"], *now["texts"]})
                if was["texts"].get(language) != now["texts"].get(language)
            )
        elif was != now:
            yield Conflict(name, now, was)


def is_text(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether that value of a document is a text with its translations."""
    return isinstance(value, dict) and "texts" in value


def _chosen(was: object, own: object, other: object) -> tuple[Any, bool]:
    if other in (own, was):
        return own, False
    if own == was:
        return other, False
    return own, True


def _marks(texts: Document, own: Document, other: Document) -> dict[str, list[str]]:
    """Which translations are drafts or outdated, as the version says from which each text was taken."""
    marks: dict[str, list[str]] = {}
    for mark in ("drafted", "outdated"):
        said = [
            language
            for language, words in texts.items()
            if language in (own if own["texts"].get(language) == words else other).get(mark, ())
        ]
        if said or mark in own:
            marks[mark] = sorted(said)
    return marks


def _or_none(value: object) -> Any:  # noqa: ANN401, any value of a document
    return None if value is _ABSENT else value
