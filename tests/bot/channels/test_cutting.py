"""Where words are cut when a channel takes only so many."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.channels.cutting import ELLIPSIS, graphemes, last_piece, pieces, shortened, units
from locales.languages import SPOKEN
from locales.rendering import FSI, LRI, PDI, RLM, render
from locales.text import Phone, Verbatim, _

CHARACTERS = {
    "two flags": "🇮🇹🇫🇷",
    "England": "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "a family": "👩🏽‍👩🏽‍👧🏽",
    "a skin tone": "👍🏿",
    "a keycap": "1️⃣",
    "Bengali": "ক্ষ",
    "Bengali with a vowel": "ক্ষি",
    "Gurmukhi": "ਪ੍ਰ",
    "Gurmukhi with a vowel": "ਪ੍ਰੇ",
    "Devanagari": "क्षि",
    "Ethiopic": "ት",
    "Arabic with marks": "مَّ",
    "Latin with a mark": "é",
    "Persian with a non-joiner": "ی\u200c",
    "an emoji": "😀",
}
CLUSTERS = [*CHARACTERS.values(), "a", "Ж", "ም", "ب", "文", "。", "።", ".", "!", "፡", "🇪🇷", "\u00a0"]
SPACES = [" ", "  ", "\n", "\n\n", " \n \n", "\t"]

words_of_a_line = st.lists(st.sampled_from([*CLUSTERS, " ", " "]), min_size=1, max_size=40).map("".join)
isolated = st.builds(
    lambda opener, line: f"{opener}{line}{PDI}", st.sampled_from([FSI, LRI, "\u2067"]), words_of_a_line
)
nested = st.builds(lambda one, line, two: f"{FSI}{one}{line}{two}{PDI}", isolated, words_of_a_line, isolated)
texts = st.lists(st.one_of(words_of_a_line, isolated, nested, st.sampled_from(SPACES)), max_size=25).map("".join)
anything = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(f"{FSI}{LRI}{PDI}\n {RLM}\u200d্ਪ੍ਰ")),
    max_size=200,
)


def without_isolates(words: str) -> str:
    return words.translate({ord(mark): None for mark in f"{FSI}{LRI}{PDI}\u2067"})


def bare(words: str) -> str:
    return "".join(without_isolates(words).split())


def is_balanced(words: str) -> bool:
    depth = 0
    for character in words:
        depth += (character in f"{FSI}{LRI}\u2067") - (character == PDI)
        if depth < 0:
            return False
    return depth == 0


@pytest.mark.parametrize("name", [name for name in CHARACTERS if name != "two flags"])
def test_what_people_see_as_one_character_is_one(name: str) -> None:
    character = CHARACTERS[name]
    assert graphemes(f"x{character}{character}y") == ["x", character, character, "y"]


def test_a_flag_is_two_letters_and_no_more() -> None:
    assert graphemes("🇮🇹🇫🇷🇪🇷") == ["🇮🇹", "🇫🇷", "🇪🇷"]


@pytest.mark.parametrize("character", [*CHARACTERS.values()])
def test_no_character_is_cut_in_two(character: str) -> None:
    text = "x" + character * 500
    for limit in (101, 102, 103, 104, 105, 106, 107):
        parts = list(pieces(text, limit))
        assert "".join(parts) == text
        assert all(units(part) <= limit for part in parts)
        whole = set(graphemes(character))
        assert all(set(graphemes(part.removeprefix("x"))) <= whole for part in parts)
        short = shortened(text, limit)
        assert set(graphemes(short.removesuffix("…").removeprefix("x"))) <= whole
        assert limit - units(character) <= units(short) <= limit


def test_a_text_is_cut_at_a_lesser_border_rather_than_into_a_stub() -> None:
    assert list(pieces("A.\n\n" + "one two three four", 16)) == ["A.\n\none two", "three four"]
    assert list(pieces("a" * 25, 10)) == ["a" * 10, "a" * 10, "a" * 5]
    assert list(pieces("  ", 10)) == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One line.\nTwo words more\n\nThe end", ["One line.\nTwo words more", "The end"]),
        ("Here is a line\nand there goes one", ["Here is a line", "and there goes one"]),
        ("We are open. Come to us soon", ["We are open.", "Come to us soon"]),
        ("We are (all of us!) open every day", ["We are (all of us!)", "open every day"]),
        ("one two three four five six seven", ["one two three four five", "six seven"]),
        (
            "我们今天开门，欢迎您来。明天不开门，请后天再来我们这里。",
            ["我们今天开门，欢迎您来。", "明天不开门，请后天再来我们这里。"],
        ),
        ("ቢሮው ዛሬ ክፍት ነው። ነገ ዝግ ነው ይምጡ", ["ቢሮው ዛሬ ክፍት ነው።", "ነገ ዝግ ነው ይምጡ"]),
        ("ቢሮው፡ዛሬ፡ክፍት፡ነው፡ነገ፡ዝግ፡ነው፡ይምጡ", ["ቢሮው፡ዛሬ፡ክፍት፡ነው፡ነገ፡ዝግ፡ነው፡", "ይምጡ"]),
        ("অফিস আজ খোলা আছে। কাল আসবেন না", ["অফিস আজ খোলা আছে।", "কাল আসবেন না"]),
    ],
)
def test_words_are_cut_where_people_would_cut_them(text: str, parts: list[str]) -> None:
    assert list(pieces(text, 24)) == parts


def test_a_number_is_not_parted_from_its_unit() -> None:
    assert list(pieces("It costs no more than 10\u00a0euros", 25)) == ["It costs no more than", "10\u00a0euros"]


def test_isolates_are_closed_at_a_cut_and_opened_again() -> None:
    text = f"العنوان {FSI}Via Roma twenty-two{PDI} شكرا"
    assert list(pieces(text, 22)) == [f"العنوان {FSI}Via Roma{PDI}", f"{FSI}twenty-two{PDI} شكرا"]
    assert list(pieces(f"{LRI}one two{PDI} three", 10)) == [f"{LRI}one two{PDI}", "three"]
    assert list(pieces(f"one two {LRI}three{PDI}", 10)) == ["one two", f"{LRI}three{PDI}"]
    assert shortened(f"{RLM}عند {FSI}Associazione Culturale{PDI}", 20) == f"{RLM}عند {FSI}Associazione…{PDI}"
    assert shortened(f"Ask {FSI}everybody{PDI}", 7) == "Ask…"


def test_isolates_without_a_partner_in_their_line_are_not_carried_on() -> None:
    assert list(pieces(f"{FSI}one two\nthree{PDI} four", 10)) == ["one two", "three four"]


def test_a_label_is_shortened_after_a_word_or_else_after_a_character() -> None:
    assert shortened("Help with the rent of a home", 24) == "Help with the rent of a…"
    assert shortened("Help with the rent of a home", 28) == "Help with the rent of a home"
    assert shortened("Aufenthaltserlaubnisverlängerung", 24) == "Aufenthaltserlaubnisver…"
    assert shortened("An Aufenthaltserlaubnisverlängerung", 24) == "An Aufenthaltserlaubnis…"
    assert shortened("在罗马的移民服务中心学习意大利语", 10) == "在罗马的移民服务中…"


def test_the_last_piece_begins_at_a_border_and_is_as_long_as_it_can_be() -> None:
    text = "One two three.\n\nFour five.\n\nSix seven?"
    assert last_piece(text, 30) == ("One two three.", "Four five.\n\nSix seven?")
    assert last_piece(text, 12) == ("One two three.\n\nFour five.", "Six seven?")
    assert last_piece(text, 9) == ("One two three.\n\nFour five.\n\nSix", "seven?")
    assert last_piece(text, 100) == ("", text)
    assert last_piece("a" * 12, 5) == ("a" * 7, "a" * 5)


@given(texts, st.integers(40, 120))
@example("\u00a0🇮🇹🇫🇷", 40)
@example(f"{FSI}{FSI}{FSI}one{PDI}{PDI}{PDI}" * 20, 40)
def test_parts_keep_everything_but_white_space(text: str, limit: int) -> None:
    parts = list(pieces(text, limit))
    assert bare("".join(parts)) == bare(text)
    assert all(part and units(part) <= limit for part in parts)
    assert all(map(is_balanced, parts))
    whole = [character for character in graphemes(text) if bare(character)]
    assert [character for part in parts for character in graphemes(part) if bare(character)] == whole
    if units(text) <= limit:
        assert parts == [text.strip()] * bool(text.strip())


@given(texts, st.integers(40, 120))
@example("🇮🇹" * 6 + FSI + "🇮🇹" * 4 + f" {PDI}", 40)
def test_the_last_piece_and_what_comes_before_it_are_everything(text: str, limit: int) -> None:
    before, end = last_piece(text, limit)
    assert bare(before + end) == bare(text)
    assert units(end) <= limit
    assert is_balanced(before)
    assert is_balanced(end)
    assert bool(bare(end)) == bool(bare(text))
    whole = [character for character in graphemes(text) if bare(character)]
    assert [character for part in (before, end) for character in graphemes(part) if bare(character)] == whole


@given(texts, st.integers(20, 120))
def test_what_is_shortened_is_the_beginning(text: str, limit: int) -> None:
    short = shortened(text, limit)
    assert units(short) <= limit
    if units(text) <= limit:
        assert short == text
        return
    assert is_balanced(short)
    kept, mark, rest = without_isolates(short).rpartition(ELLIPSIS)
    assert (mark, rest) == (ELLIPSIS, "")
    wanted = graphemes(without_isolates(text))
    found = graphemes(kept)
    assert found == wanted[: len(found)]


@given(anything, st.integers(8, 60))
@example("\u0600 " * 20, 8)
@example("0\x1f0000" + "😀" * 3, 10)
@example("e" + "\u0301" * 100, 8)
@example(f"{FSI}" * 100, 8)
@example(f"{FSI}{FSI}{FSI}x{PDI}{PDI}" * 100, 8)
@example(" \u0301" * 30, 8)
def test_whatever_people_write_can_be_cut(text: str, limit: int) -> None:
    parts = list(pieces(text, limit))
    assert bare("".join(parts)) == bare(text)
    assert all(units(part) <= limit for part in parts)
    assert units(text) <= limit or all(map(is_balanced, parts))
    assert units(shortened(text, limit)) <= limit
    before, end = last_piece(text, limit)
    assert bare(before + end) == bare(text)
    assert units(end) <= limit


@pytest.mark.parametrize("language", SPOKEN)
def test_sentences_of_every_language_are_cut_within_the_limit(language: str) -> None:
    sentence = _("{label}: {description}", label="Via Roma 22 — Taranto", description=Phone("+39 099 458 1111"))
    text = "\n".join([render(sentence, language), render(Verbatim("Sportello unico"), language)] * 20)
    parts = list(pieces(text, 40))
    assert len(parts) > 10
    assert bare("".join(parts)) == bare(text)
    assert all(units(part) <= 40 and is_balanced(part) for part in parts)
