"""Signing in and out, and what keeps others from doing it."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from sqlalchemy import update

from services_directory.console.pages import ADDRESS as FILES_ADDRESS
from services_directory.store.accounts import StaffAccountRow
from tests.services_directory.console.room import ADDRESS, BARI, COORDINATOR, PASSWORD, TARANTO, Browser, Room


async def fails(browser: Browser, email: str = BARI, times: int = 1) -> httpx.Response:
    for _attempt in range(times):
        answer = await browser.signs_in(email, "not the password")
    return answer


async def test_who_is_not_signed_in_is_sent_to_the_login_page(room: Room) -> None:
    async with room.browser() as browser:
        answer = await browser.opens()
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/login")


async def test_an_operator_signs_in_and_sees_the_city_and_the_day(room: Room) -> None:
    async with room.browser() as browser:
        answer = await browser.signs_in(BARI)
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/")
        await browser.opens()
        assert "Wednesday 25 November" in browser.page
        assert "Bari" in browser.page
        assert BARI in browser.page


async def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(room: Room) -> None:
    async with room.browser() as browser:
        wrong = await fails(browser)
        unknown = await fails(browser, "nobody@example.org")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace(BARI, "") == unknown.text.replace("nobody@example.org", "")


async def test_after_five_failures_even_the_right_password_has_to_wait_and_is_told_how_long(room: Room) -> None:
    async with room.browser() as browser:
        await fails(browser, times=5)
        room.passes(minutes=4)
        answer = await browser.signs_in(BARI)
        assert answer.status_code == 429
        assert "Wait 11 minutes" in answer.text
        assert answer.headers["retry-after"] == "660"
        async with room.browser() as another:
            assert (await another.signs_in(TARANTO)).status_code == 303
        room.passes(minutes=11)
        assert (await browser.signs_in(BARI)).status_code == 303


async def test_twenty_failures_from_one_address_stop_that_address_and_no_other(room: Room) -> None:
    async with room.browser(address="192.0.2.66") as browser:
        for number in range(20):
            assert (await fails(browser, f"guess{number}@example.org")).status_code == 401
        assert (await browser.signs_in(BARI)).status_code == 429
    async with room.browser(address="192.0.2.7") as browser:
        assert (await browser.signs_in(BARI)).status_code == 303


async def test_many_guesses_at_once_are_counted_too(room: Room) -> None:
    async with room.browser() as browser:
        answers = await asyncio.gather(*(fails(browser) for _guess in range(9)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 4


async def test_signing_in_takes_back_the_failures_of_that_email(room: Room) -> None:
    async with room.browser() as browser:
        await fails(browser, times=4)
        assert (await browser.signs_in(BARI)).status_code == 303
    async with room.browser() as browser:
        assert (await fails(browser, times=5)).status_code == 401


async def test_a_session_ends_after_twelve_hours_whatever_one_does(room: Room) -> None:
    async with room.signed_in() as browser:
        room.passes(hours=11, minutes=59)
        assert (await browser.opens()).status_code == 200
        room.passes(minutes=1)
        assert (await browser.opens()).status_code == 303


async def test_who_has_signed_out_cannot_come_back_with_the_old_cookie(room: Room) -> None:
    async with room.signed_in() as browser:
        cookie = browser.client.cookies["sportello_staff"]
        await browser.opens()
        answer = await browser.client.post("/console/logout", data={"csrf": browser.csrf})
        assert answer.headers["location"] == "/console/login"
        assert "sportello_staff" not in browser.client.cookies
        browser.client.cookies.set("sportello_staff", cookie, domain="console.test", path="/console")
        assert (await browser.opens()).status_code == 303


async def test_nobody_is_signed_out_by_another_site(room: Room) -> None:
    async with room.signed_in() as browser:
        await browser.opens()
        answer = await browser.client.post("/console/logout", data={"csrf": "guessed"})
        assert answer.status_code == 403
        assert (await browser.opens()).status_code == 200


async def test_a_closed_account_is_out_at_once(room: Room) -> None:
    async with room.signed_in() as browser:
        async with room.database.writing() as session:
            await session.execute(update(StaffAccountRow).values(active=False))
        assert (await browser.opens()).status_code == 303
        assert (await browser.signs_in(BARI)).status_code == 401


async def test_a_login_form_from_another_page_or_another_site_is_refused(room: Room) -> None:
    form = {"email": BARI, "password": PASSWORD}
    async with room.browser() as browser:
        assert (await browser.client.post("/console/login", data={**form, "csrf": "x"})).status_code == 403
        await browser.opens("/console/login")
        filled = {**form, "csrf": browser.csrf}
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = await browser.client.post("/console/login", data=filled, headers=headers)
            assert answer.status_code == 403, headers
        assert (await browser.client.post("/console/login", data=filled)).status_code == 303


async def test_a_form_that_is_too_long_is_not_read(room: Room) -> None:
    async with room.browser() as browser:
        await browser.opens("/console/login")
        answer = await browser.client.post("/console/login", data={"csrf": browser.csrf, "email": "x" * 20_000})
        assert answer.status_code == 403


@pytest.mark.parametrize("secure", [True, False])
async def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(room: Room, secure: bool) -> None:  # noqa: FBT001, the setting
    room.secure_cookies = secure
    transport = httpx.ASGITransport(room.app())
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS.replace("http:", "https:")) as client:
        browser = Browser(client)
        first = await browser.opens("/console/login")
        then = await browser.signs_in(BARI)
    cookies = [first.headers["set-cookie"], then.headers["set-cookie"]]
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Path=/console" in cookie
        assert ("Secure" in cookie) is secure


async def test_pages_load_nothing_from_elsewhere_and_are_not_kept(room: Room) -> None:
    async with room.signed_in() as browser:
        for path in ("/console/login", "/console/", "/console/appointments"):
            headers = (await browser.opens(path)).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert "http" not in headers["content-security-policy"]
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "same-origin"
            assert headers["cache-control"] == "no-store"


async def test_files_are_kept_for_ever_under_an_address_that_changes_with_them(room: Room) -> None:
    async with room.browser() as browser:
        style = await browser.opens(f"{FILES_ADDRESS}/console.css")
        assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
        assert "immutable" in style.headers["cache-control"]
        assert "immutable" not in (await browser.opens("/console/static/old/console.css")).headers["cache-control"]
        for path in ("vendor/VENDOR.md", "..%2F..%2Fwords.py", "nothing.css"):
            assert (await browser.opens(f"{FILES_ADDRESS}/{path}")).status_code == 404, path


async def test_a_coordinator_does_not_see_peoples_names(room: Room) -> None:
    booked = await room.books()
    async with room.signed_in(COORDINATOR) as browser:
        answer = await browser.opens()
        assert answer.status_code == 403
        assert booked.name not in browser.page
        assert (await browser.client.post("/console/logout", data={"csrf": browser.csrf})).status_code == 303
