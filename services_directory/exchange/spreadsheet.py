"""The directory as a spreadsheet (XLSX) for people: a sheet a kind, a row a record, plain words in the columns.

A sheet shows what people edit in bulk. What it has no column for (translations, exceptions, counters) stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from locales.text import Verbatim, _
from services_directory.exchange.columns import Column, columns
from services_directory.exchange.found import Found
from services_directory.store import records
from services_directory.store.faults import Fault
from services_directory.store.parts import FaultError

SHEETS = {
    "Organizations": "organization", "Offices": "office", "Services": "service", "Activities": "activity",
    "Guides": "guide", "National numbers": "contact",
}  # fmt: skip
MOST_ROWS = 20_000
EPOCH = datetime(2026, 1, 1)  # noqa: DTZ001, of the file: the same directory makes the same one
MIDNIGHT = " 00:00:00"


class SheetError(ValueError):
    """Not a spreadsheet of ours; the message says what to do."""


def to_sheet(published: Iterable[records.Keyed]) -> bytes:
    """These records as a spreadsheet."""
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = EPOCH
    by_kind: dict[str, list[records.Keyed]] = {kind: [] for kind in SHEETS.values()}
    for one in published:
        if (kind := records.kind_of(one)) in by_kind:
            by_kind[kind].append(one)
    for title, kind in SHEETS.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "B2"
        shown = columns(kind)
        for at, column in enumerate(shown, 1):
            sheet.column_dimensions[get_column_letter(at)].width = max(14, len(column.title) + 2)
        sheet.append([_bold(sheet, column.title) for column in shown])
        for one in by_kind[kind]:
            document = records.document(one)
            sheet.append([column.show(document.get(column.field)) for column in shown])
    whole = BytesIO()
    book.save(whole)
    return whole.getvalue()


def read_sheet(content: bytes) -> Found:
    """What a spreadsheet says; `Found.edits` are to be put over what is published. Raises SheetError."""
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, KeyError, OSError, ValueError) as problem:
        raise SheetError(f"not an XLSX spreadsheet: {problem}") from None
    known = [title for title in SHEETS if title in book.sheetnames]
    if not known:
        raise SheetError(f"no sheet is called {', '.join(SHEETS)}: export one, and edit that")
    found = Found()
    for title in known:
        _read_rows(title, book[title].iter_rows(values_only=True, max_row=MOST_ROWS + 1), found)
    return found


def _read_rows(title: str, rows: Iterable[tuple[Any, ...]], found: Found) -> None:
    kind = SHEETS[title]
    by_title = {column.title: column for column in columns(kind)}
    lines = iter(rows)
    head = [str(cell or "").strip() for cell in next(lines, ())]
    for strange in (name for name in head if name and name not in by_title):
        found.faults.append(
            (
                f"{title}, row 1",
                _("There is no column “{name}”: take it out, or write its name right.", name=Verbatim(strange)),
            )
        )
    used = {at: by_title[name] for at, name in enumerate(head) if name in by_title}
    letters = {
        column.field: f"column {get_column_letter(at + 1)} ({column.title})" for at, column in reversed(used.items())
    }
    if "key" not in letters:
        found.faults.append(
            (f"{title}, row 1", _("There is no column “Key”: without it nobody knows which record a row is."))
        )
        return
    for number, cells in enumerate(lines, 2):
        words = {at: _words(cell) for at, cell in enumerate(cells)}
        if any(words.values()):
            _read_row(
                kind,
                f"{title}, row {number}",
                {column: words.get(at, "") for at, column in used.items()},
                found,
                letters,
            )


def _read_row(kind: str, row: str, cells: Mapping[Column, str], found: Found, letters: Mapping[str, str]) -> None:
    key = next(words for column, words in cells.items() if column.field == "key")
    if not key:
        found.faults.append(
            (f"{row}, {letters['key']}", _("This is empty: give each record a key of small letters, digits and -."))
        )
        return
    if (kind, key) in found.edits:
        there = Verbatim(found.rows[kind, key][0])
        found.faults.append(
            (f"{row}, {letters['key']}", _("“{name}” stands in {place} already.", name=Verbatim(key), place=there))
        )
        return
    found.edits[kind, key] = list(cells.items())
    found.rows[kind, key] = (row, letters)


def _words(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip().removesuffix(MIDNIGHT)


def _bold(sheet: Any, words: str) -> Any:  # noqa: ANN401, openpyxl's write-only parts have no public types
    cell = WriteOnlyCell(sheet, value=words)
    cell.font = Font(bold=True)
    return cell


def edited(document: Mapping[str, Any], cells: Iterable[tuple[Column, str]]) -> tuple[dict[str, Any], list[Fault]]:
    """The document with the cells of its row put over it, and what is wrong in them, by field."""
    new = dict(document)
    faults: list[Fault] = []
    for column, words in cells:
        try:
            value = column.read(words, new.get(column.field))
        except FaultError as problem:
            faults.append((column.field, problem.words))
            continue
        if value is None or (not value and column.field not in document):
            new.pop(column.field, None)
        else:
            new[column.field] = value
    return new, faults
