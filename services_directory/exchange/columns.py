"""The columns of the spreadsheet for people: what each shows of a record, and what may be written into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from locales.text import Verbatim, _
from services_directory.facts import Audience, OfficeKind
from services_directory.store.parts import FaultError
from services_directory.taxonomy import TERMS

Document = Mapping[str, Any]
LANGUAGES = {"it": "Italian", "en": "English"}
"""Of the texts that the spreadsheet shows; translations have a file of their own."""
YES, NO = "yes", "no"
COUNTRYWIDE = frozenset({"guide", "contact"})
"""Kinds of records that belong to no city."""


@dataclass(frozen=True)
class Column:
    """A column: its title, the field of the document it is about, how it is shown and how it is read.

    `read` gives the new value of the field, from the cell's words and the field's value so far; it raises FaultError
    with what to write instead.
    """

    title: str
    field: str
    show: Callable[[Any], Any]
    read: Callable[[str, Any], Any]


def columns(kind: str) -> tuple[Column, ...]:
    """The columns of a kind of record, in their order."""
    city = () if kind in COUNTRYWIDE else (_plain("City", "city"),)
    return (_plain("Key", "key"), *city, *_OF[kind], *_TRUST)


def _plain(title: str, field: str) -> Column:
    return Column(title, field, _same, lambda words, _before: words or None)


def _text(title: str, field: str) -> tuple[Column, ...]:
    return tuple(Column(f"{title} ({name})", field, _showing(code), _writing(code)) for code, name in LANGUAGES.items())


def _showing(code: str) -> Callable[[Any], Any]:
    return lambda text: (text or {}).get("texts", {}).get(code) or (text or {}).get("texts", {}).get("*")


def _writing(code: str) -> Callable[[str, Any], Any]:
    def written(words: str, text: Any) -> Any:  # noqa: ANN401, a text of a document
        texts = dict((text or {}).get("texts", {}))
        if not words:
            texts.pop(code, None)
        elif texts.get("*") != words:
            texts.pop("*", None)
            texts[code] = words
        return (text or {"source": "it", "drafted": []}) | {"texts": texts} if texts else None

    return written


def _several(title: str, field: str, allowed: Mapping[str, Any] | None = None) -> Column:
    def read(words: str, _before: Any) -> Any:  # noqa: ANN401, as above
        found = [part.strip() for part in words.replace(";", ",").split(",") if part.strip()]
        if allowed is not None and (unknown := [one for one in found if one not in allowed]):
            raise FaultError(
                _("“{said}” is not one of: {choices}", said=Verbatim(unknown[0]), choices=Verbatim(", ".join(allowed)))
            )
        return found

    return Column(title, field, lambda value: ", ".join(value or ()) or None, read)


def _number(title: str, field: str, kind: type[int | float] = int) -> Column:
    def read(words: str, _before: Any) -> Any:  # noqa: ANN401, as above
        if not words:
            return None
        try:
            return kind(float(words.replace(",", ".")))
        except ValueError:
            raise FaultError(_("Write a number, not “{said}”.", said=Verbatim(words))) from None

    return Column(title, field, _same, read)


def _day(title: str, field: str) -> Column:
    def read(words: str, _before: Any) -> Any:  # noqa: ANN401, as above
        if not words:
            return None
        for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S"):
            try:
                return datetime.strptime(words, form).date().isoformat()  # noqa: DTZ007, a day has no zone
            except ValueError:
                continue
        raise FaultError(_("Write a day as 2026-11-25 or 25/11/2026, not “{said}”.", said=Verbatim(words)))

    return Column(title, field, lambda value: value and date.fromisoformat(value), read)


def _yes_or_no(title: str, field: str) -> Column:
    def read(words: str, _before: Any) -> Any:  # noqa: ANN401, as above
        said = words.casefold()
        if said not in {"", YES, NO, "sì", "si"}:
            raise FaultError(_("Write yes or no, not “{said}”.", said=Verbatim(words)))
        return None if not said else said != NO

    return Column(title, field, {True: YES, False: NO}.get, read)


def _phones(title: str) -> Column:
    def read(words: str, before: Any) -> Any:  # noqa: ANN401, as above
        known = {phone["number"]: phone for phone in before or ()}
        numbers = [part.strip() for part in words.split(";") if part.strip()]
        return [known.get(number, {"number": number}) for number in numbers]

    return Column(title, "phones", lambda phones: "; ".join(phone["number"] for phone in phones or ()) or None, read)


def _parts(title: str, field: str, part: str) -> Column:
    """Parts that a document holds under `field`, each by what its `part` says; what else they say stays."""

    def read(words: str, before: Any) -> Any:  # noqa: ANN401, as above
        known = {one[part]: one for one in before or ()}
        named = [one.strip().lower() for one in words.replace(";", ",").split(",") if one.strip()]
        return [known.get(one, {part: one}) for one in named]

    return Column(title, field, lambda found: ", ".join(one[part] for one in found or ()) or None, read)


def _papers(title: str) -> Column:
    return _lines(title, "documents")


def _lines(title: str, field: str) -> Column:
    def read(words: str, before: Any) -> Any:  # noqa: ANN401, as above
        lines = [line.strip() for line in words.splitlines() if line.strip()]
        known = {_italian(text): text for text in before or ()}
        return [known.get(line, {"source": "it", "texts": {"it": line}, "drafted": []}) for line in lines]

    return Column(title, field, lambda found: "\n".join(map(_italian, found or ())) or None, read)


def _italian(text: Any) -> str:  # noqa: ANN401, a text of a document
    return str(text["texts"].get("it") or text["texts"].get("*", ""))


def _booking(title: str, part: str) -> Column:
    def read(words: str, before: Any) -> Any:  # noqa: ANN401, as above
        if not words:
            return None if part == "minutes" else before
        if not words.removesuffix(".0").isdecimal():
            raise FaultError(_("Write a whole number, not “{said}”.", said=Verbatim(words)))
        return {**(before or {}), part: int(float(words))}

    return Column(title, "booking", lambda booking: (booking or {}).get(part), read)


def _same(value: Any) -> Any:  # noqa: ANN401, a value of a document
    return value


_TOPICS = _several("Topics", "topics", TERMS)
_AUDIENCE = _several("For whom (groups)", "audience", {one.value: one for one in Audience})
_WHOSE = (_plain("Organization", "organization"), _parts("Offices", "offices", "office"))
_TRUST = (_yes_or_no("Retired", "retired"), _day("Checked on", "verified_on"), _plain("Checked by", "verified_by"))
_OF: Mapping[str, tuple[Column, ...]] = {
    "organization": (_plain("Name", "name"), *_text("About", "about"), _plain("Website", "website")),
    "office": (
        _plain("Organization", "organization"),
        Column("Kind", "kind", _same, lambda words, _before: _one_of(words, [one.value for one in OfficeKind])),
        *_text("Name", "name"),
        *_text("About", "about"),
        _plain("Address", "address"),
        _plain("Postcode", "postal_code"),
        _number("Latitude", "latitude", float),
        _number("Longitude", "longitude", float),
        _phones("Telephones"),
        _plain("E-mail", "email"),
        _parts("Languages", "languages", "language"),
        _plain("Opening hours", "hours"),
        *_text("Accessibility", "accessibility"),
    ),
    "service": (
        *_WHOSE,
        *_text("Name", "name"),
        *_text("About", "about"),
        _TOPICS,
        _AUDIENCE,
        *_text("For whom", "eligibility"),
        *_text("How", "how"),
        *_text("Cost", "cost"),
        _papers("Papers to bring"),
        _number("Places", "capacity"),
        _plain("Website", "website"),
        _booking("Minutes of an appointment", "minutes"),
        _booking("Minutes ahead", "lead_minutes"),
        _booking("Days ahead", "horizon_days"),
    ),
    "guide": (
        *_text("Title", "title"),
        *_text("Answer", "answer"),
        _lines("Steps", "steps"),
        _papers("Papers to bring"),
        _several("Questions it answers", "intents", TERMS),
        _number("Order among its like", "rank"),
        _several("National numbers to call", "contacts"),
        _day("To be read again by", "review_by"),
    ),
    "contact": (
        *_text("Name", "name"),
        *_text("What it is for", "what"),
        _phones("Telephones"),
        *_text("When", "hours"),
        _yes_or_no("Free of charge", "free"),
        _several("Languages", "languages"),
        _plain("Website", "website"),
    ),
    "activity": (
        *_WHOSE,
        *_text("Name", "name"),
        *_text("About", "about"),
        _TOPICS,
        _AUDIENCE,
        *_text("When", "schedule"),
        _day("Starts on", "starts_on"),
        _number("Seats", "seats"),
        _yes_or_no("Childcare", "childcare"),
        _plain("Level", "level"),
    ),
}


def _one_of(words: str, allowed: list[str]) -> str:
    if words not in allowed:
        raise FaultError(
            _("“{said}” is not one of: {choices}", said=Verbatim(words), choices=Verbatim(", ".join(allowed)))
        )
    return words
