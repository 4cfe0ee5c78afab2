"""When nobody is to be woken: what the bot says of itself waits for the morning."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from locales.dates import in_rome

WAKES = time(8)
SLEEPS = time(21)
"""On Rome's clock: who works nights keeps their telephone silent by day, everybody else from here to `WAKES`."""


def awake(moment: datetime) -> datetime:
    """The same moment, or the next 8:00 in Rome when it falls between 21:00 and 8:00. Aware; Rome's when moved."""
    local = in_rome(moment)
    if WAKES <= local.time() < SLEEPS:
        return moment
    # The wall clock is set, not eight hours added: in the nights when the clocks change those differ.
    day = local.date() + timedelta(days=local.time() >= SLEEPS)
    return datetime.combine(day, WAKES, local.tzinfo)
