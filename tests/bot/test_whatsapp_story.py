"""The whole story on WhatsApp in Italian, Arabic and Bengali, and what it does when Meta is in trouble."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.incoming import Sender
from bot.records import InboxRow, OutboxRow, SenderRow
from locales.dates import ROME
from locales.rendering import RLM
from services_directory.store.waiting import NoticeRow
from tests.bot.on_whatsapp import Phone, WhatsAppTown, whatsapp_town
from tests.bot.reminded import hears
from tests.fakes.whatsapp_wire import Trouble
from tests.story.words import WORDS

LANGUAGES = ("it", "ar", "bn")


@pytest.fixture
async def town(town_url: str) -> AsyncIterator[WhatsAppTown]:
    async with whatsapp_town(town_url) as town:
        yield town


@pytest.fixture
async def sqlite_town(example_sqlite_url: str) -> AsyncIterator[WhatsAppTown]:
    async with whatsapp_town(example_sqlite_url) as town:
        yield town


async def books(phone: Phone, language: str, at: int = 0) -> str:
    """An appointment; its code."""
    words = WORDS[language]
    await phone.says(words.book)
    await phone.taps(".service=taranto-")
    await phone.chooses_time(at)
    await phone.says(words.name)
    await phone.taps(".agreed=yes")
    return await phone.town.newest()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_ask_book_move_and_cancel(town: WhatsAppTown, language: str) -> None:
    words, phone = WORDS[language], town.person()
    await phone.starts(language)
    before_chosen = len(phone.person.got)
    await phone.says(words.hours)
    assert "re-point" in phone.text
    await phone.says(words.unpaid)
    assert phone.keys("go=guide:work-")
    code = await books(phone, language)
    assert code in phone.text
    assert phone.kinds[:4].count("document") == phone.kinds.count("document") == 1
    assert {"image", "location"} <= set(phone.kinds)
    (calendar,) = [content for name, _type, content in town.fake.media.values() if name == f"{code}.ics"]
    assert calendar.startswith(b"BEGIN:VCALENDAR")
    await phone.says(words.mine)
    assert code in phone.text
    before = (await town.appointment()).starts
    await phone.says(words.move)
    await phone.chooses_time(1)
    await phone.taps(".agreed=yes")
    moved = await town.appointment()
    assert (moved.code, moved.starts != before) == (code, True)
    await phone.says(words.cancel)
    await phone.taps(".agreed=yes")
    assert (await town.appointment()).state == "cancelled_by_person"
    if language == "ar":
        said = [town.fake.words(body) for body in phone.person.got[before_chosen:] if body["type"] != "location"]
        assert all(text.startswith(RLM) for text in said if text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_reminder_after_a_day_of_silence_is_a_template_and_its_buttons_work(
    town: WhatsAppTown, language: str
) -> None:
    phone = town.person()
    await phone.starts(language)
    code = await books(phone, language, at=3)
    town.clock.at = (await town.appointment()).starts.astimezone(ROME) - timedelta(hours=23, minutes=50)
    phone.seen = len(phone.person.got)
    await town.goes_on()
    assert phone.kinds == ["template"]
    assert code in phone.text
    assert phone.keys("go=confirm_appointment")
    await phone.taps("go=confirm_appointment")
    assert phone.kinds
    assert "template" not in phone.kinds
    await phone.taps("go=cancel_appointment")
    await phone.taps(".agreed=yes")
    assert (await town.appointment()).state == "cancelled_by_person"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_waits_is_offered_a_freed_time_and_takes_it_with_one_tap(town: WhatsAppTown, language: str) -> None:
    phone = town.person()
    await phone.starts(language)
    code = await books(phone, language, at=2)
    await phone.taps("go=wait_for_time")
    await phone.taps(phone.keys(".period=")[-1])
    await phone.taps(".part=any")
    badru = town.person("393334445556", "IT.13491208655302741988")
    await badru.starts("en")
    other = await books(badru, "en", at=1)
    phone.seen = len(phone.person.got)
    await badru.says("cancel my appointment")
    await badru.taps(".agreed=yes")
    await town.goes_on(seconds=5)
    before = (await town.appointment(code)).starts
    await phone.taps("go=accept_offer")
    assert (await town.appointment(other)).state == "cancelled_by_person"
    assert (await town.appointment(code)).starts < before
    assert code in phone.text


async def test_a_question_beside_the_hashtag_of_a_poster_is_answered_for_its_city(town: WhatsAppTown) -> None:
    phone = town.person()
    await phone.says("A che ora aprite? #taranto")
    assert "re-point" in phone.text
    assert not phone.keys(".city=")


async def test_whatever_meta_does_everything_arrives_once_and_in_order(town: WhatsAppTown) -> None:
    phone = town.person()
    await phone.starts("it")
    troubles: list[tuple[Trouble, int | None]] = [
        (429, 130429),
        (500, None),
        (503, 131016),
        (400, 131056),
        ("timeout", None),
    ]
    for failure, code in troubles:
        town.fake.fail_next(failure, code)
        await phone.says(WORDS["it"].hours)
        for _round in range(3):
            await town.goes_on(seconds=10)
        assert (
            len(
                [
                    body
                    for body in phone.person.got[phone.seen :]
                    if body["type"] != "location" and "re-point" in town.fake.words(body)
                ]
            )
            == 1
        )
    async with town.database.reading() as session:
        assert set(await session.scalars(select(OutboxRow.state))) == {"sent"}


async def test_with_an_expired_token_nothing_is_lost_and_all_is_answered_when_it_is_renewed(town: WhatsAppTown) -> None:
    phone = town.person()
    await phone.starts("it")
    renewed, town.fake.token = town.fake.token, "another"
    await phone.says(WORDS["it"].hours)
    for _round in range(12):
        await town.goes_on(minutes=10)
    assert phone.kinds == []
    town.fake.token = renewed
    await town.goes_on(minutes=10)
    assert "re-point" in phone.text


@pytest.mark.parametrize("late", [False, True])
async def test_a_window_that_has_closed_at_meta_is_one_switch_to_the_template(
    town: WhatsAppTown, *, late: bool
) -> None:
    phone, town.fake.refuses_late = town.person(), late
    await phone.starts("it")
    await books(phone, "it", at=1)
    starts = (await town.appointment()).starts.astimezone(ROME)
    town.clock.at = starts - timedelta(hours=2)
    async with town.database.writing() as session:
        (sender,) = await session.scalars(select(SenderRow))
        sender.last_inbound = town.clock.now()  # we believe that it is open
    phone.person.wrote = town.clock.now() - timedelta(hours=48)
    phone.seen = len(phone.person.got)
    await town.goes_on()
    await town.fake.settles()
    await town.goes_on(seconds=2)
    assert phone.kinds.count("template") == len(phone.kinds) >= 1


async def test_a_status_that_says_so_later_is_the_same_switch(sqlite_town: WhatsAppTown) -> None:
    town, phone = sqlite_town, sqlite_town.person()
    await phone.starts("it")
    await books(phone, "it", at=1)
    town.clock.at = (await town.appointment()).starts.astimezone(ROME) - timedelta(hours=2)
    async with town.database.writing() as session:
        (sender,) = await session.scalars(select(SenderRow))
        sender.last_inbound = town.clock.now()
    phone.person.wrote = town.clock.now()
    phone.seen = len(phone.person.got)
    await town.goes_on()
    assert phone.kinds
    assert "template" not in phone.kinds
    wamid = town.fake.sent[-1]["id"]
    await town.fake.status(wamid, "failed", 131047)
    await town.fake.status(wamid, "failed", 131047)
    await town.goes_on(seconds=2)
    assert phone.kinds.count("template") == 1
    await town.fake.status(town.fake.sent[-1]["id"], "delivered")
    async with town.database.reading() as session:
        assert "delivered" in set(await session.scalars(select(OutboxRow.delivery)))
        assert "delivered" in set(await session.scalars(select(NoticeRow.state)))


async def test_a_blocked_number_is_left_alone_and_the_reminder_goes_to_the_other_app(sqlite_town: WhatsAppTown) -> None:
    town, phone = sqlite_town, sqlite_town.person()
    await phone.starts("en")
    await books(phone, "en", at=1)
    await phone.taps("go=second_channel")
    code = phone.text.split(": ")[1].split(".")[0].strip("\u2066\u2067\u2068\u2069 ")
    await hears(town, Sender("telegram", "chat", "42"), code)
    await phone.says("thank you")
    phone.person.blocks()
    town.clock.at = (await town.appointment()).starts.astimezone(ROME) - timedelta(hours=2)
    await town.goes_on()
    await town.goes_on(seconds=2)
    assert any("Reminder" in text for text in town.telegram.texts)


async def test_the_same_appointments_are_found_on_whatsapp_and_on_the_web(sqlite_town: WhatsAppTown) -> None:
    town, phone = sqlite_town, sqlite_town.person()
    await phone.starts("en")
    code = await books(phone, "en")
    await phone.taps("go=second_channel")
    link = phone.text.split(": ")[1].split(".")[0].strip("\u2066\u2067\u2068\u2069 ")
    on_the_web = super(WhatsAppTown, town).person()
    await on_the_web.says("my appointments")
    assert code not in on_the_web.text
    await on_the_web.says(link)
    await on_the_web.says("my appointments")
    assert code in on_the_web.text


async def test_everything_in_one_call_is_answered_once_however_often_it_comes(town: WhatsAppTown) -> None:
    amina, badru = town.person(), town.person("393334445556", "IT.13491208655302741988")
    async with town.fake.batch():
        for phone in (amina, badru):
            await phone.person.says("👋")
            await phone.person.sends("voice")
            await phone.person.sends("unsupported")
    await town.workers.rest()
    told = len(town.fake.sent)
    again = await amina.person.says("x")
    await town.fake.redeliver(again)
    await town.fake.redeliver(again)
    await town.workers.rest()
    assert len(town.fake.sent) > told
    async with town.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(InboxRow)) == 7
        assert set(await session.scalars(select(InboxRow.state))) == {"done"}


async def test_who_takes_their_account_to_another_number_finds_their_appointment(town: WhatsAppTown) -> None:
    phone = town.person()
    await phone.starts("it")
    code = await books(phone, "it")
    await phone.person.changes_number("393339998887", "IT.13491208655302741999")
    await phone.says(WORDS["it"].mine)
    assert code in phone.text
    stranger = town.person("393331112223", "IT.13491208655302742000")
    await stranger.starts("it")
    await stranger.says(WORDS["it"].mine)
    assert code not in stranger.text


async def test_while_the_database_is_away_the_call_is_refused_and_comes_again(
    sqlite_town: WhatsAppTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, phone = sqlite_town, sqlite_town.person()
    with monkeypatch.context() as patch:

        async def away(*_: object) -> None:
            raise OSError("away")

        patch.setattr(town.workers, "receive_all", away)
        await phone.says("👋")
    assert town.fake.webhook_statuses == [503]
    await town.fake.retry()
    await town.workers.rest()
    assert phone.kinds
