"""A real Chromium, driven by Playwright: the system's, or the one that Playwright brings."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.services import ServiceMissingError

NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW = ".venv/bin/playwright install --with-deps chromium   (Debian: sudo apt-get install chromium)"
ARGUMENTS = (
    "--no-sandbox",  # root may not use it, and the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Chromium:
    """A browser for the whole session, lent to one test at a time."""

    browser: Browser
    loop: asyncio.AbstractEventLoop

    @contextmanager
    def lent(self) -> Iterator[Browser]:
        """The browser, for a test that is a plain `def`; what it opened is closed at the end."""
        # Playwright's loop counts as running between its calls, so that no other loop could start in this thread:
        # every `async def` test after the first page would fail. It counts as running only while it is lent.
        asyncio._set_running_loop(self.loop)  # noqa: SLF001, for those who drive loops, as Playwright itself does
        try:
            yield self.browser
            for context in self.browser.contexts:
                context.close()
        finally:
            asyncio._set_running_loop(None)  # noqa: SLF001, as above


def installed(path: str | None = None) -> Path | None:
    """The system's Chromium."""
    found = (shutil.which(name, path=path) for name in NAMES)
    return next((Path(program) for program in found if program), None)


def find(playwrights_own: Callable[[], str], path: str | None = None) -> Path:
    """The browser's program; Playwright is asked for its own only when it must be. Raises ServiceMissingError."""
    found = installed(path) or Path(playwrights_own())
    if not found.is_file():
        raise ServiceMissingError("Chromium", HOW)
    return found


@contextmanager
def start() -> Iterator[Chromium]:
    """A browser for the length of the `with`, at first lent to nobody."""
    with sync_playwright() as playwright:
        loop = asyncio.get_running_loop()
        program = find(lambda: playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        asyncio._set_running_loop(None)  # noqa: SLF001, as above
        try:
            yield Chromium(browser, loop)
        finally:
            asyncio._set_running_loop(loop)  # noqa: SLF001, as above
            browser.close()
