"""Book, find, move and cancel an appointment."""

from __future__ import annotations

from flows.calendar import calendar_entry
from flows.city import which_city
from flows.offers import NothingOnOfferError
from flows.questions import UnreadableError
from flows.sayings import Document, Option
from flows.seats import tell_seats
from flows.talk import Talk
from flows.topics import TOPICS
from flows.wording import EXAMPLE, address, go, on_the_map
from locales.text import Lines, Value, Verbatim, _
from services_directory.booked import Appointment, Slot, SlotTakenError, TooManyBookingsError
from services_directory.facts import Service

MAX_NAME = 40


def short_name(words: str) -> str:
    """A first name or whatever the person wants to be called by. Raises UnreadableError when it is none."""
    name = " ".join(words.split())
    if not any(character.isalpha() for character in name) or len(name) > MAX_NAME:
        raise UnreadableError(_("Please write only a first name, for example “Amina”. It may be invented."))
    return name


async def book(talk: Talk) -> None:
    """Service, day, time, name, a clear yes: then it is booked."""
    desk = talk.desk
    city = await which_city(talk)
    about = talk.heard.get("argument")
    topics = (about,) if about else TOPICS.get(talk.heard.get("topic", ""), ())
    try:
        service = await talk.choose(
            "service",
            _("What do you need help with?"),
            desk.bookable_services(city.key, topics),
            single=bool(topics),
        )
    except NothingOnOfferError:
        talk.say(
            _(
                "In {city} appointments cannot be booked here yet. You can call or go to the one-stop shop.",
                city=city.label,
            ),
            suggest=(
                go("office_contact", _("Telephone")),
                go("office_hours", _("Opening hours")),
                go("help", _("Menu")),
            ),
        )
        return
    while True:
        try:
            slot = await _choose_time(talk, service)
        except NothingOnOfferError:
            talk.say(
                _("There is no free time for {service} in the next weeks. I am sorry.", service=service.label),
                suggest=(go("office_contact", _("Telephone")), go("help", _("Menu"))),
            )
            return
        name = await talk.ask("name", _("What name shall we call? A first name is enough."), read=short_name)
        summary = _(
            "{service}, {when}, for {name}. Shall I book it?",
            service=service.label,
            when=slot.starts,
            name=Verbatim(name),
        )
        if not await talk.confirm("agreed", summary, yes=_("Yes, book it"), no=_("No")):
            talk.say(_("All right: I have not booked anything."), suggest=(go("help", _("Menu")),))
            return
        try:
            booked = await desk.book(slot, name, language=talk.profile.language or "it", key=talk.frame.run)
        except SlotTakenError:
            await _taken(talk, service, slot)
        except TooManyBookingsError as refusal:
            _one_is_enough(talk, refusal.existing)
            return
        else:
            _receipt(talk, booked, _("Booked! Your code is {code}.", code=Verbatim(booked.code)))
            return


async def _choose_time(talk: Talk, service: Service) -> Slot:
    """A day and a time, prefilled with what the person has already said, when it is free."""
    day = await talk.choose(
        "day", _("Which day suits you?"), talk.desk.days_with_room(service), heard=talk.heard.get("day")
    )
    return await talk.choose(
        "slot",
        _("{day}: at what time?", day=day.day),
        talk.desk.free_slots(service, day.day),
        heard=talk.heard.get("time"),
    )


async def _taken(talk: Talk, service: Service, slot: Slot) -> None:
    """Say kindly that somebody was quicker, and name the next times; the question is then asked again by itself."""
    coming = await talk.desk.next_slots(service)
    talk.say(_("I am sorry: {when} has just been taken by somebody else.", when=slot.starts))
    if coming:
        talk.say(Lines((_("The next free times are:"), Lines(tuple(free.starts for free in coming), "• "))))
    talk.frame.heard.clear()
    # The name stays; the day too, while it has another free time.
    if await talk.desk.days_with_room(service).find(slot.starts.date().isoformat()):
        talk.forget("slot", "agreed", again=("day", "name"))
    else:
        talk.forget("day", "slot", "agreed", again=("name",))


def _one_is_enough(talk: Talk, existing: Appointment | None) -> None:
    if existing is None:
        talk.say(
            _("You have booked several times today. Please go on tomorrow, or call the one-stop shop."),
            suggest=(go("my_appointments", _("My appointments")), go("office_contact", _("Telephone"))),
        )
        return
    talk.say(
        _(
            "You already have an appointment for this: {when}. Your code is {code}. You can move it.",
            when=existing.starts,
            code=Verbatim(existing.code),
        ),
        suggest=(
            go("change_appointment", _("Move an appointment")),
            go("cancel_appointment", _("Cancel an appointment")),
        ),
    )


def _receipt(talk: Talk, appointment: Appointment, first: Value) -> None:
    """All that the person needs on the day: code, time, place, papers, and a file for the phone's calendar."""
    office, service = appointment.office, appointment.service
    lines: list[Value] = [first, _("When: {when}", when=appointment.starts), _("For: {service}", service=service.label)]
    lines.append(_("Where: {place}", place=office.label))
    lines.extend(address(office))
    if service.documents:
        lines.append(_("What to bring:"))
        lines.append(Lines(service.documents, "• "))
    if office.checked.example:
        lines.append(EXAMPLE)
    entry = Document(f"{appointment.code}.ics", "text/calendar", calendar_entry(appointment, talk.desk.now))
    talk.say(Lines(tuple(lines)), place=on_the_map(office), file=entry)
    talk.say(
        _("If you cannot come, please tell me: somebody else can have the time."),
        suggest=(
            go("change_appointment", _("Move it")),
            go("cancel_appointment", _("Cancel it")),
            go("help", _("Menu")),
        ),
    )


async def mine(talk: Talk) -> None:
    """The coming appointments and seats of the person."""
    appointments = await talk.desk.my_appointments.all()
    for appointment in appointments:
        lines: tuple[Value, ...] = (
            _("{service}, {when}", service=appointment.service.label, when=appointment.starts),
            _("Your code is {code}.", code=Verbatim(appointment.code)),
            _("Where: {place}", place=appointment.office.label),
            *address(appointment.office),
        )
        talk.say(Lines(lines), suggest=_changes())
    if not await tell_seats(talk) and not appointments:
        talk.say(
            _("You have no appointment with us."),
            suggest=(go("book_appointment", _("Book an appointment")), go("help", _("Menu"))),
        )


def _changes() -> tuple[Option, ...]:
    return (
        go("change_appointment", _("Move an appointment")),
        go("cancel_appointment", _("Cancel an appointment")),
        go("help", _("Menu")),
    )


async def move(talk: Talk) -> None:
    """Another day and time; the code stays, and nothing is given up before the new time is certain."""
    try:
        appointment = await talk.choose("appointment", _("Which appointment?"), talk.desk.my_appointments, single=True)
    except NothingOnOfferError:
        _nothing_booked(talk)
        return
    talk.say(_("Your appointment: {service}, {when}.", service=appointment.service.label, when=appointment.starts))
    while True:
        try:
            slot = await _choose_time(talk, appointment.service)
        except NothingOnOfferError:
            talk.say(_("There is no other free time. Your appointment stays as it is."), suggest=_changes())
            return
        agreed = await talk.confirm(
            "agreed", _("Move it to {when}?", when=slot.starts), yes=_("Yes, move it"), no=_("No, leave it")
        )
        if not agreed:
            talk.say(_("All right: your appointment stays as it is."), suggest=(go("help", _("Menu")),))
            return
        try:
            moved = await talk.desk.move(appointment, slot)
        except SlotTakenError:
            await _taken(talk, appointment.service, slot)
        else:
            _receipt(talk, moved, _("Moved! Your code stays {code}.", code=Verbatim(moved.code)))
            return


async def cancel(talk: Talk) -> None:
    """Cancel after a clear yes; the time is free for somebody else at once."""
    try:
        appointment = await talk.choose("appointment", _("Which appointment?"), talk.desk.my_appointments, single=True)
    except NothingOnOfferError:
        _nothing_booked(talk)
        return
    question = _(
        "{service}, {when}. Do you want to cancel it?", service=appointment.service.label, when=appointment.starts
    )
    if not await talk.confirm("agreed", question, yes=_("Yes, cancel it"), no=_("No, keep it")):
        talk.say(_("All right: your appointment stays as it is."), suggest=(go("help", _("Menu")),))
        return
    await talk.desk.cancel(appointment)
    talk.say(
        _("Cancelled. Thank you for telling us."),
        suggest=(go("book_appointment", _("Book an appointment")), go("help", _("Menu"))),
    )


def _nothing_booked(talk: Talk) -> None:
    talk.say(
        _("You have no appointment with us."),
        suggest=(go("book_appointment", _("Book an appointment")), go("help", _("Menu"))),
    )
