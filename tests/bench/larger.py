"""A directory as large as one likes: services like the example data's, in its cities, in a real database."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from locales.text import Localized
from services_directory.facts import OfficeKind
from services_directory.store.bookings import CounterServiceRow
from services_directory.store.offerings import ActivityRow, RequiredDocumentRow, ServiceRow
from services_directory.store.places import DirectoryVersionRow, OfficeLanguageRow, OfficeRow, PhoneRow
from services_directory.store.session import Base

AN_OFFICE = 10
"""Services of an office, on average."""
AROUND = 0.1
"""Degrees from the office that it is like, at most."""
LETTERS = "abcdefghilmnoprstuvz"


@dataclass
class Larger:
    """Makes rows like those that there are; the same ones every time. `chance` decides which."""

    session: AsyncSession
    chance: Random = field(default_factory=lambda: Random(7))  # noqa: S311, no secret

    async def holds(self, services: int) -> None:
        """So many services and no activities, an office for every ten of them, and a new version of the directory."""
        like = list(await self.session.scalars(select(ServiceRow).order_by(ServiceRow.key)))
        values = [_values(one) for one in like]
        for table in (CounterServiceRow, RequiredDocumentRow, ServiceRow, ActivityRow):
            await self.session.execute(delete(table))
        self.session.expunge_all()
        offices = await self._offices(services // AN_OFFICE)
        made = [self._service(self.chance.choice(values), number, offices) for number in range(services)]
        await self.session.execute(insert(ServiceRow), made)
        await self.session.execute(update(DirectoryVersionRow).values(version=DirectoryVersionRow.version + 1))

    async def _offices(self, wanted: int) -> dict[str, list[str]]:
        """The keys of the offices of each city, those of the example data first; no new one-stop shops."""
        known = list(await self.session.scalars(select(OfficeRow).order_by(OfficeRow.key)))
        parts = [
            (table, [_values(row) for row in await self.session.scalars(select(table))])
            for table in (PhoneRow, OfficeLanguageRow)
        ]
        keys: dict[str, list[str]] = defaultdict(list)
        for office in known:
            keys[office.city].append(office.key)
        for number in range(wanted - len(known)):
            office = self.chance.choice(known)
            key = f"o-{number}"
            keys[office.city].append(key)
            here = {
                side: None if (at := getattr(office, side)) is None else at + self.chance.uniform(-AROUND, AROUND)
                for side in ("latitude", "longitude")
            }
            await self.session.execute(
                insert(OfficeRow), [_values(office) | here | {"key": key, "kind": OfficeKind.PARTNER}]
            )
            for table, rows in parts:
                copied = [row | {"office": key} for row in rows if row["office"] == office.key]
                if copied:
                    await self.session.execute(insert(table), copied)
        return keys

    def _service(self, like: dict[str, Any], number: int, offices: dict[str, list[str]]) -> dict[str, Any]:
        """One with a word in its name that no other has: a directory's words grow with it."""
        word = "".join(self.chance.choices(LETTERS, k=6))
        name = Localized({code: f"{text} {word}" for code, text in like["name"].texts.items()})
        places = [place | {"office": self.chance.choice(offices[like["city"]])} for place in like["offices"]]
        return like | {"key": f"s-{number}", "name": name, "offices": places}


def _values(row: Base) -> dict[str, Any]:
    """A row's columns, without a number that the database gives."""
    columns = (column.key for column in row.__mapper__.column_attrs)
    return {name: getattr(row, name) for name in columns if name != "id"}
