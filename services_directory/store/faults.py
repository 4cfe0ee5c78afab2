"""What is wrong with a record, in words for who wrote it: where, why, and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from pydantic import ValidationError

from locales.languages import SOURCE
from locales.rendering import render
from locales.text import Text, Verbatim, _
from services_directory.store.parts import FaultError

LONGEST_QUOTED = 100

Fault: TypeAlias = tuple[str, Text | Verbatim]
"""Where in a record, and what is wrong and what to do."""


class RecordError(ValueError):
    """A record cannot be as it is; `faults` say where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{place}: {render(fault, SOURCE)}" for place, fault in faults))
        self.faults = tuple(faults)


def faults(problem: ValidationError) -> list[Fault]:
    """Each fault that pydantic found: its place, and what is wrong in a few words."""
    return [(".".join(map(str, error["loc"])), _told(error)) for error in problem.errors()]


def _told(error: Mapping[str, Any]) -> Text | Verbatim:  # noqa: C901, PLR0911, one case a kind of fault
    said = Verbatim(str(error["input"])[:LONGEST_QUOTED])
    limits = error.get("ctx", {})
    match error["type"].split("_"):
        case ["missing"] | ["string", "too", "short"]:
            return _("This is missing.")
        case ["extra", "forbidden"]:
            return _("This is no field of ours: take it out, or correct its name.")
        case ["string", "too", "long"]:
            return _("This is too long: at most {count} characters.", count=int(limits["max_length"]))
        case ["string", "pattern", "mismatch"]:
            return _(
                "“{said}” is not of the right form ({form}).", said=said, form=Verbatim(limits["pattern"].strip("^$"))
            )
        case ["value", "error"] if isinstance(limits["error"], FaultError):
            return limits["error"].words
        case ["int" | "float", *_rest]:
            return _("Write a number, not “{said}”.", said=said)
        case ["date" | "datetime" | "timezone", *_rest]:
            return _("“{said}” is not a day, or not a time.", said=said)
        case ["greater" | "less", *_rest]:
            limit = Verbatim(str(next(iter(limits.values()))))
            if error["type"].startswith("greater"):
                return _("This must be at least {limit}.", limit=limit)
            return _("This must be at most {limit}.", limit=limit)
        case ["enum"]:
            return _("Choose one of these: {choices}", choices=Verbatim(limits["expected"]))
        case _:
            return Verbatim(f"{error['msg']} ({said.words!r})")
