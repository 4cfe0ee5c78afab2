"""Training data in Rasa's YAML format: one folder a language, one file a topic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data"
_ENTITY = re.compile(r"\[([^\]]+)\]\(([a-z_]+)(?::[^)]*)?\)|\[([^\]]+)\]\{\"entity\": ?\"([a-z_]+)\"[^}]*\}")


class ExamplesError(Exception):
    """A file of training data is wrong; the message names it and the place in it."""


@dataclass(frozen=True)
class Example:
    """One message as somebody may write it, what it means, and the entities in it as (kind, start, end)."""

    text: str
    intent: str
    language: str
    entities: tuple[tuple[str, int, int], ...] = ()


def read_examples(data: Path = DATA) -> list[Example]:
    """All examples below a folder, in a fixed order. Raises ExamplesError."""
    files = sorted(data.glob("*/*.yml"))
    if not files:
        raise ExamplesError(f"{data}: no training data (expected LANGUAGE/*.yml)")
    return [example for path in files for example in _file(path)]


def _file(path: Path) -> Iterator[Example]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as problem:
        raise ExamplesError(f"{path}: not readable as YAML: {problem}") from None
    if not isinstance(content, dict) or not isinstance(content.get("nlu"), list):
        raise ExamplesError(f"{path}: expected Rasa's format, with `nlu:` and a list below it")
    for block in content["nlu"]:
        if "intent" not in block:
            continue  # synonyms, regexes and look-up tables belong to Rasa alone
        for line in str(block.get("examples", "")).splitlines():
            words = line.strip().removeprefix("-").strip()
            if words:
                text, entities = _without_marks(words)
                yield Example(text, block["intent"], path.parent.name, entities)


def _without_marks(words: str) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    """The bare words, and where the marked entities stand in them."""
    parts: list[str] = []
    entities: list[tuple[str, int, int]] = []
    length = end = 0
    for match in _ENTITY.finditer(words):
        before, value, kind = words[end : match.start()], match[1] or match[3], match[2] or match[4]
        entities.append((kind, length + len(before), length + len(before) + len(value)))
        parts += [before, value]
        length += len(before) + len(value)
        end = match.end()
    return "".join([*parts, words[end:]]), tuple(entities)
