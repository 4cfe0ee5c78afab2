"""Typed times: days, parts of day and hours, in every language of the house; never silently wrong."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from locales.dates import ROME
from nlu.when_said import when_said

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ROME)  # a Wednesday
TOMORROW, THE_DAY_AFTER = date(2026, 11, 26), date(2026, 11, 27)


@pytest.mark.parametrize(
    ("language", "words", "day", "part", "clock"),
    [
        ("it", "domani mattina", TOMORROW, "morning", None),
        ("it", "martedì alle 3", date(2026, 12, 1), None, time(15)),
        ("it", "posso venire domani alle dieci e mezza?", TOMORROW, None, time(10, 30)),
        ("it", "il 5 dicembre alle 10.30", date(2026, 12, 5), None, time(10, 30)),
        ("it", "5/12", date(2026, 12, 5), None, None),
        ("it", "il 3", date(2026, 12, 3), None, None),
        ("it", "mercoledì", date(2026, 12, 2), None, None),
        ("it", "tra 3 giorni", date(2026, 11, 28), None, None),
        ("it", "stasera", date(2026, 11, 25), "evening", None),
        ("it", "a mezzogiorno di venerdì", THE_DAY_AFTER, None, time(12)),
        ("en", "next tuesday after 3", date(2026, 12, 1), None, time(15)),
        ("en", "tomorrow at half past ten", TOMORROW, None, time(10, 30)),
        ("en", "3 pm on friday", THE_DAY_AFTER, None, time(15)),
        ("en", "day after tomorrow in the morning", THE_DAY_AFTER, "morning", None),
        ("en", "January 7", date(2027, 1, 7), None, None),
        ("fr", "demain à 10h30", TOMORROW, None, time(10, 30)),
        ("fr", "jeudi 14h", TOMORROW, None, time(14)),
        ("fr", "après-demain matin", THE_DAY_AFTER, "morning", None),
        ("es", "pasado mañana a las 9 y media", THE_DAY_AFTER, None, time(9, 30)),
        ("es", "mañana por la tarde", TOMORROW, "afternoon", None),
        ("es", "el 5 de diciembre", date(2026, 12, 5), None, None),
        ("ar", "غدا الساعة 10", TOMORROW, None, time(10)),
        ("ar", "بكرة الصبح", TOMORROW, "morning", None),
        ("ar", "يوم الاثنين الساعة ١٠ ونص", date(2026, 11, 30), None, time(10, 30)),
        ("ar", "بعد غد", THE_DAY_AFTER, None, None),
        ("bn", "কাল সকাল ১০টা", TOMORROW, "morning", time(10)),
        ("bn", "সোমবার সাড়ে দশটায়", date(2026, 11, 30), None, time(10, 30)),
        ("bn", "পরশু বিকালে", THE_DAY_AFTER, "afternoon", None),
        ("bn", "৩ দিন পর", date(2026, 11, 28), None, None),
    ],
)
def test_a_typed_time_is_understood(language: str, words: str, day: date, part: str | None, clock: time | None) -> None:
    moment = when_said(words, NOW, language)
    assert (moment.date, moment.part, moment.time, moment.problem) == (day, part, clock, None)


@pytest.mark.parametrize("language", [None, "xx"])
def test_without_a_language_the_best_reading_wins(language: str | None) -> None:
    assert when_said("demain à 10h30", NOW, language).time == time(10, 30)
    assert when_said("কাল সকাল ১০টা", NOW, language).date == TOMORROW


def test_italian_times_are_understood_in_any_conversation() -> None:
    assert when_said("domani alle 9", NOW, "bn").time == time(9)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("31/02", "impossible"),
        ("alle 25", "impossible"),
        ("5/11", "past"),
        ("oggi alle 9", "past"),
        ("ciao", "none_found"),
    ],
)
def test_what_cannot_be_is_named_and_never_guessed(words: str, problem: str) -> None:
    assert when_said(words, NOW, "it").problem == problem


def test_a_number_alone_is_neither_a_day_nor_an_hour() -> None:
    moment = when_said("ho 3 figli", NOW, "it")
    assert (moment.date, moment.time) == (None, None)


@pytest.mark.parametrize(
    ("language", "words", "day", "clock"),
    [
        ("it", "lunedì non posso, martedì sì", date(2026, 12, 1), None),
        ("it", "martedì 5 alle 9:30", date(2027, 1, 5), time(9, 30)),
        ("it", "ieri alle 9 era chiuso, posso domani alle 11?", TOMORROW, time(11)),
        ("en", "not monday, tuesday at 10", date(2026, 12, 1), time(10)),
        ("fr", "je travaille jusqu'à 14h, mardi à 16h ?", date(2026, 12, 1), time(16)),
        ("es", "en vez del lunes, el martes", date(2026, 12, 1), None),
    ],
)
def test_a_day_that_is_refused_or_past_gives_way_to_the_one_that_is_meant(
    language: str, words: str, day: date, clock: time | None
) -> None:
    moment = when_said(words, NOW, language)
    assert (moment.date, moment.time) == (day, clock)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("it", "mi chiamo Martina"),
        ("es", "vienes con tu hijo"),
        ("es", "el mar está lejos"),
        ("en", "between two people"),
        ("fr", "examen A2"),
        ("ar", "الجامعة"),
        ("ar", "mat3am"),
        ("bn", "৩টা বাচ্চা আছে"),
    ],
)
def test_words_and_numbers_that_only_look_like_times_are_none(language: str, words: str) -> None:
    assert when_said(words, NOW, language).problem == "none_found"


def test_the_spans_are_the_words_themselves() -> None:
    words = "vorrei venire domani alle 10 grazie"
    said = {kind: words[start:end] for kind, start, end in when_said(words, NOW, "it").spans}
    assert said == {"day": "domani", "time": "alle 10"}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sq", "dua ta ndryshoj takimin për një ditë tjetër"), ("tr", "randevumu başka bir güne almam lazım"),
        ("it", "vorrei spostare per un giorno"), ("de", "an einem anderen Tag"),
    ],
)  # fmt: skip
def test_another_day_is_not_tomorrow(language: str, words: str) -> None:
    assert when_said(words, NOW, language).problem == "none_found"
