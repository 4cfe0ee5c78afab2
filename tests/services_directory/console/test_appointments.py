"""The page of a day: what it shows, to whom, and how it is kept up to date."""

from __future__ import annotations

from datetime import timedelta

import pytest
from markupsafe import escape
from sqlalchemy import update

from services_directory.store.bookings import AppointmentRow
from services_directory.store.offerings import ServiceRow
from services_directory.store.places import OfficeRow
from tests.services_directory.console.room import BARI, EDITOR, NETWORK, TARANTO, Room


async def test_a_row_tells_time_name_language_reason_counter_code_and_state(room: Room) -> None:
    booked = await room.books("Amina Diallo", language="ar")
    async with room.signed_in() as browser:
        await browser.opens()
        line = browser.line(booked.code)
    for words in (f"{booked.starts:%H:%M}", "Amina Diallo", "Arabic", "Desk", booked.code, "Booked", "Arrived"):
        assert words in line
    assert booked.service.label.texts["en"] in line


async def test_languages_are_named_in_the_language_of_the_page(room: Room) -> None:
    booked = await room.books(language="ar")
    async with room.signed_in(language="fr-BE,en;q=0.5") as browser:
        await browser.opens()
        assert '<html lang="fr" dir="ltr">' in browser.page
        assert "arabe" in browser.line(booked.code)
        assert "mercredi 25 novembre" in browser.page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("", "it"), ("nl", "it"), ("nl;q=1,en-GB;q=0.4", "en"), ("en;q=0.2,ar;q=0.9", "ar"), ("en;q=x,*", "it")],
)
async def test_a_page_is_in_the_first_of_our_languages_that_the_browser_asks_for(
    room: Room, asked: str, shown: str
) -> None:
    async with room.browser(language=asked) as browser:
        await browser.opens("/console/login")
        assert f'<html lang="{shown}"' in browser.page


async def test_an_operator_sees_only_the_appointments_of_the_own_city(room: Room) -> None:
    here, elsewhere = await room.books("Here"), await room.books("Elsewhere", city="taranto")
    async with room.signed_in(BARI) as browser:
        for path in ("/console/", "/console/?city=taranto", f"/console/?office={elsewhere.office.key}"):
            await browser.opens(path)
            assert browser.shows(here.code), path
            assert not browser.shows(elsewhere.code), path
        fragment = await browser.opens("/console/appointments?city=taranto")
        assert elsewhere.code not in fragment.text
    async with room.signed_in(TARANTO) as browser:
        await browser.opens()
        assert browser.shows(elsewhere.code)
        assert not browser.shows(here.code)


async def test_a_network_account_sees_every_city_and_can_look_at_one(room: Room) -> None:
    bari, taranto = await room.books(), await room.books(city="taranto")
    async with room.signed_in(NETWORK) as browser:
        await browser.opens()
        assert browser.shows(bari.code)
        assert browser.shows(taranto.code)
        assert "Taranto" in browser.line(taranto.code)
        await browser.opens("/console/?city=bari")
        assert browser.shows(bari.code)
        assert not browser.shows(taranto.code)


async def test_one_office_can_be_looked_at_alone(room: Room) -> None:
    bari, taranto = await room.books(), await room.books(city="taranto")
    async with room.signed_in(NETWORK) as browser:
        await browser.opens(f"/console/?office={bari.office.key}")
        assert browser.shows(bari.code)
        assert not browser.shows(taranto.code)


async def test_days_can_be_walked_through_and_coming_ones_are_listed_below(room: Room) -> None:
    tomorrow = await room.books(days=1)
    async with room.signed_in() as browser:
        await browser.opens()
        day, coming = browser.page.split('id="coming-rows"')
        assert f'id="appointment-{tomorrow.code}"' not in day
        assert f'id="appointment-{tomorrow.code}"' in coming
        assert "Thursday 26 November" in browser.line(tomorrow.code)
        assert 'href="/console/?day=2026-11-26" rel="next"' in browser.page
        await browser.opens("/console/?day=2026-11-26")
        day, coming = browser.page.split('id="coming-rows"')
        assert f'id="appointment-{tomorrow.code}"' in day
        assert f'id="appointment-{tomorrow.code}"' not in coming


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "9999-12-31", "0001-01-01"])
async def test_a_day_that_makes_no_sense_is_today(room: Room, day: str) -> None:
    async with room.signed_in() as browser:
        assert (await browser.opens(f"/console/?day={day}")).status_code == 200
        assert "Wednesday 25 November" in browser.page


async def test_who_is_next_is_the_first_who_is_here_else_the_first_expected(room: Room) -> None:
    first, second = await room.books("First"), await room.books("Second", nth=1)
    counters = {(await room.row(first.code)).counter, (await room.row(second.code)).counter}
    async with room.database.writing() as session:
        await session.execute(update(AppointmentRow).values(counter=min(counters)))
    async with room.signed_in() as browser:
        await browser.opens()
        assert f'id="next-{first.code}"' in browser.page
        assert f'id="next-{second.code}"' not in browser.page
        await browser.presses(second.code, "arrive")
        await browser.opens()
        assert f'id="next-{second.code}"' in browser.page
        assert f'id="next-{first.code}"' not in browser.page


async def test_somebody_late_is_marked_and_after_half_an_hour_no_longer_next(room: Room) -> None:
    booked = await room.books()
    room.now = booked.starts + timedelta(minutes=11)
    async with room.signed_in() as browser:
        await browser.opens()
        assert "Late" in browser.line(booked.code)
        assert "Did not come" in browser.line(booked.code)
        assert f'id="next-{booked.code}"' in browser.page
        room.passes(minutes=20)
        await browser.opens()
        assert f'id="next-{booked.code}"' not in browser.page


async def test_example_data_is_called_example_data_and_other_data_is_not(room: Room) -> None:
    await room.books()
    async with room.signed_in() as browser:
        await browser.opens()
        assert 'id="example"' in browser.page
        async with room.database.writing() as session:
            await session.execute(update(OfficeRow).values(example=False))
            await session.execute(update(ServiceRow).values(example=False))
    async with room.signed_in() as browser:
        await browser.opens()
        assert 'id="example"' not in browser.page


async def test_staff_who_edit_the_directory_look_but_do_not_touch(room: Room) -> None:
    booked = await room.books()
    async with room.signed_in(EDITOR) as browser:
        await browser.opens()
        assert browser.shows(booked.code)
        assert "formaction" not in browser.page
        assert (await browser.presses(booked.code, "arrive")).status_code == 403
    assert await room.state(booked.code) == "booked"


async def test_a_name_is_shown_as_it_was_written_and_never_as_markup(room: Room) -> None:
    booked = await room.books('<b onmouseover="x">Eve</b>')
    async with room.signed_in() as browser:
        await browser.opens()
        assert "<b onmouseover" not in browser.page
        assert "&lt;b onmouseover" in browser.page
        assert browser.shows(booked.code)


async def test_nothing_new_is_answered_with_304_and_no_words(room: Room) -> None:
    await room.books()
    async with room.signed_in() as browser:
        first = await browser.opens("/console/appointments")
        tag = first.headers["etag"]
        again = await browser.opens("/console/appointments", **{"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        await browser.opens()
        assert f'data-etag="{escape(tag)}"' in browser.page


async def test_a_booking_a_deed_a_minute_and_a_publication_are_news(room: Room) -> None:
    booked = await room.books()
    async with room.signed_in() as browser:
        tags = [(await browser.opens("/console/appointments")).headers["etag"]]
        await room.books(nth=3)
        tags.append((await browser.opens("/console/appointments")).headers["etag"])
        await browser.opens()
        await browser.presses(booked.code, "arrive")
        tags.append((await browser.opens("/console/appointments")).headers["etag"])
        room.passes(minutes=1)
        tags.append((await browser.opens("/console/appointments")).headers["etag"])
    assert len(set(tags)) == len(tags)


async def test_two_cities_two_languages_and_two_accounts_do_not_share_a_tag(room: Room) -> None:
    tags = set()
    for email, language in ((BARI, "en"), (BARI, "fr"), (TARANTO, "en"), (NETWORK, "en"), (EDITOR, "en")):
        async with room.signed_in(email, language=language) as browser:
            tags.add((await browser.opens("/console/appointments")).headers["etag"])
    assert len(tags) == 5


async def test_a_fragment_is_only_the_agenda_and_a_new_row_says_what_to_announce(room: Room) -> None:
    booked = await room.books("Amina Diallo", language="ar")
    async with room.signed_in() as browser:
        fragment = await browser.opens("/console/appointments")
        assert "<html" not in fragment.text
        assert "csrf" not in fragment.text
        when = f"{booked.starts:%H:%M}"
        announced = f"New appointment: Amina Diallo, Wednesday 25 November, {when}, Arabic."
        assert f'data-announce="{announced}"' in fragment.text


async def test_a_script_whose_session_is_over_is_told_so_without_a_page(room: Room) -> None:
    async with room.browser() as browser:
        answer = await browser.opens("/console/appointments")
        assert (answer.status_code, answer.content) == (401, b"")
