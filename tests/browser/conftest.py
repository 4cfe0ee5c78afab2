"""A phone's browser in front of the real program."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.site import running

PHONE = {"width": 360, "height": 740}

# Playwright's own five seconds are short on a busy machine; what is there sooner is seen sooner.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running `sportello run --demo`."""
    with running(tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture
def opened(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Opens pages as a phone does; fails the test when a page asks anybody else for anything."""
    strangers: list[str] = []
    contexts = []

    def note(request: Request) -> None:
        if not request.url.startswith((site, "data:", "blob:")):
            strangers.append(request.url)

    def open_page(path: str = "/", locale: str = "it-IT", size: dict[str, int] | None = None) -> Page:
        context = browser.new_context(locale=locale, viewport=size or PHONE, base_url=site)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("request", note)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert strangers == []
