"""Publishes what the data files say: all of it or none, beside what people have edited, never over it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.desk import projecting
from services_directory.desk.consistency import ANY_DAY
from services_directory.desk.hours import HoursError, intervals_on
from services_directory.desk.projecting import project, project_cities
from services_directory.desk.revisions import FILES, Name, Revision, Stage, Written, current_of, keep, last_said_by
from services_directory.store import files, records
from services_directory.store.places import DirectoryVersionRow, OfficeRow


async def publish_files(session: AsyncSession, *, example: bool, now: datetime) -> bool:
    """Publish the network's data and, with `example`, the example data over it; False when nothing has changed.

    A record that somebody has edited since stays as they left it: what the files say anew is put up for review.
    Raises DataFileError and HoursError, and then nothing is changed.
    """
    row = await session.get(DirectoryVersionRow, 1, with_for_update=True)
    # Example dates are so many days after the day of loading, so that day is part of what they say.
    today = in_rome(now).date()
    digest = _digest(f"{today if example else ''}")
    if row is not None and row.digest == digest:
        return False
    if row is None:
        row = DirectoryVersionRow(id=1, version=0)
        session.add(row)
    said: dict[Name, records.Keyed] = {}
    for found in files.network():
        said |= _named(found.all)
    for found in files.examples(today) if example else ():
        said |= _named(found.all)  # an example takes the place of what it is an example of
    said |= _named([*files.contacts(), *files.guides()])
    _check_hours(said.values())
    await project_cities(session, files.cities())
    await _publish(session, said, now)
    row.version, row.digest = row.version + 1, digest
    return True


async def holds_examples(session: AsyncSession) -> bool:
    """Whether example data is in the database: a production start must refuse to serve it."""
    return await session.scalar(select(OfficeRow.key).where(OfficeRow.example).limit(1)) is not None


async def _publish(session: AsyncSession, said: dict[Name, records.Keyed], now: datetime) -> None:
    """Write down what is new in the files, and project what nobody has edited."""
    published = await current_of(session)
    last_files = await last_said_by(session, FILES)
    changed, proposed = [], []
    for name, record in (said | _gone(said, published)).items():
        current, before = published.get(name), last_files.get(name)
        if before is not None and before.document == records.document(record):
            continue
        if current is None or current.by == FILES:
            changed.append(record)
        else:
            proposed.append(Written(record, Stage.IN_REVIEW, FILES, current.number, note="new in the data files"))
    versions = [Written(record, Stage.PUBLISHED, FILES) for record in changed]
    await keep(session, [*versions, *proposed], now)
    await project(session, changed)


def _gone(said: dict[Name, records.Keyed], published: dict[Name, Revision]) -> dict[Name, records.Keyed]:
    """What the files said once and no longer say: retired, for appointments may rest on it."""
    return {
        name: version.record.model_copy(update={"retired": True})
        for name, version in published.items()
        if name not in said and version.by == FILES and not version.document.get("retired")
    }


def _named(found: Sequence[records.Keyed]) -> dict[Name, records.Keyed]:
    return {Name.of(one): one for one in found}


def _check_hours(said: Iterable[records.Keyed]) -> None:
    """Raises HoursError before anybody finds a closed door."""
    for one in said:
        if isinstance(one, records.Office) and one.hours is not None:
            try:
                intervals_on(one.hours, ANY_DAY)
            except HoursError as problem:
                raise HoursError(f"{one.key}: {problem}") from None


def _digest(day: str) -> str:
    """Of every data file and of our own code that writes them."""
    digest = hashlib.sha256(day.encode())
    code = (__file__, files.__file__, records.__file__, projecting.__file__)
    for path in [*sorted(files.DATA.rglob("*.yml")), *map(Path, code)]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
