"""The seats that a person has, waits for or is offered: told, accepted, left to somebody else."""

from __future__ import annotations

from datetime import datetime

from flows.sayings import Option, Saying
from flows.talk import Talk
from flows.wording import go
from locales.text import Lines, Value, Verbatim, _
from services_directory.booked import Enrolment, EnrolmentState, OfferOverError


def seat_offered(enrolment: Enrolment, until: datetime) -> Saying:
    """A seat has come free for the first in line. `until`: aware; when it goes to the next."""
    question = _(
        "Good news: there is a free place in {activity}. Do you want it? I keep it for you until {when}.",
        activity=enrolment.activity.label,
        when=until,
    )
    return Saying(question, _answers(enrolment))


def seat_withdrawn(enrolment: Enrolment) -> Saying:
    """The office has taken somebody off the list of an activity."""
    return Saying(
        _(
            "I am sorry: the office says that you no longer have a place in {activity}.",
            activity=enrolment.activity.label,
        ),
        (go("talk_to_human", _("Talk to a person")), go("help", _("Menu"))),
    )


async def tell_seats(talk: Talk) -> bool:
    """Say each seat of the person and each line they stand in, with what can be done; whether there is any."""
    mine = await talk.desk.my_enrolments.all()
    for enrolment in mine:
        tell_seat(talk, enrolment)
    return bool(mine)


def tell_seat(talk: Talk, enrolment: Enrolment) -> None:
    """Say how one of the person's seats stands, and what can be done about it."""
    if enrolment.state is EnrolmentState.OFFERED and enrolment.offered_until is not None:
        offer = seat_offered(enrolment, enrolment.offered_until)
        talk.say(offer.text, suggest=offer.suggestions)
        return
    menu = go("help", _("Menu"))
    label = enrolment.activity.label
    if enrolment.state is EnrolmentState.WAITING:
        waiting = _("You are in the waiting list. I write to you when there is a free place.")
        leave = go("withdraw", _("I do not want to wait"), enrolment.code)
        talk.say(Lines((label, waiting)), suggest=(leave, menu))
        return
    lines: list[Value] = [label, _("Your code is {code}.", code=Verbatim(enrolment.code))]
    coming = next((one for one in enrolment.activity.sessions if one.starts > talk.desk.now), None)
    if coming is not None:
        lines.append(_("Next time: {when}", when=coming.starts))
    elif enrolment.activity.schedule is not None:
        lines.append(_("When: {schedule}", schedule=enrolment.activity.schedule))
    talk.say(Lines(tuple(lines)), suggest=(go("withdraw", _("Give up the place"), enrolment.code), menu))


async def accept_seat(talk: Talk) -> None:
    """Take the seat that was offered, while it is kept."""
    enrolment = await talk.desk.my_enrolments.find(talk.heard.get("argument", ""))
    if enrolment is None:
        _too_late(talk)
        return
    try:
        accepted = await talk.desk.accept_seat(enrolment)
    except OfferOverError:
        _too_late(talk)
        return
    talk.say(_("Done! You have the place."))
    tell_seat(talk, accepted)


async def decline_seat(talk: Talk) -> None:
    """Leave the offered seat to the next in line."""
    enrolment = await talk.desk.my_enrolments.find(talk.heard.get("argument", ""))
    if enrolment is None:
        _too_late(talk)
        return
    if enrolment.state is not EnrolmentState.OFFERED:
        tell_seat(talk, enrolment)
        return
    await talk.desk.decline_seat(enrolment)
    talk.say(_("All right. Somebody else can have the place now. Thank you."), suggest=(go("help", _("Menu")),))


def _answers(enrolment: Enrolment) -> tuple[Option, ...]:
    return (
        go("accept_seat", _("Yes, I want it"), enrolment.code),
        go("decline_seat", _("No, thank you"), enrolment.code),
    )


def _too_late(talk: Talk) -> None:
    talk.say(
        _("I am sorry: this place is no longer kept for you. You can look for a place again."),
        suggest=(go("italian_course_find", _("Find a course")), go("help", _("Menu"))),
    )
