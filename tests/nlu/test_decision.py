"""Sure, unsure, no idea; and what was talked of."""

from __future__ import annotations

import pytest

from nlu.decision import is_sure, nearest, weighed
from nlu.understanding import Ranking, Understanding


def understood(*ranking: tuple[str, float]) -> Understanding:
    return Understanding("...", "en", ranking[0][0], ranking[0][1], is_sure(ranking), ranking)


@pytest.mark.parametrize(
    ("ranking", "sure"),
    [
        ((("permit", 0.9), ("asylum", 0.05)), True),
        ((("permit", 0.45), ("asylum", 0.4)), False),
        ((("permit", 0.2), ("asylum", 0.1)), False),
        ((("permit", 1.0),), True),
        ((), False),
    ],
)
def test_sure_is_likely_and_ahead(ranking: Ranking, *, sure: bool) -> None:
    assert is_sure(ranking) is sure


def test_the_three_nearest_are_offered_but_never_what_is_not_ours() -> None:
    unsure = understood(("permit", 0.3), ("out_of_scope", 0.2), ("asylum", 0.2), ("family", 0.1), ("health", 0.06))
    assert nearest(unsure) == ("permit", "asylum", "family")


def test_no_idea_offers_nothing() -> None:
    assert nearest(understood(*((f"intent_{n}", 0.02) for n in range(10)))) == ()


def test_what_was_talked_of_decides_between_two() -> None:
    asked = understood(("office_hours", 0.35), ("italian_course_find", 0.3), ("permit", 0.1))
    read = weighed(asked, {"italian_course_find": 2.0, "italian_certificate": 2.0})
    assert read.intent == "italian_course_find"
    assert read.confidence == pytest.approx(0.6 / 1.3, abs=0.001)
    assert [intent for intent, _odds in read.ranking] == ["italian_course_find", "office_hours", "permit"]


@pytest.mark.parametrize("clear", [(("permit", 0.8), ("asylum", 0.1)), (("out_of_scope", 0.3), ("asylum", 0.25))])
def test_what_is_clear_or_not_ours_stays_as_it_is(clear: Ranking) -> None:
    assert weighed(understood(*clear), {"asylum": 9.0}) == understood(*clear)
