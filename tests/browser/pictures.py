"""Takes the pictures of the README from the running program: `python -m tests.browser.pictures`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from bot.preparing import EXAMPLE_PASSWORD
from tests.browser.site import running
from tests.browser.test_chat_page import choose, choose_time, first_option, welcomed, write
from tests.browser.test_console_page import book
from tests.browser.test_directory_page import signed_in
from tests.services import browser as browsers

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}


def main() -> None:
    """Chats, the console with a few people in it, and an office as staff edit it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as folder,
        browsers.start() as chromium,
        running(Path(folder)) as site,
        chromium.lent() as browser,
    ):
        chat(browser, site, "it", "Italiano", "Taranto", "a che ora apre lo sportello domani?")
        chat(browser, site, "ar", "العربية", "تارانتو", "أين يمكنني تعلم الإيطالية؟")
        chat(browser, site, "ti", "ትግርኛ", "ታራንቶ", "ኣስራሒየይ ንክልተ ወርሒ ደሞዝ ኣይከፈለንን")
        for number, name in enumerate(("Amina", "Badru", "Carmen", "Dalia")):
            book(site, f"picture-{number}", name)
        booked(browser, site)
        without_a_chat(browser, site)
        console(browser, site)
        directory(browser, site)


def chat(browser: Browser, site: str, language: str, own_name: str, city: str, words: str) -> None:
    page = opened(browser, site, language, PHONE)
    page.goto("/")
    welcomed(page, own_name, city)
    write(page, words)
    page.wait_for_timeout(1000)
    page.screenshot(path=PICTURES / f"chat-{language}.png")


def booked(browser: Browser, site: str) -> None:
    page = opened(browser, site, "en", PHONE)
    page.goto("/")
    welcomed(page, "English", "Taranto")
    write(page, "I want to book an appointment")
    choose(page, "Work desk")
    choose(page, first_option(page, "Which day suits you?"))
    choose_time(page)
    write(page, "Amina")
    choose(page, "Yes, book it")
    page.wait_for_timeout(1000)
    page.screenshot(path=PICTURES / "booked.png")


def without_a_chat(browser: Browser, site: str) -> None:
    page = opened(browser, site, "ar", PHONE)
    page.goto("/book/taranto")
    for _question in range(2):
        page.locator("main a[href*='/book/taranto']").first.click()
    page.screenshot(path=PICTURES / "book-ar.png")


def console(browser: Browser, site: str) -> None:
    page = opened(browser, site, "it", DESK)
    page.goto("/console/login")
    page.locator("input[name=email]").fill("operatore.taranto@example.org")
    page.locator("input[name=password]").fill(EXAMPLE_PASSWORD)
    page.locator("button[type=submit]").first.click()
    page.wait_for_url("**/console/")
    page.wait_for_timeout(500)
    page.screenshot(path=PICTURES / "console.png")


def directory(browser: Browser, site: str) -> None:
    page = opened(browser, site, "it", DESK)
    signed_in(lambda _path, **_how: (page.goto("/console/login"), page)[1])
    page.goto("/console/directory/office/taranto-re-point?into=ar")
    page.locator("#hours-title").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    page.screenshot(path=PICTURES / "directory.png")


def opened(browser: Browser, site: str, language: str, size: dict[str, int]) -> Page:
    context = browser.new_context(locale=language, viewport=size, base_url=site, device_scale_factor=1.5)  # type: ignore[arg-type]
    return context.new_page()


if __name__ == "__main__":
    main()
