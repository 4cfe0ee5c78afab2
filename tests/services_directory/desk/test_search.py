"""Search: words of any language, misspelt ones, what is near, open, spoken, meant for somebody; and how it grows."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest

from locales.text import Localized
from services_directory.desk.directory import Directory
from services_directory.desk.publishing import publish_files
from services_directory.desk.search import SearchIndex, Wanted, offices_of
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


def test_what_is_for_somebody_else_is_left_out(published: Published) -> None:
    one = published.services[0]
    for_women = replace(one, audience=(Audience.WOMEN,))
    index = SearchIndex(Directory(replace(published, services=(for_women,), activities=())))
    assert found(index, audience=Audience.WOMEN) == [one.key]
    assert found(index, audience=Audience.MINORS) == []


def test_it_grows_slower_than_the_directory(published: Published) -> None:
    chance = random.Random(7)  # noqa: S311, no secret
    times = {}
    for size in (100, 1_000, 10_000):
        services = []
        for number in range(size):
            like = chance.choice(published.services)
            word = "".join(chance.choices("abcdefghilmnoprstuvz", k=6))
            label = Localized({code: f"{text} {word}" for code, text in like.label.texts.items()})
            services.append(replace(like, key=f"s-{number}", label=label))
        index = SearchIndex(Directory(replace(published, services=tuple(services), activities=())))
        times[size] = median(_timed(index, words) for words in ("dove dormire", "corso italiano", "lagal hlep") * 15)
    assert times[10_000] < 50 * times[100], times


def _timed(index: SearchIndex, words: str) -> float:
    began = perf_counter()
    index.find(Wanted(words), WEDNESDAY)
    return perf_counter() - began
