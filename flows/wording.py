"""Facts in words: hours, places, telephones, and how far each can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeAlias

from flows.sayings import Option, Place
from flows.talk import Talk
from locales.text import (
    CheckedOn,
    LanguageName,
    Lines,
    Listing,
    Localized,
    Phone,
    Text,
    Value,
    Verbatim,
    WeeklyHours,
    Words,
    _,
)
from services_directory.facts import Alert, AtOffice, Audience, Checked, City, Contact, Office, SpokenLanguage

ANNOUNCED = timedelta(days=7)
"""How long before its first day an alert is told."""
WeekOf: TypeAlias = Callable[[str], WeeklyHours | None]
"""Gives the week that an expression says; None when it says no plain one."""
AUDIENCES: dict[Audience, Text] = {
    Audience.WOMEN: _("Women"),
    Audience.MINORS: _("Under 18"),
    Audience.FAMILIES: _("Families"),
    Audience.WORKERS: _("Workers"),
    Audience.ASYLUM_SEEKERS: _("Asylum seekers"),
    Audience.LEAVING_PRISON: _("After prison"),
}
EXAMPLE = _("⚠️ Example data, for trying out only: this place and these times are not real.")


def trust(checked: Checked, phones: tuple[Phone, ...] = ()) -> tuple[Text, ...]:
    """What to add to a fact: that it is an example, when it was checked, and whom to call when that is too long ago."""
    if checked.example:
        return (EXAMPLE,)
    if checked.on is None:
        return (_("This has not been checked yet. Please ask before you go."),)
    notes = [_("Checked on {day}.", day=CheckedOn(checked.on))]
    if checked.stale and phones:
        notes.append(_("That is a long time ago. Please call first: {phone}.", phone=phones[0]))
    elif checked.stale:
        notes.append(_("That is a long time ago. Please ask before you go."))
    return tuple(notes)


def week(talk: Talk, office: Office, days: int = 7) -> Words:
    """The next days of an office, one a line."""
    today = talk.desk.now.date()
    return Lines(tuple(talk.desk.hours(office, today + timedelta(days=ahead)).words for ahead in range(days)), "• ")


def named(office: Office, today: date) -> tuple[Value, ...]:
    """Its name, then what people must know about it now or in the coming days."""
    soon = today + ANNOUNCED
    alerts = [alert for alert in office.alerts if alert.first_day <= soon and alert.last_day >= today]
    return (office.label, *(_alert(alert, today) for alert in alerts))


def _alert(alert: Alert, today: date) -> Text:
    if alert.first_day > today:
        return _("⚠️ From {day}: {alert}", day=alert.first_day, alert=alert.text)
    return _("⚠️ {alert}", alert=alert.text)


def address(office: Office) -> tuple[Value, ...]:
    """Where it is, when that is known."""
    if office.address is None:
        return (_("The address is not published yet."),)
    getting_in = (_("Accessibility: {about}", about=office.accessibility),) if office.accessibility else ()
    return (_("Address: {address}", address=Verbatim(office.address)), *getting_in)


def phones(office: Office) -> tuple[Value, ...]:
    """How to call it, when that is known."""
    if not office.phones:
        return (_("The telephone number is not published yet."),)
    return tuple(_("Telephone: {phone}", phone=phone) for phone in office.phones)


def languages(office: Office, week_of: WeekOf) -> tuple[Value, ...]:
    """Which languages are spoken there, then those of some hours only; nothing when that is not known."""
    always = tuple(LanguageName(one.code) for one in office.spoken if one.hours is None and not one.mediator)
    told: list[Value] = [_("Languages spoken: {languages}.", languages=Listing(always))] if always else []
    return (*told, *(_by_hours(one, week_of) for one in office.spoken if one.hours is not None or one.mediator))


def own_language(talk: Talk, office: Office) -> tuple[Value, ...]:
    """When the person's own language is spoken there, if that is only at some hours, or by a mediator."""
    mine = (one for one in office.spoken if one.code == talk.profile.language)
    return tuple(_by_hours(one, talk.desk.usual_week) for one in mine if one.hours is not None or one.mediator)


def _by_hours(spoken: SpokenLanguage, week_of: WeekOf) -> Value:
    language = LanguageName(spoken.code)
    week = week_of(spoken.hours) if spoken.hours is not None else None
    who: Value = _("{language}, with a mediator", language=language) if spoken.mediator else language
    return who if week is None else _("{what}: {when}", what=who, when=week)


def place_line(talk: Talk, place: AtOffice) -> tuple[Value, ...]:
    """Where something is offered, and when, if not whenever the office is open; nothing without an address."""
    office = talk.desk.office(place.office)
    if office is None or office.address is None or office.retired:
        return ()
    where = _("Where: {place}, {address}", place=office.label, address=Verbatim(office.address))
    return (where, *own_hours(place.hours, talk.desk.usual_week))


def own_hours(hours: str | None, week_of: WeekOf) -> tuple[Value, ...]:
    """When something is offered at a place, if not whenever the office is open."""
    week = week_of(hours) if hours is not None else None
    return () if week is None else (_("When: {schedule}", schedule=week),)


def no_shop(city: City) -> Text:
    """What is said where no one-stop shop is known."""
    return _(
        "I do not have the address and hours of a one-stop shop in {city} yet. "
        "Please ask at the municipality (Comune): the social services office knows.",
        city=city.label,
    )


def on_the_map(office: Office) -> Place | None:
    """The office as a point, when its coordinates are known."""
    if office.latitude is None or office.longitude is None:
        return None
    return Place(office.latitude, office.longitude, office.label, office.address)


def contact_line(contact: Contact) -> Words:
    """A national telephone number and when to call it."""
    values: list[Value] = [
        _("📞 {phones}: {name}", phones=Listing(contact.phones), name=contact.label)
        if contact.phones
        else _("🌐 {name}: {website}", name=contact.label, website=Verbatim(contact.website or ""))
    ]
    if contact.free and contact.phones:
        values.append(_("The call is free."))
    if contact.hours is not None:
        values.append(contact.hours)
    return Lines(tuple(values))


def in_own_language(text: Localized, language: str) -> Words:
    """The text, with a word of warning when it exists only in another language, or is older than its source."""
    if text.speaks(language):
        if language not in text.outdated:
            return text
        source = LanguageName(text.source)
        return Lines((text, _("⚠️ This text has changed in {language}; the translation may be old.", language=source)))
    shown = text.best(language)[1]
    return Lines((_("I have this text only in {language} for now:", language=LanguageName(shown)), text))


def go(intent: str, label: Words, argument: str = "") -> Option:
    """A button that starts something else: the flow of an intent, with an argument where it takes one."""
    return Option(f"go={intent}:{argument}" if argument else f"go={intent}", label)
