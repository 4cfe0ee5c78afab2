"""A file for translators (gettext PO) of one language, out and in again.

Each text is found by its place ("guide/asylum-request/steps.0"). What is missing or outdated is empty or fuzzy; a
machine's draft has the comment `draft`. What was translated from a source that has changed since is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po
from pydantic import BaseModel

from locales.dates import locale_of
from locales.text import Localized
from services_directory.desk.revisions import Name
from services_directory.desk.translating import State, state, texts
from services_directory.store import records

DRAFT = "draft"


class TranslationsError(ValueError):
    """Not a file of translations; the message says what to do."""


@dataclass(frozen=True)
class Brought:
    """What a file brings: records with new translations, and how many texts were for an older source."""

    changed: tuple[records.Keyed, ...]
    texts: int
    behind: int


def to_po(published: Iterable[records.Keyed], language: str) -> bytes:
    """The texts of these records, with their translation into that language."""
    catalogue = Catalog(locale=str(locale_of(language)), fuzzy=False, charset="utf-8")
    catalogue.header_comment = f"# The directory of Sportello, for translators into {language}."
    for record in published:
        name = Name.of(record)
        for place, text in texts(record):
            how = state(text, language)
            if how is State.SOURCE:
                continue
            catalogue.add(
                text.texts[text.source],
                text.texts.get(language, ""),
                context=f"{name.kind}/{name.key}/{place}",
                flags={"fuzzy"} if how is State.OUTDATED else set(),
                user_comments=[DRAFT] if how is State.DRAFTED else [],
            )
    whole = BytesIO()
    write_po(whole, catalogue, width=110, sort_output=False)
    return whole.getvalue()


def from_po(content: bytes, published: Iterable[records.Keyed], language: str) -> Brought:
    """What a file changes in these records; fuzzy and empty messages change nothing. Raises TranslationsError."""
    try:
        catalogue = read_po(BytesIO(content), abort_invalid=True, charset="utf-8")
    except (PoFileError, UnicodeDecodeError, ValueError) as problem:
        raise TranslationsError(f"not a PO file in UTF-8: {problem}") from None
    said = {message.context: message for message in catalogue if message.id and message.context}
    if not said:
        raise TranslationsError("the file holds no text of the directory: download it again, and fill that in")
    changed, count, behind = [], 0, 0
    for record in published:
        name, new = Name.of(record), record
        for place, text in texts(record):
            message = said.get(f"{name.kind}/{name.key}/{place}")
            if message is None or message.fuzzy or not message.string:
                continue
            if message.id != text.texts[text.source]:
                behind += 1
                continue
            drafted = DRAFT in message.user_comments
            fresh = _translated(text, language, str(message.string), drafted=drafted)
            if fresh != text:
                new, count = _put(new, place.split("."), fresh), count + 1
        if new is not record:
            changed.append(new)
    return Brought(tuple(changed), count, behind)


def _translated(text: Localized, language: str, words: str, *, drafted: bool) -> Localized:
    marks = (text.drafted | {language}) if drafted else (text.drafted - {language})
    outdated = text.outdated - {language}
    return Localized({**text.texts, language: words}, text.source, frozenset(marks), frozenset(outdated))


def _put(value: Any, place: list[str], text: Localized) -> Any:  # noqa: ANN401, a record, or a part of one
    """The same with another text at that place."""
    if not place:
        return text
    name, rest = place[0], place[1:]
    if isinstance(value, list):
        return [_put(one, rest, text) if at == int(name) else one for at, one in enumerate(value)]
    if isinstance(value, BaseModel):
        return value.model_copy(update={name: _put(getattr(value, name), rest, text)})
    return value
