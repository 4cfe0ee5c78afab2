"""The one-stop shop itself: hours, address, telephone, what it does, and the mobile unit."""

from __future__ import annotations

from datetime import date, timedelta

from flows.city import which_city
from flows.sayings import Option
from flows.talk import Talk
from flows.wording import (
    address,
    go,
    in_own_language,
    languages,
    named,
    no_shop,
    on_the_map,
    own_language,
    phones,
    trust,
    week,
)
from locales.text import Lines, Value, Verbatim, _
from services_directory.facts import City, Office, OfficeKind

NEXT = (go("book_appointment", _("Book an appointment")), go("help", _("Menu")))


async def hours(talk: Talk) -> None:
    """When the one-stop shop is open: on the day that was asked, else today and the coming week."""
    city = await which_city(talk)
    offices = _shops(talk, city)
    asked = _asked_day(talk)
    for office in offices:
        lines: list[Value] = [*named(office, talk.desk.now.date())]
        if not office.hours_known:
            lines.append(_("The opening hours are not published yet. Please ask the municipality before you go."))
        elif asked is not None:
            lines.append(talk.desk.hours(office, asked).words)
            lines.extend(_next_open(talk, office, asked))
        else:
            lines.append(week(talk, office))
        lines.extend((*own_language(talk, office), *phones(office), *trust(office.checked, office.phones)))
        talk.say(Lines(tuple(lines)), suggest=(go("office_location", _("Address and map")), *NEXT))


async def location(talk: Talk) -> None:
    """Where the one-stop shop is, with a point on the map when that is known."""
    city = await which_city(talk)
    for office in _shops(talk, city):
        top = named(office, talk.desk.now.date())
        lines = (*top, *address(office), *phones(office), *trust(office.checked, office.phones))
        talk.say(Lines(lines), place=on_the_map(office), suggest=(go("office_hours", _("Opening hours")), *NEXT))


async def contact(talk: Talk) -> None:
    """How to reach the one-stop shop."""
    city = await which_city(talk)
    for office in _shops(talk, city):
        email = (_("E-mail: {email}", email=Verbatim(office.email)),) if office.email else ()
        top = named(office, talk.desk.now.date())
        lines = (
            *top,
            *phones(office),
            *email,
            *languages(office, talk.desk.usual_week),
            *trust(office.checked, office.phones),
        )
        talk.say(Lines(lines), suggest=(go("office_hours", _("Opening hours")), *NEXT))


async def services(talk: Talk) -> None:
    """What the one-stop shop is for, then what this one offers."""
    for guide in talk.desk.guides("office_services")[:1]:
        talk.say(in_own_language(guide.answer, talk.profile.language or ""))
    city = await which_city(talk)
    for office in _shops(talk, city):
        about = (office.about,) if office.about else ()
        talk.say(
            Lines(
                (office.label, *about, *languages(office, talk.desk.usual_week), *trust(office.checked, office.phones))
            ),
            suggest=NEXT,
        )
    bookable = await talk.desk.bookable_services(city.key).all()
    if bookable:
        names = Lines(tuple(service.label for service in bookable), "• ")
        talk.say(Lines((_("You can book an appointment for:"), names)), suggest=NEXT)


async def mobile_unit(talk: Talk) -> None:
    """Where and when the mobile unit stops next."""
    city = await which_city(talk)
    units = talk.desk.offices(city.key, OfficeKind.MOBILE_UNIT)
    if not units:
        talk.say(_("I do not know of a mobile unit in {city}.", city=city.label), suggest=_fallback())
    for unit in units:
        about = (unit.about,) if unit.about else ()
        stops = talk.desk.stops(unit)
        if stops:
            when: Value = Lines(
                tuple(
                    _(
                        "{starts} - {ends}: {place}",
                        starts=stop.starts,
                        ends=stop.ends.time(),
                        place=Verbatim(stop.place),
                    )
                    for stop in stops[:7]
                ),
                "• ",
            )
        else:
            when = _("Where and when it stops is not published yet. Please ask the one-stop shop.")
        talk.say(Lines((unit.label, *about, when, *trust(unit.checked, unit.phones))), suggest=_fallback())


def _shops(talk: Talk, city: City) -> list[Office]:
    """The one-stop shops of the city; the person is told when none is known."""
    shops = list(talk.desk.offices(city.key, OfficeKind.ONE_STOP_SHOP))
    if not shops:
        talk.say(no_shop(city), suggest=_fallback())
    return shops


def _fallback() -> tuple[Option, ...]:
    return (go("talk_to_human", _("Talk to a person")), go("choose_city", _("Change city")), go("help", _("Menu")))


def _asked_day(talk: Talk) -> date | None:
    said = talk.heard.get("day")
    return date.fromisoformat(said) if said else None


def _next_open(talk: Talk, office: Office, asked: date) -> tuple[Value, ...]:
    """The next day on which a closed office opens, within two weeks."""
    if talk.desk.hours(office, asked).intervals:
        return ()
    for ahead in range(1, 15):
        coming = talk.desk.hours(office, asked + timedelta(days=ahead))
        if coming.intervals:
            return (_("The next time it opens:"), coming.words)
    return ()
