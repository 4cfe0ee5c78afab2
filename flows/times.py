"""Which time suits: who comes, in which language, on which day, at what time. Never more on a screen than it holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time

from flows.desk import Desk
from flows.offers import Offers
from flows.questions import Answer
from flows.talk import Talk
from locales.text import LanguageName, Text, Value, _
from services_directory.booked import ALONE, PartOfDay, Party, Slot
from services_directory.facts import Service

ANY = "any"
MOST_TIMES = 10
"""More times of one day are first asked for by the part of the day, or by the hour."""
OF_THE_DESK = "it"
"""The language that every operator speaks: nothing is promised for it."""


IN_PART = {
    PartOfDay.MORNING: _("In the morning"),
    PartOfDay.AFTERNOON: _("In the afternoon"),
    PartOfDay.EVENING: _("In the evening"),
}


_HOUR_KEY = re.compile(r"\d{1,2}h")


@dataclass(frozen=True)
class Choice:
    """Something to choose that is no fact of the directory."""

    key: str
    label: Value


class HowMany:
    """One, two, ... people who come together."""

    def __init__(self, most: int) -> None:
        self._choices = {str(number): Choice(str(number), number) for number in range(1, most + 1)}

    async def all(self) -> Sequence[Choice]:
        """From one on."""
        return list(self._choices.values())

    async def find(self, key: str) -> Choice | None:
        """That number, if so many can come."""
        return self._choices.get(key)


class Speakers:
    """Somebody who speaks the person's language, or anybody: asked only when anybody is there on an earlier day."""

    def __init__(self, desk: Desk, service: Service, party: Party, language: str) -> None:
        self._desk, self._service, self._party, self._language = desk, service, party, language

    async def all(self) -> Sequence[Choice]:
        """Both, each with its first day; only one when there is nothing to weigh."""
        anybody = await self._desk.next_slots(self._service, self._party, 1)
        if self._language == OF_THE_DESK or not anybody:
            return [Choice(ANY, ANY)]
        own = await self._desk.next_slots(self._service, replace(self._party, spoken=self._language), 1)
        if not own:
            return [Choice(ANY, ANY)]
        name, first, soonest = LanguageName(self._language), own[0].starts.date(), anybody[0].starts.date()
        if first == soonest:
            return [Choice(ANY, ANY)]  # who speaks it is given first anyhow
        mine = Choice(self._language, _("In {language}: {day}", language=name, day=first))
        return [mine, Choice(ANY, _("With anybody: {day}", day=soonest))]

    async def find(self, key: str) -> Choice | None:
        """What was chosen before still holds; its label is not shown again."""
        return Choice(key, key) if key in {ANY, self._language} else None


class Hours:
    """The parts of a day, or its hours, that have a free time; when the times fit a screen as they are, only `any`."""

    def __init__(self, times: Offers[Slot], part: str | None) -> None:
        self._times, self._part = times, part

    async def all(self) -> Sequence[Choice]:
        """Earliest first; of the part of the day that was asked for, if it has one."""
        slots = await self._times.all()
        wanted = [slot for slot in slots if self._part in {None, PartOfDay.of(slot.starts)}] or slots
        if len(wanted) <= MOST_TIMES:
            return [Choice(ANY if len(wanted) == len(slots) else str(self._part), ANY)]
        parts = Counter(PartOfDay.of(slot.starts) for slot in wanted)
        if max(parts.values()) <= MOST_TIMES:
            return [Choice(part, IN_PART[part]) for part in parts]
        hours = dict.fromkeys(slot.starts.hour for slot in wanted)
        return [Choice(_hour_key(hour), time(hour)) for hour in hours]

    async def find(self, key: str) -> Choice | None:
        """A part of the day, an hour that was tapped, or a typed time that is free ("10", "10:30")."""
        if key == ANY or key in set(PartOfDay) or _HOUR_KEY.fullmatch(key):
            return Choice(key, key)
        slot = await self._times.find(key)
        return None if slot is None else Choice(f"{slot.starts:%H:%M}", slot.label)


class TimesWithin:
    """The free times of an hour or of a part of the day; any typed time is looked for in the whole day."""

    def __init__(self, times: Offers[Slot], within: str) -> None:
        self._times, self._within = times, within

    async def all(self) -> Sequence[Slot]:
        """Earliest first, at most a screen; of the whole day when none is left within."""
        slots = await self._times.all()
        return ([slot for slot in slots if self._holds(slot)] or list(slots))[:MOST_TIMES]

    async def find(self, key: str) -> Slot | None:
        """The time with that key, while it is free."""
        return await self._times.find(key)

    def _holds(self, slot: Slot) -> bool:
        return self._within in {ANY, _hour_key(slot.starts.hour), PartOfDay.of(slot.starts)}


def _hour_key(hour: int) -> str:
    """The key of an hour's button: never mistaken for a typed time."""
    return f"{hour}h"


async def who_comes(talk: Talk, service: Service, party: Party = ALONE) -> Party:
    """How many, when several may come, and in which language, when that makes a difference."""
    if service.most_people > 1:
        many = await talk.choose("people", _("How many people are coming?"), HowMany(service.most_people))
        party = replace(party, people=int(many.key))
    language = talk.profile.language or OF_THE_DESK
    speaker = await talk.choose(
        "spoken", _("Who should speak with you?"), Speakers(talk.desk, service, party, language), single=True
    )
    return replace(party, spoken=None if speaker.key == ANY else speaker.key)


async def choose_time(talk: Talk, service: Service, party: Party) -> Slot:
    """A day and a time, prefilled with what the person has said, when it is free. Raises NothingOnOfferError."""
    day = await talk.choose(
        "day",
        _("Which day suits you?"),
        talk.desk.days_with_room(service, party),
        heard=talk.heard.get("day"),
        unfound=_no_such_time,
    )
    times = talk.desk.free_slots(service, day.day, party)
    hour = await talk.choose(
        "hour",
        _("{day}: about what time?", day=day.day),
        Hours(times, talk.heard.get("part")),
        # Who has already chosen a time, before this was asked for, is not asked.
        heard=ANY if "slot" in talk.frame.answers else talk.heard.get("time"),
        single=True,
        unfound=_no_such_time,
    )
    return await talk.choose(
        "slot",
        _("{day}: at what time?", day=day.day),
        TimesWithin(times, hour.key),
        heard=talk.heard.get("time", hour.key),
        unfound=_no_such_time,
    )


def _no_such_time(answer: Answer) -> Text | None:
    """Why a typed time cannot be had."""
    problem, day, clock = (answer.heard.get(kind) for kind in ("problem", "day", "time"))
    if problem == "past":
        return _("That time is already over. Please choose another one.")
    if problem == "impossible":
        return _("I do not know such a day or time. Please choose one of these.")
    if day is not None and clock is None:
        return _("{day} has no free time. Please choose one of these.", day=date.fromisoformat(day))
    if clock is not None:
        return _("{time} is not free. Please choose one of these.", time=time.fromisoformat(clock))
    return None
