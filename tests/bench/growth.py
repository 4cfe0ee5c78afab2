"""Search and answers in a directory of so many services. `python -m tests.bench.growth URL SERVICES`: JSON, seconds."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from time import perf_counter

import uvicorn

from bot.clock import SystemClock
from bot.house import House
from locales.dates import ROME, in_rome
from nlu.embedded import EmbeddedInterpreter
from services_directory.desk.directory import Directory
from services_directory.desk.search import SearchIndex, Wanted
from services_directory.facts import Audience
from services_directory.store.session import Database
from tests.bench.inside import turning
from tests.bench.larger import Larger
from tests.town import found

BARI, MILANO = (41.12, 16.87), (45.46, 9.19)
WRITTEN = (
    Wanted("dove dormire"), Wanted("assistenza legale"), Wanted("help with documents"), Wanted("aide au logement"),
    Wanted("مساعدة قانونية"), Wanted("مكان للنوم"), Wanted("আইনি সহায়তা"), Wanted("ইতালীয় ভাষা"),
)  # fmt: skip
"""As people write it who can spell, in six languages."""
MISSPELT = (
    Wanted("lagal hlep"), Wanted("asistensa legalle"), Wanted("dromire"), Wanted("psicologgo banbini"),
    Wanted("مساعده قانونيهه"), Wanted("مكانن النوومم"), Wanted("আইনী সহায়তাা"), Wanted("ইতালিয় ভাসা"),
)  # fmt: skip
NEEDED = (
    Wanted("assistenza legale", near=BARI), Wanted("casa", city="milano", open_now=True),
    Wanted("dove dormire", language="ar"), Wanted(topic="legal_help", near=MILANO),
    Wanted(near=BARI, language="fr", open_now=True), Wanted(audience=Audience.WOMEN, near=BARI), Wanted(open_now=True),
)  # fmt: skip
"""With words and without, where somebody is near, open now, spoken, meant for somebody."""
ROUNDS, WARM = 60, 3
PUBLICATIONS = 3


def searching(index: SearchIndex, wishes: Sequence[Wanted], rounds: int = ROUNDS) -> list[float]:
    """How long each search takes, on a working day while most offices are open; the first rounds do not count."""
    wednesday = datetime.combine(index.directory.day, time(10, 30), ROME)
    wednesday += timedelta(days=(2 - wednesday.weekday()) % 7)
    times: list[float] = []
    for at in range(WARM + rounds):
        for wanted in wishes:
            began = perf_counter()
            index.find(wanted, wednesday)
            if at >= WARM:
                times.append(perf_counter() - began)
    return times


async def grow(database: Database, services: int) -> None:
    """Have an example town hold so many services."""
    async with database.writing() as session:
        await Larger(session).holds(services)


async def read(database: Database) -> Directory:
    """The directory as every process reads it after a publication."""
    async with database.reading() as session:
        return await Directory.load(session, in_rome(SystemClock().now()).date())


async def main(url: str, services: int) -> None:
    """Measure on a new database at that address, and print."""
    await found(url, SystemClock().now())
    database = Database(url)
    reading: list[float] = []
    making: list[float] = []
    try:
        await grow(database, services)
        for _publication in range(PUBLICATIONS):
            began = perf_counter()
            directory = await read(database)
            reading.append(perf_counter() - began)
            began = perf_counter()
            index = SearchIndex(directory)
            making.append(perf_counter() - began)
        house = House(database, EmbeddedInterpreter.shipped())
        measured = {
            "written": searching(index, WRITTEN),
            "misspelt": searching(index, MISSPELT),
            "needed": searching(index, NEEDED),
            "answered": await turning(house, lambda words: words.tonight),
            "reading": reading,
            "making": making,
        }
    finally:
        await database.close()
    sys.stdout.write(json.dumps(measured))


if __name__ == "__main__":
    # On the event loop that the program itself runs on.
    with asyncio.Runner(loop_factory=uvicorn.Config("", log_config=None).get_loop_factory()) as runner:
        runner.run(main(sys.argv[1], int(sys.argv[2])))
