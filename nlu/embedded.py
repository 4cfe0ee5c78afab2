"""The embedded engine: understands in process, in about a millisecond, and never raises for what a person writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import get_args

from nlu.cities import cities_in
from nlu.linear import Floats, grams
from nlu.model import Model
from nlu.normal import normalise
from nlu.tongue import language_of
from nlu.understanding import Danger, Entity, Understanding
from nlu.when_said import when_said

SURE = 0.4
"""From this confidence on a meaning is acted upon; chosen on the development set (docs/understanding.md)."""
LEAD = 0.2
"""And only when the second likeliest meaning is so much less likely."""
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


class EmbeddedInterpreter:
    """Understands with the shipped model, or with another one of the same form."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._ordinary = [at for at, intent in enumerate(model.intents.classes) if intent not in NOT_ORDINARY]

    @classmethod
    def shipped(cls) -> EmbeddedInterpreter:
        """With the model that setup has trained. Raises ModelError."""
        return cls(Model.load())

    def parse(self, text: str, *, now: datetime, language: str | None = None) -> Understanding:
        """What `text` means. `now` is aware, in the city's time zone; `language` is the one spoken so far."""
        normalised = normalise(text)
        pieces = Counter(grams(normalised))
        odds = self.model.intents.probabilities(pieces)
        order = odds.argsort()[::-1][:RANKED]
        ranking = tuple((self.model.intents.classes[at], round(float(odds[at]), 4)) for at in order)
        (intent, confidence), *others = ranking
        runner_up = others[0][1] if others else 0.0
        spoken = language_of(self.model.languages, text, pieces)
        return Understanding(
            text=text,
            language=spoken,
            intent=intent,
            confidence=confidence,
            sure=bool(normalised) and confidence >= SURE and confidence - runner_up >= LEAD,
            ranking=ranking,
            entities=(*cities_in(text), *_times_in(text, now, spoken or language)),
            danger=self._danger(pieces, odds),
        )

    def _danger(self, pieces: Mapping[str, int], meanings: Floats) -> Danger | None:
        """What the danger detector finds, tempered by a sure meaning that is none."""
        # A name ("Carmen") may look like a word of danger; nobody is answered so for words that were never learnt.
        if not any(piece in self.model.dangers.vocabulary for piece in pieces if piece.startswith("=")):
            return None
        odds = self.model.dangers.probabilities(pieces)
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
