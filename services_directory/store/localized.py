"""A directory text with its translations, as one JSON column."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.types import JSON, TypeDecorator

from locales.text import Localized


def to_json(text: Localized) -> dict[str, Any]:
    """The saved form: source language, texts by language, and which are machine drafts or older than their source."""
    saved: dict[str, Any] = {"source": text.source, "texts": dict(text.texts), "drafted": sorted(text.drafted)}
    return saved | {"outdated": sorted(text.outdated)} if text.outdated else saved


def from_json(saved: dict[str, Any]) -> Localized:
    """The text as it was saved."""
    marks = (frozenset(saved.get(mark, ())) for mark in ("drafted", "outdated"))
    return Localized(saved["texts"], saved["source"], *marks)


class LocalizedText(TypeDecorator[Localized]):
    """One text in several languages."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Localized | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002, SQLAlchemy's signature
        """Save it."""
        return None if value is None else to_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Localized | None:  # noqa: ANN401, ARG002, SQLAlchemy's signature
        """Read it."""
        return None if value is None else from_json(value)


class LocalizedTexts(TypeDecorator[tuple[Localized, ...]]):
    """A list of texts, each in several languages: steps, documents."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[Localized, ...] | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002, SQLAlchemy's signature
        """Save them in order."""
        return [to_json(text) for text in value or ()]

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Localized, ...]:  # noqa: ANN401, ARG002, SQLAlchemy's signature
        """Read them in order."""
        return tuple(from_json(text) for text in value or ())
