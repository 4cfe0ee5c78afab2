"""The console on a database of its own, a clock that stands still, and browsers that sign in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from bot.preview import preview_router
from locales.dates import ROME
from services_directory.booked import Appointment
from services_directory.console.door import Console
from services_directory.console.router import console_router
from services_directory.desk.accounts import add_account
from services_directory.desk.appointments import Who
from services_directory.desk.bookings import Bookings
from services_directory.desk.directory import Directory, Shelf
from services_directory.desk.publishing import publish_files
from services_directory.desk.slots import Want, openings
from services_directory.store import accounts, bookings, offerings, places
from services_directory.store.bookings import AppointmentRow
from services_directory.store.session import Base, Database

TABLES = (accounts, bookings, offerings, places)
WEDNESDAY = datetime(2026, 11, 25, 10, 0, tzinfo=ROME)
"""An ordinary working day, while the offices are open."""
ADDRESS = "http://console.test"
SECRET = "only-for-tests-only-for-tests-only-for"
PASSWORD = "prova-sportello"
BARI, TARANTO, NETWORK = "bari@example.org", "taranto@example.org", "network@example.org"
EDITOR, COORDINATOR = "editor@example.org", "coordinator@example.org"
ACCOUNTS = (
    (BARI, "operator", "bari"),
    (TARANTO, "operator", "taranto"),
    (NETWORK, "admin", None),
    (EDITOR, "staff", "bari"),
    (COORDINATOR, "coordinator", None),
)


async def found(url: str) -> None:
    """A new database with the example data and the accounts."""
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with database.writing() as session:
        await publish_files(session, example=True, now=WEDNESDAY)
    async with database.writing() as session:
        for email, role, city in ACCOUNTS:
            await add_account(session, email, role, city, PASSWORD, WEDNESDAY)
    await database.close()


@dataclass
class Room:
    """The console, and what happens around it."""

    database: Database
    secure_cookies: bool = False
    demo: bool = False
    now: datetime = WEDNESDAY
    booked: int = field(default=0)

    def app(self) -> FastAPI:
        """The application as `bot/app.py` joins it."""
        app = FastAPI()
        console = Console(
            database=self.database,
            shelf=Shelf(),
            secret=SECRET,
            secure_cookies=self.secure_cookies,
            demo=self.demo,
            now=lambda: self.now,
        )
        app.include_router(preview_router(console))
        app.include_router(console_router(console))
        return app

    def passes(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    @asynccontextmanager
    async def browser(self, *, language: str = "en", address: str = "192.0.2.7") -> AsyncIterator[Browser]:
        """A browser where nobody has signed in."""
        transport = httpx.ASGITransport(self.app(), client=(address, 4000))
        headers = {"Accept-Language": language, "Origin": ADDRESS}
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS, headers=headers) as client:
            yield Browser(client)

    @asynccontextmanager
    async def signed_in(self, email: str = BARI, *, language: str = "en") -> AsyncIterator[Browser]:
        """A browser in which somebody has signed in."""
        async with self.browser(language=language) as browser:
            answer = await browser.signs_in(email)
            assert answer.headers["location"] == "/console/", answer.text
            yield browser

    async def books(
        self, name: str = "Amina Diallo", *, city: str = "bari", language: str = "fr", days: int = 0, nth: int = 0
    ) -> Appointment:
        """Somebody books the nth free time that is still to come, so many days ahead."""
        self.booked += 1
        key = f"booking-{self.booked}"
        async with self.database.writing() as session:
            directory = await Directory.load(session, self.now.date())
            service = next(one for one in directory.bookable(city) if directory.counters(one.key))
            early = self.now - timedelta(hours=6)
            day = (self.now + timedelta(days=days)).date()
            free = [
                slot
                for slot in (await openings(session, directory, Want(service), [day], early)).slots()
                if slot.starts > self.now
            ]
            bookings = Bookings(session, directory, early)
            return await bookings.book(free[nth], name, Who(f"person-{self.booked}", language), key=key)

    async def row(self, code: str) -> AppointmentRow:
        """The appointment as it is in the database."""
        async with self.database.reading() as session:
            row = await session.scalar(select(AppointmentRow).where(AppointmentRow.code == code))
            assert row is not None
            return row

    async def state(self, code: str) -> str:
        return (await self.row(code)).state


@dataclass
class Browser:
    """Keeps its cookies and the page last seen; follows no redirect by itself."""

    client: httpx.AsyncClient
    page: str = ""

    async def opens(self, path: str = "/console/", **headers: str) -> httpx.Response:
        answer = await self.client.get(path, headers=headers)
        self.page = answer.text
        return answer

    @property
    def csrf(self) -> str:
        """The token in the page last seen."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.page)
        return found[1] if found else ""

    async def signs_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        """Fill the login form in. Whoever has signed in before has to sign out first."""
        await self.opens("/console/login")
        form = {"email": email, "password": password, "csrf": self.csrf}
        self.page = ""
        return await self.client.post("/console/login", data=form)

    async def presses(self, code: str, verb: str, *, fragment: bool = False, **form: str) -> httpx.Response:
        """Press a button of the page, as a plain form or as the script does."""
        if not self.csrf:
            await self.opens()
        headers = {"Sportello-Fragment": "1"} if fragment else {}
        return await self.client.post(
            f"/console/appointments/{code}/{verb}", data={"csrf": self.csrf, **form}, headers=headers
        )

    def shows(self, code: str) -> bool:
        return f'id="appointment-{code}"' in self.page

    def said(self) -> str:
        """The sentence shown after a button."""
        found = re.search(r'<div id="flash"[^>]*>([^<]*)<', self.page)
        return found[1] if found else ""

    def line(self, code: str) -> str:
        """The words of an appointment's row, blanks made single."""
        found = re.search(rf'<tr id="appointment-{code}".*?</tr>', self.page, re.DOTALL)
        assert found, f"no row for {code}"
        return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())
