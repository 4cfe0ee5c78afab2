"""The spreadsheet for people: what is edited there is published, and what is wrong is named by row and column."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy.ext.asyncio import AsyncSession

from locales.rendering import render
from services_directory.desk.revisions import Name, current, current_of
from services_directory.exchange.importing import ImportRefusedError, apply, exported, plan, read_file
from services_directory.exchange.spreadsheet import read_sheet
from tests.town import WEDNESDAY


async def book(session: AsyncSession) -> Any:
    return load_workbook(BytesIO(await exported(session, "xlsx", WEDNESDAY)))


def saved(book: Any, folder: Path) -> Path:
    path = folder / "edited.xlsx"
    book.save(path)
    return path


def cell(sheet: Any, key: str, title: str) -> Any:
    head = {one.value: one.column for one in sheet[1]}
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == key)
    return sheet.cell(row, head[title])


async def test_what_is_edited_in_a_row_is_published_and_nothing_else(session: AsyncSession, tmp_path: Path) -> None:
    edited = await book(session)
    cell(edited["Offices"], "taranto-re-point", "Telephones").value = "+39 099 000 0009"
    cell(edited["Offices"], "taranto-re-point", "Name (English)").value = "The re-point"
    planned = await plan(session, read_file(saved(edited, tmp_path)))
    (difference,) = planned.differences
    assert {change.field for change in difference.changes} == {"phones", "name.en"}
    assert await apply(session, planned, "import:1", WEDNESDAY) == 1
    version = await current(session, Name("office", "taranto-re-point"))
    assert version is not None
    assert version.document["exceptions"]
    assert version.document["counters"]
    assert (version.by, version.note) == ("import:1", "import")


async def test_two_thousand_rows_with_forty_faults_change_nothing_and_name_each_of_them(
    session: AsyncSession, tmp_path: Path
) -> None:
    edited = await book(session)
    sheet = edited["Services"]
    head = [one.value for one in sheet[1]]
    good = {"City": "taranto", "Name (Italian)": "Aiuto", "About (Italian)": "Un aiuto.", "Topics": "legal_help"}
    bad = [
        ("City", "atlantis", "There is no city"), ("Topics", "cooking", "not one of"),
        ("Offices", "nowhere", "nothing called"),
        ("Places", "many", "Write a number"), ("Checked on", "yesterday", "Write a day"),
        ("Retired", "perhaps", "Write yes or no"), ("Key", "Not A Key", "right form"),
        ("Minutes of an appointment", "soon", "whole number"), ("Minutes of an appointment", "1", "at least"),
        ("Organization", "nobody", "nothing called"),
    ]  # fmt: skip
    first = sheet.max_row + 1
    for number in range(2_000 - (first - 2)):
        row = good | {"Key": f"new-{number}"}
        if number < 40:
            title, value, _said = bad[number % len(bad)]
            row |= {title: value if title != "Key" else f"{value} {number}"}
        sheet.append([row.get(title) for title in head])
    before = await current_of(session)
    planned = await plan(session, read_file(saved(edited, tmp_path)))
    with pytest.raises(ImportRefusedError) as refused:
        await apply(session, planned, "import:1", WEDNESDAY)
    assert len(refused.value.faults) == 40
    told = dict(refused.value.faults)
    for number in range(40):
        title, _value, said = bad[number % len(bad)]
        (place,) = [one for one in told if one.startswith(f"Services, row {first + number},")]
        assert f"({title})" in place
        assert said in render(told[place], "en")
    assert await current_of(session) == before


def sheet_of(*rows: list[Any], title: str = "Offices") -> bytes:
    made = Workbook()
    made.active.title = title  # type: ignore[union-attr]  # a new workbook has a sheet
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]  # as above
    whole = BytesIO()
    made.save(whole)
    return whole.getvalue()


def test_strange_columns_missing_keys_and_keys_that_stand_twice_are_named() -> None:
    found = read_sheet(sheet_of(["Key", "Colour"], ["a", "red"], [None, "blue"], ["a", "green"]))
    places = [place for place, _what in found.faults]
    assert places == ["Offices, row 1", "Offices, row 3, column A (Key)", "Offices, row 4, column A (Key)"]
    assert "Offices, row 2" in render(found.faults[-1][1], "en")
    assert read_sheet(sheet_of(["City"], ["bari"])).faults[0][0] == "Offices, row 1"


async def test_what_is_no_spreadsheet_of_ours_is_refused(session: AsyncSession, tmp_path: Path) -> None:
    for name, content in (("a.xlsx", b"nonsense"), ("b.xlsx", sheet_of(["Key"], title="Tabelle1")), ("c.txt", b"")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(ImportRefusedError, match=name):
            await plan(session, read_file(path))
