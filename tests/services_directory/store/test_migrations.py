"""The schema: what the migrations make is what the code expects, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import StatementError

from bot import records
from services_directory.store import accounts, bookings, offerings, places, revisions, waiting
from services_directory.store.migrating import configuration, is_current, upgrade
from services_directory.store.session import Base, Database

TABLES = (
    records.SenderRow, accounts.StaffAccountRow, bookings.AppointmentRow, offerings.ServiceRow, places.CityRow,
    revisions.RevisionRow, waiting.WaitingRow,
)  # fmt: skip

CITY = """INSERT INTO city (slug, name, latitude, longitude, patron, patron_day, sources, example)
VALUES ('bari', '{}', 41, 16, '{}', '12-06', '[]', false)"""
OFFICE = """INSERT INTO office (key, city, kind, name, position, sources, example)
VALUES ('bari-x', 'bari', 'partner', '{}', 0, '[]', false)"""
SERVICE = """INSERT INTO service
(key, city, office, name, about, topics, lead_minutes, horizon_days, position, sources, example, retired)
VALUES ('{key}', 'bari', {office}, '{{}}', '{{}}', '[]', 0, 1, 0, '[]', false, false)"""


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


async def test_the_migrated_schema_is_the_one_the_code_expects(database_url: str) -> None:
    database = Database(database_url)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        names = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    assert await is_current(database)
    await database.close()
    assert {table.__tablename__ for table in TABLES} < names
    assert names - {"alembic_version"} == set(Base.metadata.tables)


async def test_migrating_again_changes_nothing(database_url: str) -> None:
    database = Database(database_url)
    await upgrade(database)
    assert await is_current(database)
    await database.close()


async def test_two_who_migrate_a_new_database_take_turns(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/new.db"
    databases = [Database(url) for _process in range(3)]
    await asyncio.gather(*(upgrade(database) for database in databases))
    for database in databases:
        assert await is_current(database)
        await database.close()


async def test_every_migration_can_be_taken_back_and_made_again(database_url: str) -> None:
    database = Database(database_url)

    def down(connection: Connection) -> None:
        config = configuration()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")

    async with database.engine.begin() as connection:
        await connection.run_sync(down)
        left = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    assert left <= {"alembic_version"}
    assert not await is_current(database)
    await upgrade(database)
    assert await is_current(database)
    await database.close()


async def test_the_office_of_a_service_becomes_the_first_of_its_offices(database_url: str) -> None:
    database = Database(database_url)

    def to(step: str, move: Callable[..., None]) -> Callable[[Connection], None]:
        def moved(connection: Connection) -> None:
            config = configuration()
            config.attributes["connection"] = connection
            move(config, step)

        return moved

    async with database.engine.begin() as connection:
        await connection.run_sync(to("0003", command.downgrade))
        await connection.execute(text(CITY))
        await connection.execute(text(OFFICE))
        for key, office in (("with", "'bari-x'"), ("without", "NULL")):
            await connection.execute(text(SERVICE.format(key=key, office=office)))
        await connection.run_sync(to("head", command.upgrade))
        rows = await connection.execute(select(offerings.ServiceRow.key, offerings.ServiceRow.offices))
        assert {row.key: row.offices for row in rows} == {"with": [{"office": "bari-x", "hours": None}], "without": []}
        await connection.run_sync(to("0003", command.downgrade))
        back = await connection.execute(text("SELECT key, office FROM service"))
        assert {row.key: row.office for row in back} == {"with": "bari-x", "without": None}
    await database.close()


async def test_a_time_without_a_zone_is_refused_by_the_store(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with pytest.raises(StatementError, match="no time zone"):
        async with database.writing() as session:
            session.add(accounts.LoginAttemptRow(subject="x", at=datetime(2026, 1, 1)))  # noqa: DTZ001, the mistake
    await database.close()
