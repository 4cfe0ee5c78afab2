"""What a record of the directory may say: one document a record, checked whole before it reaches the database.

Data files, edits in the console and imports all become these; the history keeps them as JSON (`document`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from locales.text import LanguageName, Localized, _
from services_directory.facts import Audience, OfficeKind
from services_directory.store.faults import RecordError, faults
from services_directory.store.parts import (
    Alert,
    AtOffice,
    Booking,
    Counter,
    Degrees,
    FaultError,
    HoursException,
    Key,
    Part,
    PhoneNumber,
    Reminders,
    Session,
    SpokenLanguage,
    Stop,
    Words,
    language_said,
    office_said,
)

MAX_ANSWER = 500
"""Characters of a guide's short answer, in every language: it must fit one message and be read to its end."""


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


class Offered(OfCity):
    """What is given to people at some places, in the order in which they are told."""

    offices: list[Annotated[AtOffice, BeforeValidator(office_said)]] = []

    @model_validator(mode="before")
    @classmethod
    def _of_one_office(cls, said: Any) -> Any:  # noqa: ANN401, what is about to be checked
        """Early versions in the history had one `office`."""
        if not isinstance(said, dict) or "office" not in said:
            return said
        rest = {name: value for name, value in said.items() if name != "office"}
        return {"offices": [said["office"]] if said["office"] else [], **rest}


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
    province: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    name: Words
    latitude: Degrees
    longitude: Degrees
    patron: Words
    patron_day: Annotated[str, Field(pattern=r"^(\d\d-\d\d|easter\+\d+)$")]
    network: dict[str, bool]


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
    languages: list[Annotated[SpokenLanguage, BeforeValidator(language_said)]] = []
    hours: str | None = None
    exceptions: list[HoursException] = []
    alerts: list[Alert] = []
    stops: list[Stop] = []
    counters: list[Counter] = []
    reminders: Reminders = Reminders()


class Service(Offered):
    """Something the city does for people. `topics` are intents that it answers."""

    organization: Key | None = None
    name: Words
    about: Words
    topics: list[str] = []
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


class Activity(Offered):
    """A course, a workshop, a project."""

    organization: Key | None = None
    name: Words
    about: Words
    topics: list[str] = []
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
                raise FaultError(
                    _(
                        "The answer in this language is too long: {language}. It has {length} characters; "
                        "people read at most {most}.",
                        language=LanguageName(language),
                        length=len(text),
                        most=MAX_ANSWER,
                    )
                )
        return self


class Taxonomy(Keyed):
    """A taxonomy of others, for the whole country; ours are code (`services_directory/taxonomy.py`)."""

    name: str
    description: str
    uri: str | None = None
    version: str | None = None


class Term(Keyed):
    """A term of another's taxonomy. `taxonomy`, `parent`: keys of imported ones; None: there is none, or it is ours."""

    taxonomy: Key | None = None
    parent: Key | None = None
    code: str | None = None
    name: str
    description: str
    language: str | None = None
    uri: str | None = None

    @property
    def stands_alone(self) -> bool:
        """Whether it came with its taxonomy whole, or with none: then its parent may be elsewhere."""
        said = self.hsds.get("original", {})
        return "taxonomy_detail" in said or "taxonomy_id" not in said


KINDS: Mapping[str, type[Keyed]] = {
    "organization": Organization,
    "office": Office,
    "service": Service,
    "activity": Activity,
    "contact": Contact,
    "guide": Guide,
    "taxonomy": Taxonomy,
    "term": Term,
}
"""By the name under which the history keeps them; what others refer to comes first."""
CLASSIFYING = frozenset({"taxonomy", "term"})
"""Kinds that come from others, belong to the whole country, and are edited where they come from."""


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
