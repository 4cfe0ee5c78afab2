"""What was found in a file that is to be imported, in whatever form it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services_directory.exchange.attributes import HSDS
from services_directory.exchange.columns import Column
from services_directory.store.faults import Fault


@dataclass
class Found:
    """Documents of records by kind and key, and what could not be read."""

    documents: dict[tuple[str, str], HSDS] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    edits: dict[tuple[str, str], list[tuple[Column, str]]] = field(default_factory=dict)
    """Rows of a spreadsheet: cells to be put over what is published."""
    mentioned: dict[tuple[str, str], HSDS] = field(default_factory=dict)
    """What stands inside something else only: it holds where neither a file nor the directory tells it itself."""
    from_tables: bool = False
    """Whether it was put together from rows, so that the form in which it first came is lost."""
    rows: dict[tuple[str, str], tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    """Where each of them stands, and the column of each field."""

    def add(self, other: Found) -> None:
        """What another file says as well."""
        self.documents |= other.documents
        self.faults += other.faults
        self.edits |= other.edits
        self.mentioned |= other.mentioned
        self.from_tables |= other.from_tables
        self.rows |= other.rows

    def place(self, kind: str, key: str, place: str) -> str:
        """A place in a record as the reader of the file finds it."""
        row = self.rows.get((kind, key))
        if row is None:
            return f"{kind} {key}, {place}" if place else f"{kind} {key}"
        column = row[1].get(place.split(".", maxsplit=1)[0])
        return f"{row[0]}, {column}" if column else f"{row[0]}, {place}"
