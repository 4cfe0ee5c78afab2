"""Publishing the data files: whole or not at all, once, and never example data by mistake."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.preparing import EXAMPLE_ACCOUNTS, ExampleDataError, prepare
from services_directory.desk.directory import Shelf
from services_directory.desk.publishing import holds_examples, publish_files
from services_directory.store import files
from services_directory.store.accounts import StaffAccountRow
from services_directory.store.files import DataFileError
from services_directory.store.offerings import ServiceRow
from services_directory.store.places import CityRow, OfficeRow, PhoneRow, StopRow
from services_directory.store.session import Database
from tests.town import WEDNESDAY, FakeClock


async def count(database: Database, table: type) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_the_network_alone_is_published_without_a_single_example(database_url: str) -> None:
    database = Database(database_url)
    async with database.writing() as session:
        assert await publish_files(session, example=False, now=WEDNESDAY)
        assert not await holds_examples(session)
        directory = await Shelf().newest(session, WEDNESDAY.date())
    assert await count(database, CityRow) == 19
    assert await count(database, PhoneRow) == 0
    taranto = directory.office("taranto-re-point")
    assert taranto is not None
    assert (taranto.hours_known, taranto.address, taranto.checked.stale) == (False, None, True)
    assert directory.bookable("taranto") == []
    await database.close()


async def test_the_same_files_are_not_written_twice_but_example_dates_move_with_the_days(database_url: str) -> None:
    database = Database(database_url)
    async with database.writing() as session:
        assert await publish_files(session, example=True, now=WEDNESDAY)
    before = [await count(database, table) for table in (OfficeRow, ServiceRow, PhoneRow, StopRow)]
    async with database.writing() as session:
        assert not await publish_files(session, example=True, now=WEDNESDAY + timedelta(hours=3))
    async with database.writing() as session:
        assert await publish_files(session, example=True, now=WEDNESDAY + timedelta(days=1))
    assert [await count(database, table) for table in (OfficeRow, ServiceRow, PhoneRow, StopRow)] == before
    await database.close()


async def test_a_directory_in_memory_is_renewed_by_a_publication_and_by_a_new_day(sqlite_url: str) -> None:
    database, shelf, today = Database(sqlite_url), Shelf(), WEDNESDAY.date()
    async with database.writing() as session:
        await publish_files(session, example=False, now=WEDNESDAY)
        first = await shelf.newest(session, today)
        assert await shelf.newest(session, today) is first
        assert await shelf.newest(session, today + timedelta(days=1)) is not first
        second = await shelf.newest(session, today)
        await publish_files(session, example=True, now=WEDNESDAY)
        assert await shelf.newest(session, today) is not second
    await database.close()


async def test_what_is_no_longer_described_is_retired_and_still_known(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(sqlite_url)
    async with database.writing() as session:
        await publish_files(session, example=True, now=WEDNESDAY)
        bookable = (await Shelf().newest(session, WEDNESDAY.date())).bookable("bari")
    examples = files.examples
    monkeypatch.setattr(files, "examples", lambda today: (one for one in examples(today) if one.city != "bari"))
    async with database.writing() as session:
        await publish_files(session, example=True, now=WEDNESDAY + timedelta(days=1))
        directory = await Shelf().newest(session, WEDNESDAY.date())
    assert bookable
    assert directory.bookable("bari") == []
    assert any(directory.service(service.key) is not None for service in bookable)
    await database.close()


async def test_a_faulty_file_changes_nothing(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(sqlite_url)
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides" / "bad.yml").write_text("key: X", encoding="utf-8")
    for name in ("cities.yml", "national.yml"):
        (tmp_path / name).write_text((files.DATA / name).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(files, "DATA", tmp_path)
    with pytest.raises(DataFileError, match=r"bad\.yml"):
        async with database.writing() as session:
            await publish_files(session, example=False, now=WEDNESDAY)
    assert await count(database, CityRow) == 0
    await database.close()


async def test_a_production_start_refuses_example_data(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    accounts = await prepare(database, FakeClock(), demo=True)
    assert len(accounts) == len(EXAMPLE_ACCOUNTS) == await count(database, StaffAccountRow)
    await prepare(database, FakeClock(), demo=True)
    assert await count(database, StaffAccountRow) == len(EXAMPLE_ACCOUNTS)
    with pytest.raises(ExampleDataError, match="--demo"):
        await prepare(database, FakeClock(), demo=False)
    await database.close()
