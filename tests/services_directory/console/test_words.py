"""No words of its own in a template, and nothing vendored that is not what it says."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest

from services_directory.booked import AppointmentState
from services_directory.console import activity_words, office_words, staff_words
from services_directory.console.pages import FILES, STATIC, TEMPLATES
from services_directory.console.rows import VERBS
from services_directory.console.tables import REFUSALS
from services_directory.console.words import STATES, WORDS, outcome
from services_directory.desk.appointments import NOT_BOOKED

PAGES = sorted(TEMPLATES.glob("*.html"))
VENDOR = STATIC / "vendor"
LISTED = re.compile(r"^\| `([^`]+)` \| `[^`]+` \| `sha384-([^`]+)` \|$", re.MULTILINE)


@pytest.mark.parametrize("template", PAGES, ids=lambda path: path.name)
def test_a_template_has_no_words_that_cannot_be_translated(template: Path) -> None:
    without_code = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    left = re.sub(r"<[^>]*>", "", without_code, flags=re.DOTALL)
    assert not re.search(r"[A-Za-z]", left), left


def test_every_word_is_asked_for_by_some_template_or_room() -> None:
    rooms = [*TEMPLATES.parent.glob("*.py")]
    sources = " ".join(path.read_text(encoding="utf-8") for path in [*PAGES, *rooms] if path.name != "words.py")
    assert len(PAGES) >= 5
    unused = [name for name in WORDS if f"w.{name}" not in sources and f'"{name}"' not in sources]
    assert not unused


def test_every_state_and_every_outcome_has_its_words() -> None:
    assert set(STATES) == set(AppointmentState) - set(NOT_BOOKED)
    for result in (*VERBS, *REFUSALS):
        assert "{name}" in outcome(result, "Amina", AppointmentState.BOOKED).message


def test_vendored_files_are_those_that_the_note_lists() -> None:
    listed = dict(LISTED.findall((VENDOR / "VENDOR.md").read_text(encoding="utf-8")))
    here = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()} - {"VENDOR.md"}
    assert set(listed) == here
    for name, digest in listed.items():
        assert base64.b64encode(hashlib.sha384((VENDOR / name).read_bytes()).digest()).decode() == digest, name


def test_our_style_and_script_ask_nothing_of_another_place() -> None:
    ours = [path for name, path in FILES.items() if not name.startswith("vendor/")]
    assert len(ours) >= 3
    for path in ours:
        words = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http" not in words, path
        assert "url(//" not in words, path


def test_no_page_takes_the_word_of_another() -> None:
    names = [name for words in (staff_words, office_words, activity_words) for name in words.WORDS]
    assert len(names) > 150
    assert [name for name, count in Counter(names).items() if count > 1] == []
