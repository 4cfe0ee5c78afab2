"""Words for people before they are in a language: a message and its values, never a finished string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import TypeAlias

import phonenumbers

from locales.languages import fallbacks

LONGEST_SHORT_NUMBER = 6
"""Digits of 112, 1522, 116000: dialled as they are, from Italy only."""


@dataclass(frozen=True)
class Phone:
    """A telephone number as it is read and dialled: "+39 099 458 1111", "800 290 290" (toll free), "112" (short)."""

    number: str

    @classmethod
    def read(cls, words: str) -> Phone:
        """The number written as Italian numbers are; short numbers stay as they are. Raises ValueError."""
        digits = "".join(words.split())
        if digits.isdecimal() and len(digits) <= LONGEST_SHORT_NUMBER:
            return cls(digits)
        try:
            parsed = phonenumbers.parse(digits, "IT")
        except phonenumbers.NumberParseException:
            raise ValueError(f"not a telephone number: {words!r}") from None
        toll_free = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.TOLL_FREE
        form = phonenumbers.PhoneNumberFormat
        return cls(phonenumbers.format_number(parsed, form.NATIONAL if toll_free else form.INTERNATIONAL))


@dataclass(frozen=True)
class Verbatim:
    """Words shown exactly as they are in every language (a code, an address, a link, a person's name)."""

    words: str


@dataclass(frozen=True)
class Localized:
    """A text of the directory with its translations; `source` is the language in which it was written.

    `drafted`: translations by machine that nobody has read. `outdated`: those whose source has changed since.
    """

    texts: Mapping[str, str]
    source: str = "it"
    drafted: frozenset[str] = frozenset()
    outdated: frozenset[str] = frozenset()

    @classmethod
    def same(cls, words: str) -> Localized:
        """A name that is the same in every language."""
        return cls({"*": words}, source="*")

    def marked(self, *, drafted: frozenset[str] | None = None, outdated: frozenset[str] | None = None) -> Localized:
        """The same words with other marks."""
        return replace(
            self,
            drafted=self.drafted if drafted is None else drafted,
            outdated=self.outdated if outdated is None else outdated,
        )

    def speaks(self, language: str) -> bool:
        """Whether the text exists in that language, so that no other one need be shown."""
        return "*" in self.texts or language in self.texts

    def best(self, language: str) -> tuple[str, str]:
        """The words, and the language they are in: the asked one, else the agreed nearest, else the source."""
        for code in ("*", language, *fallbacks(language), self.source):
            if code in self.texts:
                return self.texts[code], language if code == "*" else code
        code, words = next(iter(self.texts.items()))
        return words, code


@dataclass(frozen=True)
class Text:
    """A message of the catalogue (English source) and its values; rendered only at the edge."""

    message: str
    values: Mapping[str, Value] = field(default_factory=dict)
    plural: str | None = None


@dataclass(frozen=True)
class Lines:
    """Several texts, one a line; with a `bullet` before each when it is a list to read down."""

    items: tuple[Value, ...]
    bullet: str = ""


@dataclass(frozen=True)
class Listing:
    """Several values in one sentence, joined as the language joins them ("a, b and c")."""

    items: tuple[Value, ...]


@dataclass(frozen=True)
class LanguageName:
    """A language by its code, named in the reader's language."""

    code: str


@dataclass(frozen=True)
class CheckedOn:
    """A day with its year: when something was last verified."""

    day: date


@dataclass(frozen=True)
class WeeklyHours:
    """The spans of the clock of each weekday, Monday first, in Rome's time."""

    days: tuple[tuple[tuple[time, time], ...], ...]


Value: TypeAlias = (
    str
    | CheckedOn
    | int
    | date
    | time
    | datetime
    | Phone
    | Verbatim
    | Localized
    | Text
    | Lines
    | Listing
    | LanguageName
    | WeeklyHours
)
Words: TypeAlias = Text | Localized | Lines | Verbatim


def _(message: str, /, **values: Value) -> Text:
    """A sentence for people. `message` is one literal, with `{named}` values, so that it can be extracted."""
    return Text(message, values)


def _n(singular: str, plural: str, /, *, count: int, **values: Value) -> Text:
    """A sentence that depends on a number: `{count}` is available in both forms."""
    return Text(singular, {"count": count, **values}, plural=plural)
