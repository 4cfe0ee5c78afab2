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
from math import inf, log
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from locales.dates import in_rome
from locales.normal import normalise
from locales.text import Localized
from services_directory.desk.directory import Directory, kilometres
from services_directory.desk.hours import intervals_on, within
from services_directory.facts import Activity, Audience, Office, Service
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
SHORTEST_MISSPELT = 4
"""Letters; shorter words are taken as they are."""
ENDS = "^"
_CJK = re.compile(r"([\u3400-\u9fff])")

Item: TypeAlias = Service | Activity
Numbers: TypeAlias = npt.NDArray[np.int32]
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
        self.items: list[Item] = [item for item in directory.offers() if not item.retired]
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
        scores = self._scores(wanted.words)
        likely = np.flatnonzero(scores > 0) if wanted.words.strip() else np.arange(len(self.items))
        # Where many fit, only the likeliest are looked at more closely: place and hours cannot make up for words.
        if len(likely) > (most := max(200, 20 * limit)) and wanted.words.strip():
            likely = likely[np.argpartition(scores[likely], -most)[-most:]]
        hits = [hit for at in likely if (hit := self._hit(int(at), float(scores[at]), wanted, now)) is not None]
        hits.sort(key=lambda hit: (-hit.score, hit.item.key))
        return hits[:limit]

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

    def _hit(self, at: int, score: float, wanted: Wanted, now: datetime) -> Hit | None:
        item = self.items[at]
        places = offices_of(self.directory, item)
        spoken = {code for office, _hours in places for code in office.languages}
        if (
            wanted.city not in {None, item.city}
            or (wanted.topic is not None and wanted.topic not in item.topics)
            or (wanted.audience is not None and item.audience and wanted.audience not in item.audience)
            or (wanted.language is not None and wanted.language not in spoken)
        ):
            return None
        score = score or 1.0
        if wanted.audience is not None and wanted.audience in item.audience:
            score *= 2
        away = None
        if wanted.near is not None:
            away = min((_away(office, wanted.near) for office, _hours in places), default=inf)
            score /= 1 + min(away / NEAR, UNKNOWN_AWAY)
        if wanted.open_now:
            if not any(_is_open(self.directory, office.key, hours, now) for office, hours in places):
                return None
            score *= OPEN_NOW
        return Hit(item, score, None if away == inf else away)


@lru_cache(maxsize=2)
def index_of(directory: Directory) -> SearchIndex:
    """The index of a directory, made when it is first searched."""
    return SearchIndex(directory)


def offices_of(directory: Directory, item: Item) -> list[tuple[Office, str | None]]:
    """Where it is offered, and its own hours there; places that are closed for good are left out."""
    found = ((directory.office(place.office), place.hours) for place in item.offices)
    return [(office, hours) for office, hours in found if office is not None and not office.retired]


def _away(office: Office, near: tuple[float, float]) -> float:
    if office.latitude is None or office.longitude is None:
        return inf
    return kilometres(*near, office.latitude, office.longitude)


def _is_open(directory: Directory, office: str, hours: str | None, now: datetime) -> bool:
    moment = in_rome(now)
    intervals = directory.hours(office, moment.date()).intervals or ()
    if hours is not None:
        intervals = within(intervals_on(hours, moment.date()), intervals)
    return any(opens <= moment.time() < closes for opens, closes in intervals)


def _weights(directory: Directory, item: Item) -> dict[str, float]:
    """Each word of an item, in every language, with the weight of the best place where it stands."""
    found: dict[str, float] = {}
    organization = directory.organization(item.provider) if item.provider else None
    topics = [f"{TERMS[topic].name} {TERMS[topic].covers}" for topic in item.topics if topic in TERMS]
    places = offices_of(directory, item)
    rest: list[Localized | str | None] = [
        words for office, _hours in places for words in (office.label, office.address)
    ]
    rest.append(organization.name if organization else None)
    rest.append(item.eligibility if isinstance(item, Service) else item.schedule)
    prominent: tuple[tuple[float, Iterable[Localized | str | None]], ...] = (
        (IN_NAME, [item.label]), (IN_TOPIC, topics), (IN_ABOUT, [item.about]), (IN_REST, rest),
    )  # fmt: skip
    for weight, texts in prominent:
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
