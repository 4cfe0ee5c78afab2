"""The embedded engine beside Rasa's DIET on public data: equal training, one run, one table.

    python scripts/compare_engines.py NAME=TRAIN,TEST ... [--each N] [--config nlu/rasa/diet.yml]

TRAIN and TEST are CSV files with the columns `sentence` and `label` (HINT3), or both are parts of a JSON file of CLINC:
`clinc=data_small.json`. Where to get them: docs/understanding.md. `--each`: at most so many examples of an intent.
A label that is not in TRAIN is out of scope: it counts for neither engine. Rasa is asked over HTTP on this machine.
"""

# ruff: noqa: T201, a script speaks by printing

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import httpx
import numpy as np
import yaml

from nlu.embedded import EmbeddedInterpreter
from nlu.examples import read_examples
from nlu.training import train
from scripts import rasa

Row = tuple[str, str]
"""A sentence and its intent."""
PORT = 5105


def rows_of(source: str) -> tuple[list[Row], list[Row]]:
    """What to learn and what to ask, of `TRAIN,TEST` (CSV) or of a JSON file of CLINC."""
    if source.endswith(".json"):
        parts = json.loads(Path(source).read_text(encoding="utf-8"))
        return [tuple(row) for row in parts["train"]], [tuple(row) for row in parts["test"]]
    taught, asked = source.split(",")
    return _csv(Path(taught)), _csv(Path(asked))


def _csv(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["sentence"], row["label"]) for row in csv.DictReader(file)]


def first_of_each(rows: Sequence[Row], most: int | None) -> list[Row]:
    """At most so many rows of each intent, in their order."""
    seen: Counter[str] = Counter()
    kept: list[Row] = []
    for sentence, intent in rows:
        seen[intent] += 1
        if most is None or seen[intent] <= most:
            kept.append((" ".join(sentence.split()), intent))
    return kept


def write_examples(rows: Sequence[Row], folder: Path) -> None:
    """The rows in Rasa's format, for both engines."""
    by_intent: dict[str, list[str]] = {}
    for sentence, intent in rows:
        by_intent.setdefault(intent, []).append(f"- {sentence}")
    blocks = [{"intent": intent, "examples": "\n".join(lines)} for intent, lines in by_intent.items()]
    (folder / "en").mkdir(parents=True)
    text = yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, width=10_000)
    (folder / "en" / "nlu.yml").write_text(text, encoding="utf-8")


def measure(ask: Callable[[str], str], rows: Sequence[Row]) -> dict[str, float]:
    """The share of right answers, and how long one takes, in milliseconds."""
    times, right = [], 0
    for sentence, intent in rows:
        began = perf_counter()
        right += ask(sentence) == intent
        times.append((perf_counter() - began) * 1000)
    return {"right": right / len(rows), "p50": float(np.percentile(times, 50)), "p99": float(np.percentile(times, 99))}


@contextmanager
def rasa_server(model: Path) -> Iterator[Callable[[str], str]]:
    """A served Rasa model, as a function from a sentence to its intent."""
    with rasa.served(model, PORT) as (address, _process), httpx.Client(base_url=address, timeout=60) as http:

        def ask(sentence: str) -> str:
            return str(http.post("/model/parse", json={"text": sentence}).json()["intent"]["name"])

        ask("warm up")
        yield ask


def compare(source: str, most: int | None, config: Path, folder: Path) -> dict[str, dict[str, float]]:
    """Both engines, taught and asked the same."""
    taught, asked = rows_of(source)
    taught = first_of_each(taught, most)
    known = {intent for _sentence, intent in taught}
    asked = [row for row in asked if row[1] in known]
    write_examples(taught, folder / "data")
    began = perf_counter()
    embedded = EmbeddedInterpreter(train(read_examples(folder / "data")))
    results = {"embedded": {"training s": perf_counter() - began}}
    now = datetime.now(UTC)
    results["embedded"] |= measure(lambda sentence: embedded.understand(sentence, now=now).intent, asked)
    began = perf_counter()
    model = rasa.train(config, folder / "data", folder / "models", "public")
    results["rasa"] = {"training s": perf_counter() - began}
    with rasa_server(model) as ask:
        results["rasa"] |= measure(ask, asked)
    results["sizes"] = {"examples": len(taught), "intents": len(known), "asked": len(asked)}
    return results


def main() -> int:
    """Compare on each set, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", metavar="NAME=FILES")
    parser.add_argument("--each", type=int, default=None, help="at most so many examples of an intent")
    parser.add_argument("--config", type=Path, default=rasa.SETTINGS / "diet.yml")
    wanted = parser.parse_args()
    lines = []
    try:
        rasa.set_up()
        for one in wanted.sets:
            name, source = one.split("=", 1)
            with TemporaryDirectory() as folder:
                results = compare(source, wanted.each, wanted.config, Path(folder))
            sizes = ", ".join(f"{count} {what}" for what, count in results.pop("sizes").items())
            for engine, result in results.items():
                shown = "".join(f"{what} {value:.3f}  " for what, value in result.items())
                lines.append(f"{name:<14}{engine:<10}{shown}{sizes if engine == 'embedded' else ''}")
    except (rasa.RasaMissingError, OSError, KeyError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
