"""Numbers written in Chinese signs."""

from __future__ import annotations

import pytest

from nlu.signs import is_sign, sign_number
from nlu.tokens import tokens


@pytest.mark.parametrize(
    ("words", "size", "number"),
    [
        ("三点", 1, 3),
        ("两点", 1, 2),
        ("十点", 1, 10),
        ("十二月", 2, 12),
        ("二十号", 2, 20),
        ("二十三号", 3, 23),
        ("三十一日", 3, 31),
        ("廿五", 2, 25),
        ("零五分", 2, 5),
        ("点", 0, 0),
    ],
)
def test_signs_are_a_number(words: str, size: int, number: int) -> None:
    assert sign_number(tokens(words), 0) == (size, number)


def test_numbers_touch_signs_and_no_other_letters() -> None:
    assert is_sign("点")
    assert not is_sign("t")
