"""What every test may ask for: the real servers, databases of its own, a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import fastapi.dependencies.models
import pytest
from playwright.sync_api import Browser

from bot.clock import SystemClock
from bot.preparing import prepare
from services_directory.store.migrating import upgrade
from services_directory.store.session import Database
from tests.services import browser as browsers
from tests.services import postgresql, redis
from tests.services.browser import Chromium
from tests.services.postgresql import PostgreSQL
from tests.town import found, run_apart

MARKS = {"postgresql_server": "postgresql", "redis_server": "redis", "chromium": "browser"}
"""A test that uses the fixture gets the mark, so that `-m browser` selects them all."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in MARKS.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKS[fixture])
    # The longest first, or one core waits for the other at the end.
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything must run (`.ci/run` sets CI), a skipped test is a failed one."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped, and CI allows no skip: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def fastapi_forgets() -> Iterator[None]:
    """FastAPI remembers the endpoints that it has seen, and with each the whole program of a test that is over."""
    yield
    for remembered in vars(fastapi.dependencies.models).values():
        if hasattr(remembered, "cache_clear"):
            remembered.cache_clear()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """PostgreSQL for the session. `fresh()` gives an empty database, `template` makes one to be copied."""
    with postgresql.start() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Redis for the session: its address."""
    with redis.start() as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Chromium for the session; tests ask for `browser`."""
    with browsers.start() as started:
        yield started


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[Browser]:
    """Chromium with nothing open. Its tests are plain `def`; async fixtures come before it in the test's signature."""
    with chromium.lent() as lent:
        yield lent


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The address of an empty Redis."""
    redis.empty(redis_server)
    return redis_server


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: PostgreSQL) -> str:
    """The name of a migrated database, to be copied."""
    postgresql_server.template("migrated", migrate)
    return "migrated"


@pytest.fixture
def postgresql_url(postgresql_server: PostgreSQL, migrated_postgresql: str) -> Iterator[str]:
    """The address of a migrated PostgreSQL database of one's own."""
    with postgresql_server.fresh(migrated_postgresql) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    migrate(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of a migrated SQLite file of one's own."""
    return f"sqlite+aiosqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'sportello.db')}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database of one's own: the test runs on SQLite and on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


def migrate(url: str) -> None:
    """Bring a new database to the newest schema."""

    async def migrated() -> None:
        database = Database(url)
        await upgrade(database)
        await database.close()

    run_apart(migrated())


def fill(url: str) -> None:
    """Found a town there."""
    run_apart(found(url))


@pytest.fixture(scope="session")
def demonstration(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the example data and accounts, as `sportello run --demo` leaves it today; to be copied."""

    async def prepared(url: str) -> None:
        database = Database(url)
        await prepare(database, SystemClock(), demo=True)
        await database.close()

    path = Path(shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("demonstration") / "demonstration.db"))
    run_apart(prepared(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def demonstration_url(demonstration: Path, tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{shutil.copy(demonstration, tmp_path / 'demonstration.db')}"


@pytest.fixture(scope="session")
def example_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("example") / "example.db"
    fill(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def example_postgresql(postgresql_server: PostgreSQL) -> str:
    postgresql_server.template("example", fill)
    return "example"


@pytest.fixture
def example_sqlite_url(example_sqlite: Path, tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{shutil.copy(example_sqlite, tmp_path / 'town.db')}"


@pytest.fixture
def example_postgresql_url(postgresql_server: PostgreSQL, example_postgresql: str) -> Iterator[str]:
    with postgresql_server.fresh(example_postgresql) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def town_url(request: pytest.FixtureRequest) -> str:
    """The address of a town of one's own: the test runs on SQLite and on PostgreSQL."""
    return str(request.getfixturevalue(f"example_{request.param}_url"))
