"""Wait for a time that comes free: join the line, take or leave what is offered, stop waiting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flows.booking import MENU
from flows.city import which_city
from flows.names import short_name
from flows.receipt import receipt
from flows.silence import will_be_reminded
from flows.talk import Talk
from flows.times import ANY, IN_PART, Choice
from flows.wording import go
from locales.text import Lines, Value, Verbatim, _
from services_directory.booked import OfferOverError, PartOfDay, TooManyBookingsError, WhenWanted, Wish

WEEK, TWO_WEEKS = 7, 14


class Periods:
    """How far ahead somebody wants to wait, in days; a key is their number."""

    def __init__(self, most: int) -> None:
        named: dict[int, Value] = {WEEK: _("In the next 7 days"), TWO_WEEKS: _("In the next 14 days")}
        self._choices = [Choice(str(days), label) for days, label in named.items() if days < most]
        self._choices.append(Choice(str(most), _("Any day")))

    async def all(self) -> Sequence[Choice]:
        """The shortest first."""
        return self._choices

    async def find(self, key: str) -> Choice | None:
        """That period."""
        return next((one for one in self._choices if one.key == key), None)


class Parts:
    """When in a day somebody can come."""

    def __init__(self) -> None:
        self._choices = {ANY: Choice(ANY, _("At any time"))}
        self._choices.update((part.value, Choice(part, words)) for part, words in IN_PART.items())

    async def all(self) -> Sequence[Choice]:
        """Any first."""
        return list(self._choices.values())

    async def find(self, key: str) -> Choice | None:
        """That part."""
        return self._choices.get(key)


async def wait_for_time(talk: Talk) -> None:
    """For which days and parts of a day; then the person is told when a time comes free."""
    city = await which_city(talk)
    services = talk.desk.bookable_services(city.key)
    service = await talk.choose(
        "service", _("What do you need help with?"), services, heard=talk.heard.get("argument"), single=True
    )
    period = await talk.choose("period", _("On which days could you come?"), Periods(service.horizon_days))
    part = await talk.choose("part", _("At what time of day?"), Parts(), heard=talk.heard.get("part"))
    held = await talk.desk.my_appointments.all()
    mine = next((one for one in held if one.service.key == service.key and not one.for_other), None)
    if mine is None:
        name = await talk.ask("name", _("What name shall we call? A first name is enough."), read=short_name)
    else:
        name = mine.name
    today = talk.desk.now.date()
    last = today + timedelta(days=int(period.key))
    wanted = WhenWanted(
        today,
        last if mine is None else min(last, mine.starts.date()),
        () if part.key == ANY else (PartOfDay(part.key),),
    )
    await talk.desk.wait(service, wanted, name, language=talk.profile.language or "it", key=talk.frame.run)
    will_be_reminded(talk)
    lines: list[Value] = [_("All right. I will write to you when a time is free. You then have 30 minutes to say yes.")]
    if mine is not None:
        lines.append(_("Your appointment on {when} stays until you say yes.", when=mine.starts))
    talk.say(Lines(tuple(lines)), suggest=(go("my_appointments", _("My appointments")), MENU))


async def accept_offer(talk: Talk) -> None:
    """One tap: the time is theirs."""
    try:
        booked = await talk.desk.accept(talk.heard.get("argument", ""))
    except OfferOverError:
        _over(talk)
    except TooManyBookingsError as refusal:
        talk.say(
            _(
                "You already have an appointment for this: {when}. Your code is {code}. You can move it.",
                when=refusal.existing.starts if refusal.existing else "",
                code=Verbatim(refusal.existing.code if refusal.existing else ""),
            ),
            suggest=(go("my_appointments", _("My appointments")), MENU),
        )
    else:
        receipt(talk, booked, _("It is yours! Your code is {code}.", code=Verbatim(booked.code)))


async def decline_offer(talk: Talk) -> None:
    """Not this one: somebody else can have it, and the person goes on waiting."""
    try:
        await talk.desk.decline(talk.heard.get("argument", ""))
    except OfferOverError:
        _over(talk)
        return
    talk.say(
        _("All right. I will tell you when another time is free."),
        suggest=(go("stop_waiting", _("Stop waiting")), MENU),
    )


async def stop_waiting(talk: Talk) -> None:
    """Leave the line."""
    wishes = await talk.desk.my_wishes.all()
    if not wishes:
        talk.say(_("You are not waiting for anything."), suggest=(MENU,))
        return
    wish = await talk.choose(
        "wish", _("Which one?"), talk.desk.my_wishes, heard=talk.heard.get("argument"), single=True
    )
    await talk.desk.stop_waiting(wish)
    talk.say(_("Done. I will not write to you about this any more."), suggest=(MENU,))


async def say_wishes(talk: Talk) -> bool:
    """What the person waits for; whether there is any."""
    wishes = await talk.desk.my_wishes.all()
    for wish in wishes:
        talk.say(_waiting(wish), suggest=(go("stop_waiting", _("Stop waiting"), wish.key), MENU))
    return bool(wishes)


def _waiting(wish: Wish) -> Lines:
    earlier = _("Earlier than {when}.", when=wish.than) if wish.than else _("Until {day}.", day=wish.last_day)
    return Lines((_("You are waiting for a free time: {service}.", service=wish.service.label), earlier))


def _over(talk: Talk) -> None:
    talk.say(
        _("I am sorry: that time is no longer kept for you. I will tell you when another one is free."),
        suggest=(
            go("my_appointments", _("My appointments")),
            go("book_appointment", _("Book an appointment")),
            MENU,
        ),
    )
