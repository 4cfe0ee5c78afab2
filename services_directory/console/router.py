"""Joins the rooms of the console: what `bot/app.py` mounts."""

from __future__ import annotations

from fastapi import APIRouter

from services_directory.console.activities import add_activities
from services_directory.console.appointments import add_appointments
from services_directory.console.attendance import add_attendance
from services_directory.console.calendars import add_calendars
from services_directory.console.certificates import add_certificates
from services_directory.console.closing import add_closing
from services_directory.console.day_sheets import add_day_sheets
from services_directory.console.day_tables import add_day_tables
from services_directory.console.deeds import add_deeds
from services_directory.console.directory import add_directory
from services_directory.console.door import Console
from services_directory.console.edits import add_edits
from services_directory.console.entrance import add_entrance
from services_directory.console.missed import add_missed
from services_directory.console.pages import add_static
from services_directory.console.record_form import add_record_form
from services_directory.console.sheets import add_sheets
from services_directory.console.translations import add_translations


def console_router(console: Console) -> APIRouter:
    """Everything below `/console/`, but for the previews, which the bot itself gives."""
    router = APIRouter(prefix="/console", include_in_schema=False)
    add_static(router)
    add_entrance(router, console)
    add_appointments(router, console)
    add_deeds(router, console)
    add_calendars(router, console)
    add_closing(router, console)
    add_day_tables(router, console)
    add_day_sheets(router, console)
    add_activities(router, console)
    add_attendance(router, console)
    add_certificates(router, console)
    add_missed(router, console)
    add_translations(router, console)
    add_sheets(router, console)
    add_directory(router, console)
    add_record_form(router, console)
    add_edits(router, console)
    return router
