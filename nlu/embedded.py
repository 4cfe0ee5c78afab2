"""The embedded engine: understands in process, in about a millisecond, and never raises for what a person writes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import get_args

from nlu.cities import cities_in
from nlu.decision import is_sure
from nlu.linear import Floats, grams
from nlu.model import Model
from nlu.normal import normalise
from nlu.phrases import Phrases
from nlu.tongue import Tongue, language_to_answer
from nlu.understanding import Danger, Entity, Ranking, Understanding
from nlu.when_said import when_said

IN_DANGER = 0.2
"""From this likelihood on danger is answered first: better to name 112 once too often."""
REASSURANCE = 0.8
"""How far a sure ordinary meaning ("when is the office open?") speaks against danger."""
NOT_ORDINARY = frozenset(
    {"emergency", "violence_trafficking", "mental_health", "work_exploitation", "out_of_scope", "goodbye"}
)
"""Meanings that say nothing against danger."""
RANKED = 10
LONGEST_WHEN = 400
"""Times are looked for only in messages of at most so many characters: stories hold dates of the past."""
COURTESIES = frozenset({"greet", "goodbye", "thanks", "affirm", "deny", "help", "not_understood", "out_of_scope"})
"""Meanings that are no need of their own beside another one."""
SHORTEST_NEED = 3
"""Words that a part of a message must have to hold a need of its own."""
MOST_NEEDS = 3
PLAIN_NEED = 0.7
"""So likely a part of a message must mean something, to be answered beside the rest."""
FAINTLY = 0.03
"""And the message as a whole must mean it at least so likely."""
_PARTS = re.compile(r"[.!?;\n؟؛۔।॥።፧。！？；]+")


class EmbeddedInterpreter:
    """Understands with the shipped model, or with another one of the same form."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._tongue = Tongue(model.languages)
        self._phrases = Phrases(model.phrases)
        self._ordinary = [at for at, intent in enumerate(model.intents.classes) if intent not in NOT_ORDINARY]

    @classmethod
    def shipped(cls) -> EmbeddedInterpreter:
        """With the model that setup has trained. Raises ModelError."""
        return cls(Model.load())

    async def parse(self, text: str, *, now: datetime, language: str | None = None) -> Understanding:
        """What `text` means. `now` is aware, in the city's time zone; `language` is the one spoken so far."""
        return self.understand(text, now=now, language=language)

    def understand(self, text: str, *, now: datetime, language: str | None = None) -> Understanding:
        """As `parse`, for whoever does not wait for anything."""
        normalised = normalise(text)
        pieces = Counter(grams(normalised))
        scores = self.model.linear.scores(pieces)
        code, romanised, likely = self._tongue.guess(text, scores)
        odds = self.model.intents.odds(scores, code)
        ranking = self._ranking(odds)
        spoken = language_to_answer(code, likely, language, romanised=romanised)
        return Understanding(
            text=text,
            language=spoken,
            intent=ranking[0][0],
            confidence=ranking[0][1],
            sure=bool(normalised) and is_sure(ranking),
            ranking=ranking,
            entities=(*cities_in(text), *_times_in(text, now, spoken or language), *self._phrases.within(text)),
            danger=self._danger(pieces, scores, odds, code),
            also=self._further_needs(text, odds, ranking[0][0], code),
        )

    def _ranking(self, odds: Floats) -> Ranking:
        order = odds.argsort()[::-1][:RANKED]
        return tuple((self.model.intents.classes[at], round(float(odds[at]), 4)) for at in order)

    def _further_needs(self, text: str, whole: Floats, first: str, language: str | None) -> tuple[str, ...]:
        """What else is asked for: parts that plainly mean something of which the whole message speaks too."""
        parts = [part for part in _PARTS.split(text) if len(part.split()) >= SHORTEST_NEED]
        needs: list[str] = []
        for part in parts if len(parts) > 1 and first not in COURTESIES else ():
            odds = self.model.intents.odds(self.model.linear.scores(Counter(grams(normalise(part)))), language)
            at = int(odds.argmax())
            intent = self.model.intents.classes[at]
            if odds[at] >= PLAIN_NEED and whole[at] >= FAINTLY and intent not in {first, *needs, *COURTESIES}:
                needs.append(intent)
        return tuple(needs[: MOST_NEEDS - 1])

    def _danger(
        self, pieces: Mapping[str, int], scores: Floats, meanings: Floats, language: str | None
    ) -> Danger | None:
        """What the danger detector finds, tempered by a sure meaning that is none."""
        # A name ("Carmen") may look like a word of danger; nobody is answered so for words that were never learnt.
        if not any(piece in self.model.linear.vocabulary for piece in pieces if piece.startswith("=")):
            return None
        odds = self.model.dangers.odds(scores, language)
        dangers = {name: float(odds[at]) for at, name in enumerate(self.model.dangers.classes) if name != "none"}
        calm = max(float(meanings[at]) for at in self._ordinary) if self._ordinary else 0.0
        if sum(dangers.values()) * (1 - REASSURANCE * calm) < IN_DANGER:
            return None
        likeliest = max(dangers, key=dangers.__getitem__)
        return next(danger for danger in get_args(Danger) if danger == likeliest)


def _times_in(text: str, now: datetime, language: str | None) -> tuple[Entity, ...]:
    """The day, hour and part of day in a message; none when they make no sense."""
    if len(text) > LONGEST_WHEN:
        return ()
    moment = when_said(text, now, language)
    if moment.problem is not None:
        return ()
    values = {
        "day": moment.date.isoformat() if moment.date else None,
        "time": f"{moment.time:%H:%M}" if moment.time else None,
        "part": moment.part,
    }
    return tuple(
        Entity(kind, value, start, end)  # type: ignore[arg-type]  # spans have the kinds of entities
        for kind, start, end in moment.spans
        if (value := values[kind]) is not None
    )
