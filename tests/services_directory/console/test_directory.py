"""The directory's pages: found, edited, looked at, published, taken back; and what one may not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from services_directory.desk.editing import publish_due
from services_directory.desk.revisions import Name, Stage, history, open_ones
from tests.services_directory.console.forms import fields
from tests.services_directory.console.records import an_office, sends, version_of, words
from tests.services_directory.console.room import BARI, COORDINATOR, EDITOR, NETWORK, Browser, Room

OFFICE = "/console/directory/office/bari-sportello"


async def test_an_editor_finds_what_is_of_their_city_and_of_the_whole_country(room: Room) -> None:
    async with room.signed_in(EDITOR) as browser:
        await browser.opens("/console/directory?q=sportello&kind=office")
        found = re.findall(r'href="/console/directory/office/([a-z-]+)"', browser.page)
        assert found
        assert all(key.startswith("bari-") for key in found)
        await browser.opens("/console/directory?kind=guide")
        assert "/console/directory/guide/asylum-request" in browser.page
        await browser.opens("/console/directory?q=xyzzy")
        assert "Nothing was found" in browser.page


async def test_hours_filled_in_on_the_grid_are_what_people_are_told(room: Room) -> None:
    address = await an_office(room)
    async with room.signed_in(EDITOR) as browser:
        answer = await sends(browser, address, "publish", hours__2__0__from="07:30", note="earlier on Wednesdays")
        assert answer.status_code == 303, words(answer.text)
        assert "People are told this from now on." in browser.page
        assert "Wednesday 25 November: open 07:30" in words(browser.page)
        await browser.opens(address.replace("directory", "preview") + "?language=en")
        assert "open 07:30" in browser.page
        await browser.opens(f"{address}/history")
        assert "earlier on Wednesdays" in browser.page
        assert "<ins" in browser.page


async def test_a_closed_day_is_added_and_taken_back(room: Room) -> None:
    address = await an_office(room)
    async with room.signed_in(EDITOR) as browser:
        await browser.opens(address)
        at = len(re.findall(r'name="exceptions\.\d+\.remove"', browser.page))
        row = f"exceptions__{at}__"
        closed = {f"{row}first_day": "2026-11-26", f"{row}reason": "Assemblea"}
        await sends(browser, address, "publish", **closed)
        assert "Thursday 26 November: closed (Assemblea)." in words(browser.page)
        mornings = {f"{row}hours__from": "9", f"{row}hours__to": "11.30"}
        await sends(browser, address, "publish", **mornings)
        assert "Thursday 26 November: open 09:00-11:30." in words(browser.page)
        await sends(browser, address, "publish", **{f"{row}remove": "yes"})
        assert "Assemblea" not in words(browser.page)


async def test_a_draft_can_be_looked_at_and_is_told_to_nobody(any_room: Room) -> None:
    address = await an_office(any_room)
    async with any_room.signed_in(EDITOR) as browser:
        answer = await sends(browser, address, "preview", address="Via Nuova 9, Bari")
        assert answer.headers["location"].startswith("/console/preview/office/")
        await browser.opens(answer.headers["location"].replace("language=en", "language=ar"))
        assert "Via Nuova 9" in browser.page
        assert 'dir="rtl"' in browser.page
    assert (await version_of(any_room, address))["address"] != "Via Nuova 9, Bari"
    async with any_room.signed_in(EDITOR) as browser:
        await browser.opens("/console/directory/waiting")
        (number,) = re.findall(r"/console/directory/waiting/(\d+)/publish", browser.page)
        await browser.client.post(f"/console/directory/waiting/{number}/publish", data={"csrf": browser.csrf})
    assert (await version_of(any_room, address))["address"] == "Via Nuova 9, Bari"


async def test_what_is_wrong_is_said_and_what_was_typed_is_kept(any_room: Room) -> None:
    address = await an_office(any_room)
    async with any_room.signed_in(EDITOR) as browser:
        answer = await sends(
            browser, address, "publish", latitude="north", address="Via Lunga 1", hours__0__0__from="25:99"
        )
        assert answer.status_code == 422
        said = words(browser.page)
        assert "Nothing was saved" in said
        assert "Write a number, not “north”." in said
        kept = fields(browser.page)
        assert (kept["latitude"], kept["address"], kept["hours.0.0.from"]) == ("north", "Via Lunga 1", "25:99")
        answer = await sends(browser, address, "publish", organization="nobody")
        assert answer.status_code == 422
        assert "There is nothing called “nobody”." in words(browser.page)
    assert (await version_of(any_room, address)).get("address") != "Via Lunga 1"


async def test_the_second_editor_sees_what_the_first_one_wrote_and_can_still_publish(any_room: Room) -> None:
    address = await an_office(any_room)
    async with any_room.signed_in(EDITOR) as first, any_room.signed_in(NETWORK) as second:
        await second.opens(address)
        mine = fields(second.page) | {"address": "Via Mia 3", "email": "mia@example.org", "deed": "publish"}
        await sends(first, address, "publish", address="Via Prima 1")
        answer = await second.client.post(address, data=mine)
        assert answer.status_code == 409
        assert "What they wrote: Via Prima 1" in words(answer.text)
        merged = fields(answer.text)
        assert (merged["address"], merged["email"]) == ("Via Mia 3", "mia@example.org")
        answer = await second.client.post(address, data=merged | {"deed": "publish"})
        assert answer.status_code == 303, words(answer.text)
    assert (await version_of(any_room, address))["address"] == "Via Mia 3"


async def test_a_change_for_a_date_waits_until_then(room: Room) -> None:
    address = await an_office(room)
    async with room.signed_in(EDITOR) as browser:
        answer = await sends(browser, address, "schedule", address="Via Futura 1")
        assert answer.status_code == 422
        await sends(browser, address, "schedule", address="Via Futura 1", publish_day="2026-12-01")
        assert "It will be published on its day." in browser.page
    async with room.database.writing() as session:
        assert await publish_due(session, room.now) == []
        assert len(await publish_due(session, room.now + timedelta(days=6))) == 1
    assert (await version_of(room, address))["address"] == "Via Futura 1"


async def test_an_earlier_version_is_published_again(any_room: Room) -> None:
    address = await an_office(any_room)
    before = (await version_of(any_room, address))["address"]
    async with any_room.signed_in(EDITOR) as browser:
        await sends(browser, address, "publish", address="Via Sbagliata 1")
        await browser.opens(f"{address}/history")
        answer = await browser.client.post(f"{address}/restore/1", data={"csrf": browser.csrf})
        assert answer.status_code == 303
        answer = await browser.client.post(f"{address}/restore/77", data={"csrf": browser.csrf})
        assert answer.status_code == 409
    assert (await version_of(any_room, address))["address"] == before


async def test_a_translation_is_written_beside_its_source(room: Room) -> None:
    address = "/console/directory/guide/asylum-request?into=ti"
    async with room.signed_in(NETWORK) as browser:
        await browser.opens(address)
        assert "By machine" in browser.page
        await sends(browser, address, "publish", **{"title@ti": "ዑቕባ ምሕታት"})
    title = (await version_of(room, "guide/asylum-request"))["title"]
    assert isinstance(title, dict)
    assert title["texts"]["ti"] == "ዑቕባ ምሕታት"
    assert "ti" not in title["drafted"]
    async with room.signed_in(NETWORK) as browser:
        await sends(browser, address, "publish", title="Chiedere protezione")
        await browser.opens(address)
        assert "Out of date" in browser.page


async def test_one_press_says_that_many_things_are_still_true(room: Room) -> None:
    async with room.signed_in(EDITOR) as browser:
        await browser.opens("/console/directory?kind=service")
        names = re.findall(r'name="(service/[a-z0-9-]+)"', browser.page)[:3]
        form = {"csrf": browser.csrf, "back": "/console/directory?kind=service", "guide/asylum-request": "yes"}
        answer = await browser.client.post("/console/directory/still-true", data=form | dict.fromkeys(names, "yes"))
        assert answer.headers["location"] == "/console/directory?kind=service"
    for name in names:
        document = await version_of(room, name)
        assert (document["verified_on"], document["verified_by"]) == ("2026-11-25", EDITOR)
    guide = await version_of(room, "guide/asylum-request")
    assert guide.get("verified_by") != EDITOR, "the whole country's texts are not one city's business"


async def test_a_service_is_copied_to_another_city_as_a_draft(room: Room) -> None:
    async with room.signed_in(NETWORK) as browser:
        await browser.opens("/console/directory?kind=service&city=bari")
        key = re.findall(r'href="/console/directory/service/([a-z0-9-]+)"', browser.page)[0]
        form = {"csrf": browser.csrf, "key": "lecce-copy", "city": "potenza"}
        answer = await browser.client.post(f"/console/directory/service/{key}/copy", data=form)
        assert answer.headers["location"] == "/console/directory/service/lecce-copy"
        await browser.opens(answer.headers["location"])
        assert "Check every line" in browser.page
        again = await browser.client.post(f"/console/directory/service/{key}/copy", data=form)
        await browser.opens(again.headers["location"])
        assert "already" in browser.page
    async with room.database.reading() as session:
        (draft,) = await open_ones(session, "potenza")
    assert (draft.stage, draft.document.get("verified_on")) == (Stage.DRAFT, None)


async def test_the_table_of_translations_shows_every_language(room: Room) -> None:
    async with room.signed_in(COORDINATOR) as browser:
        await browser.opens("/console/directory/translations")
        assert "ትግርኛ" in browser.page
        assert "100 %" in browser.page


@pytest.mark.parametrize(
    ("who", "address", "status"),
    [
        (BARI, "bari", 403), (COORDINATOR, "bari", 403), (EDITOR, "/console/directory/guide/asylum-request", 404),
        (EDITOR, "/console/directory/office/taranto-re-point", 404),
    ],
)  # fmt: skip
async def test_who_may_not_edit_changes_nothing(room: Room, who: str, address: str, status: int) -> None:
    address = await an_office(room) if address == "bari" else address
    kind, key = address.split("/")[-2:]
    async with room.signed_in(who) as browser:
        await browser.opens("/console/directory")
        form = {"csrf": browser.csrf or (await csrf_of(browser)), "deed": "publish", "address": "Via Abusiva 1"}
        answer = await browser.client.post(address, data=form)
        assert answer.status_code == status
        assert (await browser.client.post(address, data=form | {"csrf": "forged"})).status_code == 403
    async with room.database.reading() as session:
        assert len(await history(session, Name(kind, key))) == 1


async def csrf_of(browser: Browser) -> str:
    await browser.opens("/console/directory/translations")
    return browser.csrf


async def test_nobody_sees_it_without_signing_in(room: Room) -> None:
    async with room.browser() as browser:
        for path in ("/console/directory", OFFICE, "/console/preview/office/x", "/console/directory/waiting"):
            answer = await browser.client.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, "/console/login")


async def test_a_file_for_translators_goes_out_and_comes_back(room: Room) -> None:
    async with room.signed_in(NETWORK) as browser:
        content = (await browser.client.get("/console/directory/translations/ti.po")).text
        await browser.opens("/console/directory/translations")
        context = 'msgctxt "guide/asylum-request/title"'
        assert context in content
        at = content.index(context)
        start = content.index('msgstr "', at)
        changed = content[:start] + 'msgstr "ሓድሽ ኣርእስቲ"\n' + content[content.index("\n\n", start) :]
        form = {"csrf": browser.csrf, "language": "ti"}
        answer = await browser.client.post(
            "/console/directory/translations", data=form, files={"file": ("ti.po", changed.encode())}
        )
        assert answer.status_code == 303, answer.text
        await browser.opens(answer.headers["location"])
        assert "The translations are published." in browser.page
        answer = await browser.client.post(
            "/console/directory/translations", data=form, files={"file": ("ti.po", b"nonsense")}
        )
        await browser.opens(answer.headers["location"])
        assert "not a file of translations" in browser.page
        forged = form | {"csrf": "forged"}
        answer = await browser.client.post("/console/directory/translations", data=forged, files={"file": ("a", b"")})
        assert answer.status_code == 403
    title = (await version_of(room, "guide/asylum-request"))["title"]
    assert isinstance(title, dict)
    assert title["texts"]["ti"] == "ሓድሽ ኣርእስቲ"


async def test_an_alert_is_told_before_anything_else_about_the_place(room: Room) -> None:
    address = await an_office(room)
    async with room.signed_in(EDITOR) as browser:
        alert = {"alerts__0__first_day": "2026-11-27", "alerts__0__text": "Ascensore guasto"}
        answer = await sends(browser, address, "publish", **alert)
        assert answer.status_code == 303, words(answer.text)
        await browser.opens(address.replace("directory", "preview") + "?language=en")
        assert "From Friday 27 November: Ascensore guasto" in words(browser.page)
        await sends(browser, address, "publish", alerts__0__remove="yes")
        assert "Ascensore" not in words(browser.page)


async def test_a_guide_and_a_national_number_are_edited_whole(room: Room) -> None:
    guide, number = "/console/directory/guide/asylum-request", "/console/directory/contact/emergency"
    async with room.signed_in(NETWORK) as browser:
        answer = await sends(browser, guide, "publish", intents__legal_help="yes", review_by="2027-06-30")
        assert answer.status_code == 303, words(answer.text)
        answer = await sends(browser, guide, "publish", intents__cooking="yes")
        assert answer.status_code == 422
        assert "There is no topic “cooking”." in words(browser.page)
        await sends(browser, number, "publish", phones__1__number="113")
    assert (await version_of(room, guide))["review_by"] == "2027-06-30"
    phones = (await version_of(room, number))["phones"]
    assert isinstance(phones, list)
    assert [phone["number"] for phone in phones] == ["112", "113"]
    assert "note" in phones[0], "what the form does not show stays"
