"""The spreadsheet of staff: downloaded, brought back, looked at as differences, then published whole or not at all.

What a file would change waits as drafts of its own (`import:<account>`): whoever closes the page loses nothing.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import UploadFile

from services_directory.console import staff_words
from services_directory.console.catalogue import label_of, may_edit
from services_directory.console.directory import admitted, came_to_edit, shown, told_at
from services_directory.console.door import Console, from_our_page
from services_directory.console.entrance import refusal
from services_directory.console.pages import HEADERS
from services_directory.desk.accounts import SignedIn
from services_directory.desk.editing import Edit, Editing
from services_directory.desk.merging import changes
from services_directory.desk.revisions import Revision, Stage, change_stage, current_of, open_ones
from services_directory.exchange.importing import ImportRefusedError, Plan, exported, plan, read_content
from services_directory.store.faults import Fault, RecordError

ADDRESS = "/console/directory/sheet"
LONGEST_FILE = 8_000_000
"""Bytes."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHOWN = 100
"""Faults, or records that would change, on one page; the rest is counted."""


def add_sheets(router: APIRouter, console: Console) -> None:
    """The page, the file, its way back, and the button that publishes it."""
    _add_files(router, console)

    @router.get("/directory/sheet")
    async def sheet(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        async with console.database.reading() as session:
            values = await _waiting(session, visit)
        return shown(console, request, visit, "sheet.html", values | {"faults": []})

    @router.post("/directory/sheet/{deed}")
    async def go_on(deed: str, request: Request) -> Response:
        came = await came_to_edit(console, request)
        if isinstance(came, Response):
            return came
        visit, _form = came
        try:
            async with console.database.writing() as session:
                return told_at(console, ADDRESS, await _finish(session, console, visit, deed))
        except RecordError:  # what it rests on is gone
            return told_at(console, ADDRESS, "sheet_old")


async def _finish(session: AsyncSession, console: Console, visit: SignedIn, deed: str) -> str:
    """Publish what waits, or put it away; the word that says how it went. Raises RecordError."""
    drafts = await _drafts(session, visit)
    if deed == "discard":
        await _put_away(session, drafts)
        return "discarded"
    now = await current_of(session, [one.name for one in drafts])
    behind = any(one.based_on != (now[one.name].number if one.name in now else None) for one in drafts)
    if not drafts or behind or not all(may_edit(one.city, visit.account) for one in drafts):
        return "sheet_old"
    editing = Editing(session, _by(visit), console.now())
    await editing.publish_all([one.record for one in drafts], note=drafts[0].note)
    await _put_away(session, drafts)
    return "applied"


def _add_files(router: APIRouter, console: Console) -> None:
    @router.get("/directory/sheet.xlsx")
    async def download(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        async with console.database.reading() as session:
            content = await exported(session, "xlsx", console.now(), city=visit.account.city)
        name = f"sportello-{visit.account.city or 'all'}.xlsx"
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=XLSX, headers=headers)

    @router.post("/directory/sheet")
    async def upload(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        if int(request.headers.get("content-length") or LONGEST_FILE + 1) > LONGEST_FILE:
            return refusal(request, 413, "refused_title", "too_large")
        async with request.form(max_files=1, max_fields=2) as form:
            forged = not hmac.compare_digest(str(form.get("csrf", "")).encode(), visit.csrf.encode())
            if forged or not from_our_page(request):
                return refusal(request, 403, "refused_title", "forged")
            file = form.get("file")
            if not visit.account.edits_directory or not isinstance(file, UploadFile):
                return refusal(request, 403, "not_yours_title", "read_only")
            name, content = file.filename or "", await file.read()
        async with console.database.writing() as session:
            try:
                # In a thread: a large file takes seconds, and people are being answered meanwhile.
                found = await asyncio.to_thread(read_content, name, content, visit.account.city)
                planned = await plan(session, found)
                faults = [*planned.faults, *await _not_theirs(session, planned, visit)]
            except ImportRefusedError as problem:
                faults = list(problem.faults)
            await _put_away(session, await _drafts(session, visit))
            if not faults:
                await _keep(session, console, visit, planned, name)
            values = await _waiting(session, visit)
        values |= {"faults": faults, "looked": True}
        return shown(console, request, visit, "sheet.html", values, status=422 if faults else 200)


async def _not_theirs(session: AsyncSession, planned: Plan, visit: SignedIn) -> list[Fault]:
    """Records that a file would change, or take from another city, and that this account may not."""
    before = await current_of(session, [one.name for one in planned.differences])
    faults: list[Fault] = []
    for one in planned.differences:
        cities = {getattr(one.record, "city", None)} | ({before[one.name].city} if one.name in before else set())
        if not all(may_edit(city, visit.account) for city in cities):
            faults.append((f"{one.name.kind} {one.name.key}", staff_words.WORDS["not_yours"]))
    return faults


async def _keep(session: AsyncSession, console: Console, visit: SignedIn, planned: Plan, file: str) -> None:
    before = await current_of(session, [one.name for one in planned.differences])
    editing = Editing(session, _by(visit), console.now())
    for one in planned.differences:
        number = before[one.name].number if one.name in before else None
        await editing.propose(Edit(one.record, number, file[:100]))


async def _waiting(session: AsyncSession, visit: SignedIn) -> dict[str, Any]:
    """What this account's file would change."""
    drafts = await _drafts(session, visit)
    before = await current_of(session, [one.name for one in drafts])
    told = [
        {
            "name": one.name,
            "label": label_of(one.document),
            "added": one.name not in before,
            "changes": list(changes(before[one.name].document if one.name in before else {}, one.document)),
        }
        for one in drafts[:MOST_SHOWN]
    ]
    return {"waiting": told, "count": len(drafts), "most": MOST_SHOWN, "looked": False}


async def _drafts(session: AsyncSession, visit: SignedIn) -> list[Revision]:
    found = await open_ones(session)
    return [one for one in found if one.by == _by(visit) and one.stage is Stage.DRAFT]


async def _put_away(session: AsyncSession, drafts: Sequence[Revision]) -> None:
    for one in drafts:
        await change_stage(session, one, Stage.DISCARDED)


def _by(visit: SignedIn) -> str:
    return f"import:{visit.account.key}"
