"""The learning curve: how much understanding depends on the number of examples, as a table and as a picture.

The examples and the messages that it is measured on were written by different people, so no near copy of a message is
ever among its examples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from random import Random

from nlu.embedded import EmbeddedInterpreter
from nlu.evaluation import Case, Tally
from nlu.examples import Example
from nlu.fitting import SEED
from nlu.training import train

SHARES = (0.125, 0.25, 0.5, 1.0)
"""Of the examples, each the double of the one before."""
WORTH_MORE = 0.01
"""Where the last doubling gave more than this, more examples should be written."""
WIDTH, HEIGHT, MARGIN, ACROSS = 150, 110, 26, 6
"""Of one small picture, in pixels, and how many of them stand side by side."""
LOWEST = 0.4

Curves = Mapping[str, Sequence[float]]


def measure(examples: Sequence[Example], cases: Sequence[Case]) -> Curves:
    """By language (and "all"): the share of messages understood at once, with each share of the examples."""
    curves: dict[str, list[float]] = defaultdict(list)
    for share in SHARES:
        interpreter = EmbeddedInterpreter(train(_some(examples, share)))
        tallies: dict[str, Tally] = defaultdict(Tally)
        for case in cases:
            understood = interpreter.understand(case.text, now=datetime.now(UTC))
            for name in (case.language, "all"):
                tallies[name].add(case, understood)
        for name, tally in tallies.items():
            curves[name].append(tally.right / tally.cases)
    return curves


def _some(examples: Sequence[Example], share: float) -> list[Example]:
    """That share of the examples of each intent and language, at least two."""
    groups: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in examples:
        groups[example.language, example.intent].append(example)
    random = Random(SEED)  # noqa: S311, a sample needs no secrecy
    return [one for group in groups.values() for one in random.sample(group, max(2, round(share * len(group))))]


def table(curves: Curves) -> Iterator[str]:
    """The curves as text; the last column is what the last doubling gave."""
    yield f"{'examples':<10}" + "".join(f"{share:>8.1%}" for share in SHARES) + f"{'gain':>8}"
    for name, points in sorted(curves.items()):
        gain = points[-1] - points[-2]
        more = "  more examples pay" if gain > WORTH_MORE else ""
        yield f"{name:<10}" + "".join(f"{point:>8.3f}" for point in points) + f"{gain:>8.3f}{more}"


def picture(curves: Curves) -> str:
    """The curves as an SVG of small pictures, one a language."""
    rows = -(-len(curves) // ACROSS)
    size = f'width="{ACROSS * WIDTH}" height="{rows * HEIGHT}" viewBox="0 0 {ACROSS * WIDTH} {rows * HEIGHT}"'
    drawn = [
        _small(name, points, number % ACROSS * WIDTH, number // ACROSS * HEIGHT)
        for number, (name, points) in enumerate(sorted(curves.items()))
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="11" role="img">',
            "<title>Messages understood at once, with an eighth, a quarter, half and all of the examples</title>",
            f'<rect width="100%" height="100%" fill="white"/>{"".join(drawn)}',
            "</svg>\n",
        ]
    )


def _small(name: str, points: Sequence[float], left: int, top: int) -> str:
    wide, high = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN
    places = [
        (
            left + MARGIN + wide * number / (len(points) - 1),
            top + MARGIN + high * (1 - max(0.0, point - LOWEST) / (1 - LOWEST)),
        )
        for number, point in enumerate(points)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="#06c"/>' for x, y in places)
    x, y = places[-1]
    return (
        f'<rect x="{left + MARGIN}" y="{top + MARGIN}" width="{wide}" height="{high}" fill="none" stroke="#ccc"/>'
        f'<text x="{left + MARGIN}" y="{top + MARGIN - 6}" font-weight="bold">{name}</text>'
        f'<polyline points="{line}" fill="none" stroke="#06c" stroke-width="1.5"/>{dots}'
        f'<text x="{x:.1f}" y="{y - 6:.1f}" text-anchor="end">{points[-1]:.2f}</text>'
    )
