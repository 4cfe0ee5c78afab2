"""The real program, `sportello run --demo`, on a port of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

SPORTELLO = Path(sys.executable).with_name("sportello")


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[str]:
    """The address of the program while it runs, with a database in that folder or whatever the settings say."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    database = {"SPORTELLO_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/site.db"}
    environment = os.environ | database | {f"SPORTELLO_{name.upper()}": value for name, value in settings.items()}
    command = [str(SPORTELLO), "run", "--demo", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)  # noqa: S603, our own program
        try:
            _wait_for(f"http://127.0.0.1:{port}/readyz", process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _try in range(300):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310, on this machine
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))
