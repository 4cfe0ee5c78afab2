"""Words as they are compared, whatever the keyboard."""

from __future__ import annotations

import pytest

from locales.normal import normalise


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("Perché no?!", "perche no"),
        ("п'ятниця пʼятниця п’ятниця", "пятниця пятниця пятниця"),
        ("مســـاعدة", "مساعده"),
        ("কাল ১০টায়", "কাল 10টা\u09af\u09bc"),
        ("aiuuuuto 🙏🙏", "aiuuto"),
        ("  \n ", ""),
    ],
)
def test_words_are_compared_without_what_differs_between_keyboards(typed: str, compared: str) -> None:
    assert normalise(typed) == normalise(compared) == compared
