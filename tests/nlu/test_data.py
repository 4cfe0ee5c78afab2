"""The training data as it stands, and the check that finds what is wrong with training data."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from locales.normal import normalise
from nlu.checking import LONG_ENOUGH, TOO_NEAR, faults
from nlu.evaluation import read_cases, read_dangers
from nlu.examples import Example, Mark, read_examples
from nlu.writing import OWN_SCRIPTS

SETS = Path(__file__).parents[1] / "understanding"
LANGUAGES = sorted(OWN_SCRIPTS)


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return read_examples()


@pytest.mark.timeout(300)
def test_nothing_is_wrong_with_the_training_data(examples: list[Example]) -> None:
    assert list(faults(examples)) == []


def test_every_language_has_every_intent(examples: list[Example]) -> None:
    by_language = {language: {one.intent for one in examples if one.language == language} for language in LANGUAGES}
    for language, intents in by_language.items():
        assert intents == by_language["it"], language


def test_every_kind_of_entity_is_marked_in_every_language(examples: list[Example]) -> None:
    for language in LANGUAGES:
        marked = {mark.kind for one in examples if one.language == language for mark in one.marks}
        assert marked >= {"city", "day", "time", "number", "topic", "language"}, language


@pytest.mark.parametrize("language", sorted(path.stem for path in SETS.glob("*.tsv")))
def test_the_development_set_was_not_copied_from_the_training_data(language: str, examples: list[Example]) -> None:
    taught = [normalise(one.text) for one in examples if one.language == language]
    files = [SETS / f"{language}.tsv", SETS / "danger" / f"{language}.tsv"]
    texts = [*(case.text for case in read_cases(files)), *(case.text for case in read_dangers(files))]
    asked = [text for text in map(normalise, texts) if len(text) >= LONG_ENOUGH]
    pieces = TfidfVectorizer(analyzer="char", ngram_range=(3, 3), use_idf=False).fit(taught)
    nearest = (pieces.transform(asked) @ pieces.transform(taught).T).max(axis=1).toarray().ravel()
    assert [text for text, likeness in zip(asked, nearest, strict=True) if likeness >= TOO_NEAR] == []


def an_intent(count: int, *texts: str, language: str = "en") -> list[Example]:
    return [Example(text, "permit", language, "rights_and_papers") for text in (*texts, *map(unlike, range(count)))]


def unlike(number: int) -> str:
    """A message of letters, unlike that of any other number."""
    return " ".join(chr(97 + number * 7 % 26) + chr(97 + number * part % 26) * 2 for part in (3, 5, 11, 17))


@pytest.mark.parametrize(
    ("example", "told"),
    [
        (Example("Здравствуйте permit", "permit", "en", "rights_and_papers"), "letters of CYRILLIC"),
        (Example("I lost my permit on the train yesterday!", "permit", "en", "rights_and_papers"), "is nearly"),
        (
            Example("I lost my permit on the train yesterday?", "asylum", "en", "rights_and_papers"),
            "overlaps with permit",
        ),
        (
            Example("I am in Gotham", "permit", "en", "rights_and_papers", (Mark("city", 8, 14),)),
            "the mark [Gotham](city:) says nothing we know",
        ),
        (Example("[two]( number)", "permit", "en", "rights_and_papers"), "a mark that cannot be read"),
    ],
)
def test_a_fault_is_named_with_its_place(example: Example, told: str) -> None:
    good = an_intent(40, "I lost my permit on the train yesterday")
    found = list(faults([*good, example]))
    assert any(told in fault and example.text[:20] in fault for fault in found), found


def test_equal_but_for_a_place_is_a_copy() -> None:
    pair = [
        Example(
            f"where do I renew it in {city}", "permit", "en", "rights_and_papers", (Mark("city", 23, 23 + len(city)),)
        )
        for city in ("Bari", "Milano")
    ]
    assert any("is nearly" in fault for fault in faults([*an_intent(40), *pair]))


def test_too_few_examples_and_a_language_nobody_told_us_of_are_named() -> None:
    assert "en: permit has 3 examples and needs 25" in list(faults(an_intent(3)))
    assert "xx: a language nobody told us of; add it to nlu/writing.py" in list(faults(an_intent(3, language="xx")))


def test_letters_that_look_alike_are_found_in_cyrillic() -> None:
    found = list(faults([Example("пермecсо", "permit", "ru", "rights_and_papers")]))
    assert any("look the same" in fault for fault in found)
