"""Records in the console: opened, changed and sent, and what is published of them then."""

from __future__ import annotations

import re
from html import unescape

import httpx

from services_directory.desk.directory import Shelf
from services_directory.desk.revisions import Name, current
from tests.services_directory.console.forms import fields
from tests.services_directory.console.room import Browser, Room


async def an_office(room: Room) -> str:
    """The address of the page of Bari's one-stop shop."""
    async with room.database.reading() as session:
        shop = (await Shelf().newest(session, room.now.date())).offices("bari")[0]
    return f"/console/directory/office/{shop.key}"


async def version_of(room: Room, address: str) -> dict[str, object]:
    kind, key = address.split("/")[-2:]
    async with room.database.reading() as session:
        found = await current(session, Name(kind, key))
    assert found is not None
    return found.document


async def sends(browser: Browser, address: str, deed: str, /, **changed: str) -> httpx.Response:
    """Open a record, change some fields, press a button."""
    await browser.opens(address)
    form = fields(browser.page) | {name.replace("__", "."): said for name, said in changed.items()} | {"deed": deed}
    answer = await browser.client.post(address, data=form)
    if answer.status_code == 303:
        await browser.opens(answer.headers["location"])
    else:
        browser.page = answer.text
    return answer


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
