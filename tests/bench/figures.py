"""What was measured, in figures: medians, the slowest hundredth, turns a second, and the table that shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

MILLISECONDS = 1000
LABEL, COLUMN = 46, 9


class BenchError(Exception):
    """Something could not be measured; the message says what happened."""


@dataclass(frozen=True)
class Sample:
    """How long each of many equal things took, and how long all of them together, in seconds."""

    times: Sequence[float]
    wall: float

    @property
    def p50(self) -> float:
        """Half of them took no longer, in milliseconds."""
        return median(self.times) * MILLISECONDS

    @property
    def p99(self) -> float:
        """All but the slowest hundredth took no longer, in milliseconds."""
        return quantiles(self.times, n=100, method="inclusive")[-1] * MILLISECONDS

    @property
    def per_second(self) -> float:
        """How many were done in a second."""
        return len(self.times) / self.wall


@dataclass(frozen=True)
class Pair:
    """The same thing for one person alone and, where that was measured, for many at once."""

    label: str
    alone: Sample
    crowd: Sample | None = None


@dataclass(frozen=True)
class Growth:
    """The same thing in ever larger directories, the smallest first."""

    label: str
    samples: Sequence[Sample]

    @property
    def times(self) -> float:
        """How many times longer it takes in the largest than in the smallest, in the middle of each."""
        return self.samples[-1].p50 / self.samples[0].p50


@dataclass(frozen=True)
class Aim:
    """A figure that is aimed at: met when the result is at most the limit."""

    label: str
    result: float
    limit: float
    unit: str

    def line(self) -> str:
        """The aim and the result in one line."""
        met = "met" if self.result <= self.limit else "not met"
        return f"{self.label:<{LABEL}}{self.result:{COLUMN}.1f} {self.unit:<6} aim: {self.limit:g}   {met}"


def speeds(pairs: Sequence[Pair], people: int) -> Iterator[str]:
    """The table of what was timed."""
    yield f"{'':<{LABEL}}{'one person':>{2 * COLUMN}}{f'{people} people at once':>{3 * COLUMN}}"
    names = ("p50 ms", "p99 ms", "p50 ms", "p99 ms", "per s")
    yield "".join((" " * LABEL, *(f"{name:>{COLUMN}}" for name in names)))
    for pair in pairs:
        numbers = [pair.alone.p50, pair.alone.p99]
        if pair.crowd is not None:
            numbers += [pair.crowd.p50, pair.crowd.p99, pair.crowd.per_second]
        yield "".join((f"{pair.label:<{LABEL}}", *(f"{number:{COLUMN}.1f}" for number in numbers)))


def growths(
    rows: Sequence[Growth], sizes: Sequence[int], of: str = "services", whole: str = "The directory itself"
) -> Iterator[str]:
    """The table of how each thing grows, beside how much the whole does: so many `of` something."""
    heads = (f"{f'{size:,} {of}':>{2 * COLUMN}}" for size in sizes)
    yield "".join((" " * LABEL, *heads, f"{'growth':>{COLUMN}}"))
    yield "".join((" " * LABEL, *(f"{name:>{COLUMN}}" for name in ("p50 ms", "p99 ms") * len(sizes))))
    empty = " " * (2 * COLUMN * len(sizes))
    yield f"{whole:<{LABEL}}{empty}{_times(sizes[-1] / sizes[0])}"
    for row in rows:
        numbers = (f"{sample.p50:{COLUMN}.2f}{sample.p99:{COLUMN}.2f}" for sample in row.samples)
        yield "".join((f"{row.label:<{LABEL}}", *numbers, _times(row.times)))


def _times(number: float) -> str:
    return f"{f'x {number:.1f}':>{COLUMN}}"


def single(label: str, number: float, unit: str) -> str:
    """One figure in a line of its own."""
    return f"{label:<{LABEL}}{number:{COLUMN}.1f} {unit}"
