"""The desk for those who book without a chat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.desk.bearers import person_of
from services_directory.desk.directory import Shelf
from services_directory.desk.person_desk import PersonDesk
from services_directory.store.session import Database

NOBODY = ""
"""Who only looks at what is free."""


@dataclass(frozen=True)
class Desks:
    """Opens the desk. `now` gives an aware time."""

    database: Database
    shelf: Shelf
    now: Callable[[], datetime]

    async def desk(self, session: AsyncSession, secret: str = NOBODY) -> PersonDesk:
        """The desk as whoever has that secret sees it."""
        moment = in_rome(self.now())
        directory = await self.shelf.newest(session, moment.date())
        return PersonDesk(session, directory, person_of(secret) if secret else NOBODY, moment)
