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
    classes = sorted(set(labels))
    if len(classes) == 1:
        nothing = np.zeros(1, dtype=np.float32)
        return Linear(tuple(classes), {}, nothing[:0], np.zeros((0, 1), dtype=np.float16), nothing, 1.0)
    vectorizer = TfidfVectorizer(
        analyzer=lambda text: list(grams(text)), min_df=least, sublinear_tf=True, dtype=np.float32
    )
    vectors = vectorizer.fit_transform([normalise(text) for text in texts])
    numbers = np.array([classes.index(label) for label in labels])
    splitter = StratifiedShuffleSplit(1, test_size=max(HELD_BACK, len(classes) / len(labels)), random_state=SEED)
    learnt, held = next(splitter.split(vectors, numbers))
    trial, bias = _table(LinearSVC(C=strictness, random_state=SEED).fit(vectors[learnt], numbers[learnt]))
    sharpness = _sharpness(vectors[held] @ trial + bias, numbers[held])
    table, intercept = _table(LinearSVC(C=strictness, random_state=SEED).fit(vectors, numbers))
    return Linear(
        classes=tuple(classes),
        vocabulary={gram: int(number) for gram, number in vectorizer.vocabulary_.items()},
        idf=vectorizer.idf_.astype(np.float32),
        table=table.astype(np.float16),
        intercept=intercept.astype(np.float32),
        sharpness=sharpness,
    )


def _table(machine: LinearSVC) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Weights (a column a class) and intercepts; of two classes scikit-learn keeps only the second one's."""
    weights, intercepts = machine.coef_, machine.intercept_
    if len(weights) == 1:
        weights, intercepts = np.vstack([-weights, weights]), np.concatenate([-intercepts, intercepts])
    return weights.T, intercepts


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
