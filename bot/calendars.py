"""The calendars that other systems keep, followed in the background: no turn and no transaction waits for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import httpx

from bot.house import House
from services_directory.desk.elsewhere import OtherCalendars
from services_directory.elsewhere import redturtle

log = logging.getLogger(__name__)

CARRIED_OUT_EVERY = 2.0
REFRESHED_EVERY = 60.0
"""Seconds."""
FOLLOWED_EVERY = timedelta(hours=1)


def other_calendars(house: House, http: httpx.AsyncClient, accounts: Mapping[str, tuple[str, str]]) -> OtherCalendars:
    """The calendars with the systems that there is an adapter for; `http` belongs to the caller."""
    return OtherCalendars(house.database, house.shelf, {redturtle.SYSTEM: redturtle.RedTurtle(http, accounts)})


async def keep(calendars: OtherCalendars, now: Callable[[], datetime], stop: asyncio.Event) -> None:
    """Carry out what people wait for, hear what is free, settle what is half done, until `stop`."""
    followed: datetime | None = None

    async def look_around(at: datetime) -> None:
        nonlocal followed
        await calendars.refresh(at)
        await calendars.reconcile(at)
        if followed is None or at - followed >= FOLLOWED_EVERY:
            await calendars.follow(at)
            followed = at

    await asyncio.gather(
        _again_and_again(calendars.carry_out, CARRIED_OUT_EVERY, now, stop),
        _again_and_again(look_around, REFRESHED_EVERY, now, stop),
    )


async def _again_and_again(
    work: Callable[[datetime], Awaitable[None]], every: float, now: Callable[[], datetime], stop: asyncio.Event
) -> None:
    while not stop.is_set():
        try:
            await work(now())
        except Exception:
            log.exception("the calendars of other systems wait")
        try:
            await asyncio.wait_for(stop.wait(), every)
        except TimeoutError:
            continue
