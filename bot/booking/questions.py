"""What is still to be chosen before something can be booked: one question a page, each answer an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.booking.address import Address
from locales.dates import ROME
from locales.text import Value, _
from services_directory.booked import Party, Slot
from services_directory.desk.person_desk import PersonDesk
from services_directory.facts import City, Service


@dataclass(frozen=True)
class Choice:
    """One of the answers, and the page to which it leads."""

    label: Value
    key: str
    address: Address


@dataclass(frozen=True)
class Question:
    """A question with its answers; `note` is what must be said first, `back` the question before.

    `asks` is the value of the address that it is about; empty when there is none.
    """

    words: Value
    asks: str
    choices: tuple[Choice, ...]
    note: Value | None = None
    back: Address | None = None


@dataclass(frozen=True)
class Chosen:
    """All that is needed to ask for a name."""

    service: Service
    party: Party
    slot: Slot


async def still_open(desk: PersonDesk, city: City, here: Address, *, for_other: bool = False) -> Question | Chosen:
    """The first question without an answer that can be had; what was chosen, when there is none."""
    services = desk.bookable_services(city.key)
    service = await services.find(here["service"])
    if service is None:
        return _which_service(city, here, tuple(await services.all()))
    if (people := people_in(service, here)) is None:
        return _how_many(service, here)
    back = here.until("people" if service.most_people > 1 else "service")
    party = Party(people, for_other=for_other)
    slot = await which_time(desk, service, party, here, back)
    return slot if isinstance(slot, Question) else Chosen(service, party, slot)


async def which_time(
    desk: PersonDesk, service: Service, party: Party, here: Address, back: Address | None
) -> Question | Slot:
    """The day, then the time; the time itself once it is chosen and free."""
    days = desk.days_with_room(service, party)
    day = await days.find(here["day"])
    note = None
    if day is not None and here["slot"]:
        slot = await desk.free_slots(service, day.day, party).find(here["slot"])
        if slot is not None:
            return slot
    if here["slot"]:
        note = taken(here["slot"])
    if day is not None:
        free = await desk.free_slots(service, day.day, party).all()
        times = tuple(Choice(one.label, one.key, here.having(slot=one.key)) for one in free)
        return Question(_("{day}: at what time?", day=day.day), "slot", times, note, here.until("day"))
    other = here.until("day")
    coming = tuple(Choice(one.label, one.key, other.having(day=one.key)) for one in await days.all())
    if not coming:
        none = _("There is no free time for {service} in the next weeks. I am sorry.", service=service.label)
        return Question(none, "", (), note, back)
    return Question(_("Which day suits you?"), "day", coming, note, back)


def people_in(service: Service, here: Address) -> int | None:
    """How many come, as the address says; one where the service is for one at a time, None when it is still open."""
    if service.most_people <= 1:
        return 1
    said = here["people"]
    return int(said) if said in {str(count) for count in range(1, service.most_people + 1)} else None


def taken(slot: str) -> Value | None:
    """What is said of a time that can no longer be had; nothing when it was no time at all."""
    try:
        when = datetime.strptime(slot, "%Y-%m-%dT%H:%M").replace(tzinfo=ROME)
    except ValueError:
        return None
    return _("I am sorry: {when} has just been taken by somebody else.", when=when)


def _which_service(city: City, here: Address, services: tuple[Service, ...]) -> Question:
    here = here.until("service")
    if not services:
        none = _(
            "In {city} appointments cannot be booked here yet. You can call or go to the one-stop shop.",
            city=city.label,
        )
        return Question(none, "", ())
    choices = tuple(Choice(service.label, service.key, here.having(service=service.key)) for service in services)
    return Question(_("What do you need help with?"), "service", choices)


def _how_many(service: Service, here: Address) -> Question:
    here = here.until("people")
    counts = range(1, service.most_people + 1)
    choices = tuple(Choice(count, str(count), here.having(people=str(count))) for count in counts)
    return Question(_("How many people are coming?"), "people", choices, back=here.until("service"))
