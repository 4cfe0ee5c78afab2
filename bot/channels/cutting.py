"""How words are cut within a channel's limits: where people would cut them, never inside a character."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

import regex  # type: ignore[import-untyped]

from locales.rendering import FSI, LRI, PDI

ELLIPSIS = "…"
RLI = "\u2067"
OPENERS = frozenset({FSI, LRI, RLI})
ISOLATES = OPENERS | {PDI}
DEEPEST = 4
"""Isolates inside one another that survive a cut; our own sentences nest two."""

# `\X` is a character as people see it (Unicode's annex 29): flags, emoji of several people, marks, and the conjuncts of
# Bengali, but not those of Gurmukhi, which Unicode left out of that rule: there `ਪ੍ਰ` would lose its foot.
GRAPHEME = regex.compile(r"\X(?:(?<=\N{GURMUKHI SIGN VIRAMA}\u200d?)(?=\p{Gurmukhi})\X)*")

# The places where words may be cut, best first. Around a cut white space is dropped; a space that carries a mark of its
# own is a character.
_UNMARKED = r"(?![\p{M}\u200c\u200d])"
_SPACE = rf"[^\S\u00a0\u202f]{_UNMARKED}"
PARAGRAPH = regex.compile(r"(?=\n[^\S\n]*\n)")
LINE = regex.compile(r"(?=\n)")
_CLOSING = r"[\p{Pe}\p{Pf}\"'\u2069]"
SENTENCE = regex.compile(rf"(?<=[.!?…؟۔।॥።፧]{_CLOSING}*)(?={_SPACE})|(?<=[。！？]{_CLOSING}*)(?![。！？]|{_CLOSING})")
WORD = regex.compile(rf"(?={_SPACE})|(?<=፡)")
BORDERS = (PARAGRAPH, LINE, SENTENCE, WORD)
_LOOK_AHEAD = 4
"""Code points behind a place that a border's pattern looks at."""
_LEADING = regex.compile(rf"(?:[\s\x1c-\x1f]{_UNMARKED})*")  # all that str.rstrip takes too
_LAST_SEEN = regex.compile(r"(?r)[^\s\p{C}]")
"""Finds the last character that is seen."""


def units(words: str) -> int:
    """The length as the strictest counters see it: UTF-16 units, two for an emoji."""
    return len(words) + sum(character > "\uffff" for character in words)


def graphemes(words: str) -> list[str]:
    """The characters as people see them."""
    return [found.group() for found in GRAPHEME.finditer(words)]


def pieces(words: str, limit: int) -> Iterator[str]:
    """The words in parts of at most `limit` units, at least 4.

    They are cut between paragraphs, else lines, else sentences, else words, else characters. Isolates that a cut
    goes through are closed there and opened again in the next part.
    """
    rest, opened = _trimmed(words), 0
    if units(rest) > limit:
        rest = _paired(rest, _deepest(limit))
    while units(rest) > limit:
        part, rest, opened = _divided(rest, _best_cut(rest, _reach(rest, limit), opened), opened)
        yield part
    if rest:
        yield rest


def last_piece(words: str, limit: int) -> tuple[str, str]:
    """The words in two: the end, as much of it as fits into `limit` units from a good border on, and what comes before.

    What comes before is of any length, and empty when everything fits.
    """
    words = _trimmed(words)
    if units(words) <= limit:
        return "", words
    words = _paired(words, _deepest(limit))
    first = len(words) - _reach(words[::-1], limit, crossed=2)
    seen = _LAST_SEEN.search(words)
    ends = {end for end in _ends(words) if first <= end <= (seen.start() if seen else len(words) - 1)}
    found = (place.start() for border in BORDERS for place in border.finditer(words, first) if place.start() in ends)
    before, end, _opened = _divided(words, next(found, min(ends, default=first)), 0)
    return before, end


def shortened(words: str, limit: int) -> str:
    """At most `limit` units, at least 4; an ellipsis where something was cut off, after a whole word when it can be."""
    if units(words) > limit:
        words = _paired(words, _deepest(limit))
    if units(words) <= limit:
        return words
    reach = _reach(words, limit - len(ELLIPSIS))
    ends = set(_ends(words, reach))
    cut = max(_places(WORD, words, reach // 2, reach, ends), default=max(ends, default=reach))
    kept = words[:cut].rstrip()
    while kept and kept[-1] in OPENERS:
        kept = kept[:-1].rstrip()
    return kept + ELLIPSIS + PDI * len(_open(kept))


def _trimmed(words: str) -> str:
    return words[_LEADING.match(words).end() :].rstrip()


def _deepest(limit: int) -> int:
    # Closing, opening again and going on must fit into the limit.
    return min(DEEPEST, limit // 4)


def _paired(words: str, deepest: int) -> str:
    """The words without isolates that have no partner in their line, where Unicode's annex 9 ends them, or too deep."""
    if ISOLATES.isdisjoint(words):
        return words
    stack: list[int] = []
    kept: set[int] = set()
    for position, character in enumerate(words):
        if character == "\n":
            stack.clear()
        elif character in OPENERS:
            stack.append(position)
        elif character == PDI and stack:
            opener = stack.pop()
            if len(stack) < deepest:
                kept |= {opener, position}
    return "".join(
        character for position, character in enumerate(words) if character not in ISOLATES or position in kept
    )


def _depth(words: str) -> int:
    """How many isolates stand inside one another, where there are most, in words whose isolates are in pairs."""
    depths = accumulate((character in OPENERS) - (character == PDI) for character in words)
    return max(map(abs, depths), default=0)  # abs: `last_piece` reads from the end


def _open(words: str) -> str:
    """The isolates that are still open at the end of the words."""
    stack: list[str] = []
    for character in words:
        if character in OPENERS:
            stack.append(character)
        elif character == PDI and stack:
            stack.pop()
    return "".join(stack)


def _reach(words: str, limit: int, crossed: int = 1) -> int:
    """How many code points fit into so many units, with room for closing (and, `crossed` twice, opening) isolates."""
    limit -= crossed * _depth(words)
    used = 0
    for position, character in enumerate(words):
        used += units(character)
        if used > limit:
            return position
    return len(words)


def _ends(words: str, reach: int | None = None) -> Iterator[int]:
    """Where the characters, as people see them, end; none behind `reach`."""
    for found in GRAPHEME.finditer(words):
        if reach is not None and found.end() > reach:
            return
        yield found.end()


def _places(border: regex.Pattern[str], words: str, least: int, reach: int, ends: set[int]) -> Iterator[int]:
    for found in border.finditer(words, least, reach + _LOOK_AHEAD):
        if found.start() in ends:
            yield found.start()


def _best_cut(words: str, reach: int, opened: int) -> int:
    # A border in the first half would leave a stub of a message, so a lesser border further on is preferred to it.
    least = opened + 1
    half = max(reach // 2, least)
    ends = {end for end in _ends(words, reach) if end >= least}
    tries = (*((border, half) for border in BORDERS), (LINE, least), (WORD, least))
    for border, first in tries:
        cut = max(_places(border, words, first, reach, ends), default=None)
        if cut is not None:
            return cut
    # What does not fit at all is no character of any language.
    return max(ends, default=max(reach, least))


def _divided(words: str, cut: int, opened: int) -> tuple[str, str, int]:
    """The parts before and after a cut, and how many isolates the second one opens again.

    The first `opened` characters are isolates opened again for an earlier cut.
    """
    end = cut
    while end > opened and (words[end - 1] in OPENERS or words[end - 1].isspace()):
        end -= 1
    if end == opened:
        end = cut
    part = words[:end].rstrip()
    again = left = _open(part)
    start = end
    while start < len(words):
        if left and words[start] == PDI:
            left, start = left[:-1], start + 1
        elif (space := _LEADING.match(words, start).end()) > start:
            start = space
        else:
            break
    return part + PDI * len(again), left + words[start:], len(left)
