"""Fits the heads of the table: a support vector machine each, and the sharpness that makes its scores odds."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix, diags
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.svm import LinearSVC

SEED = 7305
HELD_BACK = 0.15
"""The share of examples on which scores are turned into probabilities."""
ENOUGH_TO_SHARPEN = 100
"""Held-back messages of a language from which on it has a sharpness of its own."""
SHARPNESSES = np.geomspace(0.5, 30, 60)
TEMPER, LEAST_TELLING = 0.5, 0.05
"""The power of a piece's ratio between two sides, and what is added to it: chosen on the development sets."""
PASSES = 4
"""Over the examples: a machine that goes on until nothing changes takes three times as long, for 0.2 points."""

Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Numbers: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Question:
    """What one head learns: the label of each example (None: it learns nothing from it), and the SVM's C.

    `weights`: how much each example counts, all the same without. `varied`: it learns from their variants as well.
    `against`: the label that all others stand against; pieces that tell the two sides apart count more.
    """

    labels: Sequence[str | None]
    strictness: float
    weights: Sequence[float] | None = None
    varied: bool = True
    against: str | None = None
    passes: int = PASSES


@dataclass(frozen=True)
class Fitted:
    """Weights (a row a piece, a column a class), intercepts, and how sharp the scores are, in all and by language."""

    classes: tuple[str, ...]
    weights: Floats
    intercepts: Floats
    sharpness: float
    sharpness_in: dict[str, float]


@dataclass(frozen=True)
class _Task:
    """A question made ready: class numbers by example, and which examples are learnt and held back."""

    classes: tuple[str, ...]
    truth: Numbers
    parts: tuple[Numbers, Numbers]
    held: Numbers


def fit(vectors: csr_matrix, sources: Numbers, languages: Sequence[str], questions: Sequence[Question]) -> list[Fitted]:
    """Every head, in order. Twice each: without the held-back examples, to sharpen on them, and with all.

    `sources`: of which example each row of `vectors` is a variant; the first rows are the examples themselves.
    """
    tasks = [_task(sources, len(languages), question) for question in questions]
    # Processes, not threads: the library's machines share one source of chance.
    machines = iter(
        Parallel(n_jobs=-1)(
            delayed(_machine)(
                question, vectors[rows], task.truth[sources[rows]], _weights(question, sources[rows]), task.classes
            )
            for task, question in zip(tasks, questions, strict=True)
            for rows in task.parts
            if len(task.classes) > 1
        )
    )
    fitted = []
    for task in tasks:
        if len(task.classes) == 1:
            fitted.append(Fitted(task.classes, np.zeros((vectors.shape[1], 1)), np.zeros(1), 1.0, {}))
            continue
        (trial, bias), (weights, intercepts) = next(machines), next(machines)
        scores, truth = vectors[task.held] @ trial + bias, task.truth[task.held]
        spoken = np.array(languages)[task.held]
        sharpness_in = {
            str(language): sharpness(scores[spoken == language], truth[spoken == language])
            for language, count in zip(*np.unique(spoken, return_counts=True), strict=True)
            if count >= ENOUGH_TO_SHARPEN
        }
        fitted.append(Fitted(task.classes, weights, intercepts, sharpness(scores, truth), sharpness_in))
    return fitted


def _task(sources: Numbers, examples: int, question: Question) -> _Task:
    taught = np.array([number for number, label in enumerate(question.labels) if label is not None])
    classes = tuple(sorted({question.labels[number] or "" for number in taught}))
    number_of = {name: number for number, name in enumerate(classes)}
    truth = np.array([number_of.get(label or "", -1) for label in question.labels])
    learnt = held = taught
    if len(classes) > 1:
        learnt, held = (taught[part] for part in _split(truth[taught], len(classes)))
    rows = sources if question.varied else sources[:examples]
    some, every = (np.flatnonzero(np.isin(rows, part)).astype(np.int64) for part in (learnt, taught))
    return _Task(classes, truth, (some, every), held)


def _split(truth: Numbers, classes: int) -> tuple[Numbers, Numbers]:
    """Which to learn and which to hold back: some of each class, where there are enough of each."""
    size = max(HELD_BACK, classes / len(truth))
    if np.bincount(truth).min() > 1 and len(truth) * (1 - size) >= classes + 1:
        learnt, held = next(StratifiedShuffleSplit(1, test_size=size, random_state=SEED).split(truth, truth))
        return learnt, held
    _classes, firsts = np.unique(truth, return_index=True)
    rest = np.random.default_rng(SEED).permutation(np.setdiff1d(np.arange(len(truth)), firsts))
    held = rest[: max(1, round(HELD_BACK * len(truth)))] if len(rest) else firsts
    return (np.setdiff1d(np.arange(len(truth)), held) if len(rest) else firsts), held


def _weights(question: Question, sources: Numbers) -> Floats | None:
    return None if question.weights is None else np.array(question.weights)[sources]


def _telling(vectors: csr_matrix, against: Numbers) -> Floats:
    """How well each piece tells the two sides apart: a power of the ratio of its shares in them (as in NB-SVM).

    Wang and Manning (2012), Baselines and Bigrams; here only the size of the ratio, tempered.
    """
    present = vectors.sign()
    one, other = (np.asarray(present[rows].sum(axis=0)).ravel() + 0.5 for rows in (against, ~against))
    ratio = np.abs(np.log((one / one.sum()) / (other / other.sum())))
    telling = (ratio + LEAST_TELLING) ** TEMPER
    scaled: Floats = telling / telling.mean()
    return scaled


def _machine(
    question: Question, vectors: csr_matrix, truth: Numbers, weights_of: Floats | None, classes: Sequence[str]
) -> tuple[Floats, Floats]:
    against = question.against
    telling = None if against is None else _telling(vectors, truth == classes.index(against))
    if telling is not None:
        vectors = vectors @ diags(telling)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is stopped before, on purpose
        machine = LinearSVC(C=question.strictness, max_iter=question.passes, random_state=SEED)
        machine.fit(vectors, truth, sample_weight=weights_of)
    weights, intercepts = machine.coef_, machine.intercept_
    if len(weights) == 1:  # of two classes scikit-learn keeps only the second one's
        weights, intercepts = np.vstack([-weights, weights]), np.concatenate([-intercepts, intercepts])
    if telling is not None:
        weights = weights * telling
    return weights.T.astype(np.float32), intercepts


def sharpness(scores: Floats, truth: Numbers) -> float:
    """The factor under which the held-back answers are likeliest (temperature scaling)."""

    def unlikelihood(factor: float) -> float:
        sharpened = scores * factor
        sharpened -= sharpened.max(axis=1, keepdims=True)
        odds = np.exp(sharpened)
        return float(-np.mean(np.log(odds[np.arange(len(truth)), truth] / odds.sum(axis=1) + 1e-12)))

    return min((float(factor) for factor in SHARPNESSES), key=unlikelihood)
