"""Makes the model file from the training data: three linear classifiers, for intent, danger and language."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.svm import LinearSVC

from nlu.examples import Example
from nlu.linear import Linear, grams
from nlu.model import Model
from nlu.normal import normalise

SEED = 7305
HELD_BACK = 0.15
"""The share of examples on which scores are turned into probabilities."""
DANGERS = {"danger_emergency": "emergency", "danger_violence": "violence", "danger_suicide": "suicide"}
DANGER_INTENTS = {"emergency": "emergency", "violence_trafficking": "violence"}
UNCLEAR_DANGER = frozenset({"mental_health", "work_exploitation"})
"""Intents that hold both danger and its absence: the danger detector learns from neither side of them."""
ROMANISED = frozenset({"ar", "bn"})
"""Languages that people also write in Latin letters."""
LATIN_ENDS = 0x250
SHARPNESSES = np.geomspace(0.5, 30, 60)


def train(examples: Sequence[Example]) -> Model:
    """The model of these examples; the same examples give the same model, bit by bit."""
    meant = [example for example in examples if not example.intent.startswith("danger_")]
    return Model(
        intents=fit([example.text for example in meant], [example.intent for example in meant]),
        dangers=_dangers(examples),
        languages=fit([example.text for example in examples], [_tongue(example) for example in examples], least=3),
    )


def fit(texts: Sequence[str], labels: Sequence[str], *, least: int = 2, strictness: float = 0.5) -> Linear:
    """One classifier. `least`: in how many messages a piece must stand to be learnt; `strictness`: the SVM's C."""
    vectorizer = TfidfVectorizer(
        analyzer=lambda text: list(grams(text)), min_df=least, sublinear_tf=True, dtype=np.float32
    )
    vectors = vectorizer.fit_transform([normalise(text) for text in texts])
    classes = sorted(set(labels))
    numbers = np.array([classes.index(label) for label in labels])
    splitter = StratifiedShuffleSplit(1, test_size=HELD_BACK, random_state=SEED)
    learnt, held = next(splitter.split(vectors, numbers))
    trial = LinearSVC(C=strictness, random_state=SEED).fit(vectors[learnt], numbers[learnt])
    sharpness = _sharpness(_scores(trial, vectors[held]), numbers[held])
    machine = LinearSVC(C=strictness, random_state=SEED).fit(vectors, numbers)
    return Linear(
        classes=tuple(classes),
        vocabulary={gram: int(number) for gram, number in vectorizer.vocabulary_.items()},
        idf=vectorizer.idf_.astype(np.float32),
        table=machine.coef_.T.astype(np.float16),
        intercept=machine.intercept_.astype(np.float32),
        sharpness=sharpness,
    )


def _scores(machine: LinearSVC, vectors: object) -> npt.NDArray[np.float64]:
    scores: npt.NDArray[np.float64] = machine.decision_function(vectors)
    return scores


def _sharpness(scores: npt.NDArray[np.float64], truth: npt.NDArray[np.int64]) -> float:
    """The factor under which the held-back answers are likeliest (temperature scaling)."""

    def unlikelihood(factor: float) -> float:
        sharpened = scores * factor
        sharpened -= sharpened.max(axis=1, keepdims=True)
        odds = np.exp(sharpened)
        return float(-np.mean(np.log(odds[np.arange(len(truth)), truth] / odds.sum(axis=1) + 1e-12)))

    return min((float(factor) for factor in SHARPNESSES), key=unlikelihood)


def _dangers(examples: Sequence[Example]) -> Linear:
    texts, labels = [], []
    for example in examples:
        if example.intent in UNCLEAR_DANGER:
            continue
        texts.append(example.text)
        labels.append(DANGERS.get(example.intent) or DANGER_INTENTS.get(example.intent) or "none")
    return fit(texts, labels, strictness=2.0)


def _tongue(example: Example) -> str:
    """The language, apart for messages in another script than its own (Arabic or Bengali in Latin letters)."""
    own_script = example.language not in ROMANISED or any(ord(letter) > LATIN_ENDS for letter in example.text)
    return example.language if own_script else f"{example.language}-Latn"


ROMANISED = frozenset({"ar", "bn"})
LATIN_ENDS = 0x250
