"""The history of the directory's records: every version, whole, with who made it and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from services_directory.store import records
from services_directory.store.revisions import RevisionRow

FILES = "files"
"""The author of what the data files say."""
MANY = 400
"""Keys asked for in one statement: SQLite takes a bounded number of values."""


class Stage(StrEnum):
    """How far a version is."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    DISCARDED = "discarded"


OPEN = frozenset({Stage.DRAFT, Stage.IN_REVIEW, Stage.SCHEDULED})
"""What still waits for somebody, or for a date."""


@dataclass(frozen=True)
class Name:
    """What a record is called in the history."""

    kind: str
    key: str

    @classmethod
    def of(cls, record: records.Keyed) -> Name:
        """Of a record."""
        return cls(records.kind_of(record), record.key)


@dataclass(frozen=True)
class Revision:
    """One version of a record. `by` is `staff:<account>`, `files` or `import:<account>`; times are aware."""

    id: int
    name: Name
    city: str | None
    number: int
    stage: Stage
    document: dict[str, Any]
    based_on: int | None
    by: str
    at: datetime
    publish_at: datetime | None
    note: str

    @property
    def record(self) -> records.Keyed:
        """What it says. Raises RecordError where today's rules refuse what an old version says."""
        return records.record(self.name.kind, self.document)


async def current(session: AsyncSession, name: Name) -> Revision | None:
    """What is published of a record; None when it never was."""
    return (await current_of(session, [name])).get(name)


async def current_of(session: AsyncSession, names: Iterable[Name] | None = None) -> dict[Name, Revision]:
    """What is published of these records, or of all."""
    newest = (
        select(RevisionRow.kind, RevisionRow.key, func.max(RevisionRow.number))
        .where(RevisionRow.state == Stage.PUBLISHED)
        .group_by(RevisionRow.kind, RevisionRow.key)
    )
    if names is None:
        return await _found(session, newest)
    asked = list(names)
    found: dict[Name, Revision] = {}
    for start in range(0, len(asked), MANY):
        pairs = [(name.kind, name.key) for name in asked[start : start + MANY]]
        found |= await _found(session, newest.where(tuple_(RevisionRow.kind, RevisionRow.key).in_(pairs)))
    return found


async def last_said_by(session: AsyncSession, by: str) -> dict[Name, Revision]:
    """The newest version of each record that this author wrote, published or not."""
    numbers = select(RevisionRow.kind, RevisionRow.key, func.max(RevisionRow.number)).where(RevisionRow.by == by)
    return await _found(session, numbers.group_by(RevisionRow.kind, RevisionRow.key))


async def history(session: AsyncSession, name: Name) -> Sequence[Revision]:
    """Every version of a record, newest first."""
    rows = await session.scalars(
        select(RevisionRow)
        .where(RevisionRow.kind == name.kind, RevisionRow.key == name.key)
        .order_by(RevisionRow.number.desc())
    )
    return [_revision(row) for row in rows]


async def open_ones(session: AsyncSession, city: str | None = None) -> Sequence[Revision]:
    """What waits to be finished, read or published, newest first; of one city, or of the whole network."""
    asked = select(RevisionRow).where(RevisionRow.state.in_(OPEN)).order_by(RevisionRow.at.desc())
    rows = await session.scalars(asked if city is None else asked.where(RevisionRow.city == city))
    return [_revision(row) for row in rows]


async def drafts_by(session: AsyncSession, by: str) -> Sequence[Revision]:
    """What this author has begun and not finished, newest first."""
    asked = select(RevisionRow).where(RevisionRow.by == by, RevisionRow.state == Stage.DRAFT)
    return [_revision(row) for row in await session.scalars(asked.order_by(RevisionRow.at.desc()))]


async def due(session: AsyncSession, now: datetime) -> Sequence[Revision]:
    """What was to be published by now, earliest first."""
    rows = await session.scalars(
        select(RevisionRow)
        .where(RevisionRow.state == Stage.SCHEDULED, RevisionRow.publish_at <= now)
        .order_by(RevisionRow.publish_at, RevisionRow.id)
    )
    return [_revision(row) for row in rows]


async def revision(session: AsyncSession, number: int) -> Revision | None:
    """The version with that id."""
    row = await session.get(RevisionRow, number)
    return None if row is None else _revision(row)


@dataclass(frozen=True)
class Written:
    """A version about to be kept."""

    record: records.Keyed
    stage: Stage
    by: str
    based_on: int | None = None
    publish_at: datetime | None = None
    note: str = ""


async def keep(session: AsyncSession, versions: Sequence[Written], now: datetime) -> list[Revision]:
    """Write these versions down, each with the next number of its record."""
    last = await _last_numbers(session, [Name.of(one.record) for one in versions])
    rows = []
    for one in versions:
        name = Name.of(one.record)
        last[name] = last.get(name, 0) + 1
        rows.append(
            RevisionRow(
                kind=name.kind,
                key=name.key,
                city=getattr(one.record, "city", None),
                number=last[name],
                state=one.stage,
                document=records.document(one.record),
                based_on=one.based_on,
                by=one.by,
                at=now,
                publish_at=one.publish_at,
                note=one.note,
            )
        )
    session.add_all(rows)
    await session.flush()
    return [_revision(row) for row in rows]


async def change_stage(session: AsyncSession, version: Revision, stage: Stage, *, note: str | None = None) -> None:
    """An open version goes on, back, or away."""
    row = await session.get_one(RevisionRow, version.id, with_for_update=True)
    row.state = stage
    if note is not None:
        row.note = note
    await session.flush()


async def discard_drafts(session: AsyncSession, by: str) -> None:
    """All that this author has begun goes away, at once."""
    mine = update(RevisionRow).where(RevisionRow.by == by, RevisionRow.state == Stage.DRAFT)
    await session.execute(mine.values(state=Stage.DISCARDED))


async def _found(session: AsyncSession, numbers: Any) -> dict[Name, Revision]:  # noqa: ANN401, a select of three columns
    newest = numbers.subquery()
    kind, key, number = newest.c
    rows = await session.scalars(
        select(RevisionRow).join(
            newest, (RevisionRow.kind == kind) & (RevisionRow.key == key) & (RevisionRow.number == number)
        )
    )
    return {found.name: found for found in map(_revision, rows)}


async def _last_numbers(session: AsyncSession, names: Sequence[Name]) -> dict[Name, int]:
    last: dict[Name, int] = {}
    for start in range(0, len(names), MANY):
        pairs = [(name.kind, name.key) for name in names[start : start + MANY]]
        found = await session.execute(
            select(RevisionRow.kind, RevisionRow.key, func.max(RevisionRow.number))
            .where(tuple_(RevisionRow.kind, RevisionRow.key).in_(pairs))
            .group_by(RevisionRow.kind, RevisionRow.key)
        )
        last |= {Name(kind, key): number for kind, key, number in found}
    return last


def _revision(row: RevisionRow) -> Revision:
    return Revision(
        id=row.id,
        name=Name(row.kind, row.key),
        city=row.city,
        number=row.number,
        stage=Stage(row.state),
        document=row.document,
        based_on=row.based_on,
        by=row.by,
        at=row.at,
        publish_at=row.publish_at,
        note=row.note,
    )
