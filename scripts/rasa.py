"""Rasa's own environment and server: `find`, `setup`, `train`, `serve`.

Rasa 3.6 needs Python 3.10 or older and TensorFlow 2.12 (3 GB), so it lives apart in .rasa/ and is spoken to over HTTP.
`find` prints the Python that would be used, and exits with 1 when there is none. RASA_PYTHON names another one.
"""

# ruff: noqa: T201, a script speaks by printing

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
SETTINGS = ROOT / "nlu" / "rasa"
DATA = ROOT / "nlu" / "data"
HOME = ROOT / ".rasa"
RASA = HOME / "venv" / "bin" / "rasa"
MODEL = HOME / "models"
PORT = 5005
START = 120
"""Seconds that a server may take to start."""
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
ASK = "import sys, venv, ensurepip; sys.exit(not (3, 8) <= sys.version_info[:2] <= (3, 10))"


class RasaMissingError(Exception):
    """Rasa cannot be had here; the message says what would help."""


def find_python() -> str | None:
    """A Python that Rasa runs on. It is asked, not believed: pyenv's shims exist and fail."""
    return next((python for python in _candidates() if _is_able(python)), None)


def _candidates() -> Iterator[str]:
    if named := os.environ.get("RASA_PYTHON"):
        yield named
        return
    versions = Path.home() / ".pyenv" / "versions"
    for minor in ("3.10", "3.9", "3.8"):
        yield f"python{minor}"
        yield from sorted(map(str, versions.glob(f"{minor}.*/bin/python")), reverse=True)


def _is_able(python: str) -> bool:
    try:
        asked = subprocess.run([python, "-c", ASK], capture_output=True, check=False, timeout=30)  # noqa: S603, our own list
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def set_up() -> None:
    """Make .rasa/venv, once. Raises RasaMissingError."""
    wanted = (SETTINGS / "requirements.txt").read_text(encoding="utf-8")
    made_of = HOME / "made-of"
    if RASA.exists() and made_of.exists() and made_of.read_text(encoding="utf-8") == wanted:
        return
    python = find_python()
    if python is None:
        raise RasaMissingError("Rasa needs Python 3.10, and none was found: install one, or name it in RASA_PYTHON")
    print(f"Making Rasa's environment in .rasa/ with {python} (some minutes, 3 GB)", flush=True)
    shutil.rmtree(HOME / "venv", ignore_errors=True)
    _run([python, "-m", "venv", str(HOME / "venv")])
    pip = [str(HOME / "venv" / "bin" / "pip"), "install", "-qq", "--disable-pip-version-check"]
    _run([*pip, "-r", str(SETTINGS / "requirements.txt")])
    made_of.write_text(wanted, encoding="utf-8")


def train(config: Path, data: Path, models: Path, name: str) -> Path:
    """A model of the examples below `data`; danger's are left out, they have a detector of their own."""
    taught = HOME / "data"
    shutil.rmtree(taught, ignore_errors=True)
    shutil.copytree(data, taught, ignore=shutil.ignore_patterns("danger.yml"))
    told = ["train", "nlu", "--nlu", str(taught), "--config", str(config), "--out", str(models)]
    _run([str(RASA), *told, "--fixed-model-name", name])
    return models / f"{name}.tar.gz"


def serving(model: Path, port: int) -> list[str]:
    """The command that serves a model at `POST /model/parse`."""
    return [str(RASA), "run", "--enable-api", "--model", str(model), "--port", str(port), "--interface", "127.0.0.1"]


@contextmanager
def served(model: Path, port: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A model that is served: its address, and its process. Raises RasaMissingError when it does not start."""
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(serving(model, port), env=environment(), cwd=HOME) as process:  # noqa: S603, made here
        try:
            _wait(url, process)
            yield url, process
        finally:
            process.kill()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{url}/status", timeout=2).json().get("model_file"):
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise RasaMissingError(f"Rasa did not start in {START} seconds, or ended before")


def environment() -> dict[str, str]:
    """The environment variables that Rasa runs with: it tells nobody of its use."""
    return {**os.environ, **QUIET}


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, check=False, env=environment(), cwd=ROOT)  # noqa: S603, made here
    if done.returncode:
        raise RasaMissingError(f"{' '.join(command[:3])} ended with status {done.returncode}")


def main() -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("deed", choices=("find", "setup", "train", "serve"))
    parser.add_argument("--config", type=Path, default=SETTINGS / "config.yml")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of examples, nlu/data/it for one language")
    parser.add_argument("--port", type=int, default=PORT)
    asked = parser.parse_args()
    try:
        match asked.deed:
            case "find":
                python = find_python()
                print(python or "no Python 3.10 for Rasa")
                return python is None
            case "setup":
                set_up()
            case "train":
                print(train(asked.config, asked.data, MODEL, "sportello"))
            case _:
                print(f"SPORTELLO_RASA_URL=http://127.0.0.1:{asked.port} makes Sportello ask this server", flush=True)
                command = serving(MODEL / "sportello.tar.gz", asked.port)
                os.execve(command[0], command, environment())  # noqa: S606, it takes our place
    except RasaMissingError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
