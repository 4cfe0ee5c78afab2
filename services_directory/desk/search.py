"""Finds services and activities by free words in any language, misspelt ones too, and by what else people need.

Ranking, in words: a word counts the more, the rarer it is in the directory (BM25's idf) and the more prominent the
place where it stands (name, topic, description, office). A word that is nowhere in the directory stands for those that
are most like it, by the share of pairs of letters that they have in common, and counts as much less. Then what is near
and what is open comes first: the score is divided by `1 + kilometres / NEAR` and multiplied by `OPEN_NOW`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from math import inf, log
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from locales.normal import normalise
from locales.text import Localized
from services_directory.desk.directory import Directory
from services_directory.desk.needs import Needs, offices_of
from services_directory.facts import Activity, Audience, Service
from services_directory.taxonomy import TERMS

NEAR = 3.0
"""Kilometres at which a place counts half."""
UNKNOWN_AWAY = 30
"""What is so many times as far, or nobody knows where, counts alike."""
OPEN_NOW = 1.5
IN_NAME, IN_TOPIC, IN_ABOUT, IN_REST = 4.0, 3.0, 1.5, 1.0
ALIKE = 0.6
"""From which share of common pieces on a word stands for a misspelt one (Dice's coefficient)."""
MOST_ALIKE = 6
MOST_SHOWN = 50
"""So many of the best are sorted first; rarely does anybody see more."""
SHORTEST_MISSPELT = 4
"""Letters; shorter words are taken as they are."""
ENDS = "^"
_CJK = re.compile(r"([\u3400-\u9fff])")

Item: TypeAlias = Service | Activity
Numbers: TypeAlias = npt.NDArray[np.integer]
Floats: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; what is None or empty does not matter. `now` aware: only then "open" is looked at."""

    words: str = ""
    city: str | None = None
    topic: str | None = None
    near: tuple[float, float] | None = None
    """WGS 84 degrees: latitude, longitude."""
    open_now: bool = False
    language: str | None = None
    audience: Audience | None = None


@dataclass(frozen=True)
class Hit:
    """Something found, how well it fits (more is better), and how far it is when that is known."""

    item: Item
    score: float
    kilometres: float | None = None


class SearchIndex:
    """An index of one version of the directory; never changed, only replaced."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.items: list[Item] = sorted((one for one in directory.offers() if not one.retired), key=lambda one: one.key)
        self._needs = Needs(directory, self.items)
        counted: dict[str, dict[int, float]] = defaultdict(dict)
        for at, item in enumerate(self.items):
            for word, weight in _weights(directory, item).items():
                counted[word][at] = weight
        self._words = {word: at for at, word in enumerate(counted)}
        self._postings = [
            (np.fromiter(found, np.int32, len(found)), np.fromiter(found.values(), np.float32, len(found)))
            for found in counted.values()
        ]
        self._idf = [log(1 + (len(self.items) + 0.5) / (len(found) + 0.5)) for found in counted.values()]
        self._pieces, self._sizes = _pieces_of(counted)

    def find(self, wanted: Wanted, now: datetime, limit: int = 10) -> list[Hit]:
        """The best, best first."""
        fits = self._needs.fitting(wanted.city, wanted.topic, wanted.language, wanted.audience)
        scores = np.ones(len(self.items))
        if wanted.words.strip():
            scores = self._scores(wanted.words).astype(np.float64)
            fits &= scores > 0
        if wanted.audience is not None:
            scores[self._needs.meant_for(wanted.audience)] *= 2
        away = None
        if wanted.near is not None:
            away = self._needs.kilometres(*wanted.near)
            scores /= 1 + np.minimum(away / NEAR, UNKNOWN_AWAY)
        if wanted.open_now:
            scores *= OPEN_NOW
        rows = _best_first(np.flatnonzero(fits), scores)
        if wanted.open_now:
            rows = self._needs.open_ones(rows, now)
        return [
            Hit(self.items[row], float(scores[row]), _known(away[row]) if away is not None else None)
            for row in islice(rows, limit)
        ]

    def _scores(self, words: str) -> Floats:
        scores = np.zeros(len(self.items), np.float32)
        asked = list(dict.fromkeys(_tokens(words)))
        for word in asked:
            best = np.zeros(len(self.items), np.float32)
            for at, likeness in self._alike(word):
                found, weights = self._postings[at]
                np.maximum.at(best, found, weights * np.float32(self._idf[at] * likeness))
            scores += best
        return scores

    def _alike(self, word: str) -> Iterator[tuple[int, float]]:
        """The known words that a word stands for, and how much of them it is."""
        known = self._words.get(word)
        if known is not None:
            yield known, 1.0
            return
        pieces = [piece for piece in _pieces(word) if piece in self._pieces]
        if len(word) < SHORTEST_MISSPELT or not pieces:
            return
        common = np.bincount(np.concatenate([self._pieces[piece] for piece in pieces]), minlength=len(self._sizes))
        likeness = 2 * common / (self._sizes + len(_pieces(word)))
        best = np.argpartition(likeness, -min(MOST_ALIKE, len(likeness)))[-MOST_ALIKE:]
        yield from ((int(at), float(likeness[at]) ** 2) for at in best if likeness[at] >= ALIKE)


@lru_cache(maxsize=2)
def index_of(directory: Directory) -> SearchIndex:
    """The index of a directory, made when it is first searched."""
    return SearchIndex(directory)


def _best_first(rows: Numbers, scores: npt.NDArray[np.float64]) -> Iterator[int]:
    """The rows by score; those of one score in their own order. The first ones cost no sorting of all."""
    ask = MOST_SHOWN
    while len(rows):
        if len(rows) > ask:
            least = np.partition(scores[rows], -ask)[-ask]
            now, rows = rows[scores[rows] >= least], rows[scores[rows] < least]
        else:
            now, rows = rows, rows[:0]
        yield from now[np.argsort(-scores[now], kind="stable")].tolist()
        ask *= 4


def _known(kilometres: float) -> float | None:
    return None if kilometres == inf else float(kilometres)


def _weights(directory: Directory, item: Item) -> dict[str, float]:
    """Each word of an item, in every language, with the weight of the best place where it stands."""
    found: dict[str, float] = {}
    organization = directory.organization(item.provider) if item.provider else None
    topics = [f"{TERMS[topic].name} {TERMS[topic].covers}" for topic in item.topics if topic in TERMS]
    rest: list[Localized | str | None] = [
        words for office, _hours in offices_of(directory, item) for words in (office.label, office.address)
    ]
    rest.append(organization.name if organization else None)
    rest.append(item.eligibility if isinstance(item, Service) else item.schedule)
    places: tuple[tuple[float, Iterable[Localized | str | None]], ...] = (
        (IN_NAME, [item.label]), (IN_TOPIC, topics), (IN_ABOUT, [item.about]), (IN_REST, rest),
    )  # fmt: skip
    for weight, texts in places:
        for text in texts:
            for word in _words_of(text):
                found[word] = max(found.get(word, 0.0), weight)
    return found


def _words_of(text: Localized | str | None) -> Iterator[str]:
    if isinstance(text, Localized):
        for words in text.texts.values():
            yield from _tokens(words)
    elif text is not None:
        yield from _tokens(text)


def _tokens(words: str) -> list[str]:
    """The words as they are compared; of Chinese, each sign."""
    return _CJK.sub(r" \1 ", normalise(words)).split()


def _pieces(word: str) -> list[str]:
    ended = f"{ENDS}{word}{ENDS}"
    return [ended[at : at + 2] for at in range(len(ended) - 1)]


def _pieces_of(words: Iterable[str]) -> tuple[dict[str, Numbers], Numbers]:
    """The words in which each piece stands, and how many pieces each word has."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    sizes = []
    for at, word in enumerate(words):
        pieces = _pieces(word)
        sizes.append(len(pieces))
        for piece in pieces:
            found[piece][at] += 1
    return {piece: np.fromiter(at, np.int32, len(at)) for piece, at in found.items()}, np.array(sizes, np.int32)
