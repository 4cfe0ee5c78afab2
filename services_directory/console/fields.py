"""The form of each kind of record: which fields it has, in which order, and how each is edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

from locales.text import Text, Verbatim
from services_directory.console import staff_words as words
from services_directory.console.inputs import (
    CHECK,
    LINES,
    MOMENT,
    SPANS,
    WEEK,
    YES,
    Asked,
    Form,
    Input,
    Widget,
    several,
    simple,
    text,
)
from services_directory.console.week import Week, WeekError
from services_directory.store.parts import FaultError

Document = Mapping[str, Any]
Cells: TypeAlias = tuple[tuple[str, Widget], ...]
SPARE_ROWS = 2
"""Empty ones, below those that there are."""
WORDS, DAY, NUMBER, NAME, LONG = simple(), simple("date"), simple("number"), text(), text("long")
YES_OR_NO = simple("select", "yes_or_no")
LANGUAGE = simple("select", "languages")


@dataclass(frozen=True)
class Field:
    """A field of a record: edited by a widget, or as rows of parts, each of several cells."""

    name: str
    widget: Widget | None = None
    cells: Cells = ()


@dataclass(frozen=True)
class Box:
    """A field as it stands in a form. `state`: how its translation stands, a name of `translating.State`."""

    name: str
    inputs: tuple[Input, ...] = ()
    rows: tuple[tuple[Input, ...], ...] = ()
    state: str = ""


@dataclass(frozen=True)
class Read:
    """A form that was read: the document, and what is wrong, by place in it."""

    document: dict[str, Any]
    faults: dict[str, Text | Verbatim]


_PHONES = Field("phones", cells=(("number", WORDS), ("note", NAME)))
_OFFICES = Field("offices", cells=(("office", simple("select", "offices")), ("hours", WEEK)))
_SOURCES = Field("sources", cells=(("title", WORDS), ("url", WORDS)))
_DAYS: Cells = (("first_day", DAY), ("last_day", DAY))
_TIMES: Cells = (("starts", MOMENT), ("ends", MOMENT), ("place", WORDS))
_ORGANIZATION = Field("organization", simple("select", "organizations"))
_OFFERED = (
    Field("name", NAME), Field("about", LONG), Field("topics", several("topics")),
    Field("audience", several("audience")), _ORGANIZATION, _OFFICES,
)  # fmt: skip
FORMS: Mapping[str, tuple[Field, ...]] = {
    "organization": (Field("name", WORDS), Field("about", LONG), Field("website", WORDS), _SOURCES),
    "office": (
        Field("name", NAME), Field("kind", simple("select", "office_kinds")), _ORGANIZATION, Field("about", LONG),
        Field("address", WORDS), Field("postal_code", WORDS), Field("latitude", NUMBER), Field("longitude", NUMBER),
        Field("accessibility", LONG), _PHONES, Field("email", WORDS),
        Field("languages", cells=(("language", LANGUAGE), ("mediator", CHECK), ("hours", WEEK))),
        Field("exceptions", cells=(*_DAYS, ("hours", SPANS), ("reason", NAME), ("counter", WORDS))),
        Field("alerts", cells=(*_DAYS, ("text", NAME))),
        Field("stops", cells=(*_TIMES, ("latitude", NUMBER), ("longitude", NUMBER))),
        Field("counters", cells=(
            ("key", WORDS), ("name", NAME), ("services", several("services")), ("languages", several("languages")),
            ("hours", WEEK), ("walk_ins", WEEK), ("grid", NUMBER),
            ("elsewhere.address", WORDS), ("elsewhere.booking_type", WORDS),
        )),
        Field("reminders.day_before", YES_OR_NO), Field("reminders.hours_before", NUMBER),
        _SOURCES,
    ),
    "service": (
        *_OFFERED, Field("eligibility", LONG), Field("how", LONG), Field("cost", LONG), Field("documents", LINES),
        Field("capacity", NUMBER), Field("website", WORDS), Field("booking.minutes", NUMBER),
        Field("booking.lead_minutes", NUMBER), Field("booking.horizon_days", NUMBER),
        Field("booking.same_day", YES_OR_NO), Field("booking.buffer_minutes", NUMBER),
        Field("booking.most_people", NUMBER), Field("booking.more_minutes", NUMBER), _SOURCES,
    ),
    "activity": (
        *_OFFERED, Field("schedule", LONG), Field("starts_on", DAY), Field("sessions", cells=_TIMES),
        Field("seats", NUMBER), Field("childcare", YES_OR_NO), Field("level", WORDS), _SOURCES,
    ),
    "contact": (
        Field("name", NAME), Field("what", LONG), _PHONES, Field("hours", LONG), Field("free", YES_OR_NO),
        Field("languages", several("languages")), Field("website", WORDS), _SOURCES,
    ),
    "guide": (
        Field("title", NAME), Field("answer", LONG), Field("steps", LINES), Field("documents", LINES),
        Field("topic", simple("select", "groups")), Field("intents", several("topics")), Field("rank", NUMBER),
        Field("contacts", several("contacts")), Field("review_by", DAY), _SOURCES,
    ),
}  # fmt: skip


def boxes(kind: str, document: Document, asked: Asked, typed: Form | None = None) -> list[Box]:
    """The fields of a record; `typed`: what somebody wrote and could not be saved."""
    return [_box(field, _of(document, field.name), asked, typed) for field in FORMS[kind]]


def read(kind: str, form: Form, document: Document, language: str) -> Read:
    """The document as the form wants it; what the form has no field for stays as it is."""
    new: dict[str, Any] = dict(document)
    faults: dict[str, Text | Verbatim] = {}
    for field in FORMS[kind]:
        before = _of(document, field.name)
        try:
            if field.widget is not None:
                said = field.widget.read(field.name, form, before, language)
            else:
                said = _read_rows(field, form, before or (), language)
        except FaultError as problem:
            faults[field.name] = problem.words
            continue
        _put(new, field.name, said)
    if kind == "office":
        _read_hours(form, new, faults)
    return Read(new, faults)


def week_of(document: Document) -> Week | None:
    """The grid of an office's hours; None when only the expression can say them."""
    return Week.of(document.get("hours"))


def _box(field: Field, value: Any, asked: Asked, typed: Form | None) -> Box:  # noqa: ANN401, a value of a document
    if field.widget is not None:
        inputs = tuple(_with_typed(field.widget.show(field.name, field.name, value, asked), typed))
        sample = value[0] if isinstance(value, list) and value else value
        state = words.state_of(sample, asked.language) if any(one.language for one in inputs) else ""
        return Box(field.name, inputs, state=state)
    parts = list(value or ())
    most = max([len(parts), *(_rows_typed(field.name, typed) if typed else ())]) + SPARE_ROWS
    rows = []
    for at in range(most):
        part = parts[at] if at < len(parts) else {}
        inputs = tuple(
            one
            for name, widget in field.cells
            for one in widget.show(f"{field.name}.{at}.{name}", f"{field.name}.{name}", _of(part, name), asked)
        )
        rows.append(tuple(_with_typed(iter(inputs), typed)))
    return Box(field.name, rows=tuple(rows))


def _with_typed(inputs: Iterator[Input], typed: Form | None) -> Iterator[Input]:
    return inputs if typed is None else (one.typed(typed) for one in inputs)


def _rows_typed(name: str, typed: Form) -> Iterator[int]:
    """How many rows a form had."""
    for key, said in typed.items():
        inside = key.removeprefix(f"{name}.").split(".")[0]
        if said and key.startswith(f"{name}.") and inside.isdecimal():
            yield int(inside) + 1


def _read_rows(field: Field, form: Form, before: Sequence[Document], language: str) -> list[dict[str, Any]]:
    """The parts that the form holds: those that there were, changed or removed, and new ones."""
    found: list[dict[str, Any]] = []
    for at in count():
        if at >= len(before) and not any(key.startswith(f"{field.name}.{at}.") for key in form):
            return found
        name = f"{field.name}.{at}"
        if form.get(f"{name}.remove") == YES:
            continue
        part = dict(before[at]) if at < len(before) else {}
        for cell, widget in field.cells:
            _put(part, cell, widget.read(f"{name}.{cell}", form, _of(part, cell), language))
        if any(key not in _MEANS_NOTHING or said != _MEANS_NOTHING[key] for key, said in part.items()):
            found.append(_finished(part))
    return found


_MEANS_NOTHING = {"hours": "off", "mediator": False}
"""What an empty row says."""


def _finished(part: dict[str, Any]) -> dict[str, Any]:
    """One day alone is the first and the last."""
    return part | {"last_day": part["first_day"]} if "first_day" in part and "last_day" not in part else part


def _read_hours(form: Form, new: dict[str, Any], faults: dict[str, Text | Verbatim]) -> None:
    if form.get("hours.known") == "no":
        new.pop("hours", None)
    elif "hours" in form:  # what no grid can show
        _put(new, "hours", form["hours"].strip() or None)
    elif "hours.0.0.from" in form:
        try:
            week = Week.read(form)
        except WeekError as problem:
            faults[problem.place] = problem.words
            return
        if week != Week.of(new.get("hours")):
            _put(new, "hours", week.expression())


def _of(document: Document, name: str) -> Any:  # noqa: ANN401, a value of a document
    whole, _dot, part = name.partition(".")
    value = document.get(whole)
    return (value or {}).get(part) if part else value


def _put(document: dict[str, Any], name: str, value: Any) -> None:  # noqa: ANN401, any value of a document
    whole, _dot, part = name.partition(".")
    if part:
        inner = dict(document.get(whole) or {})
        _put(inner, part, value)
        # Without its minutes nothing is booked, whatever else was written.
        _put(document, whole, inner if part != "minutes" or value else None)
    elif value in (None, [], "", {}):
        document.pop(name, None)
    else:
        document[name] = value
