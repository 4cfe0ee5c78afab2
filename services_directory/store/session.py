"""The database: one engine a process, one transaction a deed, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import JSON, TypeDecorator
from sqlalchemy.util import await_only

BUSY_SECONDS = 15
"""How long a writer waits for another one on SQLite before it gives up."""


class Instant(TypeDecorator[datetime]):
    """An aware time, kept in UTC; SQLite would otherwise lose the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, SQLAlchemy's signature
        """Refuse a time without a zone: nobody knows what it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"{value} has no time zone"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, SQLAlchemy's signature
        """Give it back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables of the house; names of constraints are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012, SQLAlchemy reads it from the class


class Database:
    """The engine and its sessions. `writing` takes SQLite's write lock at once, so that what was read stays true."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite and parsed.database not in {None, "", ":memory:"}:
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        options: dict[str, Any] = (
            {"connect_args": {"timeout": BUSY_SECONDS}}
            if self.is_sqlite
            else {"pool_size": pool_size, "max_overflow": 10}
        )
        # Errors are logged without what people wrote.
        self.engine: AsyncEngine = create_async_engine(parsed, hide_parameters=True, **options)
        if self.is_sqlite:
            _prepare_sqlite(self.engine)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._turnstile = asyncio.Lock()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """One transaction that may change things: committed at the end, undone by any error."""
        if not self.is_sqlite:
            async with self._sessions.begin() as session:
                yield session
            return
        # SQLite lets one writer in and makes the others sleep and look again: in one process, a queue is fairer.
        async with self._turnstile, self._sessions() as session:
            await session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
            async with _ending(session):
                yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """One transaction that only looks."""
        async with self._sessions() as session:
            yield session

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


@asynccontextmanager
async def _ending(session: AsyncSession) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        await session.rollback()
        raise
    await session.commit()


def _prepare_sqlite(engine: AsyncEngine) -> None:
    """Our own BEGIN (pysqlite's comes too late to lock), write-ahead log, foreign keys."""

    @event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:  # noqa: ANN401, the driver's connection has no public type
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_SECONDS * 1000}", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        _log_ahead(cursor)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begun(connection: Any) -> None:  # noqa: ANN401, as above
        kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {kind}")


def _log_ahead(cursor: Any) -> None:  # noqa: ANN401, as above
    """Turn the write-ahead log on. SQLite waits for nobody there, whatever the time-out: two that open a new file."""
    for pause in (0.02, 0.1, 0.5, 2.0, float(BUSY_SECONDS)):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except OperationalError:
            await_only(asyncio.sleep(pause))  # a connection is opened in a greenlet of SQLAlchemy's
        else:
            return
    cursor.execute("PRAGMA journal_mode=WAL")
