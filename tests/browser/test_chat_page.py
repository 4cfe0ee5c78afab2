"""The web chat as people have it in their hands: a phone's screen, a keyboard, a screen reader, Arabic."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, expect

Opened = Callable[..., Page]


def is_answer(got: Response) -> bool:
    """An answer to something the person did; the one to the opening of the page may be heard of as late as that."""
    request = got.request
    return request.method == "POST" and "/chat/messages" in got.url and "start" not in (request.post_data_json or {})


def answered(page: Page, act: Callable[[], None]) -> None:
    """Do something that sends a message, and wait until the last reply to it is on the page."""
    with page.expect_response(is_answer) as posted:
        act()
    last = posted.value.json()["replies"][-1]["id"]
    expect(page.locator(f".message.sportello[data-id='{last}']")).to_be_visible()


def choose(page: Page, label: str) -> None:
    """Tap the last button with that label."""
    answered(page, page.locator("button.option", has_text=label).last.click)


def first_option(page: Page, question: str) -> str:
    """The first button of the last message with that question."""
    message = page.locator(".message.sportello", has_text=question).last
    return message.locator("button.option .label").first.inner_text()


def write(page: Page, words: str) -> None:
    page.locator("#box").fill(words)
    answered(page, lambda: page.locator("#box").press("Enter"))


def welcomed(page: Page, language: str = "Italiano", city: str = "Taranto") -> None:
    choose(page, language)
    choose(page, city)


def choose_time(page: Page) -> None:
    """The first free time of the day that was chosen; a long day is asked for by its parts."""
    if page.get_by_text("about what time?").count():
        choose(page, first_option(page, "about what time?"))
    choose(page, first_option(page, ": at what time?"))


def test_from_the_first_words_to_a_booked_appointment_and_back_after_a_reload(opened: Opened) -> None:
    page = opened(locale="en-GB")
    welcomed(page, "English")
    write(page, "I want to book an appointment")
    choose(page, "Work desk")
    choose(page, first_option(page, "Which day suits you?"))
    choose_time(page)
    write(page, "Amina")
    choose(page, "Yes, book it")
    receipt = page.locator(".message.sportello .text", has_text="Booked! Your code is")
    expect(receipt).to_be_visible()
    expect(page.locator(".card.place")).to_be_visible()
    expect(page.locator("a.card.document")).to_be_visible()
    spoken = page.locator(".message .text").all_inner_texts()
    page.reload()
    expect(receipt).to_be_visible()
    expect(page.locator(".message .text")).to_have_text(spoken, use_inner_text=True)


def test_arabic_runs_from_right_to_left_and_numbers_stay_in_order(opened: Opened) -> None:
    page = opened(locale="ar-EG")
    assert page.locator("html").get_attribute("dir") == "rtl"
    welcomed(page, "العربية", "تارانتو")
    write(page, "رقم هاتف المكتب")
    expect(page.locator("a[href='tel:+390990000001']").first).to_be_visible()
    assert page.locator(".message.sportello").last.get_attribute("dir") == "rtl"


def test_everything_works_by_keyboard_alone(opened: Opened) -> None:
    page = opened(locale="en-GB")
    page.locator("button.option", has_text="English").wait_for()
    for _step in range(20):
        if page.locator("button.option:focus", has_text="English").count():
            break
        page.keyboard.press("Tab")
    answered(page, lambda: page.keyboard.press("Enter"))


def test_what_is_answered_is_announced_to_a_screen_reader(opened: Opened) -> None:
    page = opened()
    log = page.locator("#log")
    assert log.get_attribute("role") == "log"
    welcomed(page)
    assert page.locator("html").get_attribute("lang") == "it"


@pytest.mark.parametrize(
    ("locale", "language", "city"), [("it-IT", "Italiano", "Taranto"), ("ar", "العربية", "تارانتو")]
)
def test_axe_finds_nothing(opened: Opened, locale: str, language: str, city: str) -> None:
    page = opened(locale=locale)
    welcomed(page, language, city)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_nothing_sticks_out_at_320_pixels(opened: Opened) -> None:
    page = opened(size={"width": 320, "height": 640})
    welcomed(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
