"""The directory's data files: read whole, checked whole, before a line of them reaches the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from locales.dates import ROME
from locales.languages import SOURCE
from locales.rendering import render
from services_directory.store import records
from services_directory.store.faults import faults
from services_directory.store.parts import Key, Part

DATA = Path(__file__).parent.parent / "data"
LISTS = ("organizations", "offices", "services", "activities")
"""Of a city's file."""


class DataFileError(Exception):
    """A data file is wrong; the message names the file, the place in it and what to do."""


class CityFile(Part):
    """One city's places, services and activities. Each record is told its city, and whether it is an example."""

    city: Key
    organizations: list[records.Organization] = []
    offices: list[records.Office] = []
    services: list[records.Service] = []
    activities: list[records.Activity] = []

    @property
    def all(self) -> list[records.OfCity]:
        """Its records, what others refer to first."""
        return [*self.organizations, *self.offices, *self.services, *self.activities]


class Cities(Part):
    """The file of cities."""

    cities: list[records.City]


class Contacts(Part):
    """The file of national telephone numbers."""

    contacts: list[records.Contact]


Model = TypeVar("Model", bound=BaseModel)
_AHEAD: TypeAdapter[int] = TypeAdapter(Annotated[int, Field(ge=0)])


def read(path: Path, model: type[Model]) -> Model:
    """One data file. Raises DataFileError."""
    return _checked(path, model, _content(path))


def network() -> Iterator[CityFile]:
    """What the network's documents say, city by city."""
    for path in sorted((DATA / "network").glob("*.yml")):
        yield _city(path, example=False, today=None)


def examples(today: date) -> Iterator[CityFile]:
    """The example data as of that day: records with the key of a network record take its place."""
    for path in sorted((DATA / "example").glob("*.yml")):
        yield _city(path, example=True, today=today)


def guides() -> Iterator[records.Guide]:
    """All guides."""
    for path in sorted((DATA / "guides").glob("*.yml")):
        yield read(path, records.Guide)


def cities() -> list[records.City]:
    """The cities of the network."""
    return read(DATA / "cities.yml", Cities).cities


def contacts() -> list[records.Contact]:
    """The national telephone numbers."""
    return read(DATA / "national.yml", Contacts).contacts


def _content(path: Path) -> Any:  # noqa: ANN401, whatever YAML holds
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506, both are safe loaders
    except yaml.YAMLError as problem:
        raise DataFileError(f"{path}: not readable as YAML: {problem}") from None


def _checked(path: Path, model: type[Model], content: object) -> Model:
    try:
        return model.model_validate(content)
    except ValidationError as problem:
        lines = "; ".join(f"{place}: {render(fault, SOURCE)}" for place, fault in faults(problem))
        raise DataFileError(f"{path}: {lines}") from None


def _city(path: Path, *, example: bool, today: date | None) -> CityFile:
    content = _content(path)
    try:
        for name in LISTS:
            for position, one in enumerate(content.get(name, ())):
                one |= {"city": content["city"], "example": example, "position": position}
                _count_days(one, today)
    except (AttributeError, KeyError, TypeError, ValueError) as problem:
        raise DataFileError(f"{path}: not a city's file: {problem}") from None
    return _checked(path, CityFile, content)


def _count_days(one: dict[str, Any], today: date | None) -> None:
    """Turn the days of an example, which are counted from today, into dates: it never grows old."""
    if (ahead := one.pop("starts_in_days", None)) is not None:
        one["starts_on"] = _day(today, ahead)
    for stop in one.get("stops", ()):
        day = _day(today, stop.pop("in_days"))
        for name, said in (("starts", "from"), ("ends", "to")):
            stop[name] = datetime.combine(day, time.fromisoformat(stop.pop(said)), ROME)
    if (meets := one.pop("meets", None)) is not None:
        one["sessions"] = list(_meetings(today, **meets))


def _meetings(
    today: date | None, *, weekdays: list[int], clock: tuple[str, str], times: int, in_days: int
) -> Iterator[dict[str, datetime]]:
    """So many meetings on these weekdays (Monday is 0) from so many days after today on, or before it."""
    if today is None:
        raise ValueError("only example data counts its days from today")
    opens, closes = map(time.fromisoformat, clock)
    first = today + timedelta(days=in_days)
    every = (first + timedelta(days=ahead) for ahead in range(7 * times))
    for day in islice((day for day in every if day.weekday() in weekdays), times):
        yield {"starts": datetime.combine(day, opens, ROME), "ends": datetime.combine(day, closes, ROME)}


def _day(today: date | None, ahead: object) -> date:
    if today is None:
        raise ValueError("only example data counts its days from today")
    return today + timedelta(days=_AHEAD.validate_python(ahead))
