"""The few words that only WhatsApp needs, and how its marks for bold, italic and the like are kept out of ours."""

from __future__ import annotations

import regex  # type: ignore[import-untyped]

from locales.text import Text, _

CHOOSE = _("Choose")
"""The button that opens a list: at most 20 characters in every language."""

WORD_JOINER = "\u2060"
# What WhatsApp makes a link of, with or without "https://", and addresses of e-mail: a joiner inside would break them.
ADDRESS = regex.compile(
    r"(?:https?://|www\.)[^\s<>\u2066-\u2069]+|[\w.+-]+@[\w.-]+|(?:[\w-]+\.)+\p{L}{2,}/[^\s<>\u2066-\u2069]*"
)
# Neither behind a letter or digit nor with its partner before one: snake_case and 2*3*4 are left alone. But a run is
# read even there: of "503***63" two stars were seen to vanish.
OPENING = regex.compile(r"(?<![A-Za-z0-9])[*_~](?=\S)|([*_~])(?=\1\1)|`")
CLOSING = regex.compile(r"(?<=\S)[*_~](?![A-Za-z0-9])|`")
MARKER = regex.compile(r"[*_~`]")


def more_choices(number: int, of: int) -> Text:
    """What the second and later lists say, when the choices do not fit into one."""
    return _("More choices ({number} of {of})", number=number, of=of)


def plain(words: str) -> str:
    """The words as they are, with a word joiner behind each mark that WhatsApp would begin bold or italic at."""
    return "\n".join(map(_plain, words.split("\n")))


def bold(words: str) -> str:
    """The words in bold."""
    return f"*{harmless(words)}*"


def harmless(words: str) -> str:
    """The words, fit to stand in one line with some in bold: no mark among them is taken for anything."""
    return _joined(words, [found.start() for found in MARKER.finditer(words)])


def _plain(line: str) -> str:
    last = {found.group(): found.start() for found in CLOSING.finditer(line)}
    opening = OPENING.finditer(line)
    return _joined(line, [found.start() for found in opening if found[1] or last.get(found.group(), 0) > found.start()])


def _joined(words: str, marks: list[int]) -> str:
    """The words with a joiner behind those of the marks that are in no address."""
    if not marks:
        return words
    kept = {position for address in ADDRESS.finditer(words) for position in range(*address.span())}
    places = [mark + 1 for mark in marks if mark not in kept]
    parts = [words[start:end] for start, end in zip([0, *places], [*places, len(words)], strict=True)]
    return WORD_JOINER.join(parts)
