"""The spreadsheet of staff: downloaded, brought back, looked at as differences, then published whole or not at all.

What a file would change waits as drafts of its own (`import:<account>`): whoever closes the page loses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services_directory.console import staff_words
from services_directory.console.catalogue import label_of, may_edit
from services_directory.console.directory import admitted, came_to_edit, came_with_file, shown, told_at
from services_directory.console.door import Console
from services_directory.console.pages import attachment
from services_directory.desk.accounts import SignedIn
from services_directory.desk.editing import Edit, Editing
from services_directory.desk.merging import changes
from services_directory.desk.revisions import current_of, drafts_by
from services_directory.exchange.found import Found
from services_directory.exchange.importing import ImportRefusedError, Plan, exported, plan, read_content
from services_directory.store.faults import Fault, RecordError

ADDRESS = "/console/directory/sheet"
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
    editing = Editing(session, _by(visit), console.now())
    if deed == "discard":
        await editing.replace_drafts([])
        return "discarded"
    drafts = await drafts_by(session, _by(visit))
    now = await current_of(session, [one.name for one in drafts])
    behind = any(one.based_on != (now[one.name].number if one.name in now else None) for one in drafts)
    if not drafts or behind or not all(may_edit(one.city, visit.account) for one in drafts):
        return "sheet_old"
    await editing.publish_all([one.record for one in drafts], note=drafts[0].note)
    await editing.replace_drafts([])
    return "applied"


def _add_files(router: APIRouter, console: Console) -> None:
    @router.get("/directory/sheet.xlsx")
    async def download(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        async with console.database.reading() as session:
            content = await exported(session, "xlsx", console.now(), city=visit.account.city)
        return attachment(content, f"sportello-{visit.account.city or 'all'}.xlsx", XLSX)

    @router.post("/directory/sheet")
    async def upload(request: Request) -> Response:
        brought = await came_with_file(console, request, most_fields=2)
        if isinstance(brought, Response):
            return brought
        visit = brought.visit
        found, faults = Found(), list[Fault]()
        try:
            # In a thread: a large file takes seconds, and people are being answered meanwhile.
            found = await asyncio.to_thread(read_content, brought.name, brought.content, visit.account.city)
        except ImportRefusedError as problem:
            faults.extend(problem.faults)
        async with console.database.writing() as session:
            planned = await plan(session, found)
            faults += [*planned.faults, *_not_theirs(planned, visit)]
            edits = [
                Edit(one.record, one.before.number if one.before else None, brought.name[:100])
                for one in planned.differences
            ]
            await Editing(session, _by(visit), console.now()).replace_drafts([] if faults else edits)
            values = await _waiting(session, visit)
        values |= {"faults": faults, "looked": True}
        return shown(console, request, visit, "sheet.html", values, status=422 if faults else 200)


def _not_theirs(planned: Plan, visit: SignedIn) -> Iterator[Fault]:
    """Records that a file would change, or take from another city, and that this account may not."""
    for one in planned.differences:
        cities = {getattr(one.record, "city", None)} | ({one.before.city} if one.before else set())
        if not all(may_edit(city, visit.account) for city in cities):
            yield f"{one.name.kind} {one.name.key}", staff_words.WORDS["not_yours"]


async def _waiting(session: AsyncSession, visit: SignedIn) -> dict[str, Any]:
    """What this account's file would change."""
    drafts = await drafts_by(session, _by(visit))
    shown_ones = drafts[:MOST_SHOWN]
    before = await current_of(session, [one.name for one in shown_ones])
    told = [
        {
            "name": one.name,
            "label": label_of(one.document),
            "added": one.name not in before,
            "changes": list(changes(before[one.name].document if one.name in before else {}, one.document)),
        }
        for one in shown_ones
    ]
    return {"waiting": told, "count": len(drafts), "most": MOST_SHOWN, "looked": False}


def _by(visit: SignedIn) -> str:
    return f"import:{visit.account.key}"
