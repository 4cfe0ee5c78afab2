"""Booking in a browser without script: accessible on a phone and at a desk, in three languages, inside another site."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from locales.rendering import render
from locales.text import _

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
CONTINUE, YES, NO = _("Continue"), _("Yes, book it"), _("No")
MOVE, YES_MOVE = _("Move it"), _("Yes, move it")
CANCEL, YES_CANCEL = _("Cancel it"), _("Yes, cancel it")


class Reader:
    """Somebody without script; beside them one with script looks whether each page is accessible."""

    def __init__(self, plain: BrowserContext, scripted: BrowserContext, language: str, width: int) -> None:
        self.page, self.language, self.width = plain.new_page(), language, width
        self._checked = scripted.new_page()

    def checks(self, what: str) -> None:
        """The page as it is, looked at with axe; its style comes from the site."""
        expect(self.page.locator("h1")).to_be_visible()
        assert self.page.locator("html").get_attribute("lang") == self.language
        assert self.page.locator("html").get_attribute("dir") == ("rtl" if self.language == "ar" else "ltr")
        html = self.page.content()
        self._checked.goto(self.page.url.partition("/book")[0] + "/readyz")
        self._checked.set_content(html, wait_until="load")
        self._checked.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        found = Axe().run(self._checked)
        assert found.violations_count == 0, f"{what}: {found.generate_report()}"
        assert self._checked.evaluate("document.documentElement.scrollWidth") <= self.width, what

    def presses(self, words: object) -> None:
        named = render(words, self.language)  # type: ignore[arg-type]
        self.page.locator("main").get_by_text(named, exact=True).click()


@pytest.fixture
def reader(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Reader]:
    language, size = request.param
    how = {"locale": language, "viewport": size, "base_url": site}
    plain = browser.new_context(java_script_enabled=False, **how)
    scripted = browser.new_context(bypass_csp=True, **how)
    yield Reader(plain, scripted, language, size["width"])
    plain.close()
    scripted.close()


@pytest.mark.parametrize(
    "reader", [(language, size) for language in ("it", "ar", "en") for size in (PHONE, DESK)], indirect=True
)
def test_somebody_without_script_books_moves_and_cancels(reader: Reader) -> None:
    page = reader.page
    page.goto("/book")
    reader.checks("cities")
    page.locator(".answers a[href*=taranto]").click()
    reader.checks("services")
    page.locator(".answers a[href*=work]").click()
    reader.checks("days")
    page.locator(".answers a").nth(1).click()
    reader.checks("times")
    page.locator(".answers a").first.click()
    reader.checks("name")
    page.locator("#name").fill("12")
    reader.presses(CONTINUE)
    reader.checks("no name")
    expect(page.locator("#name")).to_have_value("12")
    page.locator("#name").fill("Amina")
    reader.presses(CONTINUE)
    reader.checks("summary")
    reader.presses(YES)
    reader.checks("receipt")
    expect(page.locator("svg.qr")).to_be_visible()
    code = page.locator(".code").inner_text()
    reader.presses(MOVE)
    page.locator(".answers a").nth(2).click()
    page.locator(".answers a").first.click()
    reader.checks("moving")
    reader.presses(YES_MOVE)
    expect(page.locator(".code")).to_have_text(code)
    reader.presses(CANCEL)
    reader.checks("cancelling")
    reader.presses(YES_CANCEL)
    reader.checks("cancelled")
    expect(page.locator(".code")).to_have_count(0)


@contextmanager
def municipality(folder: Path, address: str) -> Iterator[str]:
    """The address of the city's own site, with the page of docs/embedding.md in it."""
    docs = (Path(__file__).parents[2] / "docs" / "embedding.md").read_text(encoding="utf-8")
    snippet = docs.split("```html\n")[1].split("```")[0].replace("https://sportello.example.org", address)
    (folder / "index.html").write_text(f"<!doctype html><title>Comune</title>{snippet}", encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_citys_own_site_holds_the_whole_booking(browser: Browser, site: str, tmp_path: Path) -> None:
    with municipality(tmp_path, site) as city:
        context = browser.new_context(locale="en-GB", java_script_enabled=False)
        page = context.new_page()
        page.goto(city)
        frame = _framed(page)
        frame.locator(".answers a").nth(2).click()
        frame.locator(".answers a").nth(1).click()
        frame.locator(".answers a").first.click()
        frame.locator("#name").fill("Amina")
        frame.get_by_role("button", name="Continue").click()
        expect(frame.locator("h1")).to_contain_text("Shall I book it?")
        frame.get_by_role("button", name="Yes, book it").click()
        expect(frame.locator(".code")).to_be_visible()
        expect(frame.locator("header")).to_have_count(0)
        assert page.url.startswith(city)
        assert context.cookies() == []
        context.close()


def _framed(page: Page) -> Frame:
    page.wait_for_selector("iframe")
    frame = page.frames[1]
    frame.wait_for_selector(".answers")
    return frame
