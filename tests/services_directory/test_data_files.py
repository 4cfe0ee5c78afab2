"""The data that is shipped: whole, in six languages, each record with its source, nothing claimed without one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from flows.index import TARGETS
from locales.languages import SPOKEN
from locales.text import Localized
from services_directory.desk.hours import patron_date
from services_directory.desk.translating import texts as translated
from services_directory.store import files, records

NETWORK = list(files.network())
EXAMPLES = list(files.examples(date(2026, 11, 25)))
GUIDES = list(files.guides())
CONTACTS = files.contacts()
CITIES = files.cities()
WIDELY_READ = {"it", "en", "fr", "es", "ar", "bn"}
THE_FOUR_TOPICS = {"office", "italian", "housing", "work"}


def local_records() -> Iterator[records.Keyed]:
    for city in (*NETWORK, *EXAMPLES):
        yield from (*city.organizations, *city.offices, *city.services, *city.activities)


def texts() -> Iterator[tuple[str, Localized]]:
    everything: list[records.Keyed] = [*local_records(), *GUIDES, *CONTACTS]
    for record in everything:
        for name in type(record).model_fields:
            value = getattr(record, name)
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, Localized):
                    yield f"{record.key}.{name}", text


def test_the_nineteen_cities_are_there_each_with_a_file_of_the_network() -> None:
    slugs = [city.slug for city in CITIES]
    assert len(slugs) == len(set(slugs)) == 19
    assert sorted(city.city for city in NETWORK) == sorted(slugs)


def test_the_example_data_makes_four_cities_complete() -> None:
    assert {city.city for city in EXAMPLES} == {"taranto", "milano", "palermo", "bari"}
    for city in EXAMPLES:
        assert any(office.hours and office.address and office.phones and office.counters for office in city.offices)
        assert len([service for service in city.services if service.booking]) >= 5
        assert len([activity for activity in city.activities if activity.seats]) >= 5


def test_example_courses_meet_on_the_days_of_their_week_so_many_times() -> None:
    meeting = {one.key: one.sessions for city in EXAMPLES for one in city.activities if one.sessions}
    course, sewing = meeting["taranto-italian-course"], meeting["taranto-sewing"]
    assert {one.starts.weekday() for one in course} == {0, 2}
    assert [f"{one.starts:%d.%m %H:%M}-{one.ends:%H:%M}" for one in course[:2]] == [
        "02.12 09:30-11:30",
        "07.12 09:30-11:30",
    ]
    assert (len(course), len(sewing)) == (16, 10)
    assert sewing[0].starts.date() < date(2026, 11, 25) < sewing[-1].starts.date()


def test_guides_numbers_and_cities_are_in_every_language() -> None:
    everything: list[records.Record] = [*GUIDES, *CONTACTS, *CITIES]
    found = [text for record in everything for _place, text in translated(record)]
    assert len(found) > 500
    assert [text for text in found if set(text.texts) != set(SPOKEN)] == []


def test_what_the_cities_offer_is_at_least_in_the_languages_that_most_people_can_read_some_of() -> None:
    found = list(texts())
    assert len(found) > 1000
    assert [place for place, text in found if "*" not in text.texts and not text.texts.keys() >= WIDELY_READ] == []


def test_machine_drafts_are_marked_for_review() -> None:
    drafted = [text.drafted for _place, text in texts() if "*" not in text.texts]
    assert all(languages <= set(SPOKEN) - {"it"} for languages in drafted)
    assert any(drafted)


def test_every_record_of_the_network_cites_the_words_of_its_seed() -> None:
    for city in NETWORK:
        found: list[records.Keyed] = [*city.organizations, *city.offices, *city.services, *city.activities]
        for record in found:
            assert record.sources, record.key
            for source in record.sources:
                assert source["seed"].endswith(".txt"), record.key
                assert source["quote"].strip(), record.key


def test_what_the_seeds_do_not_say_stays_unknown() -> None:
    for city in NETWORK:
        for office in city.offices:
            assert (office.hours, office.address, office.phones, office.counters) == (None, None, [], []), office.key
        for activity in city.activities:
            assert (activity.seats, activity.starts_on) == (None, None), activity.key


def test_what_refers_to_something_refers_to_something_that_is_there() -> None:
    offices = {office.key for city in (*NETWORK, *EXAMPLES) for office in city.offices}
    organizations = {one.key for city in (*NETWORK, *EXAMPLES) for one in city.organizations}
    services = {service.key for city in (*NETWORK, *EXAMPLES) for service in city.services}
    for city in (*NETWORK, *EXAMPLES):
        offered: list[records.Service | records.Activity] = [*city.services, *city.activities]
        for record in offered:
            assert {place.office for place in record.offices} <= offices, record.key
            assert record.organization is None or record.organization in organizations, record.key
            assert set(record.topics) <= set(TARGETS), record.key
        for office in city.offices:
            for counter in office.counters:
                assert set(counter.services) <= services, counter.key


def test_keys_of_bookable_things_fit_a_button() -> None:
    assert all(len(record.key) <= 40 for record in local_records())


def test_there_are_guides_for_the_four_topics_and_for_every_question_that_is_answered_by_one() -> None:
    assert len([guide for guide in GUIDES if guide.topic in THE_FOUR_TOPICS]) >= 30
    answered = {intent for guide in GUIDES for intent in guide.intents}
    assert answered <= set(TARGETS)
    contract = {intent for intent in TARGETS if intent.startswith(("italian_", "housing_", "work_"))} | {
        "office_documents",
        "office_services",
        "permit",
        "health",
        "registration_tax_id",
    }
    assert contract <= answered


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.key)
def test_a_guide_stands_on_sources_and_has_steps_and_a_day_of_review(guide: records.Guide) -> None:
    assert guide.sources
    assert all(source["title"] and source["url"] for source in guide.sources)
    assert 2 <= len(guide.steps) <= 7
    assert guide.review_by > date(2026, 11, 25)
    assert set(guide.contacts) <= {contact.key for contact in CONTACTS}
    assert all(len(text) <= records.MAX_ANSWER for text in guide.answer.texts.values())


def test_the_telephone_numbers_that_the_flows_name_are_there() -> None:
    assert {"emergency", "antiviolence", "antitrafficking", "arci-refugees", "inl", "inail", "telefono-amico"} <= {
        contact.key for contact in CONTACTS
    }


def test_every_number_has_a_checked_source() -> None:
    for contact in CONTACTS:
        assert not contact.phones or any(source["checked"] for source in contact.sources), contact.key


@pytest.mark.parametrize("city", CITIES, ids=lambda city: city.slug)
def test_every_city_has_a_local_holiday_in_every_year(city: records.City) -> None:
    assert patron_date(city.patron_day, 2027) is not None
    assert any(
        "patron" in str(source.get("supports", "")).casefold() or "seed" not in source for source in city.sources
    )


def test_example_telephones_can_ring_nobody() -> None:
    for city in EXAMPLES:
        for office in city.offices:
            for phone in office.phones:
                # No subscriber's number begins with 0 after the area code.
                assert re.search(r"(^|\s)0{2,}", phone.number.split(maxsplit=2)[-1]), phone.number


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("cities: [", "not readable as YAML"),
        ("cities: [{slug: taranto}]", "cities.0.name: This is missing"),
        ("towns: []", "towns: This is no field of ours"),
    ],
)
def test_a_faulty_file_is_named_with_the_place_in_it(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "cities.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(files.DataFileError, match=re.escape(complaint)) as problem:
        files.read(path, files.Cities)
    assert str(path) in str(problem.value)


def test_an_answer_that_nobody_would_read_to_its_end_is_refused(tmp_path: Path) -> None:
    source = next((files.DATA / "guides").glob("*.yml"))
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    content["answer"]["en"] = "x" * (records.MAX_ANSWER + 1)
    path = tmp_path / "long.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(files.DataFileError, match=r"English\. It has 501 characters"):
        files.read(path, records.Guide)
