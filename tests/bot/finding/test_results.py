"""What is told of something found: every place, and its own hours there."""

from __future__ import annotations

from dataclasses import replace

from bot.finding.results import told
from services_directory.desk.directory import Directory
from services_directory.desk.search import Hit
from services_directory.facts import AtOffice
from services_directory.store.session import Database
from tests.town import WEDNESDAY

TODAY = WEDNESDAY.date()


async def test_each_place_is_told_with_the_hours_of_the_service_there(example_sqlite_url: str) -> None:
    database = Database(example_sqlite_url)
    async with database.reading() as session:
        directory = await Directory.load(session, TODAY)
    await database.close()
    service = next(one for one in directory.offers() if one.city == "taranto" and one.offices)
    first, second, *_others = (office for office in directory.offices("taranto") if office.address)
    places = (AtOffice(first.key, "We 09:00-10:00"), AtOffice(second.key), AtOffice("closed-long-ago"))
    found = told(Hit(replace(service, offices=places), 1.0, 0.123), directory, TODAY, "en")
    assert found.facts[0] == "0.1 km from you"
    assert [fact for fact in found.facts if fact.startswith("Where: ")] == [
        f"Where: {office.label.best('en')[0]}, {office.address}" for office in (first, second)
    ]
    assert "Wednesday 25 November: open 09:00-10:00." in found.facts
    assert "When: Wed 09:00-10:00" in found.facts
    assert sum(fact.startswith("Wednesday 25 November") for fact in found.facts) == 2
