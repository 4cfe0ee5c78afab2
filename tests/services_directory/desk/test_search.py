"""Search: words of any language, misspelt ones, what is near, open, spoken, meant for somebody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from locales.text import Localized
from services_directory.desk.directory import Directory
from services_directory.desk.needs import offices_of
from services_directory.desk.publishing import publish_files
from services_directory.desk.search import SearchIndex, Wanted
from services_directory.facts import Audience
from services_directory.store import reading
from services_directory.store.reading import Published
from services_directory.store.session import Database
from tests.town import WEDNESDAY


@pytest.fixture
async def published(sqlite_url: str) -> AsyncIterator[Published]:
    database = Database(sqlite_url)
    async with database.writing() as session:
        await publish_files(session, example=True, now=WEDNESDAY)
        yield await reading.published(session, WEDNESDAY.date())
    await database.close()


def found(index: SearchIndex, words: str = "", **wanted: object) -> list[str]:
    return [hit.item.key for hit in index.find(Wanted(words, **wanted), WEDNESDAY + timedelta(hours=2))]  # type: ignore[arg-type]  # the fields of Wanted


@pytest.fixture
def index(published: Published) -> SearchIndex:
    return SearchIndex(Directory(published))


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("dove dormire stanotte", "bed-tonight"), ("CORSO DI ITALIANO", "italian"), ("دورة اللغة الإيطالية", "italian"),
        ("ইতালীয় ভাষা", "italian"), ("lagal hlep", "legal"), ("sartoria", "sewing"), ("clases de italiano", "italian"),
    ],
)  # fmt: skip
def test_words_of_any_language_and_misspelt_ones_find_it(index: SearchIndex, words: str, part: str) -> None:
    assert any(part in key for key in found(index, words, city="taranto")[:3])


def test_what_is_nowhere_finds_nothing(index: SearchIndex) -> None:
    assert found(index, "xyzzyplugh") == []
    assert found(index, "   ") != []


def test_what_people_need_is_looked_at(index: SearchIndex) -> None:
    assert all(key.startswith("bari-") for key in found(index, "italiano", city="bari"))
    legal = found(index, topic="legal_help")
    assert legal
    assert found(index, "italiano", topic="legal_help") != found(index, "italiano")
    spoken = [offices_of(index.directory, hit.item) for hit in index.find(Wanted(language="bn"), WEDNESDAY)]
    assert spoken
    assert all(any("bn" in office.languages for office, _hours in places) for places in spoken)


def test_what_is_near_comes_first(index: SearchIndex) -> None:
    here = (41.12, 16.87)  # Bari
    hits = index.find(Wanted("italiano", near=here), WEDNESDAY)
    assert hits[0].item.city == "bari"
    assert hits[0].kilometres is not None
    assert hits[0].kilometres < 10


def test_what_is_closed_is_left_out_when_somebody_needs_it_now(index: SearchIndex) -> None:
    morning, night = WEDNESDAY + timedelta(hours=2), WEDNESDAY + timedelta(hours=16)
    wanted = Wanted("orientamento", city="taranto", open_now=True)
    assert index.find(wanted, morning)
    assert len(index.find(wanted, night)) < len(index.find(wanted, morning))


def test_what_is_meant_for_somebody_comes_first_and_what_is_for_others_not_at_all(index: SearchIndex) -> None:
    courses = found(index, "italiano", city="bari", audience=Audience.WOMEN)
    assert courses[0] == "bari-italian-a1-women"
    assert len(courses) > 1
    assert "bari-italian-a1-women" not in found(index, "italiano", city="bari", audience=Audience.MINORS)


def test_what_is_for_somebody_else_is_left_out(published: Published) -> None:
    one = published.services[0]
    for_women = replace(one, audience=(Audience.WOMEN,))
    index = SearchIndex(Directory(replace(published, services=(for_women,), activities=())))
    assert found(index, audience=Audience.WOMEN) == [one.key]
    assert found(index, audience=Audience.MINORS) == []


def test_of_a_large_directory_a_small_city_s_own_are_found(published: Published) -> None:
    one = next(service for service in published.services if service.city == "bari" and service.offices)
    legal = replace(
        one, key="bari-legal", topics=(), label=Localized({"it": "Sportello"}), about=Localized({"it": "Aiuto legale"})
    )
    many = [replace(legal, key=f"m-{at}", city="milano", label=Localized({"it": "Legale"})) for at in range(500)]
    index = SearchIndex(Directory(replace(published, services=(legal, *many), activities=())))
    assert found(index, "legale", city="bari") == ["bari-legal"]
    assert found(index, "legale", city="bari", language="xx") == []


def test_as_many_as_are_asked_for_come_each_once_best_first(published: Published) -> None:
    index = SearchIndex(Directory(published))
    hits = index.find(Wanted(near=(41.12, 16.87), open_now=True), WEDNESDAY + timedelta(hours=2), 1_000)
    assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.item.key))
    assert len({hit.item.key for hit in hits}) == len(hits) > 50
