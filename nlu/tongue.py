"""In which language a message is written: by its script where that tells, else by the trained classifier."""

from __future__ import annotations

import numpy as np

from nlu.linear import Floats, Head
from nlu.writing import OWN_SCRIPTS, SECOND_SCRIPTS, UNKNOWN

ROMANISED = "-Latn"
SURE_TO_CHANGE = 0.75
"""So likely a language must be for a conversation to go on in it instead of its own."""
SURE_TO_BEGIN = 0.4
"""So likely it must be for a conversation to begin in it."""


class Tongue:
    """Tells languages apart; its classes are codes, and `CODE-Latn` for those in Latin letters instead of their own."""

    def __init__(self, head: Head) -> None:
        self.head = head
        self._written_in = {script: self._those_of(script) for script in {*OWN_SCRIPTS.values(), "LATIN"}}

    def guess(self, script: str | None, scores: Floats) -> tuple[str | None, bool, float]:
        """The likeliest language in a script (None: none of ours), whether not in its own script, how likely."""
        able = self._written_in.get(script or "")
        if able is None or not able.size:
            return None, False, 0.0
        odds = self.head.odds(scores)[able]
        best = int(odds.argmax())
        code = self.head.classes[able[best]]
        share = float(odds[best] / odds.sum()) if odds.sum() > 0 else 0.0
        return None if code == UNKNOWN else code.removesuffix(ROMANISED), code.endswith(ROMANISED), share

    def _those_of(self, script: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """The classes that can be written in a script."""
        if script == "LATIN":
            able = [name.endswith(ROMANISED) or OWN_SCRIPTS.get(name, "LATIN") == "LATIN" for name in self.head.classes]
        else:
            able = [
                OWN_SCRIPTS.get(name) == script or script in SECOND_SCRIPTS.get(name, ()) for name in self.head.classes
            ]
        return np.flatnonzero(able)


def language_to_answer(code: str | None, odds: float, spoken: str | None, *, romanised: bool) -> str | None:
    """The language that a message asks to be answered in; None leaves the conversation in the one `spoken` so far."""
    if spoken is None:
        return code if odds >= SURE_TO_BEGIN else None
    # Arabic or Bengali in Latin letters tells what somebody can type, not what they want to read.
    return code if odds >= SURE_TO_CHANGE and not romanised else None
