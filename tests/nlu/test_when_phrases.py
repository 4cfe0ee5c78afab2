"""Typed times in every language of tests/when: most are understood, and hardly any is understood wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from locales.dates import ROME
from locales.languages import SPOKEN
from nlu.when_said import when_said

PHRASES = Path(__file__).parents[1] / "when"
LANGUAGES = sorted(SPOKEN)

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ROME)
FEWEST, UNDERSTOOD, SILENTLY_WRONG = 40, 0.92, 0.02
NOTHING = "-"


def phrases(language: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Words, and what they mean: date, part, time, problem."""
    for line in (PHRASES / f"{language}.tsv").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            words, *meant = line.split("\t")
            assert len(meant) == 4, line
            yield words, tuple(meant)


def understood(words: str, language: str | None) -> tuple[str, ...]:
    """The same of what we understand; beside a problem nothing else counts."""
    moment = when_said(words, NOW, language)
    if moment.problem is not None:
        return (NOTHING, NOTHING, NOTHING, moment.problem)
    day = moment.date.isoformat() if moment.date else NOTHING
    return (day, moment.part or NOTHING, f"{moment.time:%H:%M}" if moment.time else NOTHING, NOTHING)


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_typed_times_are_understood_and_hardly_any_wrongly(language: str) -> None:
    found = list(phrases(language))
    assert len(found) >= FEWEST
    assert len({words for words, _meant in found}) == len(found)
    missed = [(words, meant, got) for words, meant in found if (got := understood(words, language)) != meant]
    silent = [one for one in missed if one[2][-1] == NOTHING]
    told = "\n".join(f"{words}: {' '.join(got)}, not {' '.join(meant)}" for words, meant, got in missed)
    assert len(missed) <= (1 - UNDERSTOOD) * len(found), told
    assert len(silent) <= max(1, SILENTLY_WRONG * len(found)), told


@pytest.mark.parametrize("language", LANGUAGES)
def test_they_are_told_by_their_words_when_the_language_is_not_known(language: str) -> None:
    found = list(phrases(language))
    right = sum(understood(words, None) == meant for words, meant in found)
    assert right >= UNDERSTOOD * len(found)
