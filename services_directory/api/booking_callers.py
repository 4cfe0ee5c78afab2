"""Who calls the booking API: somebody known by a secret alone, or anybody who looks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from locales.languages import FALLBACK, SPOKEN
from services_directory.api.problems import KEY_HEADER, ProblemError
from services_directory.desk.bearers import SHORTEST_SECRET, person_of
from services_directory.desk.counting import A_DAY, A_MINUTE, Counting, caller_of
from services_directory.desk.directory import Shelf
from services_directory.desk.person_desk import PersonDesk
from services_directory.store.session import Database

ASKED_A_MINUTE = 300
"""Requests from one address; many people share one."""
DONE_A_MINUTE = 60
"""Of these, deeds."""
BOOKED_A_DAY = 300
"""Appointments booked from one address, which may be the server of a city's own site."""
NOBODY = ""

SECRET = HTTPBearer(
    auto_error=False,
    scheme_name="secret",
    description=(
        "A secret of at least 32 characters that the caller makes up for each person, such as 32 random bytes in hex, "
        "and keeps. It is the person: whoever has it can see, move and cancel what they booked. We keep only a digest."
    ),
)
NO_SECRET = (
    f"Send `Authorization: Bearer SECRET` with a secret of at least {SHORTEST_SECRET} characters that you make up for "
    "this person and keep."
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(SECRET)]
Language = Annotated[
    str,
    Query(
        pattern="^[a-z]{2,3}$",
        description="The person's: of names, of refusals, and of whatever they are told.",
        examples=["en"],
    ),
]
IdempotencyKey = Annotated[
    str,
    Header(
        alias=KEY_HEADER,
        pattern=r"^[!-~]{1,255}$",
        description="New for each deed, such as a UUID; the same when the same request is sent again within 24 hours.",
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ),
]


@dataclass(frozen=True)
class Caller:
    """One caller in one request."""

    callers: Callers
    secret: str
    language: str

    async def desk(self, session: AsyncSession) -> PersonDesk:
        """The desk as this person sees it."""
        moment = in_rome(self.callers.now())
        directory = await self.callers.shelf.newest(session, moment.date())
        return PersonDesk(session, directory, person_of(self.secret) if self.secret else NOBODY, moment)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[PersonDesk]:
        """The desk for a look."""
        async with self.callers.database.reading() as session:
            yield await self.desk(session)


@dataclass(frozen=True)
class Callers:
    """Makes callers of requests. `now` gives an aware time."""

    database: Database
    shelf: Shelf
    now: Callable[[], datetime]
    limits: Counting

    async def count_asked(self, request: Request) -> None:
        """Hold back an address that asks too often. Raises ProblemError (429)."""
        await self._hold_back("asked", request, ASKED_A_MINUTE)

    async def anybody(self, request: Request, language: Language = FALLBACK) -> Caller:
        """Whoever looks, with a secret or without: none is asked for."""
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        return Caller(self, secret if scheme.casefold() == "bearer" else NOBODY, _spoken(language))

    async def somebody(self, credentials: Credentials, language: Language = FALLBACK) -> Caller:
        """A person with a secret. Raises ProblemError (401)."""
        if credentials is None or len(credentials.credentials) < SHORTEST_SECRET:
            raise ProblemError(401, NO_SECRET, headers={"WWW-Authenticate": "Bearer"})
        return Caller(self, credentials.credentials, _spoken(language))

    async def doer(self, request: Request, credentials: Credentials, language: Language = FALLBACK) -> Caller:
        """A person who wants something done. Raises ProblemError (401, 429)."""
        caller = await self.somebody(credentials, language)
        await self._hold_back("done", request, DONE_A_MINUTE)
        return caller

    async def booker(self, request: Request, credentials: Credentials, language: Language = FALLBACK) -> Caller:
        """A person who wants to book. Raises ProblemError (401, 429)."""
        caller = await self.doer(request, credentials, language)
        await self._hold_back("booked", request, BOOKED_A_DAY, A_DAY)
        return caller

    async def _hold_back(self, what: str, request: Request, most: int, window: int = A_MINUTE) -> None:
        subject = f"booking-api:{what}:{caller_of(request.client)}"
        if wait := await self.limits.wait(subject, most, window):
            detail = f"Too many requests from this address. Please wait {wait} seconds."
            raise ProblemError(429, detail, headers={"Retry-After": str(wait)})


def _spoken(language: str) -> str:
    return language if language in SPOKEN else FALLBACK
