"""The page of what the bot did not understand: said what it means, made a guide of, or put aside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from locales.languages import SPOKEN
from services_directory.console.directory import admitted, came_to_edit, shown, told_at
from services_directory.console.door import Console
from services_directory.console.entrance import refusal
from services_directory.desk.accounts import SignedIn
from services_directory.desk.editing import Edit, Editing
from services_directory.desk.missed import groups, settle
from services_directory.store import records
from services_directory.taxonomy import GROUPS, TERMS

ADDRESS = "/console/directory/missed"
REVIEW = timedelta(days=365)
OUT_OF_SCOPE = "out_of_scope"


def add_missed(router: APIRouter, console: Console) -> None:
    """The list, and its three buttons."""

    @router.get("/directory/missed")
    async def missed(request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        if not visit.account.edits_directory:
            return refusal(request, 403, "not_yours_title", "read_only")
        language = request.query_params.get("language", "")
        language = language if language in SPOKEN else ""
        async with console.database.reading() as session:
            found = await groups(session, language or None, visit.account.city)
        topics = {name: [(code, term.name) for code, term in TERMS.items() if term.group == name] for name in GROUPS}
        values = {
            "groups": found,
            "spoken": SPOKEN,
            "chosen": language,
            "topics": {GROUPS[name].name: terms for name, terms in topics.items()},
        }
        return shown(console, request, visit, "missed.html", values)

    @router.post("/directory/missed")
    async def pressed(request: Request) -> Response:
        came = await came_to_edit(console, request)
        if isinstance(came, Response):
            return came
        visit, form = came
        ids = [int(number) for number in re.findall(r"\d{1,12}", form.get("ids", ""))]
        by = visit.account.author
        async with console.database.writing() as session:
            match form.get("deed"):
                case "teach" if form.get("intent") in {*TERMS, OUT_OF_SCOPE}:
                    await settle(session, ids, "taught", by=by, intent=form["intent"])
                    return told_at(console, ADDRESS, "taught")
                case "guide" if ids and visit.account.city is None:
                    key = await _begin_guide(session, console, visit, form, ids[0])
                    await settle(session, ids, "guide", by=by)
                    return told_at(console, f"/console/directory/guide/{key}", "guide_begun")
                case "dismiss":
                    await settle(session, ids, "dismissed", by=by)
                    return told_at(console, ADDRESS, "dismissed")
        return refusal(request, 422, "refused_title", "not_found")


async def _begin_guide(
    session: AsyncSession, console: Console, visit: SignedIn, form: Mapping[str, str], number: int
) -> str:
    """A draft that holds the question; its key."""
    words = form.get("words", "")[:200].strip() or "?"
    intent = form.get("intent", "")
    guide = records.Guide(
        key=f"new-{number}",
        topic=TERMS[intent].group or "other" if intent in TERMS else "other",
        intents=[intent if intent in TERMS else "office_services"],
        title=words,  # type: ignore[arg-type]  # read as a text
        answer=words,  # type: ignore[arg-type]  # as above
        review_by=in_rome(console.now()).date() + REVIEW,
    )
    await Editing(session, visit.account.author, console.now()).propose(Edit(guide, None, "not understood"))
    return guide.key
