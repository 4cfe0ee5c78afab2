"""What was not understood: scrubbed, grouped, taught, forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
import yaml
from sqlalchemy import func, select

from services_directory.desk.missed import KEEP, erase_old, groups, note, scrub, settle, taught
from services_directory.store.missed import MissedRow
from services_directory.store.session import Database
from tests.town import WEDNESDAY


@pytest.mark.parametrize(
    ("words", "language", "left"),
    [
        ("my number is +39 333 123 4567 call me", "en", "my number is … call me"),
        ("scrivimi a amina.diallo@example.org", "it", "scrivimi a …"),
        ("il mio codice fiscale è DLLMNA85A41Z330K", "it", "il mio codice fiscale è …"),
        ("my name is Amina Diallo, where do I vote?", "en", "my name is … where do I vote?"),
        ("sono con Fatou davanti al portone", "it", "sono con … davanti al portone"),
        ("quando passa il bus per Taranto?", "it", "quando passa il bus per Taranto?"),
        ("Wo kann ich einen Führerschein machen?", "de", "Wo kann ich einen Führerschein machen?"),
        ("permesso YA1234567 scaduto", "it", "permesso … scaduto"),
        ("see https://example.org/me?id=7", "en", "see …"),
        ("আমার ফোন 01712345678", "bn", "আমার ফোন …"),
    ],
)
def test_what_tells_who_wrote_it_is_taken_out(words: str, language: str, left: str) -> None:
    assert scrub(words, language, ["Taranto"]) == left


async def noted(database: Database, *said: str, language: str = "en", city: str | None = "bari") -> None:
    async with database.writing() as session:
        for at, words in enumerate(said):
            now = WEDNESDAY + timedelta(minutes=at)
            await note(session, words, language=language, city=city, guess="permit", known=(), now=now)


async def test_messages_that_are_alike_are_one_group_and_the_largest_comes_first(database_url: str) -> None:
    database = Database(database_url)
    alike = ("where can i get a driving licence", "driving licence where can i get", "where get driving licence please")
    await noted(database, "how do I vote", *alike, "12345")
    await noted(database, "where can i get a driving licence", language="fr", city="milano")
    async with database.reading() as session:
        found = await groups(session)
        assert (found[0].language, len(found[0].ids)) == ("en", 3)
        assert sorted((group.language, len(group.ids)) for group in found[1:]) == [("en", 1), ("fr", 1)]
        assert len(await groups(session, "en")) == 2
        assert {group.language for group in await groups(session, city="milano")} == {"fr"}
    await database.close()


async def test_what_is_taught_becomes_training_data_and_leaves_the_list(database_url: str) -> None:
    database = Database(database_url)
    await noted(database, "where do i renew the paper of stay", "where do i renew the paper of stay 123456")
    async with database.writing() as session:
        (group,) = await groups(session)
        assert await settle(session, group.ids, "taught", by="staff:1", intent="permit") == 2
        assert await settle(session, group.ids, "dismissed", by="staff:2") == 0
        assert await groups(session) == []
        data = yaml.safe_load((await taught(session))["en"])
    assert data["nlu"] == [{"intent": "permit", "examples": "- where do i renew the paper of stay\n"}]
    await database.close()


async def test_nothing_is_kept_for_longer_than_ninety_days(database_url: str) -> None:
    database = Database(database_url)
    await noted(database, "how do I vote")
    async with database.writing() as session:
        await erase_old(session, WEDNESDAY + KEEP)
        assert await session.scalar(select(func.count()).select_from(MissedRow)) == 1
        await erase_old(session, WEDNESDAY + KEEP + timedelta(seconds=1))
        assert await session.scalar(select(func.count()).select_from(MissedRow)) == 0
    await database.close()
