"""Courses and activities in the console: lists, the office's own additions, attendance, certificates."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

import httpx
import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from locales.rendering import render
from services_directory.booked import Enrolment
from services_directory.desk.directory import Shelf
from services_directory.desk.enrolments import Enrolments
from services_directory.exchange.certificates import TITLE
from services_directory.facts import Activity
from services_directory.store.bookings import AttendanceRow, EnrolmentEventRow, EnrolmentRow
from services_directory.store.offerings import ActivityRow
from services_directory.store.places import DirectoryVersionRow
from services_directory.store.waiting import NoticeRow
from tests.services_directory.console.records import words
from tests.services_directory.console.room import BARI, COORDINATOR, EDITOR, NETWORK, TARANTO, WEDNESDAY, Browser, Room

BARIS = select(ActivityRow.key).where(ActivityRow.city == "bari", ActivityRow.example).order_by(ActivityRow.key)
MEETINGS = (WEDNESDAY - timedelta(days=7), WEDNESDAY - timedelta(hours=1), WEDNESDAY + timedelta(days=7))


async def a_course(room: Room, seats: int) -> str:
    """A course of Bari that has met a week ago, is meeting now, and meets once more."""
    sessions = [{"starts": one.isoformat(), "ends": (one + timedelta(minutes=90)).isoformat()} for one in MEETINGS]
    async with room.database.writing() as session:
        key = (await session.scalars(BARIS)).first()
        assert key is not None
        said = update(ActivityRow).where(ActivityRow.key == key).values(seats=seats, sessions=sessions)
        await session.execute(said)
        await session.execute(update(DirectoryVersionRow).values(version=DirectoryVersionRow.version + 1))
    return key


@pytest.fixture
async def course(any_room: Room) -> str:
    """The key of a course of two seats."""
    return await a_course(any_room, 2)


async def comes(room: Room, key: str, name: str, *, language: str = "fr", wait: bool = False) -> Enrolment:
    """Somebody signs up in the chat."""
    async with room.database.writing() as session:
        directory = await Shelf().newest(session, room.now.date())
        activity = directory.activity(key)
        assert isinstance(activity, Activity)
        enrolments = Enrolments(session, directory, room.now)
        verb = enrolments.wait if wait else enrolments.enrol
        return await verb(activity, name, person=f"person-{name}", language=language, key=name)


async def presses(browser: Browser, address: str, **form: str) -> httpx.Response:
    """Press a button, and look at the page it leads to."""
    answer = await browser.client.post(address, data={"csrf": browser.csrf, **form})
    if answer.status_code == 303:
        await browser.opens(answer.headers["location"])
    return answer


async def ticks(browser: Browser, key: str, meeting: datetime, **said: str) -> httpx.Response:
    await browser.opens(f"/console/activities/{key}/attendance")
    marks = {f"mark-{code}": value for code, value in said.items()}
    return await presses(browser, f"/console/activities/{key}/attendance", meeting=meeting.isoformat(), **marks)


async def attendance(room: Room) -> list[tuple[datetime, bool, str, datetime]]:
    async with room.database.reading() as session:
        rows = await session.scalars(select(AttendanceRow).order_by(AttendanceRow.session))
        return [(row.session, row.present, row.by, row.at) for row in rows]


async def test_the_list_says_how_full_each_activity_of_the_city_is(any_room: Room, course: str) -> None:
    await comes(any_room, course, "Amina")
    await comes(any_room, course, "Badru")
    await comes(any_room, course, "Carmen", wait=True)
    async with any_room.signed_in(BARI) as browser:
        await browser.opens("/console/activities")
        first = browser.page.split("<tbody>")[1].split("</tr>")[0]
        assert "2 of 2 seats taken" in words(first)
        assert words(first).endswith("Wednesday 2 December, 10:00")
        assert f"/console/activities/{course}" in first
        assert "/console/activities/taranto-" not in browser.page
        assert "Seats taken" in browser.page


async def test_who_has_a_seat_and_who_waits_with_code_and_language(any_room: Room, course: str) -> None:
    amina = await comes(any_room, course, "Amina")
    await comes(any_room, course, "Badru")
    carmen = await comes(any_room, course, "Carmen", language="bn", wait=True)
    async with any_room.signed_in(BARI) as browser:
        await browser.opens(f"/console/activities/{course}")
        seats, line = words(browser.page).split("Who waits")
        assert f"Amina {amina.code} Français" in seats
        assert "Carmen" not in seats
        assert f"Carmen {carmen.code} বাংলা Waiting" in line


async def test_whom_the_office_adds_is_on_the_list_and_never_beyond_the_seats(any_room: Room, course: str) -> None:
    await comes(any_room, course, "Amina")
    async with any_room.signed_in(BARI) as browser:
        address = f"/console/activities/{course}"
        await browser.opens(address)
        await presses(browser, f"{address}/add", name="  Nonna   Rosa ", language="it")
        assert "Added to the list." in browser.page
        assert "Nonna Rosa Not in the chat" in words(browser.page)
        await presses(browser, f"{address}/add", name="Uno Di Troppo", language="it")
        assert "Nobody was added: every seat is taken" in browser.page
        await presses(browser, f"{address}/add", name="  ", language="it")
        assert "write a name" in browser.page
    async with any_room.database.reading() as session:
        rows = (await session.scalars(select(EnrolmentRow).order_by(EnrolmentRow.id))).all()
        assert [(row.name, row.person, row.language) for row in rows][1:] == [("Nonna Rosa", None, "it")]
        events = (await session.scalars(select(EnrolmentEventRow).order_by(EnrolmentEventRow.id))).all()
        assert [(event.what, event.by[:6]) for event in events] == [("enrolled", "person"), ("enrolled", "staff:")]


async def test_whom_the_office_takes_off_is_told_and_the_seat_is_offered_to_the_line(
    any_room: Room, course: str
) -> None:
    amina = await comes(any_room, course, "Amina")
    await comes(any_room, course, "Badru")
    await comes(any_room, course, "Carmen", wait=True)
    async with any_room.signed_in(BARI) as browser:
        await browser.opens(f"/console/activities/{course}")
        await presses(browser, f"/console/activities/{course}/withdraw/{amina.code}")
        assert "Taken off the list." in browser.page
        assert "A seat is kept until Thursday 26 November, 10:00" in words(browser.page)
        assert "Amina" not in words(browser.page)
    async with any_room.database.reading() as session:
        notices = (await session.scalars(select(NoticeRow).order_by(NoticeRow.id))).all()
    told = {(one.person, one.kind) for one in notices}
    assert told == {("person-Carmen", "seat_offered"), ("person-Amina", "seat_withdrawn")}


async def test_attendance_is_kept_with_who_and_when_and_only_what_changes_is_written(
    any_room: Room, course: str
) -> None:
    amina, badru = await comes(any_room, course, "Amina"), await comes(any_room, course, "Badru")
    async with any_room.signed_in(BARI) as browser:
        await ticks(browser, course, MEETINGS[1], **{amina.code: "yes", badru.code: "no"})
        assert "The list is saved." in browser.page
        assert f"{BARI}, Wednesday 25 November, 10:00" in words(browser.page)
        first = await attendance(any_room)
        assert {(at, present) for at, present, _by, _at in first} == {(MEETINGS[1], True), (MEETINGS[1], False)}
        any_room.passes(hours=1)
        await ticks(browser, course, MEETINGS[1], **{amina.code: "yes", badru.code: "yes"})
        later = await attendance(any_room)
        assert sorted(at for *_rest, at in later) == [WEDNESDAY, WEDNESDAY + timedelta(hours=1)]
        await ticks(browser, course, MEETINGS[1], **{amina.code: "", badru.code: ""})
        assert await attendance(any_room) == []


async def test_a_meeting_whose_day_has_not_come_has_no_attendance(any_room: Room, course: str) -> None:
    amina = await comes(any_room, course, "Amina")
    async with any_room.signed_in(BARI) as browser:
        for meeting in (MEETINGS[2], WEDNESDAY - timedelta(days=3)):
            answer = await ticks(browser, course, meeting, **{amina.code: "yes"})
            assert answer.status_code == 404
        assert "Wednesday 2 December" not in browser.page
    assert await attendance(any_room) == []


async def test_a_certificate_says_the_full_name_and_what_was_attended(any_room: Room, course: str) -> None:
    amina = await comes(any_room, course, "Amina", language="en")
    address = f"/console/activities/{course}/certificate/{amina.code}"
    async with any_room.signed_in(BARI) as browser:
        await ticks(browser, course, MEETINGS[0], **{amina.code: "no"})
        await browser.opens(address)
        assert "There is no certificate yet" in browser.page
        assert "Make the certificate" not in browser.page
        assert (await presses(browser, address, name="Amina Diallo")).status_code == 422
        await ticks(browser, course, MEETINGS[1], **{amina.code: "yes"})
        await browser.opens(address)
        assert 'value="Amina"' in browser.page
        assert "Present at 1 of 2 meetings. Hours of attendance: 1.5." in words(browser.page)
        answer = await presses(browser, address, name="Amina Diallo Şahin")
        assert answer.headers["content-type"] == "application/pdf"
        assert f"attestato-{amina.code}.pdf" in answer.headers["content-disposition"]
        said = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
        assert "Amina Diallo Şahin" in said
        assert render(TITLE, "it") in said
        assert "1,5" in said
    async with any_room.database.reading() as session:
        assert (await session.scalars(select(EnrolmentRow.name))).all() == ["Amina"]


async def test_a_name_that_cannot_be_printed_is_asked_for_in_latin_letters(any_room: Room, course: str) -> None:
    wei = await comes(any_room, course, "Wei", language="zh")
    address = f"/console/activities/{course}/certificate/{wei.code}"
    async with any_room.signed_in(BARI) as browser:
        await ticks(browser, course, MEETINGS[1], **{wei.code: "yes"})
        await browser.opens(address)
        answer = await presses(browser, address, name="李明")
        assert answer.status_code == 422
        assert "These letters cannot be printed: 李明." in words(answer.text)
        assert 'value="李明"' in answer.text


async def test_each_city_has_its_own_lists(any_room: Room, course: str) -> None:
    amina = await comes(any_room, course, "Amina")
    async with any_room.signed_in(TARANTO) as browser:
        await browser.opens("/console/activities")
        for path in ("", "/attendance", f"/certificate/{amina.code}"):
            assert (await browser.client.get(f"/console/activities/{course}{path}")).status_code == 404
        for path in ("/add", f"/withdraw/{amina.code}", "/attendance", f"/certificate/{amina.code}"):
            form = {"name": "X", "meeting": MEETINGS[1].isoformat()}
            assert (await presses(browser, f"/console/activities/{course}{path}", **form)).status_code == 404
    async with any_room.database.reading() as session:
        assert (await session.scalars(select(EnrolmentRow.state))).all() == ["enrolled"]


async def test_a_code_of_another_activity_is_not_taken_off_here(room: Room) -> None:
    async with room.database.reading() as session:
        keys = (await session.scalars(BARIS)).all()
    amina = await comes(room, keys[0], "Amina")
    async with room.signed_in(BARI) as browser:
        await browser.opens(f"/console/activities/{keys[1]}")
        answer = await presses(browser, f"/console/activities/{keys[1]}/withdraw/{amina.code}")
        assert answer.status_code == 404


async def test_editors_look_and_do_not_change_and_coordinators_see_no_names(any_room: Room, course: str) -> None:
    amina = await comes(any_room, course, "Amina")
    async with any_room.signed_in(EDITOR) as browser:
        await browser.opens(f"/console/activities/{course}")
        assert "Amina" in browser.page
        assert "Add somebody" not in browser.page
        answer = await presses(browser, f"/console/activities/{course}/withdraw/{amina.code}")
        assert answer.status_code == 403
    async with any_room.signed_in(COORDINATOR) as browser:
        for path in ("", f"/{course}", f"/{course}/attendance", f"/{course}/certificate/{amina.code}"):
            assert (await browser.client.get(f"/console/activities{path}")).status_code == 403


async def test_a_forged_form_changes_nothing(any_room: Room, course: str) -> None:
    amina = await comes(any_room, course, "Amina")
    async with any_room.signed_in(NETWORK) as browser:
        for path in ("/add", f"/withdraw/{amina.code}", "/attendance", f"/certificate/{amina.code}"):
            form = {"csrf": "forged", "name": "X", "meeting": MEETINGS[1].isoformat()}
            assert (await browser.client.post(f"/console/activities/{course}{path}", data=form)).status_code == 403


@pytest.mark.timeout(300)
async def test_a_list_of_a_hundred_is_saved_whole(room: Room) -> None:
    key = await a_course(room, 100)
    codes = [(await comes(room, key, f"P{number}")).code for number in range(100)]
    async with room.signed_in(BARI) as browser:
        await ticks(browser, key, MEETINGS[1], **dict.fromkeys(codes, "yes"))
        assert "The list is saved." in browser.page
    assert len(await attendance(room)) == 100
