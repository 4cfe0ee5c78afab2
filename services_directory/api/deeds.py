"""Each deed once: what was answered under an idempotency key is kept for a day, in the deed's own transaction.

After the IETF's draft-ietf-httpapi-idempotency-key-header. A refusal changes nothing and is not kept: the key may be
tried again.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TypeAlias

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services_directory.api.problems import ProblemError
from services_directory.store.session import Database
from services_directory.store.waiting import DeedRow

KEPT = timedelta(hours=24)
UNFINISHED = 0
"""The status of a deed that is being done; seen by nobody, for it is written over before the transaction ends."""
SAME_KEY = "This Idempotency-Key was used for another request. Use a new one for each deed."
IN_PROGRESS = "The same request is being worked on. Wait a second, then send it again with the same Idempotency-Key."

Answer: TypeAlias = tuple[int, dict[str, Any]]
"""Status and body."""


@dataclass(frozen=True)
class Deed:
    """What is asked: by whom, under which key, and what exactly. Only digests of it are kept."""

    secret: str
    key: str
    method: str
    path: str
    body: dict[str, Any]

    @property
    def name(self) -> str:
        """Whose key it is, and the key: the same for the same deed only."""
        return _digest(self.secret, self.key)

    @property
    def asked(self) -> str:
        """The request: another one under the same key is a mistake."""
        return _digest(self.method, self.path, json.dumps(self.body, sort_keys=True))


class Deeds:
    """Does each deed once. `now` gives an aware time."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._in_progress: set[str] = set()

    async def once(self, deed: Deed, do: Callable[[AsyncSession], Awaitable[Answer]]) -> Answer:
        """The answer of the deed, done now or before. Raises ProblemError (409, 422) and whatever `do` raises."""
        if deed.name in self._in_progress:
            raise ProblemError(409, IN_PROGRESS, headers={"Retry-After": "1"})
        self._in_progress.add(deed.name)
        try:
            async with self._database.writing() as session:
                row, is_new = await self._row(session, deed)
                if row.asked != deed.asked:
                    raise ProblemError(422, SAME_KEY)
                if is_new:
                    row.status, row.answer = await do(session)
                return row.status, row.answer
        finally:
            self._in_progress.discard(deed.name)

    async def _row(self, session: AsyncSession, deed: Deed) -> tuple[DeedRow, bool]:
        """The row of the deed, and whether it is still to be done; another process that does it is waited for."""
        now = self._now()
        await session.execute(delete(DeedRow).where(DeedRow.at < now - KEPT))
        row = await session.get(DeedRow, deed.name)
        if row is not None:
            return row, False
        row = DeedRow(key=deed.name, asked=deed.asked, status=UNFINISHED, answer={}, at=now)
        try:
            # Written first: whoever comes at the same time stops here until we have ended.
            async with session.begin_nested():
                session.add(row)
        except IntegrityError:
            return await session.get_one(DeedRow, deed.name), False
        return row, True


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()
