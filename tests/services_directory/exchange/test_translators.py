"""The file for translators: out, filled in, and in again."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from babel.messages.pofile import read_po, write_po
from sqlalchemy.ext.asyncio import AsyncSession

from services_directory.desk.revisions import Name, current, current_of
from services_directory.desk.translating import State, state, texts
from services_directory.exchange.translators import TranslationsError, from_po, to_po
from services_directory.store import records

GUIDE = Name("guide", "asylum-request")


async def every(session: AsyncSession) -> list[records.Keyed]:
    return [version.record for version in (await current_of(session)).values()]


def changed(content: bytes, place: str, **said: Any) -> bytes:
    catalogue = read_po(BytesIO(content))
    message = next(one for one in catalogue if one.context == place)
    for name, value in said.items():
        setattr(message, name, value)
    whole = BytesIO()
    write_po(whole, catalogue)
    return whole.getvalue()


async def test_an_untouched_file_changes_nothing(session: AsyncSession) -> None:
    published = await every(session)
    for language in ("ar", "ti", "en"):
        assert from_po(to_po(published, language), published, language).changed == ()


async def test_a_translated_text_comes_back_and_is_no_draft_any_more(session: AsyncSession) -> None:
    published = await every(session)
    content = changed(to_po(published, "ti"), "guide/asylum-request/steps.1", string="ሓድሽ", user_comments=[])
    brought = from_po(content, published, "ti")
    assert (len(brought.changed), brought.texts, brought.behind) == (1, 1, 0)
    place, text = list(texts(brought.changed[0]))[3]
    assert (place, text.texts["ti"], state(text, "ti")) == ("steps.1", "ሓድሽ", State.CURRENT)


async def test_words_for_an_older_source_are_left_out(session: AsyncSession) -> None:
    published = await every(session)
    content = changed(to_po(published, "fr"), "guide/asylum-request/title", id="Un vecchio titolo", string="Vieux")
    brought = from_po(content, published, "fr")
    assert (brought.changed, brought.behind) == ((), 1)


async def test_an_outdated_translation_goes_out_fuzzy(session: AsyncSession) -> None:
    version = await current(session, GUIDE)
    assert version is not None
    guide = version.record
    assert isinstance(guide, records.Guide)
    old = guide.model_copy(update={"title": guide.title.marked(outdated=frozenset({"fr"}))})
    catalogue = read_po(BytesIO(to_po([old], "fr")))
    assert next(one for one in catalogue if one.context == "guide/asylum-request/title").fuzzy


def test_what_is_no_po_is_refused() -> None:
    for content in (b"\xff\xfe", b"hello", b'msgid "a"\nmsgstr "b"\n'):
        with pytest.raises(TranslationsError):
            from_po(content, [], "fr")
