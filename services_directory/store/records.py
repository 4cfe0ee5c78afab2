"""What a record of the directory may say: one document a record, checked whole before it reaches the database.

Data files, edits in the console and imports all become these; the history keeps them as JSON (`document`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from locales.text import Localized, Phone
from services_directory.facts import Audience, OfficeKind
from services_directory.store.localized import from_json, to_json

MAX_ANSWER = 500
"""Characters of a guide's short answer, in every language: it must fit one message and be read to its end."""


def _localized(value: object) -> Localized:
    """A text: a map of languages, a plain string that is the same in all of them, or the form of the history."""
    if isinstance(value, Localized):
        return value
    if isinstance(value, str) and value.strip():
        return Localized.same(value.strip())
    if isinstance(value, dict) and isinstance(value.get("texts"), dict):
        return from_json(value)
    if isinstance(value, dict) and value and all(isinstance(text, str) and text.strip() for text in value.values()):
        texts = {code: text.strip() for code, text in value.items()}
        return Localized(texts, "it" if "it" in value else next(iter(value)))
    raise ValueError("a text is a string, or a map from language code to text")


def _dialled(number: str) -> str:
    """A telephone number that can be dialled; as it was written."""
    Phone.read(number)
    return number


def _language(value: object) -> object:
    return {"language": value} if isinstance(value, str) else value


Words = Annotated[Localized, BeforeValidator(_localized), PlainSerializer(to_json)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]
Degrees = Annotated[float, Field(ge=-180, le=180)]


class Part(BaseModel):
    """A part of a record; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, frozen=True)


class Record(Part):
    """What every record carries: where it is from, and when and by whom it was last checked."""

    sources: list[dict[str, Any]] = []
    drafted: frozenset[str] = frozenset()
    """In data files: the languages in which all of its texts are machine drafts."""
    verified_on: date | None = None
    verified_by: str | None = None
    example: bool = False
    hsds: dict[str, Any] = {}
    """What an import in HSDS's form said beyond the fields of ours: it leaves with the next export as it came."""
    retired: bool = False
    """No longer offered; kept for what was booked, and for its history."""

    @model_validator(mode="after")
    def _mark_drafts(self) -> Record:
        for name in type(self).model_fields if self.drafted else ():
            object.__setattr__(self, name, _drafted(getattr(self, name), self.drafted))
        object.__setattr__(self, "drafted", frozenset())  # each text knows now
        return self


class Keyed(Record):
    """A record with a lasting key."""

    key: Key


class OfCity(Keyed):
    """A record of one city; `position` is its place among its like."""

    city: Key
    position: int = 0


def _drafted(value: Any, drafted: frozenset[str]) -> Any:  # noqa: ANN401, any field of a record
    """The same value, its texts knowing which of their languages are machine drafts."""
    if isinstance(value, Localized):
        return value.marked(drafted=value.drafted | drafted & value.texts.keys())
    if isinstance(value, list):
        return [_drafted(item, drafted) for item in value]
    return value


class City(Record):
    """A city of the network."""

    slug: Key
    name: Words
    latitude: Degrees
    longitude: Degrees
    patron: Words
    patron_day: Annotated[str, Field(pattern=r"^(\d\d-\d\d|easter\+\d+)$")]
    network: dict[str, bool]


class PhoneNumber(Part):
    """A telephone number and what to know before dialling it."""

    number: Annotated[str, AfterValidator(_dialled)]
    note: Words | None = None


class HoursException(Part):
    """Days on which the usual week does not hold."""

    first_day: date
    last_day: date
    hours: str
    reason: Words | None = None

    @model_validator(mode="after")
    def _in_order(self) -> HoursException:
        if self.last_day < self.first_day:
            raise ValueError(f"the last day ({self.last_day}) is before the first ({self.first_day})")
        return self


class Alert(Part):
    """What people must know on these days, said before anything else about the place."""

    first_day: date
    last_day: date
    text: Words


class SpokenLanguage(Part):
    """A language spoken at an office; `hours` None: whenever it is open."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    hours: str | None = None
    mediator: bool = False


class Stop(Part):
    """A stop of a mobile unit: aware times."""

    starts: datetime
    ends: datetime
    place: str
    latitude: Degrees | None = None
    longitude: Degrees | None = None


class Counter(Part):
    """A desk, a room, a van, and what it serves."""

    key: Key
    name: Words
    hours: str | None = None
    grid: Annotated[int, Field(ge=5, le=60)] = 15
    languages: list[str] = []
    services: list[Key] = []


class Organization(OfCity):
    """Who runs a place or a service."""

    name: str
    about: Words | None = None
    website: str | None = None


class Office(OfCity):
    """A place where people go. `hours` is OpenStreetMap's opening_hours syntax; None: not known."""

    organization: Key | None = None
    kind: OfficeKind
    name: Words
    about: Words | None = None
    address: str | None = None
    postal_code: Annotated[str, Field(pattern=r"^\d{5}$")] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Degrees | None = None
    accessibility: Words | None = None
    phones: list[PhoneNumber] = []
    email: str | None = None
    languages: list[Annotated[SpokenLanguage, BeforeValidator(_language)]] = []
    hours: str | None = None
    exceptions: list[HoursException] = []
    alerts: list[Alert] = []
    stops: list[Stop] = []
    counters: list[Counter] = []


class Booking(Part):
    """How a service is booked: minutes an appointment takes, minutes ahead it must be booked, days ahead it can be."""

    minutes: Annotated[int, Field(ge=5, le=240)]
    lead_minutes: Annotated[int, Field(ge=0)] = 60
    horizon_days: Annotated[int, Field(ge=1, le=180)] = 30


class Service(OfCity):
    """Something the city does for people. `topics` are intents that it answers."""

    office: Key | None = None
    organization: Key | None = None
    name: Words
    about: Words
    topics: Annotated[list[str], Field(min_length=1)]
    audience: list[Audience] = []
    eligibility: Words | None = None
    how: Words | None = None
    """How one gets it: whom to ask, whether one must book."""
    cost: Words | None = None
    documents: list[Words] = []
    capacity: Annotated[int, Field(ge=0)] | None = None
    """Places there are (beds, seats); None: not known, or not counted."""
    website: str | None = None
    booking: Booking | None = None


class Session(Part):
    """One meeting of an activity: aware times."""

    starts: datetime
    ends: datetime
    place: str | None = None


class Activity(OfCity):
    """A course, a workshop, a project."""

    office: Key | None = None
    organization: Key | None = None
    name: Words
    about: Words
    topics: Annotated[list[str], Field(min_length=1)]
    audience: list[Audience] = []
    schedule: Words | None = None
    starts_on: date | None = None
    sessions: list[Session] = []
    seats: Annotated[int, Field(ge=1)] | None = None
    childcare: bool | None = None
    level: str | None = None


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


KINDS: Mapping[str, type[Keyed]] = {
    "organization": Organization,
    "office": Office,
    "service": Service,
    "activity": Activity,
    "contact": Contact,
    "guide": Guide,
}
"""By the name under which the history keeps them; what others refer to comes first."""


class RecordError(ValueError):
    """A record cannot be as it is; `faults` are (place in it, what is wrong and what to do)."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{place}: {fault}" for place, fault in faults))
        self.faults = tuple(faults)


def kind_of(one: Keyed) -> str:
    """The name of its kind."""
    return next(name for name, kind in KINDS.items() if isinstance(one, kind))


def document(one: Keyed) -> dict[str, Any]:
    """The record as the history keeps it: JSON, without what is not said."""
    saved: dict[str, Any] = one.model_dump(mode="json", exclude_defaults=True)
    return saved


def record(kind: str, saved: Mapping[str, Any]) -> Keyed:
    """The record of a document. Raises RecordError; KeyError for a kind there is not."""
    try:
        return KINDS[kind].model_validate(saved)
    except ValidationError as problem:
        raise RecordError(faults(problem)) from None


def faults(problem: ValidationError) -> list[tuple[str, str]]:
    """Each fault that pydantic found: its place, and what is wrong."""
    return [(".".join(map(str, error["loc"])), error["msg"]) for error in problem.errors()]
