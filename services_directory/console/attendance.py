"""The attendance list of a meeting: who was there, ticked by staff; on paper, a list to sign."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from services_directory.console.activities import came_to_change, found
from services_directory.console.appointments import admitted
from services_directory.console.catalogue import authors
from services_directory.console.directory import shown, told_at
from services_directory.console.door import Console
from services_directory.console.entrance import refusal
from services_directory.desk.attendance import Mark, NoSuchMeetingError, begun, mark, roster
from services_directory.facts import Activity, Session

FIELD = "mark-"
SAID = {"yes": True, "no": False, "": None}
"""What a button of a row means; empty: nobody has said."""


def add_attendance(router: APIRouter, console: Console) -> None:
    """The list of one meeting, and the button that keeps it."""

    @router.get("/activities/{key}/attendance")
    async def attendance(key: str, request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        async with console.database.reading() as session:
            directory, one = await found(session, console, visit, key)
            if one is None:
                return refusal(request, 404, "not_found_title", "not_found")
            everybody = await roster(session, directory, one, console.now())
            meetings = begun(one, console.now())
            meeting = _asked(meetings, request.query_params.get("meeting", ""))
            marks = [listed.marks.get(meeting.starts) if meeting else None for listed in everybody.enrolled]
            names = await authors(session, [said.by for said in marks if said])
        rows = [
            {"listed": listed, "mark": said, "said": _value(said), "who": names[said.by] if said else None}
            for listed, said in zip(everybody.enrolled, marks, strict=True)
        ]
        values = {"activity": one, "meetings": meetings, "meeting": meeting, "rows": rows}
        return shown(console, request, visit, "attendance.html", values)

    @router.post("/activities/{key}/attendance")
    async def save(key: str, request: Request) -> Response:
        came = await came_to_change(console, request)
        if isinstance(came, Response):
            return came
        visit, form = came
        said = {
            name.removeprefix(FIELD): SAID[value]
            for name, value in form.items()
            if name.startswith(FIELD) and value in SAID
        }
        async with console.database.writing() as session:
            _directory, one = await found(session, console, visit, key)
            try:
                starts = datetime.fromisoformat(form.get("meeting", ""))
                if one is None or starts.tzinfo is None:
                    return refusal(request, 404, "not_found_title", "not_found")
                await mark(session, one, starts, said, by=visit.account.author, now=console.now())
            except (ValueError, NoSuchMeetingError):
                return refusal(request, 404, "not_found_title", "not_found")
        return told_at(console, _address(one, starts), "list_saved")


def _asked(meetings: list[Session], said: str) -> Session | None:
    """The meeting that is asked for, else the last one held; None when none was held yet."""
    last = meetings[0] if meetings else None
    return next((meeting for meeting in meetings if meeting.starts.isoformat() == said), last)


def _value(said: Mark | None) -> str:
    return next(value for value, present in SAID.items() if present is (said.present if said else None))


def _address(activity: Activity, starts: datetime) -> str:
    return f"/console/activities/{activity.key}/attendance?" + urlencode({"meeting": starts.isoformat()})
