"""What was found, in the words of the page: where, when, for whom, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flows.answers import MOST_PLACES, conditions
from flows.wording import address, in_own_language, languages, named, own_hours, trust
from locales.dates import number_in_words
from locales.rendering import is_rtl, render
from locales.text import Lines, Localized, Phone, Value, Verbatim, _
from services_directory.desk.directory import Directory
from services_directory.desk.hours import usual_week
from services_directory.desk.needs import offices_of
from services_directory.desk.search import Hit
from services_directory.facts import City, Office, OfficeKind


@dataclass(frozen=True)
class Part:
    """Words and the language that they are in, which may be another than the page's."""

    words: str
    language: str

    @property
    def direction(self) -> str:
        """As HTML names it."""
        return "rtl" if is_rtl(self.language) else "ltr"


@dataclass(frozen=True)
class Found:
    """Something found, as the page shows it."""

    name: Part
    city: str
    notes: tuple[str, ...]
    """What must be known of the text: that it is not yet in the reader's language, that it may be old."""
    about: Part
    facts: tuple[str, ...]
    trust: tuple[str, ...]
    chat: str


@dataclass(frozen=True)
class Shop:
    """A one-stop shop, as the page shows it."""

    name: Part
    phones: tuple[tuple[str, str], ...]
    """(what is dialled, what is read) of each."""
    facts: tuple[str, ...]


def told(hit: Hit, directory: Directory, today: date, language: str) -> Found:
    """A hit in that language, with the hours of `today` in Rome."""
    item = hit.item
    places = offices_of(directory, item)[:MOST_PLACES]
    facts = [
        fact
        for office, hours in places
        for fact in (*_place(office, hours, directory, today), *own_hours(hours, usual_week))
    ]
    if hit.kilometres is not None:
        away = Verbatim(number_in_words(round(hit.kilometres, 1), language))
        facts.insert(0, _("{distance} km from you", distance=away))
    city = directory.city(item.city)
    phones = places[0][0].phones if places else ()
    return Found(
        name=_part(item.label, language),
        city=render(city.label, language) if city else "",
        notes=_rendered(_notes(item.about, language), language),
        about=_part(item.about, language),
        facts=_rendered([*facts, *conditions(item)], language),
        trust=_rendered(trust(item.checked, phones), language),
        chat=chat_in(item.city),
    )


def shops_of(city: City, directory: Directory, today: date, language: str) -> list[Shop]:
    """The one-stop shops of a city, with the hours of `today` in Rome."""
    return [
        Shop(
            name=_part(office.label, language),
            phones=tuple((dialled(phone), phone.number) for phone in office.phones),
            facts=_rendered(
                [
                    *address(office),
                    *_today(office, None, directory, today),
                    *languages(office, usual_week),
                    *trust(office.checked, office.phones),
                ],
                language,
            ),
        )
        for office in directory.offices(city.key, OfficeKind.ONE_STOP_SHOP)
    ]


def in_city(city: City, language: str) -> str:
    """What stands over the results of a city."""
    return render(_("In {city}:", city=city.label), language)


def chat_in(city: str | None) -> str:
    """The address of the chat, in that city."""
    return f"/?city={city}" if city else "/"


def dialled(phone: Phone) -> str:
    """The address that calls a number."""
    return "tel:" + "".join(sign for sign in phone.number if sign.isdecimal() or sign == "+")


def _place(office: Office, hours: str | None, directory: Directory, today: date) -> list[Value]:
    if office.address is not None:
        where: Value = _("Where: {place}, {address}", place=office.label, address=Verbatim(office.address))
    else:
        where = _("Where: {place}", place=office.label)
    return [where, *_today(office, hours, directory, today)]


def _today(office: Office, hours: str | None, directory: Directory, today: date) -> list[Value]:
    """What must be known about a place now, and whether it is open today: within `hours`, where there are any."""
    return [*named(office, today)[1:], directory.hours(office.key, today, hours).words]


def _part(text: Localized, language: str) -> Part:
    return Part(*text.best(language))


def _notes(text: Localized, language: str) -> list[Value]:
    told = in_own_language(text, language)
    return [value for value in told.items if value is not text] if isinstance(told, Lines) else []


def _rendered(values: Iterable[Value], language: str) -> tuple[str, ...]:
    return tuple(render(value, language) for value in values)
