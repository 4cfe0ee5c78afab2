"""What is sent to the booking API and what it answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self
from unicodedata import category

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services_directory.booked import Appointment, Day, Hold, Party, Slot
from services_directory.facts import Office, Service

LONGEST_NAME = 40
MOST_PEOPLE = 20

SlotKey = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$",
        description="A time as `times` lists them: the clock of the office, in Rome's time.",
        examples=["2026-11-26T10:00"],
    ),
]
ServiceKey = Annotated[str, Field(min_length=1, max_length=60, examples=["taranto-desk-work"])]
Code = Annotated[str, Field(pattern="^[A-Za-z0-9]{1,12}$", description="Of the appointment.", examples=["K7M2QX"])]
People = Annotated[int, Field(ge=1, le=MOST_PEOPLE, description="How many come together.", examples=[1])]


def _first_name(words: str) -> str:
    name = " ".join(words.split())
    if not any(letter.isalpha() for letter in name) or any(category(letter) == "Cc" for letter in name):
        raise ValueError("send a first name, or whatever the person wants to be called; it may be invented")
    return name


class Sent(BaseModel):
    """Nothing but what is named here may be sent."""

    model_config = ConfigDict(extra="forbid")


class HoldAsked(Sent):
    """A time to keep while the person makes up their mind."""

    service: ServiceKey
    slot: SlotKey
    people: People = 1

    @property
    def party(self) -> Party:
        """Who comes."""
        return Party(self.people)


class AppointmentAsked(Sent):
    """A time to book, held before or not. Neither tax code nor e-mail nor telephone is asked for."""

    service: ServiceKey
    slot: SlotKey
    name: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_NAME, description="What to call the person.", examples=["Amina"]),
        AfterValidator(_first_name),
    ]
    people: People = 1
    for_other: Annotated[bool, Field(description="Booked by the person for somebody else.")] = False

    @property
    def party(self) -> Party:
        """Who comes."""
        return Party(self.people, self.for_other)


class MoveAsked(Sent):
    """Another time for the same appointment."""

    slot: SlotKey


class ServiceTold(BaseModel):
    """A service that can be booked."""

    key: str
    name: str
    about: str
    language: str = Field(description="The one that `about` is in.")
    minutes: int = Field(description="How long it takes for one person.")
    more_minutes: int = Field(description="How much longer for each further one.")
    most_people: int = Field(description="How many may come together.")
    documents: list[str] = Field(description="What to bring.")

    @classmethod
    def of(cls, service: Service, language: str) -> Self:
        """The service in that language, as far as it is translated."""
        about, spoken = service.about.best(language)
        return cls(
            key=service.key,
            name=service.label.best(language)[0],
            about=about,
            language=spoken,
            minutes=service.minutes or 0,
            more_minutes=service.more_minutes,
            most_people=service.most_people,
            documents=[paper.best(language)[0] for paper in service.documents],
        )


class DayTold(BaseModel):
    """A day with free times."""

    day: date
    free: int = Field(description="How many times are free.")

    @classmethod
    def of(cls, day: Day) -> Self:
        """The day."""
        return cls(day=day.day, free=day.free)


class TimeTold(BaseModel):
    """A free time."""

    slot: str = Field(description="Send this to hold or book it.")
    starts: datetime
    minutes: int
    office: str = Field(description="Key of the place.")

    @classmethod
    def of(cls, slot: Slot) -> Self:
        """The time."""
        return cls(slot=slot.key, starts=slot.starts, minutes=slot.minutes, office=slot.office)


class HoldTold(BaseModel):
    """A time that is kept. It replaces whatever the person held before."""

    service: str
    slot: str
    starts: datetime
    minutes: int
    until: datetime = Field(description="From then on anybody may have it.")

    @classmethod
    def of(cls, hold: Hold) -> Self:
        """The hold."""
        slot = hold.slot
        return cls(service=slot.service, slot=slot.key, starts=slot.starts, minutes=slot.minutes, until=hold.until)


class OfficeTold(BaseModel):
    """Where to go."""

    key: str
    name: str
    address: str | None
    latitude: float | None
    longitude: float | None

    @classmethod
    def of(cls, office: Office, language: str) -> Self:
        """The place."""
        return cls(
            key=office.key,
            name=office.label.best(language)[0],
            address=office.address,
            latitude=office.latitude,
            longitude=office.longitude,
        )


class AppointmentTold(BaseModel):
    """An appointment. The name is not told again: whoever asks has sent it."""

    code: str = Field(description="What the person shows at the door.", examples=["K7M2QX"])
    state: str = Field(
        description="booked, arrived, served, missed, cancelled_by_person or cancelled_by_office; held while the "
        "booking system of the office is being asked: look again in a minute."
    )
    service: str
    service_name: str
    starts: datetime
    minutes: int
    people: int
    for_other: bool
    office: OfficeTold
    documents: list[str] = Field(description="What to bring.")

    @classmethod
    def of(cls, appointment: Appointment, language: str) -> Self:
        """The appointment in that language."""
        service = appointment.service
        return cls(
            code=appointment.code,
            state=appointment.state,
            service=service.key,
            service_name=service.label.best(language)[0],
            starts=appointment.starts,
            minutes=appointment.minutes,
            people=appointment.people,
            for_other=appointment.for_other,
            office=OfficeTold.of(appointment.office, language),
            documents=[paper.best(language)[0] for paper in service.documents],
        )
