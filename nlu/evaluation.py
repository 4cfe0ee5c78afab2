"""How well an engine understands: accuracy, the three nearest, refusals, calibration, confident mistakes, danger."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from nlu.decision import OFFERED, OUT_OF_SCOPE
from nlu.understanding import Interpreter, Understanding

OF_MEANING, OF_DANGER = 3, 2
"""Columns of the two kinds of files."""
LABELS = ("emergency", "violence", "suicide", "none")
BINS = 10


class EvaluationError(Exception):
    """A file to evaluate on is wrong; the message names the line."""


@dataclass(frozen=True)
class Case:
    """One message and what it means."""

    language: str
    intent: str
    style: str
    text: str


@dataclass(frozen=True)
class DangerCase:
    """One message and the danger in it, `none` for a look-alike."""

    language: str
    danger: str
    text: str


@dataclass
class Tally:
    """Counts over cases."""

    cases: int = 0
    right: int = 0
    served: int = 0
    """Cases that are our business."""
    offered: int = 0
    """Of these: right at once or among the three nearest."""
    refused: int = 0
    """Of the others: nothing would be done."""
    confident_mistakes: int = 0
    language: int = 0
    bins: list[list[float]] = field(default_factory=lambda: [[0, 0.0, 0] for _bin in range(BINS)])
    """By confidence: cases, their summed confidence, how many of them right."""

    def add(self, case: Case, understood: Understanding) -> None:
        """Count one case."""
        right = understood.intent == case.intent
        self.cases += 1
        self.right += right
        if case.intent == OUT_OF_SCOPE:
            self.refused += right or not understood.sure
        else:
            self.served += 1
            self.offered += case.intent in [intent for intent, _odds in understood.ranking[:OFFERED]]
        self.confident_mistakes += understood.sure and not right
        self.language += understood.language == case.language
        held = self.bins[min(int(understood.confidence * BINS), BINS - 1)]
        held[0] += 1
        held[1] += understood.confidence
        held[2] += right

    @property
    def calibration_error(self) -> float:
        """How far confidence and share of right answers are apart, on average over messages (ECE, ten bins)."""
        return sum(abs(confidence - right) for _cases, confidence, right in self.bins) / max(self.cases, 1)

    def shares(self) -> dict[str, float]:
        """The row of the table."""
        others = self.cases - self.served
        return {
            "right": self.right / max(self.cases, 1),
            "offered": self.offered / max(self.served, 1),
            "refused": self.refused / others if others else 1.0,
            "wrong!": self.confident_mistakes / max(self.cases, 1),
            "calibr.": self.calibration_error,
            "language": self.language / max(self.cases, 1),
        }

    def line(self, name: str) -> str:
        """One row as it is printed."""
        return f"{name:<14}{self.cases:>6}" + "".join(f"{share:>9.3f}" for share in self.shares().values())


@dataclass
class Report:
    """The result of an evaluation."""

    total: Tally = field(default_factory=Tally)
    languages: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    styles: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        """The table as it is printed."""
        yield f"{'':<14}{'cases':>6}" + "".join(f"{name:>9}" for name in self.total.shares())
        for name, tally in (*sorted(self.languages.items()), *sorted(self.styles.items()), ("all", self.total)):
            yield tally.line(name)
        yield "right: at once; offered: among the three nearest; refused: nothing done, of what is out of scope;"
        yield "wrong!: sure, and mistaken; calibr.: how far confidence is from the share of right answers"
        for (meant, understood), count in self.confused.most_common(10):
            yield f"{count:>4}  {meant} taken for {understood}"


@dataclass
class DangerReport:
    """How many dangers were noticed, and how many look-alikes taken for one, by language."""

    noticed: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    alarmed: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))

    def recall(self, language: str | None = None) -> float:
        """The share of dangers that were noticed."""
        return _share(self.noticed, language)

    def false_alarms(self, language: str | None = None) -> float:
        """The share of look-alikes that were taken for danger."""
        return _share(self.alarmed, language)

    def lines(self) -> Iterator[str]:
        """The table as it is printed."""
        yield f"{'danger':<14}{'cases':>6}{'noticed':>9}{'alarmed':>9}"
        for name in (*sorted(self.noticed.keys() | self.alarmed.keys()), None):
            cases = sum(
                len(seen)
                for by in (self.noticed, self.alarmed)
                for language, seen in by.items()
                if name in {language, None}
            )
            yield f"{name or 'all':<14}{cases:>6}{self.recall(name):>9.3f}{self.false_alarms(name):>9.3f}"
        yield "noticed: of the messages with danger; alarmed: of the look-alikes"


def _share(by_language: dict[str, list[bool]], language: str | None) -> float:
    seen = [one for name, found in by_language.items() if language in {name, None} for one in found]
    return sum(seen) / max(len(seen), 1)


async def evaluate(interpreter: Interpreter, cases: Iterable[Case], now: datetime | None = None) -> Report:
    """Run an engine over cases, each as the first message of a conversation."""
    report, at = Report(), now or datetime.now(UTC)
    for case in cases:
        understood = await interpreter.parse(case.text, now=at)
        for tally in (report.total, report.languages[case.language], report.styles[case.style]):
            tally.add(case, understood)
        if understood.intent != case.intent:
            report.confused[case.intent, understood.intent] += 1
    return report


async def evaluate_dangers(
    interpreter: Interpreter, cases: Iterable[DangerCase], now: datetime | None = None
) -> DangerReport:
    """Run an engine's danger detector over cases."""
    report, at = DangerReport(), now or datetime.now(UTC)
    for case in cases:
        understood = await interpreter.parse(case.text, now=at)
        kept = report.alarmed if case.danger == "none" else report.noticed
        kept[case.language].append(understood.danger is not None)
    return report


def read_cases(files: Sequence[Path]) -> list[Case]:
    """Lines of `intent<TAB>style<TAB>text`; the language is the file's stem. Raises EvaluationError."""
    return [Case(path.stem, *row) for path, row in _rows(files) if len(row) == OF_MEANING]


def read_dangers(files: Sequence[Path]) -> list[DangerCase]:
    """Lines of `label<TAB>text`: emergency, violence, suicide or none. Raises EvaluationError."""
    return [DangerCase(path.stem, *row) for path, row in _rows(files) if len(row) == OF_DANGER]


def _rows(files: Sequence[Path]) -> Iterator[tuple[Path, list[str]]]:
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            row = line.split("\t")
            if not line.strip():
                continue
            if len(row) != OF_MEANING and not (len(row) == OF_DANGER and row[0] in LABELS):
                raise EvaluationError(
                    f"{path}:{number}: expected intent, style and text with tabs between them, or, for danger, "
                    f"{', '.join(LABELS)} and text"
                )
            yield path, row
