"""What an office takes away from the console: calendars, tables, sheets of paper; and the page that closes a day."""

from __future__ import annotations

import csv
import re
from io import StringIO

import httpx
import pytest
from sqlalchemy import func, select, update

from services_directory.booked import AppointmentState
from services_directory.console.day_tables import csv_of, defused
from services_directory.desk.feeds import feed_of, note_reading
from services_directory.store.bookings import AppointmentRow, CounterRow
from services_directory.store.revisions import RevisionRow
from services_directory.store.waiting import FeedRow, NoticeRow
from tests.services_directory.console.forms import fields
from tests.services_directory.console.records import words
from tests.services_directory.console.room import BARI, COORDINATOR, EDITOR, NETWORK, TARANTO, Browser, Room

OFFICE = "bari-one-stop-shop"
DESK = f"{OFFICE}/{OFFICE}-1"
CALENDARS, CLOSING = "/console/calendars", "/console/closing"
TODAY = "2026-11-25"


async def makes(browser: Browser, place: str = OFFICE) -> str:
    """Make an address; its secret, empty when there is none."""
    await browser.opens(CALENDARS)
    answer = await browser.client.post(CALENDARS, data={"csrf": browser.csrf, "place": place})
    browser.page = answer.text
    found = re.search(r'value="http://console\.test/calendar/([^".]+)\.ics"', answer.text)
    return found[1] if found else ""


async def table(browser: Browser, query: str = "") -> list[dict[str, str]]:
    answer = await browser.opens(f"/console/appointments.csv{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith("\N{ZERO WIDTH NO-BREAK SPACE}".encode())
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


async def test_an_address_is_made_shown_once_read_and_revoked(any_room: Room) -> None:
    async with any_room.signed_in() as browser:
        token = await makes(browser, DESK)
        assert "shown only this once" in browser.page
        async with any_room.database.writing() as session:
            found = await feed_of(session, token)
            assert found is not None
            assert found.counter == f"{OFFICE}-1"
            await note_reading(session, found, any_room.now)
        answer = await browser.opens(CALENDARS)
        assert answer.headers["cache-control"] == "no-store"
        assert token not in browser.page
        line = words(re.findall(rf'id="feed-{found.id}".*?</tr>', browser.page, re.DOTALL)[0])
        assert "Desk 1" in line
        assert BARI in line
        assert "Never" not in line
        pressed = await browser.client.post(f"{CALENDARS}/{found.id}/revoke", data={"csrf": browser.csrf})
        await browser.opens(pressed.headers["location"])
        assert "Revoked. This address shows nothing any more." in browser.page
        assert "There is no address yet." in browser.page
    async with any_room.database.reading() as session:
        assert await feed_of(session, token) is None


async def test_behind_tls_the_address_is_one_with_tls(room: Room) -> None:
    room.secure_cookies = True
    async with room.browser() as browser:
        # The cookies are for TLS alone, as the browser must speak it too.
        browser.client.base_url = httpx.URL("https://console.test")
        browser.client.headers["Origin"] = "https://console.test"
        await browser.signs_in(BARI)
        await browser.opens(CALENDARS)
        answer = await browser.client.post(CALENDARS, data={"csrf": browser.csrf, "place": OFFICE})
    assert 'value="https://console.test/calendar/' in answer.text


async def test_calendars_are_the_own_citys_alone(room: Room) -> None:
    async with room.signed_in(BARI) as browser:
        assert await makes(browser)
        assert await makes(browser, "taranto-re-point") == ""
        assert "No address was made." in browser.page
        assert "taranto" not in browser.page
    async with room.database.reading() as session:
        (number,) = (await session.scalars(select(FeedRow.id))).all()
    async with room.signed_in(TARANTO) as browser:
        await browser.opens(CALENDARS)
        assert f'id="feed-{number}"' not in browser.page
        pressed = await browser.client.post(f"{CALENDARS}/{number}/revoke", data={"csrf": browser.csrf})
        assert pressed.status_code == 404
    async with room.signed_in(NETWORK) as browser:
        await browser.opens(CALENDARS)
        assert f'id="feed-{number}"' in browser.page
        assert "Taranto: " in words(browser.page)


async def test_staff_see_the_calendars_and_change_nothing(room: Room) -> None:
    async with room.signed_in(BARI) as browser:
        await makes(browser)
    async with room.signed_in(EDITOR) as browser:
        await browser.opens(CALENDARS)
        assert 'id="feed-1"' in browser.page
        assert "/revoke" not in browser.page
        for address in (CALENDARS, f"{CALENDARS}/1/revoke", CLOSING):
            answer = await browser.client.post(address, data={"csrf": browser.csrf, "place": OFFICE})
            assert answer.status_code == 403, address
        assert (await browser.opens(CLOSING)).status_code == 403
        assert (await browser.opens("/console/day-sheet")).status_code == 403
    async with room.database.reading() as session:
        assert await session.scalar(select(func.count()).where(FeedRow.revoked_at.is_(None))) == 1


@pytest.mark.parametrize("path", [CALENDARS, CLOSING, "/console/day-sheet", "/console/appointments.csv"])
async def test_who_does_not_receive_people_sees_none_of_it(room: Room, path: str) -> None:
    async with room.browser() as browser:
        assert (await browser.opens(path)).headers["location"] == "/console/login"
    async with room.signed_in(COORDINATOR) as browser:
        assert (await browser.opens(path)).status_code == 403


@pytest.mark.parametrize("path", [CALENDARS, f"{CALENDARS}/1/revoke", CLOSING])
async def test_a_forged_form_does_nothing(room: Room, path: str) -> None:
    async with room.signed_in() as browser:
        await makes(browser)
        answer = await browser.client.post(path, data={"csrf": "guessed", "place": OFFICE, "day": TODAY})
    assert answer.status_code == 403
    async with room.database.reading() as session:
        assert await session.scalar(select(func.count()).where(FeedRow.revoked_at.is_(None))) == 1


async def test_a_table_has_the_days_that_are_asked_and_opens_in_italian_excel(any_room: Room) -> None:
    first = await any_room.books("Amina; Diallo", language="ar")
    second = await any_room.books("=HYPERLINK(A1)", days=1, language="fr")
    await any_room.books("Elsewhere", city="taranto")
    async with any_room.signed_in(language="it") as browser:
        (line,) = await table(browser)
        lines = await table(browser, f"?day={TODAY}&until=2026-11-26")
    assert list(line.values())[:3] == [first.code, TODAY, f"{first.starts:%H:%M}"]
    assert (line["Nome"], line["Lingua"], line["Codice"]) == ("Amina; Diallo", "arabo", first.code)
    assert line["Stato"]
    assert [one["Codice"] for one in lines] == [first.code, second.code]
    assert lines[1]["Nome"] == "'=HYPERLINK(A1)"


async def test_a_table_for_who_does_not_run_appointments_has_no_names(room: Room) -> None:
    booked = await room.books("Amina Diallo")
    async with room.signed_in(EDITOR) as browser:
        (line,) = await table(browser)
    assert booked.code in line.values()
    assert "Name" not in line
    assert "Amina Diallo" not in line.values()


@pytest.mark.parametrize("until", ["2026-11-01", "soon", ""])
async def test_a_last_day_that_cannot_be_is_the_first(room: Room, until: str) -> None:
    booked = await room.books()
    await room.books(days=1)
    async with room.signed_in() as browser:
        assert [line["Code"] for line in await table(browser, f"?until={until}")] == [booked.code]


@pytest.mark.parametrize("cell", ["=1+1", "+39", "-1", "@SUM(A1)", " =1", "\t=1", "＝1+1", "\r=1", "\nx"])
def test_a_cell_is_never_a_formula(cell: str) -> None:
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["Amina", "", "a=b", "10:00", "1-2", "Łukasz"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert defused(cell) == cell


def test_quotes_and_line_ends_survive_a_table() -> None:
    line = ['say "hello"', "two\nlines", "a;b"]
    assert list(csv.reader(StringIO(csv_of([line]).decode("utf-8-sig"), newline=""), delimiter=";")) == [line]


async def test_a_day_sheet_has_a_table_a_counter_with_room_for_people_without_an_appointment(room: Room) -> None:
    booked = await room.books("Amina <b>Diallo</b>", language="ar")
    cancelled = await room.books("Omar", nth=1)
    async with room.database.writing() as session:
        row = update(AppointmentRow).where(AppointmentRow.code == cancelled.code)
        await session.execute(row.values(state=AppointmentState.CANCELLED_BY_PERSON))
        counter = update(CounterRow).where(CounterRow.key == f"{OFFICE}-1")
        await session.execute(counter.values(walk_ins="We 09:00-10:00,20:00-21:00"))
    async with room.signed_in() as browser:
        await browser.opens()
        assert 'href="/console/day-sheet"' in browser.page
        await browser.opens("/console/day-sheet")
    line = words(re.findall(rf'id="line-{booked.code}".*?</tr>', browser.page, re.DOTALL)[0])
    assert f"{booked.starts:%H:%M} Amina <b>Diallo</b>" in line
    assert "Arabic" in line
    assert booked.service.documents[0].texts["en"] in line
    assert cancelled.code not in browser.page
    assert "Desk 1" in browser.page
    assert "Desk 2" in browser.page
    assert "Without an appointment: 09:00–10:00" in words(browser.page)
    assert "20:00" not in browser.page
    (walk_ins,) = re.findall(r'class="walk-ins".*?</tbody>', browser.page, re.DOTALL)
    assert walk_ins.count("<tr>") == 1 + 4
    assert "<script" not in browser.page
    assert "day-sheet.css" in browser.page


async def test_a_day_sheet_is_of_the_office_and_day_that_are_asked(room: Room) -> None:
    tomorrow = await room.books(days=1)
    taranto = await room.books(city="taranto", days=1)
    async with room.signed_in(NETWORK) as browser:
        await browser.opens(f"/console/day-sheet?day=2026-11-26&office={OFFICE}")
        assert tomorrow.code in browser.page
        assert taranto.code not in browser.page
        await browser.opens("/console/day-sheet")
        assert tomorrow.code not in browser.page
        assert browser.page.count('class="sheet"') > 1


async def test_a_day_is_closed_in_two_steps_and_everybody_is_told(any_room: Room) -> None:
    booked = await any_room.books("Amina Diallo", language="ar")
    asked = f"{CLOSING}?place={OFFICE}&day={TODAY}&begins=&ends="
    async with any_room.signed_in() as browser:
        await browser.opens(CLOSING)
        assert 'id="close"' not in browser.page
        await browser.opens(asked)
        assert "1 appointment will be cancelled" in browser.page
        assert "Amina Diallo" in browser.page
        assert await any_room.state(booked.code) == AppointmentState.BOOKED
        form = fields(browser.page[browser.page.index('id="close"') :])
        pressed = await browser.client.post(CLOSING, data=form)
        assert pressed.status_code == 303
        await browser.opens(pressed.headers["location"])
        assert "It is closed then." in browser.page
        assert "Nobody has an appointment then." in browser.page
    assert await any_room.state(booked.code) == AppointmentState.CANCELLED_BY_OFFICE
    async with any_room.database.reading() as session:
        notices = (await session.scalars(select(NoticeRow).where(NoticeRow.state == "due"))).all()
        kept = await session.scalar(select(RevisionRow).where(RevisionRow.note == "closed: unforeseen"))
    assert [(one.person, one.kind) for one in notices] == [("person-1", "cancelled_by_office")]
    assert kept is not None
    assert kept.key == OFFICE
    with pytest.raises(IndexError):
        await any_room.books("Late")


async def test_who_cannot_be_told_is_marked_before_the_press(room: Room) -> None:
    booked = await room.books()
    async with room.database.writing() as session:
        await session.execute(update(AppointmentRow).where(AppointmentRow.code == booked.code).values(unreached=True))
    async with room.signed_in() as browser:
        await browser.opens(f"{CLOSING}?place={OFFICE}&day={TODAY}")
    assert "Not reached in the chat: call this person" in browser.page


@pytest.mark.parametrize(
    "changed",
    [
        {"place": "taranto-re-point"},
        {"place": f"{OFFICE}/taranto-re-point-1"},
        {"place": ""},
        {"day": "2026-11-24"},
        {"day": "tomorrow"},
        {"begins": "12:00", "ends": "11:00"},
        {"begins": "noon"},
        {"reason": "Maria has the flu"},
    ],
)
async def test_what_cannot_be_closed_changes_nothing_and_says_so(room: Room, changed: dict[str, str]) -> None:
    bari, taranto = await room.books(), await room.books(city="taranto")
    usual = {"place": OFFICE, "day": TODAY, "begins": "", "ends": "", "reason": "staff"}
    async with room.signed_in() as browser:
        await browser.opens(CLOSING)
        answer = await browser.client.post(CLOSING, data={"csrf": browser.csrf, **usual, **changed})
    assert answer.status_code == 422
    assert "Nothing was closed." in answer.text
    assert taranto.code not in answer.text
    for code in (bari.code, taranto.code):
        assert await room.state(code) == AppointmentState.BOOKED


async def test_the_pages_are_in_the_language_of_the_staff(room: Room) -> None:
    async with room.signed_in(language="ar,de;q=0.5") as browser:
        for path in (CALENDARS, CLOSING, "/console/day-sheet"):
            await browser.opens(path)
            assert '<html lang="de" dir="ltr">' in browser.page
