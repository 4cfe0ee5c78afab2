"""Booking on plain pages: a few questions, one appointment, whatever is sent twice or late."""

from __future__ import annotations

import asyncio
import re
from html import unescape

import pytest
from sqlalchemy import select, update

from bot.booking.forms import BOOKED_A_DAY, FORMS_A_MINUTE
from locales.languages import SPOKEN
from services_directory.desk.bearers import person_of
from services_directory.store.bookings import AppointmentRow
from services_directory.store.offerings import ServiceRow
from services_directory.store.session import Database
from tests.bot.booking.pages import Visitor
from tests.town import FakeClock


async def booked(database: Database) -> list[AppointmentRow]:
    async with database.reading() as session:
        rows = await session.scalars(select(AppointmentRow).where(AppointmentRow.state == "booked"))
        return list(rows)


async def test_a_few_questions_lead_to_an_appointment(visitor: Visitor, database: Database) -> None:
    await visitor.opens("/book")
    await visitor.follows("Taranto")
    assert "What do you need help with?" in visitor.text
    await visitor.follows("Work desk")
    assert "Which day suits you?" in visitor.text
    await visitor.follows("Thursday 26 November")
    await visitor.follows("10:00")
    await visitor.sends("Continue", name="Amina")
    assert "Work desk, Thursday 26 November, 10:00, for Amina. Shall I book it?" in visitor.text
    await visitor.sends("Yes, book it")
    (row,) = await booked(database)
    assert f"Booked! Your code is {row.code}." in visitor.text
    for words in ("When: Thursday 26 November, 10:00", "What to bring:", "See it on the map", row.code):
        assert words in visitor.text
    assert (row.name, row.language) == ("Amina", "en")
    assert "<svg" in visitor.answer.text


async def test_the_address_of_the_receipt_is_the_only_key_and_is_not_kept(visitor: Visitor, database: Database) -> None:
    secret = (await visitor.books()).rsplit("/", 1)[-1]
    (row,) = await booked(database)
    assert len(secret) >= 32
    assert row.person == person_of(secret)
    assert f"https://sportello.example.org/book/appointment/{secret}" in visitor.text
    assert secret not in {row.person, row.booking_key}


async def test_a_sign_that_no_database_keeps_is_left_out(visitor: Visitor, database: Database) -> None:
    await visitor.chooses_a_time()
    await visitor.sends("Continue", name="Am\0ina")
    await visitor.sends("Yes, book it")
    assert [row.name for row in await booked(database)] == ["Amina"]


async def test_a_form_sent_twice_is_one_appointment(visitor: Visitor, database: Database) -> None:
    await visitor.chooses_a_time()
    await visitor.sends("Continue", name="Amina")
    form = visitor.form("Yes, book it")
    answers = await asyncio.gather(*(visitor.client.post(form.action, data=form.fields) for _twice in range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(await booked(database)) == 1


async def all_take(visitor: Visitor, clock: str) -> None:
    """Others book that time until it is gone."""
    for _counter in range(9):
        other = Visitor(visitor.client)
        await other.opens("/book/taranto?service=taranto-desk-work&day=2026-11-26")
        if clock not in other.page.links:
            return
        await other.books("Amina", clock=clock)


async def test_a_time_is_kept_while_somebody_says_yes(visitor: Visitor, database: Database) -> None:
    await visitor.chooses_a_time()
    await visitor.sends("Continue", name="Badru")
    await all_take(visitor, "10:00")
    others = len(await booked(database))
    await visitor.sends("Yes, book it")
    assert "Booked!" in visitor.text
    assert len(await booked(database)) == others + 1


async def test_who_says_no_chooses_another_time_and_their_own_is_still_free(visitor: Visitor) -> None:
    await visitor.chooses_a_time()
    await visitor.sends("Continue", name="Badru")
    await all_take(visitor, "10:00")
    await visitor.sends("No")
    assert "10:00" in visitor.page.forms[-1].buttons
    await visitor.sends("11:00")
    assert "11:00, for Badru. Shall I book it?" in visitor.text


async def test_a_time_taken_meanwhile_is_said_kindly_and_the_name_stays(
    visitor: Visitor, database: Database, clock: FakeClock
) -> None:
    await visitor.chooses_a_time()
    await visitor.sends("Continue", name="Badru")
    clock.passes(minutes=11)
    await all_take(visitor, "10:00")
    before = len(await booked(database))
    await visitor.sends("Yes, book it")
    assert "I am sorry: Thursday 26 November, 10:00 has just been taken by somebody else." in visitor.text
    assert "Thursday 26 November: at what time?" in visitor.text
    await visitor.sends("10:30")
    assert "10:30, for Badru. Shall I book it?" in visitor.text
    await visitor.sends("Yes, book it")
    assert "Booked!" in visitor.text
    assert len(await booked(database)) == before + 1


async def test_it_is_booked_for_whom_it_was_said(visitor: Visitor, database: Database) -> None:
    await visitor.chooses_a_time()
    await visitor.sends("Continue", name="Badru", for_other="1")
    await visitor.sends("Yes, book it")
    assert (await booked(database))[0].for_other


async def test_a_family_says_first_how_many_they_are(visitor: Visitor, database: Database) -> None:
    async with database.writing() as session:
        families = update(ServiceRow).where(ServiceRow.key == "taranto-desk-work")
        await session.execute(families.values(most_people=3, more_minutes=15))
    await visitor.opens("/book/taranto?language=en")
    await visitor.follows("Work desk")
    assert "How many people are coming?" in visitor.text
    assert "4" not in visitor.page.links
    await visitor.follows("3")
    await visitor.follows("Thursday 26 November")
    await visitor.follows("Back")
    assert "Which day suits you?" in visitor.text
    await visitor.follows("Thursday 26 November")
    await visitor.follows("10:00")
    await visitor.sends("Continue", name="Amina")
    await visitor.sends("Yes, book it")
    (row,) = await booked(database)
    assert (row.people, row.minutes) == (3, 60)
    assert "How many people: 3" in visitor.text
    await visitor.opens("/book/taranto?service=taranto-desk-work&people=4")
    assert "How many people are coming?" in visitor.text


@pytest.mark.parametrize("name", ["", "   ", "12345", "a" * 41, "😀"])
async def test_what_is_no_name_is_told_and_stays(visitor: Visitor, database: Database, name: str) -> None:
    await visitor.chooses_a_time()
    await visitor.sends("Continue", name=name, for_other="1")
    assert visitor.answer.status_code == 422
    assert "Please write only a first name" in visitor.text
    assert visitor.page.forms[-1].fields["name"] == name
    assert visitor.page.forms[-1].fields["for_other"] == "1"
    await visitor.sends("Continue", name="Amina")
    assert "for Amina. Shall I book it?" in visitor.text
    assert await booked(database) == []


async def test_names_and_secrets_stand_in_no_query(visitor: Visitor) -> None:
    await visitor.chooses_a_time()
    await visitor.sends("Continue", name="Segretissima")
    assert "Segretissima" not in visitor.at
    assert not any("Segretissima" in link for link in visitor.page.links.values())
    secret = visitor.page.forms[-1].fields["key"]
    assert not any(secret in link for link in visitor.page.links.values())


async def test_another_language_keeps_what_was_typed(visitor: Visitor) -> None:
    await visitor.chooses_a_time()
    await visitor.sends("Continue", name="Amina")
    secret = visitor.page.forms[-1].fields["key"]
    await visitor.sends("Italiano")
    assert '<html lang="it"' in visitor.answer.text
    assert "Amina" in visitor.text
    assert visitor.page.forms[-1].fields["key"] == secret
    await visitor.sends("Sì, prenota")
    assert "Prenotato" in visitor.text


@pytest.mark.parametrize("language", list(SPOKEN))
async def test_every_page_speaks_every_language_in_its_direction(visitor: Visitor, language: str) -> None:
    secret = (await visitor.books()).rsplit("/", 1)[-1]
    paths = (
        "/book", "/book/taranto", "/book/taranto?service=taranto-desk-work",
        "/book/taranto?service=taranto-desk-work&day=2026-11-26", "/book/atlantis",
        "/book/taranto?service=taranto-desk-work&day=2026-11-26&slot=2026-11-26T10:30",
        f"/book/appointment/{secret}", f"/book/appointment/{secret}/move", f"/book/appointment/{secret}/cancel",
    )  # fmt: skip
    for path in paths:
        await visitor.opens(path)
        joined = "&" if "?" in path else "?"
        await visitor.opens(f"{path}{joined}language={language}")
        direction = "rtl" if SPOKEN[language].rtl else "ltr"
        assert f'<html lang="{language}" dir="{direction}">' in visitor.answer.text, path
        for code, one in SPOKEN.items():
            assert f"language={code}" in visitor.page.links[one.own_name], path


async def test_inside_another_page_only_the_question_is_shown_on_every_page(visitor: Visitor) -> None:
    await visitor.opens("/book/taranto?embed=1")
    for step in ("Work desk", "Thursday 26 November", "10:00"):
        assert "<header" not in visitor.answer.text
        assert "العربية" in visitor.page.links
        await visitor.follows(step)
    await visitor.sends("Continue", name="Amina")
    assert "<header" not in visitor.answer.text
    await visitor.sends("Yes, book it")
    assert "embed=1" in visitor.at
    assert "<header" not in visitor.answer.text
    await visitor.follows("Move it")
    assert "<header" not in visitor.answer.text


async def test_any_site_may_frame_the_pages_for_nothing_comes_along_with_them(visitor: Visitor) -> None:
    receipt = await visitor.books()
    for path in ("/book", "/book/taranto", receipt, f"{receipt}/cancel"):
        await visitor.opens(path)
        headers = visitor.answer.headers
        assert "frame-ancestors *" in headers["content-security-policy"]
        assert headers["content-security-policy"].startswith("default-src 'none'; ")
        assert "x-frame-options" not in headers
        assert "set-cookie" not in headers
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert not re.search(r"<script|\son\w+=|\sstyle=", visitor.answer.text)
        if "appointment" in path:
            assert "noindex" in headers["x-robots-tag"]


@pytest.mark.parametrize(
    "asked",
    [
        "service=cats", "service=bari-desk-work", "service=taranto-desk-work&day=cats", "people=-1", "slot=cats",
        "service=taranto-desk-work&day=2026-02-31", "service=taranto-desk-work&day=2026-11-26&slot=2026-11-26T03:00",
        "language=xx", "service=%00%ff", "service=" + "a" * 5000, "embed=perhaps",
        "service=taranto-desk-work&day=2026-11-26&slot=9999-99-99T99:99",
    ],
)  # fmt: skip
async def test_what_makes_no_sense_counts_as_not_chosen(visitor: Visitor, asked: str) -> None:
    await visitor.opens(f"/book/taranto?{asked}")
    assert visitor.answer.status_code == 200
    assert "cats" not in visitor.text
    assert visitor.page.links


async def test_what_was_typed_is_never_markup(visitor: Visitor) -> None:
    await visitor.chooses_a_time()
    await visitor.sends("Continue", name="<script>alert(1)</script>\"'")
    assert "<script" not in visitor.answer.text
    assert "<script>alert(1)</script>" in unescape(visitor.answer.text)
    await visitor.opens("/book/%3Cscript%3E")
    assert visitor.answer.status_code == 404
    assert "<script" not in visitor.answer.text


async def test_a_city_without_bookings_says_where_to_go(visitor: Visitor) -> None:
    await visitor.opens("/book/roma")
    assert "appointments cannot be booked here yet" in visitor.text
    await visitor.opens("/book/atlantis")
    assert visitor.answer.status_code == 404
    assert visitor.page.links["Taranto"] == "/book/taranto"


async def test_too_many_forms_from_one_address_are_asked_to_wait_and_lose_nothing(visitor: Visitor) -> None:
    await visitor.chooses_a_time()
    for _one in range(FORMS_A_MINUTE):
        await visitor.client.post("/book/taranto", data={"name": "x"})
    await visitor.sends("Continue", name="Amina")
    assert visitor.answer.status_code == 429
    assert "Please wait a minute" in visitor.text
    form = visitor.page.forms[-1]
    assert form.fields["name"] == "Amina"
    assert form.fields["slot"] == "2026-11-26T10:00"
    assert "Try again" in form.buttons


async def test_whoever_fills_the_days_of_an_office_from_one_address_comes_no_further_until_tomorrow(
    visitor: Visitor, clock: FakeClock, database: Database
) -> None:
    await visitor.chooses_a_time()
    await visitor.sends("Continue", name="Amina")
    for number in range(BOOKED_A_DAY):
        clock.passes(seconds=2)
        made_up = {"name": "x", "agreed": "1", "key": f"{number:032}"}
        assert (await visitor.client.post("/book/taranto", data=made_up)).status_code == 200
    await visitor.sends("Yes, book it")
    assert visitor.answer.status_code == 429
    assert "several times today" in visitor.text
    assert await booked(database) == []
    clock.passes(hours=24)
    assert (await visitor.client.post("/book/taranto", data=made_up)).status_code == 200


async def test_a_booking_leaves_neither_name_nor_secret_in_the_log(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    secret = (await visitor.books("Segretissima")).rsplit("/", 1)[-1]
    ours = " ".join(one.getMessage() for one in caplog.records if not one.name.startswith(("httpx", "httpcore")))
    assert "Segretissima" not in ours
    assert secret not in ours


async def test_times_passed_are_no_longer_offered(visitor: Visitor, clock: FakeClock) -> None:
    await visitor.chooses_a_time()
    clock.passes(days=2)
    await visitor.sends("Continue", name="Amina")
    assert "has just been taken" in visitor.text
    assert "Which day suits you?" in visitor.text
