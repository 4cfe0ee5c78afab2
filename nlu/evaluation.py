"""How well an engine understands: accuracy, the three nearest, confident mistakes, refusals, per language and style."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from nlu.understanding import Interpreter, Understanding

OFFERED = 3
NONE = "out_of_scope"
COLUMNS = 3


class EvaluationError(Exception):
    """A file to evaluate on is wrong; the message names the line."""


@dataclass(frozen=True)
class Case:
    """One message and what it means."""

    language: str
    intent: str
    style: str
    text: str


@dataclass
class Tally:
    """Counts over cases."""

    cases: int = 0
    right: int = 0
    offered: int = 0
    """Right at once or among the three nearest."""
    confident_mistakes: int = 0
    language: int = 0

    def add(self, case: Case, understood: Understanding) -> None:
        """Count one case. A message that is none of our business is right when nothing is acted upon."""
        refused = case.intent == NONE and (not understood.sure or understood.intent == NONE)
        self.cases += 1
        self.right += understood.intent == case.intent
        self.offered += refused or case.intent in [intent for intent, _odds in understood.ranking[:OFFERED]]
        self.confident_mistakes += understood.sure and understood.intent != case.intent
        self.language += understood.language in {case.language, None}

    def line(self, name: str) -> str:
        """One row of the table."""
        shares = (self.right, self.offered, self.confident_mistakes, self.language)
        return f"{name:<14}{self.cases:>6}" + "".join(f"{share / max(self.cases, 1):>9.3f}" for share in shares)


@dataclass
class Report:
    """The result of an evaluation."""

    total: Tally = field(default_factory=Tally)
    languages: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    styles: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        """The table as it is printed."""
        yield f"{'':<14}{'cases':>6}{'right':>9}{'offered':>9}{'wrong!':>9}{'language':>9}"
        for name, tally in sorted(self.languages.items()):
            yield tally.line(name)
        for name, tally in sorted(self.styles.items()):
            yield tally.line(name)
        yield self.total.line("all")
        yield "right: understood at once; offered: among the three nearest; wrong!: sure, and mistaken"
        for (meant, understood), count in self.confused.most_common(10):
            yield f"{count:>4}  {meant} taken for {understood}"


def evaluate(interpreter: Interpreter, cases: Iterable[Case], now: datetime | None = None) -> Report:
    """Run an engine over cases, each in the language of its file."""
    report, at = Report(), now or datetime.now(UTC)
    for case in cases:
        understood = interpreter.parse(case.text, now=at, language=case.language)
        for tally in (report.total, report.languages[case.language], report.styles[case.style]):
            tally.add(case, understood)
        if understood.intent != case.intent:
            report.confused[case.intent, understood.intent] += 1
    return report


def read_cases(files: Sequence[Path]) -> list[Case]:
    """Lines of `intent<TAB>style<TAB>text`; the language is the file's stem. Raises EvaluationError."""
    cases: list[Case] = []
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            columns = line.split("\t")
            if len(columns) != COLUMNS:
                raise EvaluationError(f"{path}:{number}: expected intent, style and text with a tab between them")
            cases.append(Case(path.stem, *columns))
    return cases
