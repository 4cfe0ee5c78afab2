"""Checks the training data: too few examples, near copies, intents that overlap, wrong scripts, marks without sense."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import get_args

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from locales.normal import normalise
from nlu.cities import cities_in
from nlu.examples import Example, Mark
from nlu.understanding import Kind
from nlu.writing import OWN_SCRIPTS, SECOND_SCRIPTS, main_script, scripts_in

LEAST = 25
LEAST_OF_TOPICS = 40
LEAST_OUT_OF_SCOPE = 200
TOPICS = frozenset({"one_stop_shop", "italian", "housing", "work", "appointments"})
"""What people come for, and so what needs the most examples."""
TOO_NEAR = 0.93
"""The cosine of the three-letter pieces of two messages from which on one is a copy of the other."""
LONG_ENOUGH = 12
"""Shorter messages ("ok", "okay") are alike by nature."""
OWN_SCRIPT_SHARE = 0.5
DESK_TOPICS = frozenset({"housing", "work", "italian", "papers", "legal", "health", "family", "money", "other"})


def faults(examples: Sequence[Example]) -> Iterator[str]:
    """Each fault in one sentence that names the language, the intent and the message."""
    by_language: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_language[example.language].append(example)
    for language, own in sorted(by_language.items()):
        if language not in OWN_SCRIPTS:
            yield f"{language}: a language nobody told us of; add it to nlu/writing.py"
            continue
        yield from _too_few(language, own)
        yield from _wrong_scripts(language, own)
        yield from _bad_marks(own)
        # Sentences of danger train a detector of their own: they may be like those of an intent.
        yield from _near_copies([example for example in own if example.of_danger])
        yield from _near_copies([example for example in own if not example.of_danger])


def _too_few(language: str, examples: Sequence[Example]) -> Iterator[str]:
    counts = Counter((example.topic, example.intent) for example in examples)
    for (topic, intent), count in sorted(counts.items()):
        least = LEAST_OF_TOPICS if topic in TOPICS else LEAST_OUT_OF_SCOPE if topic == "none" else LEAST
        if count < least:
            yield f"{language}: {intent} has {count} examples and needs {least}"


def _wrong_scripts(language: str, examples: Sequence[Example]) -> Iterator[str]:
    own = OWN_SCRIPTS[language]
    allowed = {own, "LATIN", *SECOND_SCRIPTS.get(language, ())}
    for example in examples:
        strange = set(scripts_in(example.text)) - allowed - {"UNKNOWN", "MODIFIER", "FEMININE", "MASCULINE"}
        if strange:
            yield f"{_where(example)}: letters of {', '.join(sorted(strange))}"
        if any(len(scripts_in(word)) > 1 for word in normalise(example.text).split()) and own == "CYRILLIC":
            yield f"{_where(example)}: a word of Latin and Cyrillic letters that look the same"
    share = np.mean([main_script(example.text) == own for example in examples])
    if share < OWN_SCRIPT_SHARE:
        yield f"{language}: only {share:.0%} of the messages are in the language's own script"


def _bad_marks(examples: Sequence[Example]) -> Iterator[str]:
    for example in examples:
        for mark in example.marks:
            if not _has_sense(mark, example.text[mark.start : mark.end]):
                words = example.text[mark.start : mark.end]
                yield f"{_where(example)}: the mark [{words}]({mark.kind}:{mark.value or ''}) says nothing we know"
        if "](" in example.text:
            yield f"{_where(example)}: a mark that cannot be read"


def _has_sense(mark: Mark, words: str) -> bool:
    value = mark.value or words
    match mark.kind:
        case "city":
            named = cities_in(words)
            return mark.value in named if mark.value else bool(named)
        case "language":
            return value in OWN_SCRIPTS
        case "topic":
            return value in DESK_TOPICS
        case "number":
            return normalise(value).isdecimal()
        case kind:
            return kind in get_args(Kind)


def _near_copies(examples: Sequence[Example]) -> Iterator[str]:
    """Messages that are equal but for a name, a place or a letter; of two intents they overlap."""
    seen: dict[str, Example] = {}
    distinct: list[tuple[str, Example]] = []
    for example in examples:
        masked = _masked(example) or example.text  # nothing but emoji
        twin = seen.setdefault(masked, example)
        if twin is example:
            distinct.append((masked, example))
        else:
            yield _twins(example, twin)
    longer = [pair for pair in distinct if len(pair[0]) >= LONG_ENOUGH]
    if not longer:
        return
    pieces = TfidfVectorizer(analyzer="char", ngram_range=(3, 3), use_idf=False)
    vectors = pieces.fit_transform([masked for masked, _example in longer])
    near = (vectors @ vectors.T).tocoo()
    for first, second, likeness in zip(near.row, near.col, near.data, strict=True):
        if first < second and likeness >= TOO_NEAR:
            yield _twins(longer[second][1], longer[first][1])


def _masked(example: Example) -> str:
    """The message as it is compared: a marked entity is only its kind."""
    text = example.text
    for mark in reversed(example.marks):
        text = f"{text[: mark.start]} {mark.kind} {text[mark.end :]}"
    return normalise(text)


def _twins(example: Example, twin: Example) -> str:
    kind = "is nearly" if example.intent == twin.intent else f"overlaps with {twin.intent}:"
    return f"{_where(example)} {kind} {twin.text!r:.100}"


def _where(example: Example) -> str:
    return f"{example.language}: {example.intent}: {example.text!r:.100}"
