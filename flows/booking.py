"""Book an appointment: what for, who comes, when, a name, a clear yes."""

from __future__ import annotations

from collections.abc import Sequence

from flows.city import which_city
from flows.names import short_name
from flows.notices_elsewhere import ASKING
from flows.offers import NothingOnOfferError
from flows.receipt import receipt
from flows.sayings import Option
from flows.talk import Talk
from flows.times import choose_time, who_comes
from flows.topics import TOPICS
from flows.wording import go
from locales.text import Lines, Verbatim, _
from services_directory.booked import (
    Appointment,
    AppointmentState,
    Party,
    Slot,
    SlotTakenError,
    TooManyBookingsError,
    TooManyHoldsError,
)
from services_directory.facts import Service

MENU: Option = go("help", _("Menu"))


async def book(talk: Talk) -> None:
    """For the person, or whoever they name."""
    await _book(talk, Party())


async def book_for_other(talk: Talk) -> None:
    """For somebody else, beside an appointment of one's own."""
    await _book(talk, Party(for_other=True))


async def _book(talk: Talk, party: Party) -> None:
    city = await which_city(talk)
    about = talk.heard.get("argument")
    topics = (about,) if about else TOPICS.get(talk.heard.get("topic", ""), ())
    try:
        service = await talk.choose(
            "service",
            _("What do you need help with?"),
            talk.desk.bookable_services(city.key, topics),
            heard=about,
            single=bool(topics),
        )
    except NothingOnOfferError:
        talk.say(
            _(
                "In {city} appointments cannot be booked here yet. You can call or go to the one-stop shop.",
                city=city.label,
            ),
            suggest=(go("office_contact", _("Telephone")), go("office_hours", _("Opening hours")), MENU),
        )
        return
    party = await who_comes(talk, service, party)
    while True:
        try:
            slot = await choose_time(talk, service, party)
        except NothingOnOfferError:
            _nothing_free(talk, service)
            return
        try:
            booked = await _hold_and_book(talk, service, slot, party)
        except SlotTakenError:
            await taken(talk, service, slot, party)
        except TooManyBookingsError as refusal:
            _one_is_enough(talk, refusal.existing, service)
            return
        except TooManyHoldsError:
            _come_back_tomorrow(talk)
            return
        else:
            if booked is not None and booked.state is AppointmentState.HELD:
                talk.say(ASKING, suggest=(MENU,))
            elif booked is not None:
                code = _("Booked! Your code is {code}.", code=Verbatim(booked.code))
                receipt(
                    talk,
                    booked,
                    code,
                    go("wait_for_time", _("Tell me if an earlier time is free"), service.key),
                    go("second_channel", _("Also remind me in another app")),
                )
            return


async def _hold_and_book(talk: Talk, service: Service, slot: Slot, party: Party) -> Appointment | None:
    """Keep the time, ask the rest, book it; None when the person does not want it. Raises what `Desk.hold` raises."""
    language, run = talk.profile.language or "it", talk.frame.run
    await talk.desk.hold(slot, language=language, key=run, party=party)
    name = await talk.ask("name", _("What name shall we call? A first name is enough."), read=short_name)
    summary = _(
        "{service}, {when}, for {name}. Shall I book it?",
        service=service.label,
        when=slot.starts,
        name=Verbatim(name),
    )
    if not await talk.confirm("agreed", summary, yes=_("Yes, book it"), no=_("No")):
        await talk.desk.let_go()
        talk.say(_("All right: I have not booked anything."), suggest=(MENU,))
        return None
    return await talk.desk.book(slot, name, language=language, key=run, party=party)


async def taken(talk: Talk, service: Service, slot: Slot, party: Party) -> None:
    """Say kindly that somebody was quicker, and name the next times; the question is then asked again by itself."""
    coming: Sequence[Slot] = await talk.desk.next_slots(service, party)
    talk.say(_("I am sorry: {when} has just been taken by somebody else.", when=slot.starts))
    if coming:
        talk.say(Lines((_("The next free times are:"), Lines(tuple(free.starts for free in coming), "• "))))
    talk.frame.heard.clear()
    # The name stays; the day too, while it has another free time.
    if await talk.desk.days_with_room(service, party).find(slot.starts.date().isoformat()):
        talk.forget("hour", "slot", "agreed", again=("day", "name"))
    else:
        talk.forget("day", "hour", "slot", "agreed", again=("name",))


def _nothing_free(talk: Talk, service: Service) -> None:
    talk.say(
        _("There is no free time for {service} in the next weeks. I am sorry.", service=service.label),
        suggest=(
            go("wait_for_time", _("Tell me when a time is free"), service.key),
            go("office_contact", _("Telephone")),
            MENU,
        ),
    )


def _come_back_tomorrow(talk: Talk) -> None:
    talk.say(
        _("You have booked several times today. Please go on tomorrow, or call the one-stop shop."),
        suggest=(go("my_appointments", _("My appointments")), go("office_contact", _("Telephone"))),
    )


def _one_is_enough(talk: Talk, existing: Appointment | None, service: Service) -> None:
    if existing is None:
        _come_back_tomorrow(talk)
        return
    if existing.state is AppointmentState.HELD:
        talk.say(ASKING, suggest=(MENU,))
        return
    talk.say(
        _(
            "You already have an appointment for this: {when}. Your code is {code}. You can move it.",
            when=existing.starts,
            code=Verbatim(existing.code),
        ),
        suggest=(
            go("change_appointment", _("Move it"), existing.code),
            go("cancel_appointment", _("Cancel it"), existing.code),
            *([] if existing.for_other else [go("book_for_other", _("Book for somebody else"), service.key)]),
            MENU,
        ),
    )
