"""Training data in Rasa's YAML format: one folder a language, one file a topic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nlu.writing import OWN_SCRIPTS, UNKNOWN

DATA = Path(__file__).parent / "data"
NOT_EXAMPLES = frozenset({"stories", "rules", "pipeline", "policies", "responses", "actions", "intents", "slots"})
"""What other files of a Rasa project hold: they are passed over."""
_MARK = re.compile(r"\[([^\]]+)\]\(([a-z_]+)(?::([^)]*))?\)")


class ExamplesError(Exception):
    """A file of training data is wrong; the message names it and the place in it."""


@dataclass(frozen=True)
class Mark:
    """An entity marked in an example; `value` is None where the words say it themselves."""

    kind: str
    start: int
    end: int
    value: str | None = None


@dataclass(frozen=True)
class Example:
    """One message as somebody may write it, and what it means. `topic` is its file's stem, `language` its folder."""

    text: str
    intent: str
    language: str
    topic: str = ""
    marks: tuple[Mark, ...] = ()

    @property
    def of_danger(self) -> bool:
        """Whether it teaches the danger detector alone, a look-alike of danger too."""
        return self.intent.startswith("danger_")


def read_examples(data: Path = DATA) -> list[Example]:
    """All examples below a folder (or in one file), in a fixed order. Raises ExamplesError.

    The language is the name of the nearest folder that is a language's code.
    """
    files = [data] if data.is_file() else sorted(path for kind in ("yml", "yaml") for path in data.rglob(f"*.{kind}"))
    examples = [example for path in files for example in _file(path)]
    if not examples:
        raise ExamplesError(f"{data}: no training data (expected Rasa's format in LANGUAGE/*.yml)")
    return examples


def _file(path: Path) -> Iterator[Example]:
    try:
        # The C loader reads the same in a tenth of the time.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise ExamplesError(f"{path}: not readable as YAML: {problem}") from None
    if isinstance(content, dict) and content.keys() & NOT_EXAMPLES and "nlu" not in content:
        return
    if not isinstance(content, dict) or not isinstance(content.get("nlu"), list):
        raise ExamplesError(f"{path}: expected Rasa's format, with `nlu:` and a list below it")
    language = next((one.name for one in path.parents if one.name in OWN_SCRIPTS), UNKNOWN)
    for block in content["nlu"]:
        if not isinstance(block, dict):
            raise ExamplesError(f"{path}: expected `- intent: NAME` and `examples: |`, found {block!r:.60}")
        if "intent" not in block:
            continue  # synonyms, regexes and look-up tables belong to Rasa alone
        for words in _lines(block.get("examples")):
            text, marks = _without_marks(words)
            yield Example(text, str(block["intent"]), language, path.stem, marks)


def _lines(examples: Any) -> Iterator[str]:  # noqa: ANN401, whatever the file holds
    """The messages of a block, in either of Rasa's two forms: lines that begin with "-", or a list with `text`."""
    texts = (
        [str(one.get("text", "")) for one in examples if isinstance(one, dict)] if isinstance(examples, list) else []
    )
    for line in (*texts, *([] if texts else str(examples or "").splitlines())):
        words = line.strip().removeprefix("-").strip()
        if words:
            yield words


def _without_marks(words: str) -> tuple[str, tuple[Mark, ...]]:
    """The bare words, and what is marked in them."""
    parts: list[str] = []
    marks: list[Mark] = []
    length = end = 0
    for match in _MARK.finditer(words):
        before, shown = words[end : match.start()], match[1]
        marks.append(Mark(match[2], length + len(before), length + len(before) + len(shown), match[3]))
        parts += [before, shown]
        length += len(before) + len(shown)
        end = match.end()
    return "".join([*parts, words[end:]]), tuple(marks)
