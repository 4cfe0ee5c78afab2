"""A process killed in the middle (SIGKILL): after a restart, every message is answered, and each one once."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

PEOPLE = 5


def run(database: Path, wire: Path, where: str) -> int:
    """Another process on the same database; its exit status, negative when it was killed."""
    command = [
        sys.executable,
        "-m",
        "tests.bot.dying",
        f"sqlite+aiosqlite:///{database}",
        str(wire),
        str(PEOPLE),
        where,
    ]
    return subprocess.run(command, check=False, timeout=60).returncode  # noqa: S603, our own module


@pytest.mark.parametrize("where", ["before-turn", "before-send"])
def test_every_message_is_answered_once_after_a_kill(example_copy: Path, tmp_path: Path, where: str) -> None:
    wire = tmp_path / "wire.tsv"
    assert run(example_copy, wire, where) == -signal.SIGKILL
    assert not wire.exists()
    assert run(example_copy, wire, "after") == 0
    farewells = Counter(
        line.split("\t")[0] for line in wire.read_text(encoding="utf-8").splitlines() if "Goodbye" in line
    )
    assert farewells == {f"person-{number}": 1 for number in range(PEOPLE)}
    assert run(example_copy, wire, "after") == 0
    assert wire.read_text(encoding="utf-8").count("Goodbye") == PEOPLE
