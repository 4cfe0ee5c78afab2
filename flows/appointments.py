"""What a person has booked: find it, move it, cancel it."""

from __future__ import annotations

from flows.booking import MENU, taken
from flows.notices_elsewhere import ASKING_TO_MOVE
from flows.offers import NothingOnOfferError
from flows.receipt import receipt
from flows.sayings import Option
from flows.seats import tell_seats
from flows.talk import Talk
from flows.times import choose_time
from flows.waiting import say_wishes
from flows.wording import address, go
from locales.text import Lines, Value, Verbatim, _
from services_directory.booked import Appointment, Party, SlotTakenError, TooManyBookingsError, TooManyHoldsError


async def mine(talk: Talk) -> None:
    """The coming appointments, seats and places in a line of the person."""
    appointments = await talk.desk.my_appointments.all()
    for appointment in appointments:
        lines: tuple[Value, ...] = (
            _("{service}, {when}", service=appointment.service.label, when=appointment.starts),
            _("Your code is {code}.", code=Verbatim(appointment.code)),
            _("Where: {place}", place=appointment.office.label),
            *address(appointment.office),
        )
        talk.say(Lines(lines), suggest=_changes(appointment))
    seats = await tell_seats(talk)
    wishes = await say_wishes(talk)
    if not appointments and not seats and not wishes:
        _nothing_booked(talk)


async def move(talk: Talk) -> None:
    """Another day and time; the code stays, and nothing is given up before the new time is certain."""
    try:
        appointment = await _which(talk)
    except NothingOnOfferError:
        _nothing_booked(talk)
        return
    talk.say(_("Your appointment: {service}, {when}.", service=appointment.service.label, when=appointment.starts))
    service = appointment.service
    party = Party(appointment.people, appointment.for_other, appointment.spoken, moving=appointment.code)
    while True:
        try:
            slot = await choose_time(talk, service, party)
        except NothingOnOfferError:
            talk.say(_("There is no other free time. Your appointment stays as it is."), suggest=_changes(appointment))
            return
        agreed = await talk.confirm(
            "agreed", _("Move it to {when}?", when=slot.starts), yes=_("Yes, move it"), no=_("No, leave it")
        )
        if not agreed:
            talk.say(_("All right: your appointment stays as it is."), suggest=(MENU,))
            return
        try:
            moved = await talk.desk.move(appointment, slot)
        except SlotTakenError:
            await taken(talk, service, slot, party)
        except (TooManyBookingsError, TooManyHoldsError):
            talk.say(
                _("You have moved it several times today. Please go on tomorrow, or call the one-stop shop."),
                suggest=(go("office_contact", _("Telephone")), MENU),
            )
            return
        else:
            if moved.starts != slot.starts:
                talk.say(ASKING_TO_MOVE, suggest=(MENU,))
                return
            receipt(talk, moved, _("Moved! Your code stays {code}.", code=Verbatim(moved.code)))
            return


async def cancel(talk: Talk) -> None:
    """Cancel after a clear yes; the time is free for somebody else at once."""
    try:
        appointment = await _which(talk)
    except NothingOnOfferError:
        _nothing_booked(talk)
        return
    question = _(
        "{service}, {when}. Do you want to cancel it?", service=appointment.service.label, when=appointment.starts
    )
    if not await talk.confirm("agreed", question, yes=_("Yes, cancel it"), no=_("No, keep it")):
        talk.say(_("All right: your appointment stays as it is."), suggest=(MENU,))
        return
    await talk.desk.cancel(appointment)
    talk.say(
        _("Cancelled. Thank you for telling us."),
        suggest=(go("book_appointment", _("Book an appointment")), MENU),
    )


async def _which(talk: Talk) -> Appointment:
    """The one whose button was tapped, the only one, or the one that is chosen. Raises NothingOnOfferError."""
    return await talk.choose(
        "appointment",
        _("Which appointment?"),
        talk.desk.my_appointments,
        heard=talk.heard.get("argument"),
        single=True,
    )


def _changes(appointment: Appointment) -> tuple[Option, ...]:
    return (
        go("change_appointment", _("Move an appointment"), appointment.code),
        go("cancel_appointment", _("Cancel an appointment"), appointment.code),
        MENU,
    )


def _nothing_booked(talk: Talk) -> None:
    talk.say(
        _("You have no appointment with us."),
        suggest=(go("book_appointment", _("Book an appointment")), MENU),
    )
