"""What is asked of another system that keeps a counter's calendar, and the ways in which it says no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from locales.text import Text, _
from services_directory.facts import Elsewhere


@dataclass(frozen=True)
class FreeTime:
    """A time that the other system offers: `starts` is aware, in Rome's time."""

    starts: datetime
    minutes: int


@dataclass(frozen=True)
class Visitor:
    """All that the other system is told of a person: a first name, and our code, which finds the booking again."""

    first_name: str
    code: str


@dataclass(frozen=True)
class Standing:
    """A booking as the other system has it now. `starts` and `ends` are aware, in Rome's time."""

    external: str
    """Its name there."""
    starts: datetime
    ends: datetime
    stands: bool
    """False once it was cancelled or refused over there."""
    gate: str = ""
    """The desk that the other system chose for it."""


class BookingSystem(Protocol):
    """A booking system of the city's own.

    Every method may raise UnavailableError, and RefusedError for what a member of staff has to put right over there.
    """

    async def free(self, elsewhere: Elsewhere, first: date, last: date) -> list[FreeTime]:
        """The times free on those days (Rome's, both included), earliest first."""

    async def book(self, elsewhere: Elsewhere, starts: datetime, minutes: int, visitor: Visitor) -> str:
        """Book that time and give the booking's name over there, at most 200 characters. Raises TakenError.

        Booked once for each code: what stands with it already is brought to that time. After an UnavailableError with
        `perhaps_done` only `find` can tell whether the booking was made.
        """

    async def find(self, elsewhere: Elsewhere, code: str) -> Standing | None:
        """The booking that stands there with our code; None when there is none."""

    async def look(self, elsewhere: Elsewhere, external: str) -> Standing:
        """That booking, as it is now. Raises GoneError."""

    async def move(self, elsewhere: Elsewhere, external: str, starts: datetime) -> None:
        """Bring it to another time; harmless when it is there already. Raises TakenError, GoneError."""

    async def cancel(self, elsewhere: Elsewhere, external: str) -> None:
        """Give its time back. Raises GoneError when it no longer stands, which is what was wanted."""


class TakenError(Exception):
    """The other system does not give that time any more."""

    def __init__(self, starts: datetime) -> None:
        super().__init__(f"{starts:%Y-%m-%dT%H:%M}")
        self.starts = starts


class GoneError(Exception):
    """Nothing stands there under that name: it was cancelled or refused over there, or never was."""

    def __init__(self, external: str) -> None:
        super().__init__(external)
        self.external = external


class Away(StrEnum):
    """Why the other system could not be used."""

    SILENT = "silent"
    """No connection, or no answer in time."""
    BROKEN = "broken"
    """It says that it has a fault, or too much to do."""
    UNREADABLE = "unreadable"
    """It answers, but not as its documentation says."""


class UnavailableError(Exception):
    """The other system is away. `perhaps_done`: it may have done what was asked all the same."""

    def __init__(self, reason: Away, detail: str = "", *, perhaps_done: bool = False) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason.value)
        self.reason, self.detail, self.perhaps_done = reason, detail, perhaps_done

    @property
    def words(self) -> Text:
        """What the person is told."""
        if self.perhaps_done:
            return _("The calendar of this office does not answer. I do not know yet if your time is booked.")
        return _("The calendar of this office does not answer now. Please try again in a few minutes.")


class Refusal(StrEnum):
    """What has to be put right by a member of staff, here or in the other system."""

    FIELD = "field"
    """It requires a field that we do not give; `detail` is its name there."""
    BOOKING_TYPE = "booking_type"
    """It does not know, or does not show, that booking type; `detail` is the name."""
    MINUTES = "minutes"
    """Its booking type takes another time than our service; `detail` is how many minutes there."""
    ADDRESS = "address"
    """There is no calendar at that address."""
    ACCOUNT = "account"
    """Our account is missing there, or is not allowed to do that."""
    TOO_LATE = "too_late"
    """It does not give back the times of today and of days gone by."""
    OTHER = "other"
    """Anything else; `detail` is what it said."""


class RefusedError(Exception):
    """The other system refuses, and will again until somebody changes something."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason.value)
        self.reason, self.detail = reason, detail
