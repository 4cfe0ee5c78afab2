"""The directory's data files: what they may say, checked whole before a line of it reaches the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from locales.text import Localized, Phone
from services_directory.facts import OfficeKind

DATA = Path(__file__).parent.parent / "data"
MAX_ANSWER = 500
"""Characters of a guide's short answer, in every language: it must fit one message and be read to its end."""


class DataFileError(Exception):
    """A data file is wrong; the message names the file, the place in it and what to do."""


def _localized(value: object) -> Localized:
    """A text: a map of languages, or a plain string that is the same in all of them."""
    if isinstance(value, str):
        return Localized.same(value)
    if isinstance(value, dict) and value and all(isinstance(text, str) and text.strip() for text in value.values()):
        return Localized(
            {code: text.strip() for code, text in value.items()}, "it" if "it" in value else next(iter(value))
        )
    raise ValueError("a text is a string, or a map from language code to text")


def _dialled(number: str) -> str:
    """A telephone number that can be dialled; as it was written."""
    Phone.read(number)
    return number


Words = Annotated[Localized, BeforeValidator(_localized)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, frozen=True)


class Record(_Part):
    """What every record carries: where it is from, and when it was last checked."""

    sources: list[dict[str, Any]] = []
    drafted: frozenset[str] = frozenset()
    verified_on: date | None = None

    @model_validator(mode="after")
    def _mark_drafts(self) -> Record:
        for name in type(self).model_fields:
            object.__setattr__(self, name, _drafted(getattr(self, name), self.drafted))
        return self


class Keyed(Record):
    """A record with a lasting key."""

    key: Key


def _drafted(value: Any, drafted: frozenset[str]) -> Any:  # noqa: ANN401, any field of a record
    """The same value, its texts knowing which of their languages are machine drafts."""
    if isinstance(value, Localized):
        return Localized(value.texts, value.source, drafted & value.texts.keys())
    if isinstance(value, list):
        return [_drafted(item, drafted) for item in value]
    return value


class City(Record):
    """A city of the network."""

    slug: Key
    name: Words
    latitude: float
    longitude: float
    patron: Words
    patron_day: Annotated[str, Field(pattern=r"^(\d\d-\d\d|easter\+\d+)$")]
    network: dict[str, bool]


class PhoneNumber(_Part):
    """A telephone number and what to know before dialling it."""

    number: Annotated[str, AfterValidator(_dialled)]
    note: Words | None = None


class HoursException(_Part):
    """Days on which the usual week does not hold."""

    first_day: date
    last_day: date
    hours: str
    reason: Words | None = None


class Stop(_Part):
    """A stop of a mobile unit, so many days after the file was loaded."""

    in_days: Annotated[int, Field(ge=0)]
    starts: Annotated[time, Field(alias="from")]
    ends: Annotated[time, Field(alias="to")]
    place: str
    latitude: float | None = None
    longitude: float | None = None


class Counter(_Part):
    """A desk, a room, a van, and what it serves."""

    key: Key
    name: Words
    hours: str | None = None
    grid: Annotated[int, Field(ge=5, le=60)] = 15
    languages: list[str] = []
    services: list[Key] = []


class Organization(Keyed):
    """Who runs a place or a service."""

    name: str
    about: Words | None = None
    website: str | None = None


class Office(Keyed):
    """A place where people go."""

    organization: Key | None = None
    kind: OfficeKind
    name: Words
    about: Words | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    phones: list[PhoneNumber] = []
    email: str | None = None
    languages: list[str] = []
    hours: str | None = None
    exceptions: list[HoursException] = []
    stops: list[Stop] = []
    counters: list[Counter] = []


class Booking(_Part):
    """How a service is booked."""

    minutes: Annotated[int, Field(ge=5, le=240)]
    lead_minutes: Annotated[int, Field(ge=0)] = 60
    horizon_days: Annotated[int, Field(ge=1, le=180)] = 30


class Service(Keyed):
    """Something the city does for people."""

    office: Key | None = None
    organization: Key | None = None
    name: Words
    about: Words
    topics: Annotated[list[str], Field(min_length=1)]
    eligibility: Words | None = None
    cost: Words | None = None
    documents: list[Words] = []
    booking: Booking | None = None


class Activity(Keyed):
    """A course, a workshop, a project."""

    office: Key | None = None
    organization: Key | None = None
    name: Words
    about: Words
    topics: Annotated[list[str], Field(min_length=1)]
    schedule: Words | None = None
    starts_in_days: int | None = None
    seats: Annotated[int, Field(ge=1)] | None = None
    childcare: bool | None = None
    level: str | None = None


class CityFile(_Part):
    """One city's places, services and activities."""

    city: Key
    organizations: list[Organization] = []
    offices: list[Office] = []
    services: list[Service] = []
    activities: list[Activity] = []


class Contact(Keyed):
    """A telephone number for the whole country."""

    name: Words
    phones: list[PhoneNumber] = []
    hours: Words | None = None
    free: bool | None = None
    languages: list[str] | None = None
    website: str | None = None
    what: Words


class Guide(Keyed):
    """An article on a right or a procedure."""

    topic: str
    intents: Annotated[list[str], Field(min_length=1)]
    rank: int = 1
    title: Words
    answer: Words
    steps: list[Words] = []
    documents: list[Words] = []
    contacts: list[Key] = []
    review_by: date

    @model_validator(mode="after")
    def _short_enough(self) -> Guide:
        for language, text in self.answer.texts.items():
            if len(text) > MAX_ANSWER:
                raise ValueError(f"answer in {language} has {len(text)} characters, at most {MAX_ANSWER} are read")
        return self


class Cities(_Part):
    """The file of cities."""

    cities: list[City]


class Contacts(_Part):
    """The file of national telephone numbers."""

    contacts: list[Contact]


Model = TypeVar("Model", bound=BaseModel)


def read(path: Path, model: type[Model]) -> Model:
    """One data file. Raises DataFileError."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506, both are safe loaders
        return model.model_validate(content)
    except yaml.YAMLError as problem:
        raise DataFileError(f"{path}: not readable as YAML: {problem}") from None
    except ValidationError as problem:
        lines = "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in problem.errors())
        raise DataFileError(f"{path}: {lines}") from None


def network() -> Iterator[CityFile]:
    """What the network's documents say, city by city."""
    for path in sorted((DATA / "network").glob("*.yml")):
        yield read(path, CityFile)


def examples() -> Iterator[CityFile]:
    """The example data: records with the key of a network record take its place."""
    for path in sorted((DATA / "example").glob("*.yml")):
        yield read(path, CityFile)


def guides() -> Iterator[Guide]:
    """All guides."""
    for path in sorted((DATA / "guides").glob("*.yml")):
        yield read(path, Guide)


def cities() -> list[City]:
    """The cities of the network."""
    return read(DATA / "cities.yml", Cities).cities


def contacts() -> list[Contact]:
    """The national telephone numbers."""
    return read(DATA / "national.yml", Contacts).contacts
