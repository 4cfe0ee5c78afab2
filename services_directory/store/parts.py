"""What records are made of: texts, telephones, hours, stops, counters. Unknown fields are refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)

from locales.languages import SOURCE
from locales.rendering import render
from locales.text import Localized, Phone, Text, Verbatim, _
from services_directory.store.localized import from_json, to_json


class FaultError(ValueError):
    """A value cannot be as it is; `words` say so to who wrote it, and what to write instead."""

    def __init__(self, words: Text) -> None:
        super().__init__(render(words, SOURCE))
        self.words = words


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
    raise FaultError(_("Write a text, or a text for each language code."))


def _dialled(number: str) -> str:
    """A telephone number that can be dialled; as it was written."""
    try:
        Phone.read(number)
    except ValueError:
        raise FaultError(
            _("“{number}” is not a telephone number: write it as in 099 458 1111.", number=Verbatim(number))
        ) from None
    return number


def language_said(value: object) -> object:
    """A language alone is one that is spoken whenever the office is open."""
    return {"language": value} if isinstance(value, str) else value


def office_said(value: object) -> object:
    """An office alone is one where a service is given whenever it is open."""
    return {"office": value} if isinstance(value, str) else value


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


class OnDays(Part):
    """What holds on some days, the last one included."""

    first_day: date
    last_day: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_day < self.first_day:
            raise FaultError(_("The last day is before the first."))
        return self


class HoursException(OnDays):
    """Days on which the usual week does not hold; `counter` None: at the whole office."""

    hours: str
    counter: Key | None = None
    reason: Words | None = None


class Alert(OnDays):
    """What people must know on these days, said before anything else about the place."""

    text: Words


class SpokenLanguage(Part):
    """A language spoken at an office; `hours` None: whenever it is open."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    hours: str | None = None
    mediator: bool = False


class AtOffice(Part):
    """A place where a service is given; `hours` None: whenever the office is open."""

    office: Key
    hours: str | None = None


class Timed(Part):
    """What happens once: aware times."""

    starts: AwareDatetime
    ends: AwareDatetime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends <= self.starts:
            raise FaultError(_("It ends before it starts."))
        return self


class Stop(Timed):
    """A stop of a mobile unit."""

    place: Annotated[str, Field(min_length=1, max_length=200)]
    latitude: Degrees | None = None
    longitude: Degrees | None = None


class Elsewhere(Part):
    """The other system that keeps a counter's calendar: which one, where, and its name for what is booked."""

    system: Literal["redturtle.prenotazioni"] = "redturtle.prenotazioni"
    address: Annotated[str, Field(pattern=r"^https?://", max_length=300)]
    booking_type: Annotated[str, Field(min_length=1, max_length=200)]


class Counter(Part):
    """A desk, a room, a van, and what it serves."""

    key: Key
    name: Words
    hours: str | None = None
    grid: Annotated[int, Field(ge=5, le=60)] = 15
    languages: list[str] = []
    services: list[Key] = []
    walk_ins: str | None = None
    """opening_hours syntax: kept for people without an appointment."""
    elsewhere: Elsewhere | None = None


class Booking(Part):
    """How a service is booked: minutes an appointment takes, minutes ahead it must be booked, days ahead it can be.

    `buffer_minutes` stay free behind each; `more_minutes` are for each further one of at most `most_people`.
    """

    minutes: Annotated[int, Field(ge=5, le=240)]
    lead_minutes: Annotated[int, Field(ge=0)] = 60
    horizon_days: Annotated[int, Field(ge=1, le=180)] = 30
    buffer_minutes: Annotated[int, Field(ge=0, le=60)] = 0
    same_day: bool = True
    most_people: Annotated[int, Field(ge=1, le=10)] = 1
    more_minutes: Annotated[int, Field(ge=0, le=60)] = 0


class Reminders(Part):
    """When an office reminds people of their appointments; `hours_before` None: only the day before, or never."""

    day_before: bool = True
    hours_before: Annotated[int, Field(ge=1, le=12)] | None = 2


class Session(Timed):
    """One meeting of an activity."""

    place: str | None = None
