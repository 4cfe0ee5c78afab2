"""Why the desk refuses, as problems in the person's language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from locales.rendering import render
from locales.text import Verbatim, _
from services_directory.api.problems import ProblemError
from services_directory.booked import SlotTakenError, TooManyBookingsError, TooManyHoldsError
from services_directory.desk.appointments import CannotChangeError

Thing = TypeVar("Thing")

UNKNOWN = "There is nothing under this name, or it is somebody else's."


def known(thing: Thing | None) -> Thing:
    """The thing. Raises ProblemError (404) when there is none."""
    if thing is None:
        raise ProblemError(404, UNKNOWN)
    return thing


@contextmanager
def refusals_told(language: str) -> Iterator[None]:
    """Turns what the desk raises into ProblemError (409)."""
    try:
        yield
    except SlotTakenError as taken:
        words = _("I am sorry: {when} has just been taken by somebody else.", when=taken.slot.starts)
        raise ProblemError(409, render(words, language)) from None
    except TooManyBookingsError as refusal:
        if refusal.existing is None:
            words = _("You have booked several times today. Please go on tomorrow, or call the one-stop shop.")
            raise ProblemError(409, render(words, language)) from None
        existing = refusal.existing
        words = _(
            "You already have an appointment for this: {when}. Your code is {code}. You can move it.",
            when=existing.starts,
            code=Verbatim(existing.code),
        )
        raise ProblemError(409, render(words, language), appointment=existing.code) from None
    except TooManyHoldsError:
        words = _("You have booked several times today. Please go on tomorrow, or call the one-stop shop.")
        raise ProblemError(409, render(words, language)) from None
    except CannotChangeError:
        words = _("This appointment can no longer be changed.")
        raise ProblemError(409, render(words, language)) from None
