"""Joins the rooms of the console: what `bot/app.py` mounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import APIRouter

from services_directory.console.appointments import add_appointments
from services_directory.console.deeds import add_deeds
from services_directory.console.directory import add_directory
from services_directory.console.door import Console
from services_directory.console.edits import add_edits
from services_directory.console.entrance import add_entrance
from services_directory.console.missed import add_missed
from services_directory.console.pages import add_static
from services_directory.console.translations import add_translations
from services_directory.desk.directory import Shelf
from services_directory.store.session import Database


def _clock() -> datetime:
    return datetime.now(UTC)


def console_of(
    database: Database,
    shelf: Shelf,
    *,
    secret: str,
    secure_cookies: bool,
    demo: bool,
    now: Callable[[], datetime] = _clock,
) -> Console:
    """What the pages need. `secret` signs and hashes; `demo` says that all of this is an example."""
    return Console(database, shelf, secret, secure_cookies, demo, now)


def console_router(console: Console) -> APIRouter:
    """Everything below `/console/`, but for the previews, which the bot itself gives."""
    router = APIRouter(prefix="/console", include_in_schema=False)
    add_static(router)
    add_entrance(router, console)
    add_appointments(router, console)
    add_deeds(router, console)
    add_missed(router, console)
    add_translations(router, console)
    add_directory(router, console)
    add_edits(router, console)
    return router
