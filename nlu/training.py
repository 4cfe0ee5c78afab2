"""Makes the model file from the training data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import product

import numpy as np
from babel import Locale

from locales.normal import normalise
from nlu.augmenting import variants
from nlu.examples import Example
from nlu.fitting import SEED, Question, fit
from nlu.linear import Head, Linear, table_of
from nlu.model import Model
from nlu.tokens import phrase
from nlu.tongue import ROMANISED
from nlu.vectors import Vectorizer
from nlu.writing import OWN_SCRIPTS, main_script

LEAST = 2
"""In how many messages a piece must stand to be learnt."""
DANGERS = {"danger_emergency": "emergency", "danger_violence": "violence", "danger_suicide": "suicide"}
DANGER_INTENTS = {"emergency": "emergency", "violence_trafficking": "violence"}
UNCLEAR_DANGER = frozenset({"mental_health", "work_exploitation"})
"""Intents that hold both danger and its absence: the danger detector learns from neither side of them."""
ORDINARY_COUNTS = 0.2
"""How much an example of what we serve counts for the danger detector: the look-alikes teach it more."""
PHRASES = ("language", "number", "topic")
"""Kinds of entities whose names are learnt from the marks in the examples."""


def train(examples: Sequence[Example]) -> Model:
    """The model of these examples; the same examples give the same model, bit by bit."""
    questions = (
        Question([None if one.of_danger else one.intent for one in examples], strictness=0.7),
        Question(
            [_danger(one) for one in examples],
            strictness=1.0,
            against="none",
            passes=10,
            weights=[1.0 if one.topic in {"danger", "none"} else ORDINARY_COUNTS for one in examples],
        ),
        Question([_tongue(one) for one in examples], strictness=0.5, varied=False),
    )
    varied = list(variants(examples, SEED))
    texts = [normalise(one.text) for one in examples]
    # Slips teach what is left of a word, not pieces of their own.
    vectorizer = Vectorizer([*texts, *(one.text for one in varied if not one.slipped)], LEAST)
    vectors = vectorizer.transform([*texts, *(one.text for one in varied)])
    sources = np.array([*range(len(examples)), *(one.number for one in varied)])
    fitted = fit(vectors, sources, [one.language for one in examples], questions)
    table, gain = table_of(np.hstack([one.weights for one in fitted]))
    firsts = np.cumsum([0, *(len(one.classes) for one in fitted)])
    linear = Linear(
        vocabulary=vectorizer.vocabulary,
        idf=vectorizer.idf,
        table=table,
        gain=gain,
        intercept=np.concatenate([one.intercepts for one in fitted]).astype(np.float32),
    )
    intents, dangers, languages = (
        Head(one.classes, int(first), one.sharpness, one.sharpness_in)
        for one, first in zip(fitted, firsts, strict=False)
    )
    return Model(linear, intents, dangers, languages, phrases_of(examples))


def _danger(example: Example) -> str | None:
    if example.intent in UNCLEAR_DANGER:
        return None
    return DANGERS.get(example.intent) or DANGER_INTENTS.get(example.intent) or "none"


def _tongue(example: Example) -> str:
    """The language, apart for messages in Latin letters instead of its own script."""
    own = OWN_SCRIPTS.get(example.language, "LATIN")
    foreign = own != "LATIN" and main_script(example.text) == "LATIN"
    return f"{example.language}{ROMANISED}" if foreign else example.language


def phrases_of(examples: Sequence[Example]) -> dict[str, dict[str, str]]:
    """The marked names of languages, numbers and topics, by kind, with their likeliest values.

    Beside them each language's name in every language, as the Unicode consortium (CLDR) has it.
    """
    found: dict[str, dict[str, Counter[str]]] = {kind: defaultdict(Counter) for kind in PHRASES}
    for speaker, code in product(sorted({one.language for one in examples} & OWN_SCRIPTS.keys()), OWN_SCRIPTS):
        found["language"][phrase(Locale(speaker).languages[code])][code] += 1
    for example in examples:
        for mark in example.marks:
            words = phrase(example.text[mark.start : mark.end])
            if mark.kind in found and words and not words.isdecimal():
                found[mark.kind][words][mark.value or words] += 1
    return {
        kind: {words: max(sorted(values), key=values.__getitem__) for words, values in sorted(by_words.items())}
        for kind, by_words in found.items()
    }
