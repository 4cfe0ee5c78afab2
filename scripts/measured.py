"""What understanding was measured to be, written into docs/understanding.md: the table, danger, the learning curve.

Run by `make measured`; `--curve` also trains on parts of the examples (some minutes) and draws the learning curve anew.
"""

# ruff: noqa: T201, a script speaks by printing

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from nlu.curve import measure, picture, table
from nlu.embedded import EmbeddedInterpreter
from nlu.evaluation import evaluate, evaluate_dangers, read_cases, read_dangers
from nlu.examples import read_examples

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "understanding.md"
PICTURE = ROOT / "docs" / "pictures" / "learning-curve.svg"
SETS = sorted((ROOT / "tests" / "understanding").rglob("*.tsv"))
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def between(page: str, name: str, lines: Iterable[str]) -> str:
    """The page with these lines between the two comments of that name."""
    begin, end = f"<!-- {name}: generated -->\n", f"<!-- {name}: end -->"
    before, rest = page.split(begin)
    _old, after = rest.split(end)
    return f"{before}{begin}```\n" + "\n".join(lines) + f"\n```\n{end}{after}"


def main() -> int:
    """Measure, and write it down."""
    interpreter = EmbeddedInterpreter.shipped()
    page = PAGE.read_text(encoding="utf-8")
    page = between(page, "table", asyncio.run(evaluate(interpreter, read_cases(SETS), NOW)).lines())
    page = between(page, "danger", asyncio.run(evaluate_dangers(interpreter, read_dangers(SETS), NOW)).lines())
    if "--curve" in sys.argv:
        curves = measure(read_examples(), read_cases(SETS))
        PICTURE.write_text(picture(curves), encoding="utf-8")
        page = between(page, "curve", table(curves))
    PAGE.write_text(page, encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
