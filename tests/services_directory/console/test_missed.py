"""The page of what was not understood."""

from __future__ import annotations

import re

from services_directory.desk.missed import groups, note
from services_directory.desk.revisions import open_ones
from tests.services_directory.console.room import BARI, EDITOR, NETWORK, Browser, Room

PAGE = "/console/directory/missed"


async def noted(room: Room, *said: str, city: str = "bari") -> None:
    async with room.database.writing() as session:
        for words in said:
            await note(session, words, language="en", city=city, guess="permit", known=(), now=room.now)


async def press(browser: Browser, deed: str, **form: str) -> str:
    await browser.opens(PAGE)
    ids = re.findall(r'name="ids" value="([^"]+)"', browser.page)[0]
    words = re.findall(r'name="words" value="([^"]+)"', browser.page)[0]
    said = {"csrf": browser.csrf, "ids": ids, "words": words, "deed": deed, **form}
    answer = await browser.client.post(PAGE, data=said)
    assert answer.status_code == 303, answer.text
    await browser.opens(answer.headers["location"])
    return answer.headers["location"]


async def test_staff_say_what_a_message_means(room: Room) -> None:
    await noted(room, "renew my paper of stay please")
    async with room.signed_in(EDITOR) as browser:
        await press(browser, "teach", intent="permit")
        assert "after the next training" in browser.page
        assert "Nothing was left unanswered" in browser.page


async def test_a_question_without_a_text_begins_a_guide(room: Room) -> None:
    await noted(room, "how do I vote in the city")
    async with room.signed_in(NETWORK) as browser:
        address = await press(browser, "guide", intent="citizenship")
        assert address.startswith("/console/directory/guide/new-")
        assert "how do I vote in the city" in browser.page
    async with room.database.reading() as session:
        (draft,) = await open_ones(session)
        assert draft.document["intents"] == ["citizenship"]
        assert await groups(session) == []


async def test_what_is_nothing_for_us_is_put_aside(room: Room) -> None:
    await noted(room, "who won the match")
    async with room.signed_in(EDITOR) as browser:
        await press(browser, "dismiss")
        assert "Nothing was left unanswered" in browser.page


async def test_each_city_sees_its_own(room: Room) -> None:
    await noted(room, "something of milano", city="milano")
    async with room.signed_in(EDITOR) as browser:
        await browser.opens(PAGE)
        assert "something of milano" not in browser.page


async def test_operators_do_not_see_it(room: Room) -> None:
    async with room.signed_in(BARI) as browser:
        answer = await browser.opens(PAGE)
        assert answer.status_code == 403
