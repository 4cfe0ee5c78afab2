"""Rules of the house that no linter knows; a test that scans must find something to scan."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from flows.index import FLOWS, TARGETS
from locales.languages import SPOKEN, STAFF
from locales.names import NAMES
from nlu.examples import read_examples
from nlu.writing import OWN_SCRIPTS
from scripts.catalogues import is_for_staff

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "flows", "nlu", "locales", "services_directory")
SOURCES = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts]
FLOW_FILES = sorted((ROOT / "flows").glob("*.py"))
ENGINE = ("talk.py", "runner.py", "conversation.py", "questions.py")
QUESTIONS = {"choose", "ask", "confirm"}
CATALOGUES = sorted((ROOT / "locales" / "catalogues").glob("*/LC_MESSAGES/sportello.po"))
LONGEST_STEP = 11
"""With a run of 8 and a key of 40 characters, a button's key then has 64."""


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node


def steps(function: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in QUESTIONS:
            yield node.args[0]


def test_the_engine_of_flows_stays_under_250_lines() -> None:
    lines = {name: len((ROOT / "flows" / name).read_text(encoding="utf-8").splitlines()) for name in ENGINE}
    assert all(lines.values())
    assert sum(lines.values()) < 250, lines


def test_step_names_are_short_literals() -> None:
    found = [
        step for path in FLOW_FILES if path.name != "talk.py" for step in steps(ast.parse(path.read_text("utf-8")))
    ]
    assert len(found) > 10
    for step in found:
        assert isinstance(step, ast.Constant), ast.dump(step)
        assert isinstance(step.value, str)
        assert len(step.value) <= LONGEST_STEP
        assert step.value.isascii()


def test_step_names_are_unique_in_a_flow() -> None:
    scanned = 0
    for path in FLOW_FILES:
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.AsyncFunctionDef) and path.name != "talk.py":
                names = [step.value for step in steps(function) if isinstance(step, ast.Constant)]
                scanned += len(names)
                assert len(names) == len(set(names)), f"{path.name}:{function.name} {names}"
    assert scanned > 10


def test_a_sentence_for_people_is_one_literal_with_named_values() -> None:
    found = 0
    for path in SOURCES:
        for call in calls(path):
            if not (isinstance(call.func, ast.Name) and call.func.id in {"_", "_n"}):
                continue
            found += 1
            where = f"{path.relative_to(ROOT)}:{call.lineno}"
            literals = call.args if call.func.id == "_n" else call.args[:1]
            assert len(call.args) == (2 if call.func.id == "_n" else 1), where
            for literal in literals:
                assert isinstance(literal, ast.Constant), f"{where}: not a literal, so it is not extracted"
                named = set(re.findall(r"{(\w+)}", str(literal.value)))
                given = {keyword.arg for keyword in call.keywords}
                assert named <= given, f"{where}: {named - given} has no value"
                assert "{}" not in str(literal.value), where
    assert found > 200


def test_every_flow_has_a_lasting_name_of_its_own() -> None:
    names = Counter(name for name, _flow in set(TARGETS.values()))
    assert [name for name, count in names.items() if count > 1] == []
    assert len(FLOWS) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z-]+", name) for name in FLOWS)


def test_every_intent_of_the_training_data_leads_to_a_flow() -> None:
    intents = {example.intent for example in read_examples() if not example.intent.startswith("danger_")}
    assert len(intents) == 58
    assert intents <= set(TARGETS)


def test_every_intent_has_twenty_five_varied_examples_in_every_language() -> None:
    counts = Counter((example.language, example.intent) for example in read_examples())
    few = {key: count for key, count in counts.items() if count < 25}
    assert {language for language, _intent in counts} == set(OWN_SCRIPTS)
    assert few == {}


def test_no_example_is_written_twice() -> None:
    texts = Counter((example.language, example.text.casefold(), example.intent) for example in read_examples())
    assert [key for key, count in texts.items() if count > 1] == []


def test_what_is_offered_when_we_are_unsure_leads_somewhere() -> None:
    assert set(NAMES) <= set(TARGETS)


def test_buttons_lead_to_flows_that_exist() -> None:
    found = 0
    for path in FLOW_FILES:
        for call in calls(path):
            if isinstance(call.func, ast.Name) and call.func.id == "go" and isinstance(call.args[0], ast.Constant):
                found += 1
                assert call.args[0].value in TARGETS, f"{path.name}:{call.lineno}"
    assert found > 50


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_catalogue_is_complete_and_keeps_every_value(path: Path) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file)
    messages = [message for message in catalogue if message.id]
    assert len(messages) > 200
    for message in messages:
        if path.parts[-3] not in STAFF and is_for_staff(message):
            continue
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        targets = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not message.fuzzy, message.id
        wanted = set(re.findall(r"{\w+}", str(sources[-1])))
        for target in targets:
            assert target, f"not translated: {message.id}"
            kept = set(re.findall(r"{\w+}", str(target)))
            # A plural form may say its number as a word ("one minute").
            assert kept | ({"{count}"} if message.pluralizable else set()) == wanted, f"{message.id} -> {target}"


def test_there_is_a_catalogue_for_every_language_but_the_source() -> None:
    assert {path.parts[-3] for path in CATALOGUES} == set(SPOKEN) - {"en"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_has_at_most_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
