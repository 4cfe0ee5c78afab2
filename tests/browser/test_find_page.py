"""The search page in a browser: accessible on a phone and at a desk, in two directions, with script and without."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

Opened = Callable[..., Page]
PATHS = (
    "/find", "/find/taranto", "/find/taranto?q=casa", "/find/taranto?q=zzzzqqqq",
    "/find/taranto?topic=permit&open_now=1", "/find/taranto?q=casa&latitude=40.47&longitude=17.24", "/find/atlantis",
)  # fmt: skip


@pytest.mark.parametrize("size", [{"width": 360, "height": 740}, {"width": 1280, "height": 800}])
@pytest.mark.parametrize("locale", ["it-IT", "ar"])
def test_axe_finds_nothing_and_nothing_sticks_out(opened: Opened, locale: str, size: dict[str, int]) -> None:
    page = opened("/find", locale=locale, size=size)
    for path in PATHS:
        page.goto(path)
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path


def test_near_me_sends_a_rounded_place_with_what_was_typed(opened: Opened) -> None:
    page = opened("/find/taranto?language=en")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 40.4765432, "longitude": 17.2345678})
    page.locator("#q").fill("casa")
    page.get_by_role("button", name="Near me").click()
    page.wait_for_url("**latitude=40.477&longitude=17.235*")
    expect(page.locator("#q")).to_have_value("casa")
    expect(page.get_by_text("km from you").first).to_be_visible()
    page.get_by_role("link", name="Search without my location").click()
    expect(page.locator("#near")).to_be_visible()


def test_without_script_words_filters_topics_and_languages_work(browser: Browser, site: str) -> None:
    context = browser.new_context(locale="en-GB", java_script_enabled=False, base_url=site)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Without it you can look for help here.").click()
    expect(page.locator("#near")).to_be_hidden()
    page.locator("#q").fill("a place to sleep")
    page.locator("#city").select_option("taranto")
    page.locator("form summary").click()
    page.locator("#audience").select_option("women")
    page.locator("#q").press("Enter")
    expect(page.locator("h3").first).to_be_visible()
    expect(page.locator("#audience")).to_have_value("women")
    page.locator(".languages summary").click()
    page.get_by_role("link", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("#q")).to_have_value("a place to sleep")
    page.goto("/find/taranto?language=en")
    page.locator(".group summary").first.click()
    page.locator(".group[open] a").first.click()
    expect(page.locator("h3").first).to_be_visible()
    context.close()
