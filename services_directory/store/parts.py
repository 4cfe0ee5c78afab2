"""What records are made of: texts, telephones, hours, stops, counters. Unknown fields are refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from locales.text import Localized, Phone
from services_directory.store.localized import from_json, to_json


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


def language_said(value: object) -> object:
    """A language alone is one that is spoken whenever the office is open."""
    return {"language": value} if isinstance(value, str) else value


Words = Annotated[Localized, BeforeValidator(_localized), PlainSerializer(to_json)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]
Degrees = Annotated[float, Field(ge=-180, le=180)]


class Part(BaseModel):
    """A part of a record; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, frozen=True)


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


class Booking(Part):
    """How a service is booked: minutes an appointment takes, minutes ahead it must be booked, days ahead it can be."""

    minutes: Annotated[int, Field(ge=5, le=240)]
    lead_minutes: Annotated[int, Field(ge=0)] = 60
    horizon_days: Annotated[int, Field(ge=1, le=180)] = 30


class Session(Part):
    """One meeting of an activity: aware times."""

    starts: datetime
    ends: datetime
    place: str | None = None
