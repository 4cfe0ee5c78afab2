"""What stands in a form: inputs, how each shows a value of a document, and how that value is read back from it.

A form is flat text. What is typed goes into the document as it is wherever the record's own rules say what is wrong
with it; only what takes several inputs (a moment, a span, a week, a text beside its translation) is put together here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypeAlias

from locales.dates import MONDAY, ROME, in_rome
from locales.text import _
from services_directory.console.week import DAYS, days_of, in_days, read_clock, spans_of, spans_said
from services_directory.desk.hours import HoursError, intervals_on
from services_directory.store.parts import FaultError

Form = Mapping[str, str]
Options: TypeAlias = Sequence[tuple[str, str]]
"""Values that can be chosen, each with its words in the reader's language."""
YES = "yes"
CLOSED = "off"
EMPTY_TEXT: Mapping[str, Any] = {"source": "it", "texts": {}, "drafted": []}
ENDS = (("from", "opens"), ("to", "closes"), ("from2", "opens_again"), ("to2", "closes_again"))
"""Of two spans of the clock in one day: their names and their labels."""


@dataclass(frozen=True)
class Input:
    """One input of a form. `kind`: text, long, lines, number, date, time, select, check."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    options: Options = ()
    language: str = ""
    """Of a text: the one it is to be written in."""

    def typed(self, form: Form) -> Input:
        """The same, with what somebody typed into it."""
        said = form.get(self.name, "" if self.kind == "check" else self.value)
        return Input(self.name, self.label, self.kind, said, self.options, self.language)


@dataclass(frozen=True)
class Asked:
    """What a form is made for: the language beside the source, and the words of what can be chosen."""

    language: str
    options: Callable[[str], Options]


@dataclass(frozen=True)
class Widget:
    """A way to edit a value: which inputs it has below a name, and what they say together."""

    show: Callable[[str, str, Any, Asked], Iterator[Input]]
    """From the name of the input, the label, the value so far."""
    read: Callable[[str, Form, Any, str], Any]
    """From the name, the form, the value so far and the other language. Raises FaultError."""


def simple(kind: str = "text", choices: str = "") -> Widget:
    """One input: a word, a number, a day, or one of several choices."""

    def show(name: str, label: str, value: Any, asked: Asked) -> Iterator[Input]:  # noqa: ANN401, any value
        said = {True: YES, False: "no"}.get(value, value) if isinstance(value, bool) else value
        options = (("", "–"), *asked.options(choices)) if choices else ()
        yield Input(name, label, kind, "" if said is None else str(said), options)

    def read(name: str, form: Form, _before: Any, _language: str) -> Any:  # noqa: ANN401, any value
        said = form.get(name, "").strip()
        return (said.replace(",", ".") if kind == "number" else said) or None

    return Widget(show, read)


def several(choices: str) -> Widget:
    """Boxes to tick; what was chosen before keeps its order, for the first one counts most."""

    def show(name: str, _label: str, value: Any, asked: Asked) -> Iterator[Input]:  # noqa: ANN401, any value
        chosen = value or ()
        known = asked.options(choices)
        strange = [(one, one) for one in chosen if one not in dict(known)]
        for code, words in (*known, *strange):
            yield Input(f"{name}.{code}", words, "check", YES if code in chosen else "")

    def read(name: str, form: Form, before: Any, _language: str) -> list[str]:  # noqa: ANN401, any value
        ticked = [key.removeprefix(f"{name}.") for key, said in form.items() if key.startswith(f"{name}.") and said]
        old = [one for one in before or () if one in ticked]
        return [*old, *(one for one in ticked if one not in old)]

    return Widget(show, read)


def _show_check(name: str, label: str, value: Any, _asked: Asked) -> Iterator[Input]:  # noqa: ANN401, any value
    yield Input(name, label, "check", YES if value else "")


def text(kind: str = "text") -> Widget:
    """A text beside its translation."""

    def show(name: str, label: str, value: Any, asked: Asked) -> Iterator[Input]:  # noqa: ANN401, any value
        source = value["source"] if value else "it"
        yield Input(name, label, kind, _in(value, source), language="it" if source == "*" else source)
        yield Input(f"{name}@{asked.language}", label, kind, _in(value, asked.language), language=asked.language)

    def read(name: str, form: Form, before: Any, language: str) -> Any:  # noqa: ANN401, any value
        return with_words(before or EMPTY_TEXT, form.get(name, ""), form.get(f"{name}@{language}"), language)

    return Widget(show, read)


def _show_lines(name: str, label: str, value: Any, asked: Asked) -> Iterator[Input]:  # noqa: ANN401, any value
    found = value or ()
    said = "\n".join(_in(one, one["source"]) for one in found)
    other = "\n".join(_in(one, asked.language) for one in found)
    yield Input(name, label, "lines", said, language="it")
    yield Input(f"{name}@{asked.language}", label, "lines", other, language=asked.language)


def _read_lines(name: str, form: Form, before: Any, language: str) -> list[Any]:  # noqa: ANN401, any value
    known = list(before or ())
    source = [line.strip() for line in form.get(name, "").splitlines() if line.strip()]
    other = [line.strip() for line in form.get(f"{name}@{language}", "").splitlines() if line.strip()]
    return [
        with_words(known[at] if at < len(known) else EMPTY_TEXT, line, other[at] if at < len(other) else None, language)
        for at, line in enumerate(source)
    ]


def with_words(before: Mapping[str, Any], source: str, other: str | None, language: str) -> dict[str, Any] | None:
    """A text with new words in its source and in another language; None when both are empty."""
    if not source.strip() and not (other or "").strip():
        return None
    texts = dict(before["texts"])
    for code, said in ((before["source"], source), (language, other)):
        if said is None or (code == "*" and language == before["source"]):
            continue
        if said.strip() and (code == before["source"] or said.strip() != texts.get("*")):
            texts[code] = said.strip()
        elif code == before["source"] or code in texts:
            texts.pop(code, None)
    return {**before, "texts": texts} if texts else None


def _show_spans(name: str, _label: str, value: Any, _asked: Asked) -> Iterator[Input]:  # noqa: ANN401, any value
    try:
        spans = intervals_on(value, MONDAY) if value and value != CLOSED else ()
    except HoursError:
        spans = ()
    yield from _ends(name, spans)


def _ends(name: str, spans: Sequence[tuple[time, time]]) -> Iterator[Input]:
    clocks = [f"{moment:%H:%M}" for span in spans for moment in span]
    for at, (end, label) in enumerate(ENDS):
        yield Input(f"{name}.{end}", label, "time", clocks[at] if at < len(clocks) else "")


def _read_spans(name: str, form: Form, _before: Any, _language: str) -> str:  # noqa: ANN401, any value
    spans = spans_of([form.get(f"{name}.{end}", "") for end, _label in ENDS])
    return spans_said(spans) or CLOSED


def _show_moment(name: str, label: str, value: Any, _asked: Asked) -> Iterator[Input]:  # noqa: ANN401, any value
    moment = in_rome(datetime.fromisoformat(value)) if value else None
    yield Input(f"{name}.day", label, "date", f"{moment:%Y-%m-%d}" if moment else "")
    yield Input(f"{name}.time", "at", "time", f"{moment:%H:%M}" if moment else "")


def _read_moment(name: str, form: Form, _before: Any, _language: str) -> str | None:  # noqa: ANN401, any value
    day, clock = form.get(f"{name}.day", ""), read_clock(form.get(f"{name}.time", ""))
    if not day and clock is None:
        return None
    if not day or clock is None:
        raise FaultError(_("Write both the day and the time."))
    try:
        return datetime.combine(date.fromisoformat(day), clock, ROME).isoformat()
    except ValueError:
        raise FaultError(_("Write both the day and the time.")) from None


def _show_week(name: str, label: str, value: Any, asked: Asked) -> Iterator[Input]:  # noqa: ANN401, any value
    found = days_of(value)
    if found is None:  # only the expression can say it
        yield Input(name, label, "text", str(value))
        return
    days, spans = found
    labels = dict(asked.options("weekdays"))
    for day in DAYS:
        yield Input(f"{name}.{day}", labels[day], "check", YES if day in days else "")
    yield from _ends(name, spans)


def _read_week(name: str, form: Form, before: Any, _language: str) -> str | None:  # noqa: ANN401, any value
    if name in form:
        return form[name].strip() or None
    days = [day for day in DAYS if form.get(f"{name}.{day}") == YES]
    spans = spans_of([form.get(f"{name}.{end}", "") for end, _label in ENDS])
    if not days and not spans:
        return None
    if not days or not spans:
        raise FaultError(_("Tick the days, and write from when until when."))
    unchanged = isinstance(before, str) and days_of(before) == (days, spans)
    return before if unchanged else in_days(days, spans)  # which may say more: "PH off"


def _in(value: Any, language: str) -> str:  # noqa: ANN401, a value of a document
    texts = (value or {}).get("texts", {})
    return str(texts.get(language) or texts.get("*") or "")


CHECK = Widget(_show_check, lambda name, form, _before, _language: form.get(name) == YES)
LINES = Widget(_show_lines, _read_lines)
SPANS = Widget(_show_spans, _read_spans)
MOMENT = Widget(_show_moment, _read_moment)
WEEK = Widget(_show_week, _read_week)
