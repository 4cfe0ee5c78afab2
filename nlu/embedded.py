"""The embedded engine: understands in process, in about a millisecond, and never raises for what a person writes."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import get_args

from locales.normal import normalise
from nlu.decision import is_sure
from nlu.entities import Finder
from nlu.linear import Floats
from nlu.model import Model
from nlu.tongue import Tongue, language_to_answer
from nlu.understanding import Danger, Ranking, Understanding
from nlu.writing import main_script

IN_DANGER = 0.28
"""From this likelihood on danger is answered first: better to name 112 once too often."""
ONE_WORD_IN_DANGER = 0.75
"""From this one on when the message is a single word: it may be a name ("Hope")."""
REASSURANCE = 0.6
"""How far a sure ordinary meaning ("when is the office open?") speaks against danger."""
NOT_ORDINARY = frozenset(
    {"emergency", "violence_trafficking", "mental_health", "work_exploitation", "out_of_scope", "goodbye"}
)
"""Meanings that say nothing against danger."""
GIBBERISH = 1 / 3
"""Where no more of the words than this were ever learnt, nothing is acted upon."""
RANKED = 10
COURTESIES = frozenset({"greet", "goodbye", "thanks", "affirm", "deny", "help", "not_understood", "out_of_scope"})
"""Meanings that are no need of their own beside another one."""
SHORTEST_NEED = 3
"""Words that a part of a message must have to hold a need of its own."""
MOST_NEEDS = 3
PLAIN_NEED = 0.8
"""So likely a part of a message must mean something, to be answered beside the rest."""
FAINTLY = 0.15
"""And the message as a whole must mean it at least so likely."""
_PARTS = re.compile(r"[.!?;\n؟؛۔।॥።፧。！？；]+")


class EmbeddedInterpreter:
    """Understands with the shipped model, or with another one of the same form."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._tongue = Tongue(model.languages)
        self._entities = Finder(model.phrases)
        self._ordinary = [at for at, intent in enumerate(model.intents.classes) if intent not in NOT_ORDINARY]

    @classmethod
    @cache
    def shipped(cls) -> EmbeddedInterpreter:
        """With the model that setup has trained, read once a process. Raises ModelError."""
        return cls(Model.load())

    async def parse(self, text: str, *, now: datetime, language: str | None = None) -> Understanding:
        """What `text` means. `now` is aware, in the city's time zone; `language` is the one spoken so far."""
        return self.understand(text, now=now, language=language)

    def understand(self, text: str, *, now: datetime, language: str | None = None) -> Understanding:
        """As `parse`, for whoever does not wait for anything."""
        normalised = normalise(text)
        scores = self.model.linear.scores(normalised)
        script = main_script(text)
        code, romanised, likely = self._tongue.guess(script, scores)
        odds = self.model.intents.odds(scores, code)
        ranking = self._ranking(odds)
        # A name ("Carmen") or a slip of the hand may look like a word of danger: nobody is answered so for words that
        # were never learnt. Where no spaces stand between words, none can be learnt as a whole.
        sensible = self.model.linear.known_words(normalised) > GIBBERISH or script == "CJK"
        enough = IN_DANGER if " " in normalised or script == "CJK" else ONE_WORD_IN_DANGER
        also = self._further_needs(text, odds, ranking[0][0], code)
        spoken = language_to_answer(code, likely, language, romanised=romanised)
        return Understanding(
            text=text,
            language=spoken,
            intent=ranking[0][0],
            confidence=ranking[0][1],
            sure=sensible and (is_sure(ranking) or bool(also)),
            ranking=ranking,
            entities=self._entities.within(text, now, language or code),
            danger=self._danger(scores, odds, code, enough) if sensible else None,
            also=also,
        )

    def _ranking(self, odds: Floats) -> Ranking:
        order = odds.argsort()[::-1][:RANKED]
        return tuple((self.model.intents.classes[at], round(float(odds[at]), 4)) for at in order)

    def _further_needs(self, text: str, whole: Floats, first: str, language: str | None) -> tuple[str, ...]:
        """What else is asked for, when parts of the message plainly mean its chief need and others."""
        parts = [part for part in _PARTS.split(text) if len(part.split()) >= SHORTEST_NEED]
        needs: list[str] = []
        for part in parts if len(parts) > 1 and first not in COURTESIES else ():
            odds = self.model.intents.odds(self.model.linear.scores(normalise(part)), language)
            at = int(odds.argmax())
            intent = self.model.intents.classes[at]
            if odds[at] >= PLAIN_NEED and whole[at] >= FAINTLY and intent not in {*needs, *COURTESIES}:
                needs.append(intent)
        return tuple(need for need in needs if need != first)[: MOST_NEEDS - 1] if first in needs else ()

    def _danger(self, scores: Floats, meanings: Floats, language: str | None, enough: float) -> Danger | None:
        """What the danger detector finds, tempered by a sure meaning that is none; `enough`: how likely it must be."""
        odds = self.model.dangers.odds(scores, language)
        dangers = {name: float(odds[at]) for at, name in enumerate(self.model.dangers.classes) if name != "none"}
        calm = max(float(meanings[at]) for at in self._ordinary) if self._ordinary else 0.0
        if sum(dangers.values()) * (1 - REASSURANCE * calm) < enough:
            return None
        likeliest = max(dangers, key=dangers.__getitem__)
        return next(danger for danger in get_args(Danger) if danger == likeliest)
