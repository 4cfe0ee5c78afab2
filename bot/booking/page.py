"""How a booking page is made: its headers, its language, what it is filled with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.booking.address import Address
from bot.booking.questions import Question
from bot.booking.words import in_language
from bot.finding.results import Part
from locales.languages import SPOKEN
from locales.rendering import is_rtl, render
from locales.text import Localized, Value
from services_directory.console.pages import language_of

HERE = Path(__file__).parent
HEADERS = {
    # Any site may show these pages in a frame. That is safe because a browser brings nothing along to them: no cookie,
    # no session, no password. A page that frames them can do no more than its author could with their own browser,
    # and an appointment is reached only by its secret address, which `no-referrer` keeps from every other site.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors *; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # Who uses the computer next does not see who booked what.
    "Cache-Control": "no-store",
}
UNLISTED = {"X-Robots-Tag": "noindex, nofollow"}
"""Besides, for pages that are one person's."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Reader:
    """Who reads the page: where they are, in which language, and what they have typed that no address may hold."""

    here: Address
    language: str
    typed: Mapping[str, str] = field(default_factory=dict)
    """Fields of a form that are sent again, so that nothing is lost on the way; empty for a page that was opened."""

    def say(self, value: Value) -> str:
        """The words in the reader's language."""
        return render(value, self.language)

    def part(self, value: Value) -> Part:
        """The words and the language that they are in: a text of the directory may exist only in another one."""
        return (
            Part(*value.best(self.language)) if isinstance(value, Localized) else Part(self.say(value), self.language)
        )


def reader_of(request: Request, here: Address, typed: Mapping[str, str] | None = None) -> Reader:
    """The reader, in the language that was chosen, else in the one that the browser asks for."""
    return Reader(here, here["language"] or language_of(request), typed or {})


def show(
    template: str,
    reader: Reader,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,  # noqa: ANN401, a template takes anything
) -> HTMLResponse:
    """The page with its headers."""
    html = _TEMPLATES.get_template(template).render(
        w=in_language(reader.language),
        reader=reader,
        here=reader.here,
        language=reader.language,
        direction="rtl" if is_rtl(reader.language) else "ltr",
        spoken_here=SPOKEN,
        **values,
    )
    return HTMLResponse(html, status_code=status, headers={**HEADERS, **(headers or {})})


def ask(reader: Reader, question: Question, chat: str, *, status: int = 200) -> HTMLResponse:
    """A question with its answers: as links, or as buttons that send along what was typed."""
    return show(
        "question.html",
        reader,
        status=status,
        question=reader.part(question.words),
        note=reader.part(question.note) if question.note is not None else None,
        asks=question.asks,
        choices=[(reader.part(choice.label), choice) for choice in question.choices],
        back=question.back,
        chat=chat,
    )


def told(reader: Reader, words: Value, go_on: Address, *, status: int = 200) -> HTMLResponse:
    """What there is to say, and where one can go on."""
    return show("told.html", reader, status=status, headers=UNLISTED, told=reader.say(words), go_on=go_on)
