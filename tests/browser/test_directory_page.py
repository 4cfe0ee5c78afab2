"""The directory in a browser: edit, translate, look, publish, take back; accessible, in three languages, on a phone."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from bot.preparing import EXAMPLE_PASSWORD

Opened = Callable[..., Page]
OFFICE = "/console/directory/office/taranto-re-point"
GUIDE = "/console/directory/guide/italian-courses"
PAGES = (
    "/console/", "/console/directory", OFFICE, f"{OFFICE}/history",
    "/console/preview/office/taranto-re-point?language=ar",
    GUIDE, "/console/preview/guide/italian-courses?language=ti", "/console/directory/waiting",
    "/console/directory/translations", "/console/directory/missed", "/console/directory/contact/emergency",
    "/console/directory/new", "/console/directory/new?kind=activity&city=taranto&name=Cucito",
    "/console/directory/sheet", "/console/preview/office/taranto-re-point?language=it&channel=telegram",
    "/api/docs", "/console/calendars", "/console/closing", "/console/closing?place=atlantis&day=soon",
    "/console/day-sheet", "/console/day-sheet?city=taranto&day=2026-12-08",
    "/console/activities", "/console/activities/taranto-italian-course",
    "/console/activities/taranto-italian-course/attendance", "/console/activities/taranto-sewing/attendance",
    "/api/docs",
)  # fmt: skip
PUBLISHED = {
    "it-IT": "Pubblica ora", "en-GB": "Publish now", "de-DE": "Jetzt veröffentlichen",
}  # fmt: skip


def signed_in(opened: Opened, **how: Any) -> Page:
    page = opened("/console/login", **how)
    page.locator("input[name=email]").fill("rete@example.org")
    page.locator("input[name=password]").fill(EXAMPLE_PASSWORD)
    page.locator("button[type=submit]").first.click()
    page.wait_for_url("**/console/")
    return page


def hours_told(site: str, conversation: str) -> str:
    body = {"conversation": conversation, "text": "what are the opening hours?", "city": "taranto", "language": "en"}
    content = json.dumps(body).encode()
    request = urllib.request.Request(f"{site}/chat/messages", content, {"Content-Type": "application/json"})  # noqa: S310, on this machine
    with urllib.request.urlopen(request) as answer:  # noqa: S310, as above
        return "\n".join(reply["text"] for reply in json.load(answer)["replies"])


@pytest.mark.parametrize("locale", list(PUBLISHED))
def test_edit_look_publish_and_take_back(opened: Opened, site: str, locale: str) -> None:
    page = signed_in(opened, locale=locale, size={"width": 1280, "height": 900})
    page.goto(f"{OFFICE}?into=de")
    before = page.locator("[id='about@de']").input_value()
    monday = page.locator("[name='hours.0.0.from']")
    monday.fill("07:15")
    page.locator("[id='about@de']").fill(f"Neu übersetzt für {locale}.")
    page.locator("button[value=preview]").click()
    expect(page.locator("#phone")).to_contain_text("07:15")
    assert "07:15" not in hours_told(site, f"before-{time.time_ns()}")
    page.goto(f"{OFFICE}?into=de")
    expect(monday).to_have_value("07:15")
    page.get_by_role("button", name=PUBLISHED[locale]).click()
    expect(page.locator("#flash")).to_be_visible()
    assert "07:15" in hours_told(site, f"after-{time.time_ns()}")
    page.goto(f"{OFFICE}/history")
    expect(page.locator("ins", has_text="07:15").first).to_be_visible()
    page.locator("form[action*='/restore/']").first.locator("button").click()
    expect(page.locator("#flash")).to_be_visible()
    page.goto(f"{OFFICE}?into=de")
    expect(page.locator("[id='about@de']")).to_have_value(before)
    assert "07:15" not in hours_told(site, f"restored-{time.time_ns()}")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", [{"width": 360, "height": 740}, {"width": 1280, "height": 800}])
def test_axe_finds_nothing_on_any_page_and_nothing_sticks_out(opened: Opened, size: dict[str, int]) -> None:
    page = signed_in(opened, size=size)
    for path in PAGES:
        page.goto(path)
        page.evaluate("for (const rows of document.querySelectorAll('details.rows')) rows.open = true")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        assert "built-in" not in page.locator("main").inner_text(), path
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path


def test_a_wrong_field_is_marked_and_what_was_typed_stays(opened: Opened) -> None:
    page = signed_in(opened)
    page.goto(OFFICE)
    page.locator("#latitude").fill("a nord")
    page.locator("#email").fill("nuovo@example.org")
    page.locator("button[value=publish]").click()
    expect(page.locator("#fault-latitude")).to_be_visible()
    expect(page.locator("#latitude")).to_have_value("a nord")
    expect(page.locator("#email")).to_have_value("nuovo@example.org")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
