"""The certificate as a PDF: what it says, in every script of the house, read back from the file."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from locales.rendering import render
from locales.text import Localized
from services_directory.desk.attendance import Attended
from services_directory.exchange.certificate_words import presence, took_part
from services_directory.exchange.certificates import FONTS, TITLE, Certificate, certificate_pdf, unprintable
from services_directory.facts import Activity, Checked, City

COURSE = Activity(
    key="course",
    city="taranto",
    label=Localized({"it": "Corso di italiano", "en": "Italian course"}),
    about=Localized.same("x"),
    topics=(),
    offices=(),
    schedule=None,
    starts_on=None,
    seats_left=10,
    childcare=None,
    level=None,
    checked=Checked(None),
)
CERTIFICATE = Certificate(
    name="Amina Diallo",
    language="en",
    activity=COURSE,
    attended=Attended(7, 8, timedelta(hours=13, minutes=30), date(2026, 10, 5), date(2026, 11, 25)),
    organization="Comune di Taranto",
    office=None,
    city=City("taranto", Localized.same("Taranto"), 40.0, 17.0, Checked(None)),
    signed_on=date(2026, 11, 25),
)
NAMES = {
    "it": "Niccolò D'Àvila",
    "ro": "Ștefan Țurcanu",
    "sq": "Gëzim Çela",
    "tr": "Işıl Gülşen",
    "ru": "Алёна Щукина",
    "uk": "Олена Їжак",
    "so": "Cabdi Xasan",
    "bn": "রহমান",
    "am": "ሰላም ገብረ",
    "ti": "ብርሃነ",
}
JOINED = {"ar": "أمينة", "fa": "پگاه", "ps": "ځلاند", "ur": "گلریز"}


def text(content: bytes) -> str:
    (page,) = PdfReader(BytesIO(content)).pages
    return " ".join(page.extract_text().split())


def test_it_says_who_what_where_when_how_often_and_how_long() -> None:
    said = text(certificate_pdf(CERTIFICATE))
    for words in (
        "Comune di Taranto",
        "Amina Diallo",
        "Corso di italiano",
        "Taranto, 25 nov 2026",
        "13,5",
        render(TITLE, "it"),
    ):
        assert words in said
    assert render(presence(CERTIFICATE.attended), "it") in said
    assert render(took_part(COURSE, "Comune di Taranto"), "it") in said


def test_it_is_a_page_of_its_own_language() -> None:
    reader = PdfReader(BytesIO(certificate_pdf(CERTIFICATE)))
    assert str(reader.root_object["/Lang"]) == "it"
    width, height = (round(float(side)) for side in reader.pages[0].mediabox[2:])
    assert (width, height) == (595, 842)


@pytest.mark.parametrize(("language", "name"), NAMES.items())
def test_a_name_prints_in_the_script_it_is_written_in(language: str, name: str) -> None:
    assert unprintable(name) == ""
    assert name in text(certificate_pdf(replace(CERTIFICATE, name=name, language=language)))


@pytest.mark.parametrize(("language", "name"), JOINED.items())
def test_arabic_letters_are_there_in_the_order_in_which_they_are_read(language: str, name: str) -> None:
    assert name in text(certificate_pdf(replace(CERTIFICATE, name=name, language=language)))


def test_a_name_of_two_words_in_arabic_begins_at_the_right() -> None:
    content = certificate_pdf(replace(CERTIFICATE, name="أمينة محمد", language="ar"))
    said = text(content)
    # A line is drawn from the left: what is read last comes first in the file.
    assert said.index("محمد") < said.index("أمينة")


def test_a_name_in_punjabi_keeps_every_letter() -> None:
    said = text(certificate_pdf(replace(CERTIFICATE, name="ਗੁਰਪ੍ਰੀਤ", language="pa")))
    assert set("ਗੁਰਪ੍ਰੀਤ") <= set(said)


def test_what_no_font_has_is_named_before_anything_is_printed() -> None:
    assert unprintable("李 Wei 李明") == "李明"
    with pytest.raises(ValueError, match="no font"):
        certificate_pdf(replace(CERTIFICATE, name="李明"))


def test_a_hundred_letters_of_a_name_stay_on_the_page() -> None:
    name = "Maria " * 16
    reader = PdfReader(BytesIO(certificate_pdf(replace(CERTIFICATE, name=name.strip()))))
    assert len(reader.pages) == 1
    assert reader.pages[0].extract_text().count("Maria") == 16


def test_the_fonts_are_those_of_the_list_and_small() -> None:
    listed = dict(re.findall(r"\| `([\w-]+\.ttf)` .*`([0-9a-f]{64})` \|", (FONTS / "README.md").read_text("utf-8")))
    there = {path.name: path for path in Path(FONTS).glob("*.ttf")}
    assert listed.keys() == there.keys()
    for name, path in there.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[name]
    assert sum(path.stat().st_size for path in there.values()) < 1_000_000
