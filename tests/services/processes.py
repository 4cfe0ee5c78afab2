"""Starting a server for the length of a `with`, in a folder of its own, so that it dies with the tests."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 60
"""How long a server may take to start or to stop, on a machine that is busy."""


class ServerError(Exception):
    """A server did what it should not; the message holds its last words."""


@contextmanager
def own_folder(name: str, user: str | None = None) -> Iterator[Path]:
    """A folder that goes away at the end, owned by that user. Short: a socket's path may have 107 characters."""
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def serving(
    command: Sequence[str | Path], answers: Callable[[], bool], log: Path, user: str | None = None
) -> Iterator[None]:
    """Run the server until the end of the `with`, from its first answer on. Raises ServerError."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603, the commands are the ones of this folder
            [*_guard(user), *command], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        last_call = time.monotonic() + PATIENCE_SECONDS
        while not answers():
            if process.poll() is not None or time.monotonic() > last_call:
                raise ServerError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def run(command: Sequence[str | Path], user: str | None = None) -> str:
    """Run to the end and give what it printed. Raises ServerError."""
    whole = [*_guard(user), *command]
    done = subprocess.run(whole, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603, as above
    if done.returncode:
        raise ServerError(f"{command[0]} failed:\n{done.stderr[-3000:]}{done.stdout[-3000:]}")
    return done.stdout


def folder_of(package: str) -> Path | None:
    """Where an installed package lies; it is not imported, which would start things."""
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) if places else None


def unprivileged_user(*names: str) -> str | None:
    """The first of these users that exists, when we are root and a server refuses to be; otherwise nobody else."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in names if name in known)


def _guard(user: str | None) -> list[str]:
    """What comes before a command: it becomes that user, and hears of it when we are killed."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if user is not None:
            raise ServerError("setpriv is not on this machine: sudo apt-get install util-linux")
        return []
    group = [] if user is None else [f"--regid={pwd.getpwnam(user).pw_gid}", "--clear-groups", f"--reuid={user}"]
    return [setpriv, *group, "--pdeathsig=TERM"]
