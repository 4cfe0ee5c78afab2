"""Joins the rooms of the console: what `bot/app.py` mounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import APIRouter

from services_directory.console.appointments import add_appointments
from services_directory.console.deeds import add_deeds
from services_directory.console.door import Console
from services_directory.console.entrance import add_entrance
from services_directory.console.pages import add_static
from services_directory.desk.directory import Shelf
from services_directory.store.session import Database


def _clock() -> datetime:
    return datetime.now(UTC)


def console_router(
    database: Database,
    shelf: Shelf,
    *,
    secret: str,
    secure_cookies: bool,
    demo: bool,
    now: Callable[[], datetime] = _clock,
) -> APIRouter:
    """Everything below `/console/`. `secret` signs and hashes; `demo` says that all of this is an example."""
    console = Console(database, shelf, secret, secure_cookies, demo, now)
    router = APIRouter(prefix="/console", include_in_schema=False)
    add_static(router)
    add_entrance(router, console)
    add_appointments(router, console)
    add_deeds(router, console)
    return router
