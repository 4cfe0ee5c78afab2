"""Forms of records: what is shown and sent back unchanged is the record that was there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from services_directory.console.fields import boxes, read, week_of
from services_directory.console.inputs import Asked, Form
from services_directory.console.week import DAYS
from services_directory.store import files, records

TODAY = date(2026, 11, 25)


def every_record() -> Iterator[records.Keyed]:
    for city in (*files.network(), *files.examples(TODAY)):
        yield from city.all
    yield from files.guides()
    yield from files.contacts()


def form_of(kind: str, document: dict[str, object], language: str) -> Form:
    """As a browser sends it: boxes that are not ticked are not sent."""
    asked = Asked(language, lambda name: [(day, day) for day in DAYS] if name == "weekdays" else [])
    found = boxes(kind, document, asked)
    inputs = [one for box in found for row in (box.inputs, *box.rows) for one in row]
    form = {one.name: one.value for one in inputs if one.kind != "check" or one.value}
    if kind == "office":
        form |= {"hours.known": "yes" if document.get("hours") else "no"} | dict(_grid(document))
    return form


def _grid(document: dict[str, object]) -> Iterator[tuple[str, str]]:
    week = week_of(document)
    if week is None:
        yield "hours", str(document["hours"])
        return
    for day, spans in enumerate(week.days):
        for at in range(2):
            opens, closes = spans[at] if at < len(spans) else (None, None)
            yield f"hours.{day}.{at}.from", f"{opens:%H:%M}" if opens else ""
            yield f"hours.{day}.{at}.to", f"{closes:%H:%M}" if closes else ""


@pytest.mark.parametrize("language", ["en", "ti"])
def test_a_form_sent_back_as_it_came_changes_nothing(language: str) -> None:
    seen = set()
    for record in every_record():
        kind, document = records.kind_of(record), records.document(record)
        sent = read(kind, form_of(kind, document, language), document, language)
        assert sent.faults == {}, record.key
        assert records.document(records.record(kind, sent.document)) == document, record.key
        seen.add(kind)
    assert seen == {"organization", "office", "service", "activity", "guide", "contact"}


def test_a_row_that_is_emptied_goes_and_what_the_form_does_not_show_stays() -> None:
    document: dict[str, object] = {
        "phones": [{"number": "112", "note": {"source": "it", "texts": {"it": "Subito", "fr": "Vite"}, "drafted": []}}],
        "sources": [{"seed": "a", "quote": "b"}],
    }
    form = dict(form_of("contact", document, "en")) | {"phones.0.note": "Sempre", "phones.1.number": "113"}
    changed = read("contact", form, document, "en").document
    assert [one["number"] for one in changed["phones"]] == ["112", "113"]
    assert changed["phones"][0]["note"]["texts"] == {"it": "Sempre", "fr": "Vite"}
    assert changed["sources"] == document["sources"]
    emptied = form | {"phones.0.number": "", "phones.0.note": "", "phones.1.number": ""}
    assert "phones" not in read("contact", emptied, document, "en").document
    removed = form | {"phones.0.remove": "yes"}
    assert [one["number"] for one in read("contact", removed, document, "en").document["phones"]] == ["113"]
