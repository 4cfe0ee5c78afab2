"""Three small offices of a model city in which everything about booking differs, and directories of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services_directory.desk.directory import Directory
from services_directory.desk.projecting import project, project_cities
from services_directory.store import records
from services_directory.store.places import DirectoryVersionRow
from services_directory.store.session import Database
from services_directory.taxonomy import TERMS
from tests.town import WEDNESDAY

ALFA_HOURS = "Mo-Su 09:00-10:30"


def city(slug: str = "taranto", patron_day: str = "05-10") -> records.City:
    return records.City.model_validate(
        {
            "slug": slug, "province": "TA", "name": slug.title(), "latitude": 40.5, "longitude": 17.2,
            "patron": "San Cataldo", "patron_day": patron_day, "network": {},
        }
    )  # fmt: skip


def office(key: str, hours: str, *counters: dict[str, Any], **more: Any) -> records.Office:
    named = [{"name": counter["key"], **counter} for counter in counters]
    said = {"key": key, "city": "taranto", "kind": "one_stop_shop", "name": key, "hours": hours, "counters": named}
    return records.Office.model_validate(said | more)


def service(key: str, at: str, minutes: int, city: str = "taranto", **booking: Any) -> records.Service:
    said = {"key": key, "city": city, "name": key, "about": key, "topics": [next(iter(TERMS))], "offices": [at]}
    return records.Service.model_validate(said | {"booking": {"minutes": minutes, **booking}})


SERVICES = (
    service("short", "alfa", 20, buffer_minutes=10, lead_minutes=30, horizon_days=1, most_people=3, more_minutes=10),
    service("long", "alfa", 45, lead_minutes=0, horizon_days=1),
    service("tomorrow", "beta", 25, lead_minutes=60, horizon_days=1, same_day=False),
    service("night", "gamma", 30, lead_minutes=0, horizon_days=1, buffer_minutes=15),
)


def offices(alfa: str = ALFA_HOURS, grid: int = 15) -> tuple[records.Office, ...]:
    """The offices; `alfa` and `grid`: the hours of the first, and the grid of its first counter."""
    return (
        office(
            "alfa", alfa,
            {"key": "a1", "grid": grid, "services": ["short", "long"], "walk_ins": "We 10:00-10:20"},
            {"key": "a2", "grid": 15, "services": ["short"]},
        ),
        office("beta", "Mo-Su 09:05-10:25", {"key": "b1", "grid": 10, "services": ["tomorrow"]}),
        office(
            "gamma", "Mo-Su 22:00-24:00", {"key": "g1", "grid": 15, "services": ["night"], "languages": ["ar"]},
            languages=["ar"],
        ),
    )  # fmt: skip


async def publish(session: AsyncSession, *changed: records.Keyed, city: records.City | None = None) -> None:
    """Write records as a publication does; every process reads the directory anew."""
    if city is not None:
        await project_cities(session, [city])
    await project(session, changed)
    version = await session.get(DirectoryVersionRow, 1)
    if version is None:
        version = DirectoryVersionRow(id=1, version=0)
        session.add(version)
    version.version += 1


async def founded(database: Database) -> Sequence[Directory]:
    """The directory as it is at first, with later hours, and with another grid: one after the other it may hold."""
    found = []
    for alfa, grid in ((ALFA_HOURS, 15), ("Mo-Su 09:10-10:40", 15), ("Mo-Su 08:50-10:20", 10)):
        async with database.writing() as session:
            await publish(session, *offices(alfa, grid), *SERVICES, city=city())
        async with database.reading() as session:
            found.append(await Directory.load(session, WEDNESDAY.date()))
    return found
