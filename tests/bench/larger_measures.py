"""What grows with the directory, at each of its sizes; and what staff publish on one worker, told on another."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from time import perf_counter

from tests.bench.figures import BenchError, Growth, Pair, Sample
from tests.bench.programs import output_of
from tests.bot.two_workers import two_workers
from tests.services import ServiceMissingError, postgresql, redis

SIZES = (100, 1_000, 10_000)
"""Services of each directory that is measured."""
LABELS = {
    "written": "Search: words of six languages",
    "misspelt": "Search: misspelt words",
    "needed": "Search: near, open now, spoken, meant for",
    "answered": "Inside: a turn about a service",
    "reading": "Reading the directory after a publication",
    "making": "Making the index, at the first search",
}
PUBLISHED = 25
"""Publications on the one worker, each followed by a question on the other."""


async def growing(folder: Path) -> list[Growth]:
    """Each thing at each size, every size in a process of its own. Raises BenchError."""
    measured = []
    for size in SIZES:
        url = f"sqlite+aiosqlite:///{folder}/services-{size}.db"
        measured.append(json.loads(await output_of("tests.bench.growth", url, str(size))))
    return [Growth(label, [Sample(one[name], sum(one[name])) for one in measured]) for name, label in LABELS.items()]


async def published_elsewhere(folder: Path) -> list[Pair]:
    """From the press on one worker to the answer of another, that tells it; nothing without PostgreSQL and Redis."""
    try:
        postgresql.find()
        redis.find()
    except ServiceMissingError:
        return []
    times = await asyncio.to_thread(_published, folder)
    return [Pair("Published on one worker, told on another", Sample(times, sum(times)))]


def _published(folder: Path) -> list[float]:
    times = []
    with (
        postgresql.start() as server,
        server.fresh() as database,
        redis.start() as memory,
        two_workers(folder, database, redis_url=memory) as (staff, asker),
    ):
        asker.hours_told()
        for minute in range(PUBLISHED):
            opens = f"06:{minute:02}"
            form = staff.form(opens, "21:43")
            began = perf_counter()
            staff.presses(form)
            told = asker.hours_told()
            times.append(perf_counter() - began)
            if f"{opens}-21:43" not in told:
                raise BenchError(f"the other worker does not know that it opens at {opens}: {told}")
    return times
