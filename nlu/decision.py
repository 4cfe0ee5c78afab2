"""Whether a meaning is acted upon: sure, unsure (the nearest are offered), or no idea."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nlu.understanding import Ranking, Understanding

SURE = 0.4
"""From this confidence on a meaning is acted upon; chosen on the development set (docs/understanding.md)."""
LEAD = 0.2
"""And only when the second likeliest meaning is so much less likely."""
WORTH_OFFERING = 0.05
"""A meaning less likely than this is no help to choose from."""
OFFERED = 3
OUT_OF_SCOPE = "out_of_scope"


def is_sure(ranking: Ranking) -> bool:
    """Whether the likeliest meaning may be acted upon."""
    confidence, runner_up = ([*(odds for _intent, odds in ranking), 0.0, 0.0])[:2]
    return confidence >= SURE and confidence - runner_up >= LEAD


def nearest(understood: Understanding) -> tuple[str, ...]:
    """The meanings to choose from when we are unsure; none when there is no idea."""
    likely = [intent for intent, odds in understood.ranking if odds >= WORTH_OFFERING and intent != OUT_OF_SCOPE]
    return tuple(likely[:OFFERED])


def weighed(understood: Understanding, weights: Mapping[str, float]) -> Understanding:
    """The same message, read by somebody who knows what was talked of: fitting meanings weigh more.

    `weights`: how many times likelier a meaning is than without that knowledge. What is clear by itself stays as it is,
    and so does what is out of scope: knowing the topic makes no sense of nonsense.
    """
    if not weights or understood.sure or understood.intent == OUT_OF_SCOPE:
        return understood
    fitted = [(intent, odds * weights.get(intent, 1.0)) for intent, odds in understood.ranking]
    rest = max(0.0, 1.0 - sum(odds for _intent, odds in understood.ranking))
    total = sum(odds for _intent, odds in fitted) + rest
    ranking = tuple(sorted(((intent, round(odds / total, 4)) for intent, odds in fitted), key=lambda one: -one[1]))
    intent, confidence = ranking[0]
    return replace(understood, intent=intent, confidence=confidence, sure=is_sure(ranking), ranking=ranking)
