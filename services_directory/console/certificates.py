"""The certificate of attendance: its form, in which the office writes the full name, and the file."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from locales.text import Text
from services_directory.console import activity_words
from services_directory.console.activities import came_to_change, found
from services_directory.console.appointments import admitted
from services_directory.console.directory import shown
from services_directory.console.door import Console
from services_directory.console.entrance import refusal
from services_directory.console.pages import attachment, staff_language_of
from services_directory.desk.accounts import SignedIn
from services_directory.desk.attendance import Attended, Listed, attended, roster
from services_directory.desk.directory import Directory
from services_directory.exchange.certificate_words import hours, period, presence
from services_directory.exchange.certificates import Certificate, certificate_pdf, unprintable
from services_directory.facts import Activity

LONGEST_NAME = 100


@dataclass(frozen=True)
class _Asked:
    """Whose certificate; `attended` None: nobody has recorded that they were there."""

    directory: Directory
    activity: Activity
    listed: Listed
    attended: Attended | None


def add_certificates(router: APIRouter, console: Console) -> None:
    """The form, and the PDF that it leads to."""

    @router.get("/activities/{key}/certificate/{code}")
    async def form(key: str, code: str, request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        async with console.database.reading() as session:
            asked = await _asked(session, console, visit, key, code)
        if asked is None:
            return refusal(request, 404, "not_found_title", "not_found")
        return _page(console, request, visit, asked, asked.listed.enrolment.name)

    @router.post("/activities/{key}/certificate/{code}")
    async def make(key: str, code: str, request: Request) -> Response:
        came = await came_to_change(console, request)
        if isinstance(came, Response):
            return came
        visit, said = came
        async with console.database.reading() as session:
            asked = await _asked(session, console, visit, key, code)
        if asked is None:
            return refusal(request, 404, "not_found_title", "not_found")
        name = " ".join(said.get("name", "").split())[:LONGEST_NAME]
        fault = _fault(name)
        if asked.attended is None or fault is not None:
            return _page(console, request, visit, asked, name, fault)
        certificate = _certificate(console, asked, asked.attended, name)
        # In a thread: fonts are read for it, and people are being answered meanwhile.
        content = await asyncio.to_thread(certificate_pdf, certificate)
        return attachment(content, f"attestato-{asked.listed.enrolment.code}.pdf", "application/pdf")


async def _asked(session: AsyncSession, console: Console, visit: SignedIn, key: str, code: str) -> _Asked | None:
    directory, one = await found(session, console, visit, key)
    listed = None if one is None else (await roster(session, directory, one, console.now())).find(code)
    if one is None or listed is None:
        return None
    return _Asked(directory, one, listed, attended(listed, console.now()))


def _fault(name: str) -> Text | None:
    if not name:
        return activity_words.NAME_MISSING
    letters = unprintable(name)
    return activity_words.unprintable(letters) if letters else None


def _page(
    console: Console, request: Request, visit: SignedIn, asked: _Asked, name: str, fault: Text | None = None
) -> Response:
    language, was = staff_language_of(request), asked.attended
    values = {
        "activity": asked.activity,
        "listed": asked.listed,
        "attended": was,
        "summary": (period(was), presence(was), hours(was, language)) if was else (),
        "name": name,
        "fault": fault,
    }
    refused = fault is not None or (request.method == "POST" and was is None)
    return shown(console, request, visit, "certificate.html", values, status=422 if refused else 200)


def _certificate(console: Console, asked: _Asked, was: Attended, name: str) -> Certificate:
    activity, directory = asked.activity, asked.directory
    organization = directory.organization(activity.provider) if activity.provider else None
    city = directory.city(activity.city)
    if city is None:
        raise LookupError(activity.city)
    return Certificate(
        name=name,
        language=asked.listed.enrolment.language,
        activity=activity,
        attended=was,
        organization=organization.name if organization else None,
        office=directory.office(activity.offices[0].office) if activity.offices else None,
        city=city,
        signed_on=in_rome(console.now()).date(),
    )
