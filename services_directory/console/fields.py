"""The fields of a record as an editor sees them: shown in a form, and read back from it.

A form is flat text. Each field turns a part of a document into its boxes and back; what an editor typed is kept, also
when it is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services_directory.console import staff_words as words
from services_directory.console.week import Week, WeekError
from services_directory.exchange.columns import Column, columns

Form = Mapping[str, str]
Document = Mapping[str, Any]
TEXT, LONG, LINES, WEEK, EXCEPTIONS, PLAIN = "text", "long", "lines", "week", "exceptions", "plain"
LONG_TEXTS = frozenset({"about", "answer", "eligibility", "how", "cost", "schedule", "accessibility"})
LISTS = frozenset({"steps", "documents"})


@dataclass(frozen=True)
class Box:
    """One field in a form: its name, how it is drawn, what it says in the source and in the other language."""

    name: str
    kind: str
    source: str = ""
    other: str = ""
    state: str = ""
    """How the translation stands: a name of `translating.State`."""


@dataclass(frozen=True)
class Read:
    """A form that was read: the document, and what is wrong, by field."""

    document: dict[str, Any]
    faults: dict[str, str]


def boxes(kind: str, document: Document, language: str) -> list[Box]:
    """The fields of a record, its texts beside their translation into that language."""
    found = [_text_box(name, document.get(name), language) for name in _texts(kind)]
    found.extend(
        Box(column.field if column.field != "booking" else f"booking.{column.title}", PLAIN, _shown(column, document))
        for column in _plain(kind)
    )
    return found


def read(kind: str, form: Form, document: Document, language: str) -> Read:
    """The document as the form wants it. Fields that the form does not hold stay as they are."""
    new, faults = dict(document), {}
    for name in _texts(kind):
        _read_text(name, form, new, language)
    for column in _plain(kind):
        box = column.field if column.field != "booking" else f"booking.{column.title}"
        if box not in form:
            continue
        try:
            _put(new, column.field, column.read(form[box].strip(), new.get(column.field)))
        except ValueError as problem:
            faults[box] = str(problem)
    if kind == "office":
        _read_hours(form, new, faults)
        _read_alerts(form, new)
    return Read(new, faults)


def week_of(document: Document) -> Week | None:
    """The grid of an office's hours; None when only the expression can say them."""
    return Week.of(document.get("hours"))


def _texts(kind: str) -> Sequence[str]:
    return list(dict.fromkeys(column.field for column in columns(kind) if _is_text(column)))


def _plain(kind: str) -> list[Column]:
    kept = {"key", "city", "retired", "verified_on", "verified_by"} | ({"hours"} if kind == "office" else set())
    return [column for column in columns(kind) if not _is_text(column) and column.field not in kept]


def _is_text(column: Column) -> bool:
    return column.title.endswith((" (Italian)", " (English)")) or column.field in LISTS


def _shown(column: Column, document: Document) -> str:
    value = column.show(document.get(column.field))
    return "" if value is None else str(value)


def _text_box(name: str, value: Any, language: str) -> Box:  # noqa: ANN401, a value of a document
    if name in LISTS:
        lines = list(value or ())
        source = "\n".join(_in(text, text["source"]) for text in lines)
        other = "\n".join(_in(text, language) for text in lines)
        return Box(name, LINES, source, other, words.state_of(lines[0] if lines else None, language))
    source = value["source"] if value else "it"
    kind = LONG if name in LONG_TEXTS else TEXT
    return Box(name, kind, _in(value, source), _in(value, language), words.state_of(value, language))


def _in(text: Any, language: str) -> str:  # noqa: ANN401, as above
    texts = (text or {}).get("texts", {})
    return str(texts.get(language) or texts.get("*") or "")


def _read_text(name: str, form: Form, new: dict[str, Any], language: str) -> None:
    if name not in form:
        return
    if name in LISTS:
        _read_lines(name, form, new, language)
        return
    text = new.get(name) or {"source": "it", "texts": {}, "drafted": []}
    _put(new, name, _with(text, form[name], form.get(f"{name}@{language}"), language))


def _read_lines(name: str, form: Form, new: dict[str, Any], language: str) -> None:
    before = list(new.get(name) or ())
    source = [line.strip() for line in form[name].splitlines() if line.strip()]
    other = [line.strip() for line in form.get(f"{name}@{language}", "").splitlines() if line.strip()]
    found = []
    for at, line in enumerate(source):
        text = before[at] if at < len(before) else {"source": "it", "texts": {}, "drafted": []}
        found.append(_with(text, line, other[at] if at < len(other) else None, language))
    _put(new, name, found)


def _with(text: Document, source: str, other: str | None, language: str) -> dict[str, Any] | None:
    texts = dict(text["texts"])
    for code, said in ((text["source"], source), (language, other)):
        if said is None or code == "*":
            continue
        if said.strip():
            texts[code] = said.strip()
        else:
            texts.pop(code, None)
    return {**text, "texts": texts} if texts else None


def _read_hours(form: Form, new: dict[str, Any], faults: dict[str, str]) -> None:
    if form.get("hours.known") == "no":
        new.pop("hours", None)
        return
    if "hours" in form:  # what no grid can show
        _put(new, "hours", form["hours"].strip() or None)
        return
    if "hours.0.0.from" not in form:
        return
    try:
        _put(new, "hours", Week.read(form).expression())
    except WeekError as problem:
        faults["hours"] = str(problem)
        return
    exceptions = list(new.get("exceptions") or ())
    kept = [one for at, one in enumerate(exceptions) if form.get(f"exception.{at}.remove") != "yes"]
    first, last = form.get("exception.first", ""), form.get("exception.last", "")
    if first:
        kept.append(_exception(first, last or first, form))
    _put(new, "exceptions", kept)


def _exception(first: str, last: str, form: Form) -> dict[str, Any]:
    opens, closes = form.get("exception.from", "").strip(), form.get("exception.to", "").strip()
    found: dict[str, Any] = {"first_day": first, "last_day": last, "hours": f"{opens}-{closes}" if opens else "off"}
    if reason := form.get("exception.reason", "").strip():
        found["reason"] = {"source": "it", "texts": {"it": reason}, "drafted": []}
    return found


def _read_alerts(form: Form, new: dict[str, Any]) -> None:
    """Alerts that stay, and a new one."""
    kept = [one for at, one in enumerate(new.get("alerts") or ()) if form.get(f"alert.{at}.remove") != "yes"]
    text, first = form.get("alert.text", "").strip(), form.get("alert.first", "")
    if text and first:
        said = {"source": "it", "texts": {"it": text}, "drafted": []}
        kept.append({"first_day": first, "last_day": form.get("alert.last") or first, "text": said})
    if "alert.text" in form:
        _put(new, "alerts", kept)


def _put(document: dict[str, Any], name: str, value: Any) -> None:  # noqa: ANN401, any value of a document
    if value in (None, [], ""):
        document.pop(name, None)
    else:
        document[name] = value
