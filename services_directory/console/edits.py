"""What staff press on the pages of the directory: one deed each, told in a sentence, and never half done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import ROME, in_rome
from locales.text import Text, Verbatim, _
from services_directory.console.catalogue import may_edit
from services_directory.console.directory import came_to_edit, shown, to, told_at
from services_directory.console.door import Console
from services_directory.console.entrance import refusal
from services_directory.console.fields import FORMS, read
from services_directory.console.inputs import YES
from services_directory.console.record_form import form_values
from services_directory.desk.accounts import SignedIn
from services_directory.desk.editing import ConflictError, Edit, Editing, NothingToRestoreError
from services_directory.desk.revisions import (
    OPEN,
    Name,
    Revision,
    Stage,
    change_stage,
    current,
    current_of,
    history,
    revision,
)
from services_directory.store import records
from services_directory.store.faults import RecordError

LONGEST_NOTE = 300


def add_edits(router: APIRouter, console: Console) -> None:
    """The address of every button of the directory's pages."""
    _add_waiting(router, console)
    _add_record(router, console)


def _add_waiting(router: APIRouter, console: Console) -> None:
    @router.post("/directory/still-true")
    async def still_true(request: Request) -> Response:
        came = await came_to_edit(console, request)
        if isinstance(came, Response):
            return came
        visit, form = came
        names = [Name(*name.split("/", 1)) for name in form if name.count("/") == 1]
        async with console.database.writing() as session:
            found = await current_of(session, names)
            mine = [name for name, version in found.items() if may_edit(version.city, visit.account)]
            await _editing(session, visit, console).still_true(mine, visit.account.email)
        return told_at(console, form.get("back", "/console/directory"), "checked_now")

    @router.post("/directory/waiting/{number}/{deed}")
    async def go_on(number: int, deed: str, request: Request) -> Response:
        came = await came_to_edit(console, request)
        if isinstance(came, Response):
            return came
        visit, _form = came
        async with console.database.writing() as session:
            version = await revision(session, number)
            if version is None or not may_edit(version.city, visit.account) or version.stage not in OPEN:
                return refusal(request, 404, "not_found_title", "not_found")
            if deed == "discard":
                await change_stage(session, version, Stage.DISCARDED)
                return told_at(console, "/console/directory/waiting", "discarded")
            try:
                await _editing(session, visit, console).publish_open(version)
            except (ConflictError, RecordError):
                return to(f"/console/directory/{version.name.kind}/{version.name.key}")
        return told_at(console, "/console/directory/waiting", "published")


def _add_record(router: APIRouter, console: Console) -> None:
    @router.post("/directory/{kind}/{key}")
    async def save(kind: str, key: str, request: Request) -> Response:
        came = await came_to_edit(console, request)
        if isinstance(came, Response):
            return came
        visit, form = came
        return await _Saving(console, request, visit, form).of(Name(kind, key))

    @router.post("/directory/{kind}/{key}/restore/{number}")
    async def restore(kind: str, key: str, number: int, request: Request) -> Response:
        came = await came_to_edit(console, request)
        if isinstance(came, Response):
            return came
        visit, _form = came
        name = Name(kind, key)
        async with console.database.writing() as session:
            versions = await history(session, name)
            if kind not in FORMS or not versions or not may_edit(versions[0].city, visit.account):
                return refusal(request, 404, "not_found_title", "not_found")
            try:
                await _editing(session, visit, console).restore(name, number)
            except (NothingToRestoreError, RecordError):
                return refusal(request, 409, "refused_title", "not_found")
        return told_at(console, f"/console/directory/{kind}/{key}/history", "restored")

    @router.post("/directory/{kind}/{key}/copy")
    async def copy(kind: str, key: str, request: Request) -> Response:
        came = await came_to_edit(console, request)
        if isinstance(came, Response):
            return came
        visit, form = came
        return await _copy(console, request, visit, form, Name(kind, key))


class _Saving:
    """One press on a record's form."""

    def __init__(self, console: Console, request: Request, visit: SignedIn, form: Mapping[str, str]) -> None:
        self.console, self.request, self.visit, self.form = console, request, visit, form

    async def of(self, name: Name) -> Response:
        """Save it as the button wants it; what was typed is shown again when it cannot be."""
        async with self.console.database.reading() as session:
            versions = await history(session, name)
        city = versions[0].city if versions else self.form.get("city") or None
        if name.kind not in FORMS or not may_edit(city, self.visit.account):
            return refusal(self.request, 404, "not_found_title", "not_found")
        base, number = _base(versions, self.form.get("based_on", ""))
        document = base or {"key": name.key} | ({"city": city} if city else {})
        into = self.form.get("into", "en")
        filled = read(name.kind, self.form, document, into)
        try:
            record = records.record(name.kind, filled.document)
            _refuse(filled.faults)
            async with self.console.database.writing() as session:
                edit = Edit(self._checked(record), number, self._note)
                told = await self._do(_editing(session, self.visit, self.console), edit)
        except RecordError as problem:
            faults = {place.removeprefix(f"{name.key}."): fault for place, fault in problem.faults} | filled.faults
            return await self._again(name, filled.document, faults)
        except ConflictError as problem:
            return await self._conflict(name, problem)
        if self.form.get("deed") == "preview":
            return to(f"/console/preview/{name.kind}/{name.key}?language={into}")
        return told_at(self.console, f"/console/directory/{name.kind}/{name.key}?into={into}", told)

    def _checked(self, record: records.Keyed) -> records.Keyed:
        """Whoever says that all of it is true today is who verified it."""
        if self.form.get("all_true") != YES:
            return record
        today = in_rome(self.console.now()).date()
        return record.model_copy(update={"verified_on": today, "verified_by": self.visit.account.email})

    @property
    def _note(self) -> str:
        return self.form.get("note", "")[:LONGEST_NOTE]

    async def _do(self, editing: Editing, edit: Edit) -> str:
        match self.form.get("deed", ""):
            case "review":
                await editing.propose(edit, Stage.IN_REVIEW)
                return "in_review"
            case "schedule":
                try:
                    day = datetime.combine(datetime.fromisoformat(self.form.get("publish_day", "")), time(), ROME)
                except ValueError:
                    raise RecordError([("publish_day", _("Choose the day."))]) from None
                await editing.propose(edit, Stage.SCHEDULED, day)
                return "scheduled"
            case "publish":
                await editing.publish(edit)
                return "published"
            case "retire":
                await editing.retire(Name.of(edit.record))
                return "retired_now"
            case _:
                await editing.propose(edit)
                return "saved"

    async def _again(self, name: Name, document: Mapping[str, Any], faults: Mapping[str, Text | Verbatim]) -> Response:
        values = await self._values(name, document, self.form)
        typed = {"faults": faults, "based_on": self.form.get("based_on", "")}
        return shown(self.console, self.request, self.visit, "record.html", values | typed, status=422)

    async def _conflict(self, name: Name, problem: ConflictError) -> Response:
        values = await self._values(name, records.document(problem.merged), None)
        theirs = {one.field.split(".")[0]: one.theirs for one in problem.conflicts}
        merged = {"theirs": theirs, "based_on": problem.theirs.number, "note": self._note}
        return shown(self.console, self.request, self.visit, "record.html", values | merged, status=409)

    async def _values(self, name: Name, document: Mapping[str, Any], typed: Mapping[str, str] | None) -> dict[str, Any]:
        async with self.console.database.reading() as session:
            versions = await history(session, name)
            values = await form_values(self.console, session, name, document, self.request, typed)
        return values | {"may": True, "version": versions[0] if versions else None}


async def _copy(console: Console, request: Request, visit: SignedIn, form: Mapping[str, str], name: Name) -> Response:
    """A draft of the same record in another city, under another key, checked by nobody yet."""
    key, city = form.get("key", "").strip(), form.get("city", "")
    async with console.database.writing() as session:
        found = await current(session, name)
        if found is None or not may_edit(city, visit.account):
            return refusal(request, 404, "not_found_title", "not_found")
        if await history(session, Name(name.kind, key)):
            return told_at(console, f"/console/directory/{name.kind}/{name.key}", "key_taken")
        foreign = {"organization", "offices", "counters", "verified_on", "verified_by", "sources", "hsds", "stops"}
        document = {said: value for said, value in found.document.items() if said not in foreign}
        try:
            record = records.record(name.kind, document | {"key": key, "city": city})
        except RecordError:
            return told_at(console, f"/console/directory/{name.kind}/{name.key}", "key_taken")
        await _editing(session, visit, console).propose(Edit(record, None, f"copy of {name.key}"))
    return told_at(console, f"/console/directory/{name.kind}/{key}", "copied")


def _refuse(faults: Mapping[str, Text | Verbatim]) -> None:
    if faults:
        raise RecordError(list(faults.items()))


def _base(versions: Sequence[Revision], number: str) -> tuple[dict[str, Any] | None, int | None]:
    """What the editor saw, and the number of the published version on which that rests; of a new record: nothing."""
    if not versions:
        return None, None
    seen = next((one for one in versions if str(one.number) == number), versions[0])
    return seen.document, seen.number if seen.stage is Stage.PUBLISHED else seen.based_on


def _editing(session: AsyncSession, visit: SignedIn, console: Console) -> Editing:
    return Editing(session, visit.account.author, console.now())
