"""Numbers in Chinese signs: 十点三十分 says 10 and 30."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.tokens import Token

_DIGITS = {
    sign: number
    for number, signs in enumerate(("零〇", "一", "二两兩", "三", "四", "五", "六", "七", "八", "九"))
    for sign in signs
}
FIRST_SIGN, LAST_SIGN = "\u3400", "\u9fff"
TEN, TWENTY, THIRTY = "十", "廿", "卅"
_TENS = {TEN: 10, TWENTY: 20, THIRTY: 30}


def is_sign(letter: str) -> bool:
    """Whether a letter is a Chinese sign, which numbers touch without a space."""
    return FIRST_SIGN <= letter <= LAST_SIGN


def sign_number(words: Sequence[Token], at: int) -> tuple[int, int]:
    """How many words of a message write one number below 100 in signs, from a word on, and that number; 0 when none."""
    end = at
    while end < len(words) and (words[end].word in _DIGITS or words[end].word in _TENS):
        end += 1
    number = 0
    for token in words[at:end]:
        if token.word == TEN:
            number = max(number, 1) * 10
        elif token.word in _TENS:
            number += _TENS[token.word]
        else:
            number = number * (1 if number and number % 10 == 0 else 10) + _DIGITS[token.word]
    return end - at, number
