"""Templates stand for every notice, keep the rules under which Meta approves them, and lead where the notice leads."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from unicodedata import category

import pytest
from sqlalchemy import select, update

from bot.channels.whatsapp_templates import CODES, body_of, labels_of
from bot.inbox import sender_of
from bot.incoming import Sender
from bot.outgoing import Reply, UnreachableError
from bot.records import OutboxRow, SenderRow
from bot.telling import saying
from bot.templates import LONGEST_VALUE, OF_KIND, TEMPLATES, in_one_line, templates_for
from locales.rendering import FSI, PDI
from locales.text import Lines, Localized, Verbatim
from services_directory.booked import Appointment, Slot
from services_directory.desk.directory import Directory
from services_directory.desk.notices import KINDS, Notice
from tests.bot.noticed import AT_TEN, NOW, appointment, notices
from tests.bot.reminded import DAY_BEFORE_AT, Wire, books, goes_round, hears
from tests.town import Town, opened

AMINA, AMINA_AGAIN, AMINA_ONLINE = Sender("fake", "chat", "a"), Sender("other", "chat", "a"), Sender("web", "chat", "a")
LONGEST_BODY, LONGEST_LABEL, MOST_BUTTONS = 1024, 25, 3
"""Units of UTF-16 in a body with its values and on a button, and quick replies beside each other."""
VALUE = re.compile(r"{{(\w+)}}")
everywhere = pytest.mark.parametrize("language", CODES)


def units(words: str) -> int:
    return len(words.encode("utf-16-le")) // 2


@pytest.fixture
async def directory(town: Town) -> Directory:
    async with town.database.reading() as session:
        return await town.house.shelf.newest(session, date(2026, 11, 25))


def test_every_kind_of_notice_has_a_template_with_a_lasting_name() -> None:
    assert set(OF_KIND) == set(KINDS)
    assert all(re.fullmatch(r"[a-z_]+_[1-9][0-9]*", name) for name in TEMPLATES)
    assert len(TEMPLATES) == len({form.body.message for form in OF_KIND.values()})


@everywhere
def test_a_body_keeps_the_rules_of_meta(language: str) -> None:
    for form in TEMPLATES.values():
        body = body_of(form, language)
        assert sorted(VALUE.findall(body)) == sorted(form.body.values), form.name
        assert not re.search(r"[{}]", VALUE.sub("", body)), form.name
        assert units(body) + len(form.body.values) * LONGEST_VALUE <= LONGEST_BODY, form.name
        assert not re.search(r"\n{3}| {4}|\t", body), form.name
        assert body == body.strip(), form.name


@everywhere
def test_no_value_stands_at_an_end_or_beside_another_value(language: str) -> None:
    """Not even with a full stop behind it."""
    for form in TEMPLATES.values():
        between = VALUE.split(body_of(form, language))[::2]
        assert len(between) == len(form.body.values) + 1, form.name
        assert all(any(category(one)[0] in "LM" for one in words) for words in (between[0], between[-1])), form.name
        assert all(words.strip() for words in between), form.name


@everywhere
def test_buttons_are_few_short_and_not_alike(language: str) -> None:
    for form in TEMPLATES.values():
        labels = labels_of(form, language)
        assert 1 <= len(labels) <= MOST_BUTTONS, form.name
        assert len(set(labels)) == len(labels), form.name
        assert all(0 < units(label) <= LONGEST_LABEL and "\n" not in label for label in labels), labels


@everywhere
def test_examples_are_values_as_they_are_sent(language: str) -> None:
    for form in TEMPLATES.values():
        for value in form.body.values.values():
            words = in_one_line(value, language)
            assert words, form.name
            assert not re.search(r"[\n\t]| {4}", words), form.name


def test_a_tap_leads_where_the_notice_leads(directory: Directory) -> None:
    for notice in notices(directory):
        said = saying(notice, (), NOW)
        (template,) = templates_for(notice, said.suggestions, "en", {"en"})
        assert list(template.keys) == [option.key for option in said.suggestions], notice.kind


def test_of_a_cancelled_appointment_no_time_is_named_that_may_be_gone_when_it_is_tapped(directory: Directory) -> None:
    notice = next(one for one in notices(directory) if one.kind == "cancelled_by_office")
    assert isinstance(notice.about, Appointment)
    said = saying(notice, [slot(notice.about)], NOW)
    assert ";" in said.suggestions[0].key
    (template,) = templates_for(notice, said.suggestions, "en", {"en"})
    topic = notice.about.service.topics[0]
    assert template.keys == (f"go=book_appointment:{topic}", "go=talk_to_human")


def slot(about: Appointment) -> Slot:
    return Slot("2026-11-26T10:00", about.service.key, about.office.key, AT_TEN, 30)


def test_no_template_says_what_the_appointment_is_for(directory: Directory) -> None:
    for notice in notices(directory):
        if not isinstance(notice.about, Appointment):
            continue
        for template in templates_for(notice, saying(notice, (), NOW).suggestions, "it", CODES):
            told = " ".join(value for _name, value in template.values)
            names = (*notice.about.service.label.texts.values(), *notice.about.office.label.texts.values())
            assert all(name not in told for name in names)


@pytest.mark.parametrize(
    ("language", "chain"),
    [
        ("fr", ["fr", "en", "it"]),
        ("it", ["it", "en"]),
        ("en", ["en", "it"]),
        ("ps", ["fa", "en", "it"]),
        ("so", ["ar", "en", "it"]),
        ("am", ["en", "it"]),
        ("ti", ["en", "it"]),
    ],
)
def test_after_ones_own_language_come_those_agreed_beside_it(
    directory: Directory, language: str, chain: list[str]
) -> None:
    notice = next(notices(directory))
    suggestions = saying(notice, (), NOW).suggestions
    assert [one.language for one in templates_for(notice, suggestions, language, CODES)] == chain
    assert templates_for(notice, suggestions, language, ()) == ()


def test_values_are_in_the_language_of_their_template(directory: Directory) -> None:
    notice = next(notices(directory))
    found = templates_for(notice, saying(notice, (), NOW).suggestions, "ur", CODES)
    assert [dict(one.values)["when"] for one in found] == [
        "جمعرات، 26 نومبر, 10:00",
        "Thursday 26 November, 10:00",
        "giovedì 26 novembre, 10:00",
    ]
    assert [dict(one.values)["code"] for one in found] == [f"{FSI}K7M2P4{PDI}", "K7M2P4", "K7M2P4"]


def test_an_office_without_address_is_named_and_an_example_is_said_to_be_one(directory: Directory) -> None:
    about = appointment(directory, address=None)
    office = replace(
        about.office, label=Localized.same("Sportello"), checked=replace(about.office.checked, example=True)
    )
    notice = Notice(1, "p", "reminder_day_before", replace(about, office=office))
    (template,) = templates_for(notice, saying(notice, (), NOW).suggestions, "en", {"en"})
    place = dict(template.values)["place"]
    assert place.startswith("Sportello ⚠️ Example data")
    assert "\n" not in place


def test_a_value_is_one_short_line() -> None:
    assert (
        in_one_line(Lines((Verbatim("Via  Roma\t1"), Verbatim("    second floor"))), "en") == "Via Roma 1 second floor"
    )
    long = in_one_line(Verbatim("x" * 2000), "ar")
    assert (len(long), long[0], long[-2:]) == (LONGEST_VALUE, FSI, f"…{PDI}")


@pytest.fixture
def wire() -> Wire:
    return Wire("fake")


@pytest.fixture
def other() -> Wire:
    wire = Wire("other")
    wire.template_languages = frozenset(CODES)
    return wire


@pytest.fixture
async def two_apps(example_sqlite_url: str, wire: Wire, other: Wire) -> AsyncIterator[Town]:
    """A town with two wires, of which the other asks for templates."""
    async with opened(example_sqlite_url, {"fake": wire, "other": other}) as town:
        yield town


async def reminders(town: Town) -> list[Reply]:
    async with town.database.reading() as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.notice_id.is_not(None)).order_by(OutboxRow.id))
        return [Reply.from_json(row.reply) for row in rows]


async def test_a_reminder_carries_its_templates_and_an_answer_none(two_apps: Town, other: Wire) -> None:
    await hears(two_apps, AMINA_AGAIN, "when is the office open?")
    assert all(reply.templates == () for reply in other.sent)
    code = await books(two_apps, AMINA_AGAIN)
    await goes_round(two_apps, DAY_BEFORE_AT)
    (reply,) = await reminders(two_apps)
    assert other.sent[-1] == reply
    assert [(one.name, one.language) for one in reply.templates] == [
        ("appointment_reminder_1", "en"),
        ("appointment_reminder_1", "it"),
    ]
    assert dict(reply.templates[0].values)["code"] == code
    assert list(reply.templates[0].keys) == [option.key for option in reply.options]


async def test_what_one_app_could_not_deliver_has_its_templates_in_the_next(
    two_apps: Town, wire: Wire, other: Wire
) -> None:
    await hears(two_apps, AMINA_AGAIN, "when is the office open?")
    two_apps.clock.passes(minutes=1)
    await hears(two_apps, AMINA, "when is the office open?")
    async with two_apps.database.writing() as session:
        amina = await sender_of(session, AMINA)
        assert amina is not None
        await session.execute(update(SenderRow).values(person=amina.person))
    await books(two_apps, AMINA)
    wire.failures = [UnreachableError("blocked")]
    await goes_round(two_apps, DAY_BEFORE_AT)
    await goes_round(two_apps)
    assert other.sent[-1].templates


async def test_who_reads_it_on_a_page_has_no_use_for_templates(two_apps: Town) -> None:
    await hears(two_apps, AMINA_ONLINE, "when is the office open?")
    await books(two_apps, AMINA_ONLINE)
    await goes_round(two_apps, DAY_BEFORE_AT)
    (reply,) = await reminders(two_apps)
    assert reply.templates == ()


async def test_where_no_channel_asks_for_templates_none_are_kept(two_apps: Town, other: Wire) -> None:
    other.template_languages = frozenset()
    await hears(two_apps, AMINA_AGAIN, "when is the office open?")
    await books(two_apps, AMINA_AGAIN)
    await goes_round(two_apps, DAY_BEFORE_AT)
    (reply,) = await reminders(two_apps)
    assert reply.templates == ()
