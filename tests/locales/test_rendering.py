"""Words in a language: values in their place, dates as they are read, directions that cannot turn a line around."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from locales.languages import SPOKEN
from locales.rendering import FSI, LRI, PDI, RLM, render
from locales.text import CheckedOn, LanguageName, Lines, Listing, Localized, Phone, Text, Verbatim, _, _n

DAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", "giovedì 26 novembre"),
        ("en", "Thursday 26 November"),
        ("fr", "jeudi 26 novembre"),
        ("es", "jueves, 26 de noviembre"),
        ("ar", "الخميس، 26 نوفمبر"),
        ("bn", "বৃহস্পতিবার ২৬ নভেম্বর"),
    ],
)
def test_a_day_is_named_in_full_as_the_language_names_days(language: str, words: str) -> None:
    assert render(DAY, language).lstrip(RLM) == words


def test_a_moment_is_shown_on_romes_clock() -> None:
    assert render(datetime(2026, 7, 1, 8, 30, tzinfo=UTC), "en") == "Wednesday 1 July, 10:30"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        render(datetime(2026, 7, 1, 8, 30), "en")  # noqa: DTZ001, the mistake under test


def test_bengali_readers_get_bengali_digits() -> None:
    assert render(time(9, 5), "bn") == "০৯:০৫"
    assert render(1200, "bn") == "১,২০০"


def test_a_right_to_left_line_begins_with_its_mark() -> None:
    assert render(Lines((Verbatim("one"), Verbatim("two"))), "ar") == f"{RLM}one\n{RLM}two"


def test_a_telephone_number_stays_in_order_inside_arabic() -> None:
    words = render(_("Telephone: {phone}", phone=Phone("+39 099 000 0001")), "ar")
    assert f"{LRI}+39 099 000 0001{PDI}" in words


def test_a_latin_name_inside_arabic_is_isolated() -> None:
    words = render(_("Where: {place}", place=Verbatim("Via Roma 1")), "ar")
    assert f"{FSI}Via Roma 1{PDI}" in words


def test_an_arabic_name_inside_italian_is_isolated_and_a_latin_one_is_not() -> None:
    assert f"{FSI}أمينة{PDI}" in render(_("Where: {place}", place=Verbatim("أمينة")), "it")
    assert FSI not in render(_("Where: {place}", place=Verbatim("Amina")), "it")


def test_a_link_keeps_its_last_character() -> None:
    words = render(Text("{link}", {"link": Verbatim("https://example.org/a")}), "ar")
    assert words.endswith("https://example.org/a")


def test_items_are_joined_as_the_language_joins_them() -> None:
    assert render(Listing((Verbatim("a"), Verbatim("b"), Verbatim("c"))), "en") == "a, b and c"


def test_a_directory_text_falls_back_to_english_then_to_its_source() -> None:
    assert render(Localized({"it": "ciao", "en": "hello"}), "bn") == "hello"
    assert render(Localized({"it": "ciao"}), "bn") == "ciao"


def test_plural_forms_depend_on_the_number() -> None:
    assert render(_n("{count} place", "{count} places", count=1), "en") == "1 place"
    assert render(_n("{count} place", "{count} places", count=3), "en") == "3 places"


def test_a_language_and_a_date_of_verification_are_named_in_the_readers_language() -> None:
    assert render(LanguageName("ar"), "it") == "arabo"
    assert render(CheckedOn(DAY), "it") == "26 nov 2026"


@pytest.mark.parametrize("language", list(SPOKEN))
def test_every_language_that_is_offered_renders_a_sentence_with_values(language: str) -> None:
    words = render(_("{day}: closed ({reason}).", day=DAY, reason=Verbatim("X")), language)
    assert "{" not in words
    assert "X" in words


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("+390994581111", "+39 099 458 1111"),
        ("112", "112"),
        ("1522", "1522"),
        ("116000", "116000"),
        ("+39800290290", "800 290 290"),
        ("06 164164", "+39 06 164164"),
    ],
)
def test_a_telephone_number_is_written_as_it_is_dialled(written: str, read: str) -> None:
    assert Phone.read(written).number == read


def test_what_is_no_telephone_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a telephone number"):
        Phone.read("call me")
