"""Editing the directory: versions, two editors at once, dates, and what becomes of the translations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from locales.rendering import render
from locales.text import Localized
from services_directory.desk.directory import Shelf
from services_directory.desk.editing import ConflictError, Edit, Editing, NothingToRestoreError, publish_due
from services_directory.desk.publishing import publish_files
from services_directory.desk.revisions import Name, Stage, current, history, open_ones
from services_directory.desk.translating import State, state
from services_directory.store import files, records
from services_directory.store.faults import RecordError
from services_directory.store.session import Database
from tests.town import WEDNESDAY

SHOP = Name("office", "taranto-re-point")
TODAY = WEDNESDAY.date()


@pytest.fixture
async def session(database_url: str) -> AsyncIterator[AsyncSession]:
    """A transaction over the example data; nothing of it is kept."""
    database = Database(database_url)
    async with database.writing() as session:
        await publish_files(session, example=True, now=WEDNESDAY)
        yield session
    await database.close()


async def published(session: AsyncSession) -> tuple[records.Office, int]:
    version = await current(session, SHOP)
    assert version is not None
    assert isinstance(version.record, records.Office)
    return version.record, version.number


def changed(office: records.Office, **values: object) -> records.Office:
    return office.model_copy(update=values)


async def test_what_is_published_is_told_by_everybody_from_the_next_answer_on(session: AsyncSession) -> None:
    shelf = Shelf()
    before = await shelf.newest(session, TODAY)
    office, number = await published(session)
    await Editing(session, "staff:1", WEDNESDAY).publish(Edit(changed(office, address="Via Nuova 2"), number))
    after = await shelf.newest(session, TODAY)
    assert after is not before
    told = after.office(SHOP.key)
    assert told is not None
    assert told.address == "Via Nuova 2"


async def test_the_history_says_who_changed_what_and_any_version_can_be_had_back(session: AsyncSession) -> None:
    office, number = await published(session)
    editing = Editing(session, "staff:7", WEDNESDAY + timedelta(hours=1))
    await editing.publish(Edit(changed(office, address="Via Nuova 2"), number, note="moved"))
    newest, oldest = await history(session, SHOP)
    assert (newest.by, newest.note, newest.at, newest.based_on) == ("staff:7", "moved", editing.now, 1)
    assert (oldest.by, oldest.number) == ("files", 1)
    await editing.restore(SHOP, oldest.number)
    again, number = await published(session)
    assert number == 3
    assert again.address == office.address
    with pytest.raises(NothingToRestoreError):
        await editing.restore(SHOP, 99)


async def test_a_draft_is_seen_by_nobody_and_takes_the_place_of_the_earlier_one(session: AsyncSession) -> None:
    office, number = await published(session)
    editing = Editing(session, "staff:1", WEDNESDAY)
    for address in ("Via Prima 1", "Via Seconda 2"):
        await editing.propose(Edit(changed(office, address=address), number))
    assert (await published(session))[1] == number
    (draft,) = await open_ones(session, "taranto")
    assert draft.document["address"] == "Via Seconda 2"
    await editing.publish_open(draft)
    assert (await published(session))[0].address == "Via Seconda 2"
    assert not await open_ones(session, "taranto")


async def test_two_editors_of_different_fields_both_get_what_they_wanted(session: AsyncSession) -> None:
    office, number = await published(session)
    await Editing(session, "staff:1", WEDNESDAY).publish(Edit(changed(office, address="Via Nuova 2"), number))
    name = Localized({**office.name.texts, "en": "The re-point desk"}, office.name.source)
    await Editing(session, "staff:2", WEDNESDAY).publish(
        Edit(changed(office, email="new@example.org", name=name), number)
    )
    both, _number = await published(session)
    assert (both.address, both.email) == ("Via Nuova 2", "new@example.org")
    assert both.name.texts["en"] == "The re-point desk"


async def test_the_second_editor_of_one_field_sees_the_first_ones_change_and_loses_nothing(
    session: AsyncSession,
) -> None:
    office, number = await published(session)
    first = await Editing(session, "staff:1", WEDNESDAY).publish(Edit(changed(office, address="Via Prima 1"), number))
    mine = Edit(changed(office, address="Via Mia 3", email="mine@example.org"), number)
    with pytest.raises(ConflictError) as refused:
        await Editing(session, "staff:2", WEDNESDAY).publish(mine)
    (conflict,) = refused.value.conflicts
    assert (conflict.field, conflict.mine, conflict.theirs) == ("address", "Via Mia 3", "Via Prima 1")
    assert refused.value.theirs == first
    merged = refused.value.merged
    assert isinstance(merged, records.Office)
    assert (merged.address, merged.email) == ("Via Mia 3", "mine@example.org")
    assert (await published(session))[0].address == "Via Prima 1"


async def test_a_change_comes_on_its_day_and_not_before(session: AsyncSession) -> None:
    office, number = await published(session)
    tomorrow = WEDNESDAY + timedelta(days=1)
    later = Edit(changed(office, hours="Mo-Fr 08:00-12:00"), number)
    await Editing(session, "staff:1", WEDNESDAY).propose(later, Stage.SCHEDULED, tomorrow)
    assert await publish_due(session, WEDNESDAY) == []
    assert [version.name for version in await publish_due(session, tomorrow)] == [SHOP]
    assert (await published(session))[0].hours == "Mo-Fr 08:00-12:00"
    assert await publish_due(session, tomorrow) == []


async def test_a_scheduled_change_at_odds_with_a_later_one_goes_to_review_and_says_why(session: AsyncSession) -> None:
    office, number = await published(session)
    editing = Editing(session, "staff:1", WEDNESDAY)
    await editing.propose(Edit(changed(office, address="Via A 1"), number), Stage.SCHEDULED, WEDNESDAY)
    await editing.publish(Edit(changed(office, address="Via B 2"), number))
    assert await publish_due(session, WEDNESDAY) == []
    (waiting,) = await open_ones(session, "taranto")
    assert (waiting.stage, waiting.note) == (Stage.IN_REVIEW, "not published: address")


async def test_what_cannot_be_is_refused_with_the_place_and_what_to_do(session: AsyncSession) -> None:
    office, number = await published(session)
    counters = [counter.model_copy(update={"services": ["nowhere"]}) for counter in office.counters]
    wrong = changed(office, organization="nobody", hours="every day or so", counters=counters)
    with pytest.raises(RecordError) as refused:
        await Editing(session, "staff:1", WEDNESDAY).publish(Edit(wrong, number))
    said = {place: render(words, "en") for place, words in refused.value.faults}
    assert "nobody" in said["taranto-re-point.organization"]
    assert "Mo-Fr 09:00-13:00" in said["taranto-re-point.hours"]
    assert any("nowhere" in fault for fault in said.values())
    assert (await published(session))[1] == number


async def test_changing_the_source_makes_the_other_languages_outdated_until_they_are_rewritten(
    session: AsyncSession,
) -> None:
    office, number = await published(session)
    assert office.about is not None
    texts = {**office.about.texts, "it": "Ora siamo in una casa nuova."}
    about = office.about.__class__(texts, "it", office.about.drafted)
    editing = Editing(session, "staff:1", WEDNESDAY)
    await editing.publish(Edit(changed(office, about=about), number))
    office, number = await published(session)
    assert office.about is not None
    assert state(office.about, "en") is State.OUTDATED
    renewed = office.about.__class__(
        {**texts, "en": "We have a new home."}, "it", office.about.drafted, office.about.outdated
    )
    await editing.publish(Edit(changed(office, about=renewed), number))
    office, _number = await published(session)
    assert office.about is not None
    assert (state(office.about, "en"), state(office.about, "fr")) == (State.CURRENT, State.OUTDATED)


async def test_still_true_renews_the_date_of_many_records_at_once(session: AsyncSession) -> None:
    names = [SHOP, Name("organization", "taranto-comune")]
    assert await Editing(session, "staff:1", WEDNESDAY).still_true(names, "anna@example.org") == 2
    office, _number = await published(session)
    assert (office.verified_on, office.verified_by) == (TODAY, "anna@example.org")


async def test_retired_places_are_not_told_and_are_kept_for_what_was_booked(session: AsyncSession) -> None:
    office, _number = await published(session)
    served = {service for counter in office.counters for service in counter.services}
    editing = Editing(session, "staff:1", WEDNESDAY)
    assert await editing.retire(SHOP) is not None
    assert await editing.retire(SHOP) is None
    directory = await Shelf().newest(session, TODAY)
    assert SHOP.key not in {office.key for office in directory.offices("taranto")}
    assert directory.office(SHOP.key) is not None
    assert served
    assert not any(counter.office == SHOP.key for service in served for counter in directory.counters(service))


async def test_new_data_files_never_overwrite_what_somebody_has_edited(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, number = await published(session)
    await Editing(session, "staff:1", WEDNESDAY).publish(Edit(changed(office, address="Via Nuova 2"), number))
    examples = files.examples

    def renewed(today: date) -> list[files.CityFile]:
        return [
            found.model_copy(
                update={
                    "offices": [
                        one.model_copy(update={"email": "file@example.org"}) if one.key == SHOP.key else one
                        for one in found.offices
                    ]
                }
            )
            for found in examples(today)
        ]

    monkeypatch.setattr(files, "examples", renewed)
    await publish_files(session, example=True, now=WEDNESDAY + timedelta(days=1))
    assert (await published(session))[0].address == "Via Nuova 2"
    (proposed,) = [one for one in await open_ones(session, "taranto") if one.name == SHOP]
    assert (proposed.by, proposed.stage, proposed.document["email"]) == ("files", Stage.IN_REVIEW, "file@example.org")
    await publish_files(session, example=True, now=WEDNESDAY + timedelta(days=2))
    assert len([one for one in await open_ones(session, "taranto") if one.name == SHOP]) == 1
