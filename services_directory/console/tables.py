"""The page of a day: what is asked of it, the values it shows, and what it says after a button."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from locales.rendering import render
from services_directory.console import words
from services_directory.console.rows import VERBS, Reader, shown
from services_directory.desk.accounts import Account, SignedIn
from services_directory.desk.agenda import View, agenda, appointment_of, offices_with_counters
from services_directory.desk.directory import Directory

FARTHEST = timedelta(days=1000)
"""How far from today one may look: further there is nothing, and dates come to an end."""
REFUSALS = ("changed", "too_late", "taken")
_COOKIE = re.compile(rf"({'|'.join((*VERBS, *REFUSALS))})\.([A-Z0-9]{{4,12}})")


@dataclass(frozen=True)
class Asked:
    """The view, and which of its parts were chosen rather than given."""

    view: View
    today: date
    account: Account

    @classmethod
    def read(cls, parameters: Mapping[str, str], account: Account, directory: Directory, now: datetime) -> Asked:
        """What is asked for; a day, a city or an office that is not there to be seen counts as not asked for."""
        today = in_rome(now).date()
        city = account.city
        if city is None and directory.city(parameters.get("city", "")) is not None:
            city = parameters["city"]
        office = directory.office(parameters.get("office", ""))
        here = office is not None and (city is None or office.city == city)
        view = View(_day(parameters.get("day", ""), today), city, office.key if office and here else None)
        return cls(view, today, account)

    @property
    def is_today(self) -> bool:
        """Whether it is today's page, which goes on to the next day at midnight."""
        return self.view.day == self.today

    def parameters(self, day: date | None = None) -> dict[str, str]:
        """The address of this view, or of the same on another day: only what differs from the usual."""
        wanted = day or self.view.day
        chosen = {
            "day": None if wanted == self.today else wanted.isoformat(),
            "city": None if self.view.city == self.account.city else self.view.city,
            "office": self.view.office,
        }
        return {name: value for name, value in chosen.items() if value is not None}

    def address(self, day: date | None = None, path: str = "/console/") -> str:
        """Where this view is, or the same on another day."""
        query = urlencode(self.parameters(day))
        return f"{path}?{query}" if query else path


@dataclass(frozen=True)
class Told:
    """How it went, as `words.outcome` calls it, and with which appointment; empty when there is nothing to say."""

    result: str
    code: str

    @classmethod
    def nothing(cls) -> Told:
        """Nobody pressed anything."""
        return cls("", "")

    @classmethod
    def read(cls, cookie: str | None) -> Told | None:
        """What the cookie of the page before says."""
        found = _COOKIE.fullmatch(cookie or "")
        return cls(found[1], found[2]) if found else None

    @property
    def cookie(self) -> str:
        """As it travels."""
        return f"{self.result}.{self.code}"

    @property
    def refused(self) -> bool:
        """Whether nothing was changed."""
        return self.result in REFUSALS

    async def sentence(
        self, session: AsyncSession, directory: Directory, account: Account, language: str, now: datetime
    ) -> str | None:
        """The sentence for that account; None when there is nothing to say, or it is not its business."""
        found = await appointment_of(session, directory, self.code, now) if self.result else None
        if found is None or not account.covers(found.service.city):
            return None
        return render(words.outcome(self.result, found.name, found.state), language)


async def agenda_values(
    session: AsyncSession, directory: Directory, asked: Asked, account: Account, language: str, now: datetime
) -> dict[str, Any]:
    """What `agenda.html` shows."""
    cities = {} if asked.view.city else {city.key: render(city.label, language) for city in directory.cities}
    reader = Reader(language, account.runs_appointments, cities)
    found = await agenda(session, directory, asked.view, now)
    return {"agenda": shown(found, reader, now), "day_label": render(asked.view.day, language), "asked": asked}


async def page_values(
    session: AsyncSession, directory: Directory, asked: Asked, visit: SignedIn, language: str
) -> dict[str, Any]:
    """What `day.html` shows around it."""
    view, account = asked.view, visit.account
    offices = await offices_with_counters(session, directory, view.city)
    city = directory.city(view.city) if view.city else None
    where = render(city.label, language) if city else words.in_language(language)["all_cities"]

    return {
        "csrf": visit.csrf,
        "account": account,
        "where": where,
        "title": f"{where}: {render(view.day, language)}",
        "today": asked.address(asked.today),
        "previous": asked.address(view.day - timedelta(days=1)),
        "following": asked.address(view.day + timedelta(days=1)),
        "chosen": asked.parameters(),
        "day_sheet": asked.address(path="/console/day-sheet"),
        "poll": asked.address(path="/console/appointments"),
        "cities": [(one.key, render(one.label, language)) for one in directory.cities] if account.city is None else [],
        "offices": [
            (office.key, _office_label(directory, office.city, render(office.label, language), language, view.city))
            for office in offices
        ],
        "has_examples": any(office.checked.example for office in offices),
    }


def _office_label(directory: Directory, city_key: str, label: str, language: str, shown_city: str | None) -> str:
    city = directory.city(city_key)
    return label if shown_city or city is None else f"{render(city.label, language)}: {label}"


def _day(words: str, today: date) -> date:
    try:
        day = date.fromisoformat(words)
    except ValueError:
        return today
    return day if abs(day - today) <= FARTHEST else today
