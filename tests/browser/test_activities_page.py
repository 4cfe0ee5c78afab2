"""A course in a browser: somebody is added, ticked as present and given a certificate; accessible at every step."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.test_console_page import signed_in

Opened = Callable[..., Page]
COURSE = "/console/activities/taranto-sewing"


def look(page: Page, size: dict[str, int]) -> None:
    """Nothing for axe to find, and nothing that sticks out."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url


@pytest.mark.parametrize("size", [{"width": 360, "height": 740}, {"width": 1280, "height": 800}])
def test_added_ticked_and_certified(opened: Opened, size: dict[str, int]) -> None:
    page = signed_in(opened, size=size, locale="en-GB")
    page.locator("nav.rooms a[href='/console/activities']").click()
    look(page, size)
    page.locator(f"a[href='{COURSE}']").click()
    name = f"Rosa {time.time_ns()}"
    page.locator("#name").fill(name)
    page.get_by_role("button", name="Add to the list").click()
    row = page.locator("tr", has_text=name)
    expect(row).to_be_visible()
    row.locator("summary").click()
    look(page, size)
    page.get_by_role("link", name="Attendance list").click()
    page.locator("tr", has_text=name).get_by_label("Present").check()
    look(page, size)
    page.get_by_role("button", name="Save the list").click()
    expect(page.locator("#flash")).to_contain_text("The list is saved.")
    expect(page.locator("tr", has_text=name).get_by_label("Present")).to_be_checked()
    page.goto(COURSE)
    page.locator("tr", has_text=name).get_by_role("link", name="Certificate").click()
    look(page, size)
    page.locator("#name").fill("Rosa Bianchi Ñandú")
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the certificate").click()
    content = Path(download.value.path()).read_bytes()
    assert "Rosa Bianchi Ñandú" in PdfReader(BytesIO(content)).pages[0].extract_text()


def test_on_paper_it_is_a_list_to_sign(opened: Opened) -> None:
    page = signed_in(opened, size={"width": 1280, "height": 800}, locale="en-GB")
    page.goto(COURSE)
    page.locator("#name").fill(f"Paper {time.time_ns()}")
    page.get_by_role("button", name="Add to the list").click()
    page.goto(f"{COURSE}/attendance")
    expect(page.get_by_role("columnheader", name="Signature")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.get_by_role("columnheader", name="Signature")).to_be_visible()
    expect(page.get_by_role("button", name="Save the list")).to_be_hidden()
    expect(page.locator("nav.rooms")).to_be_hidden()
