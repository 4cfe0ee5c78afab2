"""`make bench`: how fast Sportello answers and what it needs, beside a bare bot on the same fake Bot API."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn

from tests.bench.calendar_measures import OLD, calendars
from tests.bench.calendars import YOUNG
from tests.bench.figures import Aim, BenchError, Pair, growths, single, speeds
from tests.bench.larger_measures import SIZES, growing, published_elsewhere
from tests.bench.measures import (
    PEOPLE,
    Footprint,
    Served,
    inside,
    inside_on_postgresql,
    measure_echo,
    measure_sportello,
)
from tests.bench.whatsapp_measures import on_whatsapp

TIMES_THE_ECHO, TURN_MS, MEMORY_MB = 4, 8, 300
"""What is aimed at (issue 2). Shown beside the result; no machine is quiet enough to fail for it."""


async def measure(past: int) -> list[str]:
    """The lines to print; `past`: the past appointments of the older office. Raises BenchError."""
    with TemporaryDirectory(prefix="bench-") as made:
        folder = Path(made)
        parsed, turned = await inside("SQLite", f"sqlite+aiosqlite:///{folder}/inside.db")
        on_postgresql = await inside_on_postgresql()
        echo = await measure_echo(folder)
        footprint, served = await measure_sportello(folder)
        whatsapp = await on_whatsapp(folder)
        elsewhere = await published_elsewhere(folder)
        larger = await growing(folder)
        offices = await calendars(folder, past)
    booked = [pair for both in offices.booked for pair in both]
    measured = [
        echo,
        served.asked,
        served.turns,
        served.bookings,
        served.web,
        *whatsapp,
        *elsewhere,
        parsed,
        turned,
        *booked,
    ]
    return [
        *speeds([*measured, *on_postgresql], PEOPLE),
        *([] if on_postgresql else ["What PostgreSQL does: there is none on this machine"]),
        "",
        *growths(larger, SIZES),
        "",
        *growths(offices.free, (YOUNG, past), "past", "Past appointments"),
        "",
        single("Start until ready, empty database", footprint.first_start, "s"),
        single("Start until ready, the next time", footprint.next_start, "s"),
        single("Memory after the start", footprint.at_rest, "MB"),
        single("Memory after the load", footprint.after_load, "MB"),
        "",
        *(aim.line() for aim in (*aims(echo, served, turned, footprint), *offices.aims())),
    ]


def aims(echo: Pair, served: Served, turned: Pair, footprint: Footprint) -> Sequence[Aim]:
    """What is aimed at, beside what was measured."""
    return (
        Aim(
            "A question on Telegram, beside the echo (p50)",
            served.asked.alone.p50 / echo.alone.p50,
            TIMES_THE_ECHO,
            "x",
        ),
        Aim("A turn inside the process (p50)", turned.alone.p50, TURN_MS, "ms"),
        Aim("A turn over the web, there and back (p50)", served.web.alone.p50, TURN_MS, "ms"),
        Aim("Memory after the load", footprint.after_load, MEMORY_MB, "MB"),
    )


def main() -> int:
    """Measure and print; 1 when something did not run."""
    reader = argparse.ArgumentParser(prog="make bench ARGS=", description=__doc__)
    reader.add_argument("--past", type=int, default=OLD, help="past appointments of the older of two offices")
    past: int = reader.parse_args().past
    with asyncio.Runner(loop_factory=uvicorn.Config("", log_config=None).get_loop_factory()) as runner:
        try:
            lines = runner.run(measure(past))
        except BenchError as problem:
            sys.stderr.write(f"bench: {problem}\n")
            return 1
    sys.stdout.write("\n".join((*lines, "")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
