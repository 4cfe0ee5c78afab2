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
MARKER = regex.compile(
    # Neither behind a letter or digit nor with its partner before one: snake_case and 2*3*4 are left alone.
    r"(?<![A-Za-z0-9])([*_~])(?=\S)(?=[^\n]*?\S\1(?![A-Za-z0-9]))"
    r"|([*_~])(?=\2\2)"  # of "503***63" two stars were seen to vanish
    r"|`(?=[^\n]*`)"
)
EVERY_MARKER = regex.compile(r"[*_~`]")


def more_choices(number: int, of: int) -> Text:
    """What the second and later lists say, when the choices do not fit into one."""
    return _("More choices ({number} of {of})", number=number, of=of)


def plain(words: str) -> str:
    """The words as they are, with a word joiner behind each mark that WhatsApp would begin bold or italic at."""
    return _joined(words, MARKER)


def bold(words: str) -> str:
    """The words in bold."""
    return f"*{harmless(words)}*"


def harmless(words: str) -> str:
    """The words, fit to stand in one line with some in bold: no mark among them is taken for anything."""
    return _joined(words, EVERY_MARKER)


def _joined(words: str, marker: regex.Pattern[str]) -> str:
    if EVERY_MARKER.search(words) is None:
        return words
    kept = [range(*address.span()) for address in ADDRESS.finditer(words)]
    places = [found.end() for found in marker.finditer(words) if not any(found.start() in span for span in kept)]
    parts = [words[start:end] for start, end in zip([0, *places], [*places, len(words)], strict=True)]
    return WORD_JOINER.join(parts)
