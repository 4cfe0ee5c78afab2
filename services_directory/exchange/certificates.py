"""A certificate of attendance as a PDF. Names print in the scripts of the house's languages, but for Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import TTFFont

from locales.languages import SOURCE
from locales.rendering import render
from locales.text import Value, _
from services_directory.desk.attendance import Attended
from services_directory.exchange.certificate_words import SIGNATURE, hours, period, place_and_date, presence, took_part
from services_directory.facts import Activity, City, Office

LANGUAGE = "it"
"""Of the certificate: it is shown to Italian offices, schools and employers."""
TITLE = _("Certificate of attendance")
FONTS = Path(__file__).parent / "fonts"
LATIN = "NotoSans"
SCRIPTS = ("NotoSansArabic", "NotoSansBengali", "NotoSansGurmukhi", "NotoSansEthiopic")
"""Fonts for what the first one lacks; `fonts/README.md` says what each holds."""
ISOLATES = re.compile("[\u2066-\u2069\u200e\u200f]")
MARGIN = 25
"""Millimetres."""


@dataclass(frozen=True)
class Certificate:
    """What is certified. `name` is the full name as the office wrote it; `language`: the person's."""

    name: str
    language: str
    activity: Activity
    attended: Attended
    organization: str | None
    office: Office | None
    city: City
    signed_on: date


def unprintable(words: str) -> str:
    """The characters for which there is no font, each once, in their order; empty when all can be printed."""
    return "".join(dict.fromkeys(letter for letter in words if ord(letter) not in _characters()))


def certificate_pdf(certificate: Certificate) -> bytes:
    """One page, A4. Raises ValueError when the name cannot be printed: ask `unprintable` first."""
    if lacking := unprintable(certificate.name):
        raise ValueError(f"no font for {len(lacking)} characters of the name")
    with _blank() as pdf:
        _write(pdf, certificate)
        return bytes(pdf.output())


def _write(pdf: FPDF, certificate: Certificate) -> None:
    for line in _heading(certificate):
        _line(pdf, line, size=12)
    pdf.ln(24)
    _line(pdf, render(TITLE, LANGUAGE), size=28, style="B")
    if (own := _own_title(certificate.language)) is not None:
        _line(pdf, own, size=14)
    pdf.ln(14)
    _line(pdf, certificate.name, size=22)
    pdf.ln(8)
    attended = certificate.attended
    said = (took_part(certificate.activity, certificate.organization), period(attended), presence(attended))
    for words in (*said, hours(attended, LANGUAGE)):
        _line(pdf, render(words, LANGUAGE), size=13)
    pdf.ln(30)
    place = render(certificate.city.label, LANGUAGE)
    _line(pdf, render(place_and_date(place, certificate.signed_on), LANGUAGE), size=12, align=Align.L)
    pdf.ln(16)
    _line(pdf, "_" * 32, size=12, align=Align.R)
    _line(pdf, render(SIGNATURE, LANGUAGE), size=10, align=Align.R)


def _own_title(language: str) -> str | None:
    """The title in the person's language; None where that is no other, or for whose script there is no font."""
    own = _plain(render(TITLE, language))
    translated = language == SOURCE or own != TITLE.message
    return own if translated and own != render(TITLE, LANGUAGE) and not unprintable(own) else None


def _heading(certificate: Certificate) -> Iterator[str]:
    if certificate.organization is not None:
        yield certificate.organization
    here: list[Value] = [certificate.office.label] if certificate.office is not None else []
    yield " – ".join(render(one, LANGUAGE) for one in (*here, certificate.city.label))


@contextmanager
def _blank() -> Iterator[FPDF]:
    """An empty page with every font; their files are closed at the end, which fpdf2 leaves to us."""
    pdf = FPDF(format="A4")
    pdf.set_margin(MARGIN)
    pdf.set_lang(LANGUAGE)
    pdf.set_title(render(TITLE, LANGUAGE))
    pdf.set_creator("Sportello")
    for name in (LATIN, *SCRIPTS):
        pdf.add_font(name, fname=FONTS / f"{name}.ttf")
    pdf.add_font(LATIN, "B", FONTS / f"{LATIN}-Bold.ttf")
    pdf.set_font(LATIN)
    pdf.set_fallback_fonts([LATIN, *SCRIPTS], exact_match=False)
    # Arabic letters join, and Bengali and Gurmukhi ones change places, only when they are shaped.
    pdf.set_text_shaping(use_shaping_engine=True)
    pdf.add_page()
    try:
        yield pdf
    finally:
        for font in _fonts(pdf):
            font.close()


def _fonts(pdf: FPDF) -> Iterator[TTFFont]:
    return (font for font in pdf.fonts.values() if isinstance(font, TTFFont))


def _line(pdf: FPDF, words: str, *, size: int, style: str = "", align: Align = Align.C) -> None:
    pdf.set_font(LATIN, "B" if style else "", size)
    pdf.multi_cell(0, size * 0.55, _plain(words), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _plain(words: str) -> str:
    """Without the marks of direction that phones need: paper is set line by line, and has no glyph for them."""
    return ISOLATES.sub("", words)


@lru_cache(maxsize=1)
def _characters() -> frozenset[int]:
    """Every character that one of the fonts has."""
    with _blank() as pdf:
        return frozenset(code for font in _fonts(pdf) for code in font.cmap)
