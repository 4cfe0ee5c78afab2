"""More of each example than its writer wrote: with slips of a tired thumb, and in Latin letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from anyascii import anyascii

from locales.normal import normalise
from nlu.examples import Example
from nlu.writing import main_script

LETTERS_A_SLIP = 12
SHORTEST = 8
"""Shorter messages may become another word by one slip."""
SLIPPED_IN, ROMANISED_IN = 10, 2
"""Of so many examples one is also learnt misspelt, or in Latin letters: more teach no more, and take longer."""


@dataclass(frozen=True)
class Variant:
    """Another way in which example `number` may be written, normalised; `slipped`: with slips of the thumb."""

    number: int
    text: str
    slipped: bool


def variants(examples: Sequence[Example], seed: int) -> Iterator[Variant]:
    """The variants of examples; the same seed gives the same ones."""
    random = Random(seed)  # noqa: S311, misspelling needs no secrecy
    for number, example in enumerate(examples):
        text = normalise(example.text)
        if number % SLIPPED_IN == 0 and len(text) >= SHORTEST:
            yield Variant(number, misspelt(text, random), slipped=True)
        if number % ROMANISED_IN == 0 and main_script(example.text) not in {"LATIN", None}:
            yield Variant(number, normalise(anyascii(example.text)), slipped=False)


def misspelt(text: str, random: Random) -> str:
    """The text with about one slip in twelve letters: one left out, doubled, swapped with the next, or wrong."""
    letters = list(text)
    for _slip in range(max(1, len(text) // LETTERS_A_SLIP)):
        at = random.randrange(len(letters) - 1)
        if letters[at] == " ":
            continue
        match random.randrange(4):
            case 0:
                del letters[at]
            case 1:
                letters.insert(at, letters[at])
            case 2:
                letters[at : at + 2] = reversed(letters[at : at + 2])
            case _:
                letters[at] = random.choice(text)
    return "".join(letters)
