"""The verbs with which the directory is changed: propose, publish, schedule, restore, retire, "still true".

Every change is a new version in the history (`revisions`); what is published is projected onto the tables at once, in
the same transaction, and raises the directory's version, so that every process tells it with its next answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.desk.consistency import faults_of
from services_directory.desk.merging import Conflict, merge
from services_directory.desk.projecting import project
from services_directory.desk.revisions import (
    OPEN,
    Name,
    Revision,
    Stage,
    Written,
    change_stage,
    current,
    current_of,
    discard_drafts,
    due,
    history,
    keep,
)
from services_directory.desk.translating import with_marks
from services_directory.store import records
from services_directory.store.faults import RecordError
from services_directory.store.places import DirectoryVersionRow


class ConflictError(Exception):
    """Somebody else has published meanwhile, and both changed the same fields. Nothing was changed."""

    def __init__(self, theirs: Revision, merged: records.Keyed, conflicts: Sequence[Conflict]) -> None:
        super().__init__(", ".join(one.field for one in conflicts))
        self.theirs, self.merged, self.conflicts = theirs, merged, tuple(conflicts)


class NothingToRestoreError(Exception):
    """There is no such version."""


@dataclass(frozen=True)
class Edit:
    """A record as somebody wants it. `based_on`: the number of the published version they saw; None: a new record."""

    record: records.Keyed
    based_on: int | None
    note: str = ""


class Editing:
    """One author, one transaction. `by` is `staff:<account>` or `import:<account>`; `now` is aware."""

    def __init__(self, session: AsyncSession, by: str, now: datetime) -> None:
        self.session, self.by, self.now = session, by, now

    async def propose(self, edit: Edit, stage: Stage = Stage.DRAFT, publish_at: datetime | None = None) -> Revision:
        """Keep it as a draft, for review, or for a date; it takes the place of the author's own earlier one.

        Raises RecordError when a review or a date is asked for what could not be published.
        """
        if stage is not Stage.DRAFT:
            await self._check([edit.record])
        await self._finish_own(Name.of(edit.record), stage)
        written = Written(edit.record, stage, self.by, edit.based_on, publish_at, edit.note)
        (kept,) = await keep(self.session, [written], self.now)
        return kept

    async def replace_drafts(self, edits: Sequence[Edit]) -> None:
        """Keep these as the author's only drafts: a whole file's, at once."""
        await discard_drafts(self.session, self.by)
        drafts = [Written(edit.record, Stage.DRAFT, self.by, edit.based_on, note=edit.note) for edit in edits]
        await keep(self.session, drafts, self.now)

    async def publish(self, edit: Edit) -> Revision:
        """Publish it, brought together with what others have published since. Raises RecordError, ConflictError."""
        name = Name.of(edit.record)
        theirs = await current(self.session, name)
        record, before = edit.record, theirs.record if theirs else None
        if theirs is not None and theirs.number != edit.based_on:
            record = await self._together(edit, theirs)
        (published,) = await self.publish_all([with_marks(before, record)], note=edit.note)
        await self._finish_own(name, Stage.DRAFT)
        return published

    async def publish_all(self, changed: Sequence[records.Keyed], note: str = "") -> list[Revision]:
        """Publish these records as they are, all or none. Raises RecordError."""
        await self._check(changed)
        before = {
            name: version.number for name, version in (await current_of(self.session, map(Name.of, changed))).items()
        }
        versions = [Written(one, Stage.PUBLISHED, self.by, before.get(Name.of(one)), note=note) for one in changed]
        kept = await keep(self.session, versions, self.now)
        await project(self.session, changed)
        await raise_version(self.session)
        return kept

    async def publish_open(self, version: Revision) -> Revision:
        """Publish a draft, something in review, or something scheduled. Raises RecordError, ConflictError."""
        published = await self.publish(Edit(version.record, version.based_on, version.note))
        await change_stage(self.session, version, Stage.DISCARDED)
        return published

    async def restore(self, name: Name, number: int) -> Revision:
        """Publish again what an earlier version said. Raises NothingToRestoreError, RecordError."""
        versions = {one.number: one for one in await history(self.session, name)}
        if number not in versions:
            raise NothingToRestoreError
        (restored,) = await self.publish_all([versions[number].record], note=f"restored {number}")
        return restored

    async def retire(self, name: Name) -> Revision | None:
        """Take a record out of what people are told; None when there is none, or it is out already."""
        found = await current(self.session, name)
        if found is None or found.record.retired:
            return None
        (retired,) = await self.publish_all([found.record.model_copy(update={"retired": True})], note="retired")
        return retired

    async def still_true(self, names: Iterable[Name], verified_by: str) -> int:
        """Somebody has looked: these records hold as of today in Rome; how many there were."""
        today = in_rome(self.now).date()
        fresh = {"verified_on": today, "verified_by": verified_by}
        found = [one.record.model_copy(update=fresh) for one in (await current_of(self.session, names)).values()]
        await self.publish_all(found, note="still true")
        return len(found)

    async def _finish_own(self, name: Name, stage: Stage) -> None:
        """The author's own earlier versions of that stage are done with."""
        for own in await history(self.session, name):
            if own.stage in OPEN and own.stage is stage and own.by == self.by:
                await change_stage(self.session, own, Stage.DISCARDED)

    async def _together(self, edit: Edit, theirs: Revision) -> records.Keyed:
        versions = {one.number: one for one in await history(self.session, theirs.name)}
        base = versions[edit.based_on].document if edit.based_on in versions else {}
        both = merge(base, records.document(edit.record), theirs.document)
        merged = records.record(theirs.name.kind, both.document)
        if both.conflicts:
            raise ConflictError(theirs, merged, both.conflicts)
        return merged

    async def _check(self, changed: Sequence[records.Keyed]) -> None:
        if faults := [fault async for fault in faults_of(self.session, changed)]:
            raise RecordError(faults)


async def publish_due(session: AsyncSession, now: datetime) -> list[Revision]:
    """Publish what was scheduled for now; what is at odds with a later change goes to review, and says why."""
    published = []
    for version in await due(session, now):
        editing = Editing(session, version.by, now)
        try:
            published.append(await editing.publish_open(version))
        except (ConflictError, RecordError) as problem:
            await change_stage(session, version, Stage.IN_REVIEW, note=f"not published: {problem}"[:300])
    return published


async def raise_version(session: AsyncSession) -> None:
    """Every process reads the directory anew with its next answer."""
    await session.execute(update(DirectoryVersionRow).values(version=DirectoryVersionRow.version + 1))
