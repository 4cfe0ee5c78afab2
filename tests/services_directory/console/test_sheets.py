"""The spreadsheet in the console: out, back, looked at, published whole or not at all."""

from __future__ import annotations

import json
from io import BytesIO

import httpx
from openpyxl import load_workbook

from services_directory.desk.revisions import open_ones
from tests.services_directory.console.records import version_of, words
from tests.services_directory.console.room import BARI, EDITOR, NETWORK, Browser, Room
from tests.standards import example

ADDRESS = "/console/directory/sheet"


async def filled_in(browser: Browser, title: str, column: str, *said: str) -> tuple[bytes, list[str]]:
    """The spreadsheet with these words in that column of its first rows, and the keys of those."""
    book = load_workbook(BytesIO((await browser.client.get(f"{ADDRESS}.xlsx")).content))
    sheet = book[title]
    at = [cell.value for cell in sheet[1]].index(column) + 1
    for row, one in enumerate(said, 2):
        sheet.cell(row, at).value = one
    whole = BytesIO()
    book.save(whole)
    return whole.getvalue(), [str(sheet.cell(row, 1).value) for row in range(2, len(said) + 2)]


async def brought(browser: Browser, content: bytes, name: str = "mine.xlsx", csrf: str = "") -> httpx.Response:
    await browser.opens(ADDRESS)
    form = {"csrf": csrf or browser.csrf}
    return await browser.client.post(ADDRESS, data=form, files={"file": (name, content)})


async def test_what_a_sheet_would_change_is_shown_then_published_at_once(any_room: Room) -> None:
    async with any_room.signed_in(EDITOR) as browser:
        content, keys = await filled_in(browser, "Offices", "Address", "Via Uno 1", "Via Due 2")
        answer = await brought(browser, content)
        assert answer.status_code == 200, words(answer.text)
        assert "Publish all of this (2)" in words(answer.text)
        assert "<ins" in answer.text
        assert (await version_of(any_room, f"office/{keys[0]}")).get("address") != "Via Uno 1"
        await browser.opens("/console/directory/waiting")
        assert "Via Due 2" in browser.page, "whoever closes the page finds it there"
        answer = await browser.client.post(f"{ADDRESS}/apply", data={"csrf": browser.csrf})
        await browser.opens(answer.headers["location"])
        assert "All of it is published." in browser.page
        assert [(await version_of(any_room, f"office/{key}"))["address"] for key in keys] == ["Via Uno 1", "Via Due 2"]
        answer = await brought(browser, content)
        assert "Nothing would change." in answer.text
    async with any_room.database.reading() as session:
        assert await open_ones(session) == []


async def test_one_wrong_cell_and_nothing_is_kept(any_room: Room) -> None:
    async with any_room.signed_in(EDITOR) as browser:
        content, _keys = await filled_in(browser, "Services", "Places", "12", "many")
        answer = await brought(browser, content)
        assert answer.status_code == 422
        assert "Services, row 3, column" in words(answer.text)
        assert "Write a number, not “many”." in words(answer.text)
        answer = await brought(browser, b"nonsense")
        assert answer.status_code == 422
        assert "not an XLSX spreadsheet" in words(answer.text)
        assert "must be one of" in words((await brought(browser, b"", "photo.jpg")).text)
    async with any_room.database.reading() as session:
        assert await open_ones(session) == []


async def test_a_sheet_reaches_no_city_but_ones_own(room: Room) -> None:
    async with room.signed_in(EDITOR) as browser:
        content, _keys = await filled_in(browser, "Offices", "City", "taranto")
        answer = await brought(browser, content)
        assert answer.status_code == 422
        assert "not yours to edit" in words(answer.text)
        assert (await brought(browser, content, csrf="forged")).status_code == 403
        book = load_workbook(BytesIO((await browser.client.get(f"{ADDRESS}.xlsx")).content))
        book["Organizations"].append(["taranto-iom", "bari", "Nostra"])
        whole = BytesIO()
        book.save(whole)
        answer = await brought(browser, whole.getvalue())
        assert answer.status_code == 422
        assert "organization taranto-iom: This record is not yours to edit." in words(answer.text)
    async with room.signed_in(BARI) as browser:
        await browser.opens(ADDRESS)
        assert "Bring it back" not in browser.page


async def test_what_somebody_published_meanwhile_is_not_written_over(room: Room) -> None:
    async with room.signed_in(EDITOR) as browser:
        content, (key,) = await filled_in(browser, "Offices", "Address", "Via Uno 1")
        await brought(browser, content)
        await browser.opens(f"/console/directory/office/{key}")
        form = {"csrf": browser.csrf, f"office/{key}": "yes"}
        await browser.client.post("/console/directory/still-true", data=form)
        answer = await browser.client.post(f"{ADDRESS}/apply", data={"csrf": browser.csrf})
        await browser.opens(answer.headers["location"])
        assert "Bring the file again" in browser.page
        assert (await version_of(room, f"office/{key}")).get("address") != "Via Uno 1"
        await browser.client.post(f"{ADDRESS}/discard", data={"csrf": browser.csrf})
    async with room.database.reading() as session:
        assert await open_ones(session) == []


async def test_a_taxonomy_of_others_is_shown_by_its_name_and_published(room: Room) -> None:
    async with room.signed_in(NETWORK) as browser:
        content = json.dumps(example("taxonomy")).encode()
        answer = await brought(browser, content, "taxonomy.json")
        assert answer.status_code == 200, words(answer.text)
        assert f"{example('taxonomy')['name']} Taxonomy New" in words(answer.text)
        await browser.client.post(f"{ADDRESS}/apply", data={"csrf": browser.csrf})
        await browser.opens("/console/directory")
        assert "/console/directory/taxonomy/" not in browser.page, "it is edited where it comes from"
        assert "Nothing would change." in (await brought(browser, content, "taxonomy.json")).text
