"""What the pages of an office's day have in common: who may come, and of which offices and counters they speak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from locales.rendering import render
from services_directory.console.appointments import admitted
from services_directory.console.door import Console, ForgedFormError, read_form
from services_directory.console.entrance import refusal
from services_directory.desk.accounts import Account, SignedIn
from services_directory.desk.agenda import offices_with_counters
from services_directory.desk.directory import Directory
from services_directory.desk.timetable import Place, desks
from services_directory.facts import Office


@dataclass(frozen=True)
class Choice:
    """An office and its counters (key and name), in the reader's words."""

    office: Office
    label: str
    counters: Sequence[tuple[str, str]]


async def came_to_run(console: Console, request: Request) -> tuple[SignedIn, Mapping[str, str]] | Response:
    """Who may run appointments, and the form they sent; else the answer that says why not."""
    visit = await admitted(console, request)
    if isinstance(visit, Response):
        return visit
    try:
        form = await read_form(request, visit.csrf)
    except ForgedFormError:
        return refusal(request, 403, "refused_title", "forged")
    if not visit.account.runs_appointments:
        return refusal(request, 403, "not_yours_title", "read_only")
    return visit, form


async def choices(
    session: AsyncSession, directory: Directory, account: Account, language: str, now: datetime
) -> list[Choice]:
    """The offices of that account where something can be booked, with their counters."""
    offices = await offices_with_counters(session, directory, account.city)
    counters = await desks(session, directory, [one.key for one in offices], in_rome(now).date())
    return [
        Choice(
            office,
            label_of(directory, office, account, language),
            [(one.key, render(one.label, language)) for one in counters if one.office == office.key],
        )
        for office in offices
    ]


def label_of(directory: Directory, office: Office, account: Account, language: str) -> str:
    """The name of an office; with its city, for who has several."""
    label, city = render(office.label, language), directory.city(office.city)
    return label if account.city or city is None else f"{render(city.label, language)}: {label}"


def place_of(chosen: str, account: Account, directory: Directory) -> Place | None:
    """An office, or `office/counter`, as forms send it; None when it is not that account's business."""
    key, _slash, counter = chosen.partition("/")
    office = directory.office(key)
    if office is None or not account.covers(office.city):
        return None
    return Place(office.city, office.key, counter or None)
