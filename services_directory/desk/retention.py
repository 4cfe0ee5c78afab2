"""The end of retention of what stands beside the appointments: places in line, offers, answers of the API."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from services_directory.store.waiting import DeedRow, OfferRow, WaitingRow

KEEP_DEEDS = timedelta(hours=24)
"""How long the booking API gives the same answer to the same idempotency key."""
_ERASED = "erased:"


async def erase_old_lines(session: AsyncSession, before: datetime) -> None:
    """Who waited for days that were over before then, and what was offered before then."""
    old = update(WaitingRow).where(WaitingRow.last_day < in_rome(before).date(), WaitingRow.name != "")
    # The key, which the person had a part in, gives way to one that says nothing.
    await session.execute(old.values(person=None, name="", booking_key=_ERASED + WaitingRow.id.cast(String)))
    await session.execute(delete(OfferRow).where(OfferRow.until < before, OfferRow.state != "open"))


async def erase_old_deeds(session: AsyncSession, now: datetime) -> None:
    """Answers of the booking API that nobody may ask for again."""
    await session.execute(delete(DeedRow).where(DeedRow.at <= now - KEEP_DEEDS))
