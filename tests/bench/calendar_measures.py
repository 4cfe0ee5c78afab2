"""Bookings beside bare inserts of their rows, on each database; free times of an office with a long past."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.calendars import YOUNG
from tests.bench.figures import Aim, Growth, Pair, Sample
from tests.bench.programs import output_of
from tests.services import ServiceMissingError, postgresql

OLD = 1_000_000
"""Past appointments of an office of six counters."""
FREE_MS, FREE_TIMES = 30, 1.5
"""What is aimed at: the slowest hundredth, and beside an office with hardly any past."""
LABELS = {"days": "The days with a free time", "slots": "The free times of a day"}


@dataclass(frozen=True)
class Calendars:
    """What was measured: bookings and bare inserts, a pair for each database; free times, the young office first."""

    booked: Sequence[tuple[Pair, Pair]]
    free: Sequence[Growth]

    def aims(self) -> list[Aim]:
        """How much a booking is beside its rows (no aim: a wish), and free times beside what is aimed at."""
        return [
            *(Aim(f"{booked.label}, beside its rows (p50)", booked.alone.p50 / bare.alone.p50, 15, "x")
              for booked, bare in self.booked),
            *(Aim(f"{one.label}, long past (p99)", one.samples[-1].p99, FREE_MS, "ms") for one in self.free),
            *(Aim(f"{one.label}, beside no past (p50)", one.times, FREE_TIMES, "x") for one in self.free),
        ]  # fmt: skip


async def calendars(folder: Path, past: int = OLD) -> Calendars:
    """Each in a process of its own, free times on PostgreSQL where there is one. Raises BenchError."""
    booked = [await _booked("SQLite", f"sqlite+aiosqlite:///{folder}/booked.db")]
    try:
        postgresql.find()
    except ServiceMissingError:
        looked = await _looked([f"sqlite+aiosqlite:///{folder}/past-{size}.db" for size in (YOUNG, past)], past)
    else:
        async with _databases(3) as (empty, *urls):
            booked.append(await _booked("PostgreSQL", empty))
            looked = await _looked(urls, past)
    return Calendars(booked, [Growth(label, [one[name] for one in looked]) for name, label in LABELS.items()])


@asynccontextmanager
async def _databases(count: int) -> AsyncIterator[list[str]]:
    with postgresql.start() as server:
        for number in range(count):
            server.ask(f"CREATE DATABASE bench_{number}")
        yield [server.url(f"bench_{number}") for number in range(count)]


async def _booked(where: str, url: str) -> tuple[Pair, Pair]:
    measured = _samples(json.loads(await output_of("tests.bench.calendars", url)))
    return (
        Pair(f"Inside: a booking on {where}", measured["booked"]),
        Pair(f"Inside: bare inserts of its rows on {where}", measured["bare"]),
    )


async def _looked(urls: Sequence[str], past: int) -> list[dict[str, Sample]]:
    return [_samples(one) for one in json.loads(await output_of("tests.bench.calendars", *urls, str(past)))]


def _samples(measured: dict[str, list[float]]) -> dict[str, Sample]:
    return {name: Sample(times, sum(times)) for name, times in measured.items()}
