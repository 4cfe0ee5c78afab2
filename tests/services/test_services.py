"""The real servers answer, a database is one's own, and what is missing is said with the command to run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from redis.asyncio import Redis
from sqlalchemy import make_url, text

from services_directory.store.migrating import is_current
from services_directory.store.session import Database
from tests.services import ServiceMissingError, browser, postgresql, redis
from tests.services.postgresql import PostgreSQL
from tests.services.processes import ServerError, serving


def test_postgresql_answers_in_a_new_and_empty_database(postgresql_server: PostgreSQL) -> None:
    with postgresql_server.fresh() as url:
        name = str(make_url(url).database)
        assert postgresql_server.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", name) == "0"
    assert name not in postgresql_server.ask("SELECT datname FROM pg_database")


@pytest.mark.parametrize("turn", [1, 2])
async def test_a_database_is_migrated_and_nobody_else_s(database_url: str, turn: int) -> None:
    database = Database(database_url)
    assert await is_current(database)
    async with database.writing() as session:
        # Fails on the second turn if the first one's table were still there.
        await session.execute(text(f"CREATE TABLE written_on_turn AS SELECT {turn} AS turn"))
        assert await session.scalar(text("SELECT turn FROM written_on_turn")) == turn
    await database.close()


@pytest.mark.parametrize("turn", [1, 2])
async def test_redis_answers_and_is_empty(redis_url: str, turn: int) -> None:
    async with Redis.from_url(redis_url) as client:
        assert await client.ping()
        assert await client.dbsize() == 0
        await client.set("turn", turn)


@pytest.mark.parametrize("turn", [1, 2])
def test_the_browser_shows_a_page(browser: Browser, turn: int) -> None:
    assert not browser.contexts, "somebody else's page is still open"
    page = browser.new_page()
    page.goto(f"data:text/html,<h1>Benvenuta {turn}</h1>")
    assert page.get_by_role("heading").inner_text() == f"Benvenuta {turn}"


async def test_async_tests_run_between_those_of_the_browser(chromium: object) -> None:
    assert chromium


@pytest.mark.parametrize(
    ("find", "said"),
    [
        (
            lambda empty: postgresql.find(Path(empty), wheel="no_such_package"),
            "PostgreSQL .* apt-get install postgresql",
        ),
        (lambda empty: redis.find(empty, wheel="no_such_package"), "Redis .* apt-get install redis-server"),
        (lambda empty: browser.find(lambda: f"{empty}/chrome", empty), "Chromium .*playwright install .*chromium"),
    ],
)
def test_what_is_missing_is_said_with_the_command_to_run(
    find: Callable[[str], object], said: str, tmp_path: Path
) -> None:
    with pytest.raises(ServiceMissingError, match=said) as missing:
        find(str(tmp_path))
    assert "make test" in str(missing.value)


def test_the_wheels_bring_what_debian_does_not(tmp_path: Path) -> None:
    assert (postgresql.find(tmp_path) / "postgres").is_file()
    assert redis.find(str(tmp_path)).is_file()


def test_a_server_that_dies_at_its_start_is_quoted(tmp_path: Path) -> None:
    with (
        pytest.raises(ServerError, match="no room"),
        serving(["sh", "-c", "echo no room"], lambda: False, tmp_path / "log"),
    ):
        pass
