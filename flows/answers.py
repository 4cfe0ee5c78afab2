"""A question about rights, procedures and help: the guide, then what the city offers, then whom to call."""

from __future__ import annotations

from collections.abc import Sequence

from flows.city import which_city
from flows.sayings import Option
from flows.talk import Talk
from flows.wording import contact_line, go, in_own_language, place_line, trust
from locales.text import CheckedOn, Lines, Text, Value, Verbatim, _
from services_directory.facts import Activity, City, Guide, Service

COURSES = frozenset(
    {"italian_course_find", "italian_course_enrol", "work_rights_course", "civic_engagement", "workshops"}
)
"""Intents that activities answer better than services."""
MOST_PLACES = 3
"""Of one service, told in one message."""
FIRST = 3
"""How many services fit one message that is read to its end."""


def answering(intent: str) -> Answering:
    """The flow that answers an intent."""
    return Answering(intent)


class Answering:
    """Answers one intent of the contract."""

    def __init__(self, intent: str) -> None:
        self.intent = intent

    async def __call__(self, talk: Talk) -> None:
        """The main guide, the telephone numbers, then the services of the person's city."""
        guides = talk.desk.guides(self.intent)
        for guide in guides[:1]:
            tell(talk, guide)
        city = await which_city(talk)
        await self._local(talk, city, tuple(guides[1:]))

    async def _local(self, talk: Talk, city: City, more: tuple[Guide, ...]) -> None:
        """What the city has for this, each with its trust; honest when nothing is known."""
        talk.say(await in_city(talk, self.intent, city), suggest=await self._next(talk, city, more))

    async def _next(self, talk: Talk, city: City, more: tuple[Guide, ...]) -> tuple[Option, ...]:
        steps = tuple(
            go("guide", _("What to do, step by step"), guide.key) for guide in talk.desk.guides(self.intent)[:1]
        )
        others = tuple(go("guide", guide.label, guide.key) for guide in more)
        bookable = await talk.desk.bookable_services(city.key, (self.intent,)).all()
        fitting = any(self.intent in service.topics for service in bookable)
        book = (go("book_appointment", _("Book an appointment"), self.intent),) if fitting else ()
        activities = await talk.desk.activities(city.key, self.intent)
        seated = any(activity.seats_left is not None for activity in activities)
        enrol = (go("enrol", _("Sign up"), self.intent),) if seated else ()
        rest = len(await _found(talk, self.intent, city)) > FIRST
        rest_of_them = (go("more", _("More in {city}", city=city.label), self.intent),) if rest else ()
        return (*enrol, *book, *steps, *rest_of_them, *others, go("help", _("Menu")))


def tell(talk: Talk, guide: Guide) -> None:
    """The short answer of a guide, when it was checked, and whom to call."""
    language = talk.profile.language or ""
    lines: list[Value] = [in_own_language(guide.answer, language)]
    if guide.checked.on is not None:
        lines.append(_("Checked on {day}.", day=CheckedOn(guide.checked.on)))
    if guide.checked.stale:
        lines.append(_("That is a long time ago. Please ask before you go."))
    talk.say(Lines(tuple(lines)))
    contacts = [contact for key in guide.contacts[:2] if (contact := talk.desk.contact(key)) is not None]
    if contacts:
        talk.say(Lines(tuple(map(contact_line, contacts))))


async def read_guide(talk: Talk) -> None:
    """A whole guide: steps, documents, whom to call, and the law that it rests on."""
    guide = talk.desk.guide(talk.heard.get("argument", ""))
    if guide is None:
        talk.say(_("This text is no longer there."), suggest=(go("help", _("Menu")),))
        return
    language = talk.profile.language or ""
    talk.say(Lines((guide.label, in_own_language(guide.answer, language))))
    if guide.steps:
        numbered = tuple(_("{number}. {step}", number=at, step=step) for at, step in enumerate(guide.steps, 1))
        talk.say(Lines((_("Step by step:"), *numbered)))
    if guide.documents:
        talk.say(Lines((_("What to bring:"), Lines(guide.documents, "• "))))
    contacts = [contact for key in guide.contacts if (contact := talk.desk.contact(key)) is not None]
    if contacts:
        talk.say(Lines((_("Whom to call:"), *map(contact_line, contacts))))
    sources = Lines(tuple(Verbatim(f"{title} {address}") for title, address in guide.sources), "• ")
    checked = (_("Checked on {day}.", day=CheckedOn(guide.checked.on)),) if guide.checked.on else ()
    talk.say(
        Lines((_("This is based on:"), sources, *checked)),
        suggest=(go("talk_to_human", _("Talk to a person")), go("help", _("Menu"))),
    )


async def in_city(talk: Talk, intent: str, city: City) -> Lines:
    """The likeliest of what a city has for an intent, in one message; honest when nothing is known."""
    found = await _found(talk, intent, city)
    if not found:
        return Lines(
            (_("I do not know of a service for this in {city} yet. The one-stop shop can tell you.", city=city.label),)
        )
    return _list(talk, found[:FIRST], _("In {city}:", city=city.label))


async def more_in_city(talk: Talk) -> None:
    """The rest of what a city has for an intent, a few in each message."""
    city, intent = await which_city(talk), talk.heard.get("argument", "")
    found = await _found(talk, intent, city)
    for at in range(FIRST, len(found), FIRST):
        talk.say(_list(talk, found[at : at + FIRST], _("Also in {city}:", city=city.label)))
    talk.say(
        _("Ask the one-stop shop which one is right for you."),
        suggest=(go("office_contact", _("Telephone")), go("help", _("Menu"))),
    )


async def _found(talk: Talk, intent: str, city: City) -> list[Service | Activity]:
    activities = await talk.desk.activities(city.key, intent)
    services = talk.desk.services(city.key, intent)
    # Who looks for a course wants courses; who looks for help wants services.
    return [*activities, *services] if intent in COURSES else [*services, *activities]


def _list(talk: Talk, found: Sequence[Service | Activity], title: Text) -> Lines:
    language = talk.profile.language or ""
    lines: list[Value] = [title]
    notes: list[Value] = []
    for item in found:
        lines.append(_("• {name}: {about}", name=item.label, about=in_own_language(item.about, language)))
        lines.extend(_details(talk, item))
        notes.extend(note for note in trust(item.checked) if note not in notes)
    return Lines((*lines, *notes))


def _details(talk: Talk, item: Service | Activity) -> tuple[Value, ...]:
    """Where, when and for whom, as far as it is known."""
    where = [line for place in item.offices[:MOST_PLACES] for line in place_line(talk, place)]
    return (*where, *conditions(item))


def conditions(item: Service | Activity) -> tuple[Value, ...]:
    """When, for whom and at what cost, as far as it is known."""
    details: list[Value] = []
    if isinstance(item, Activity):
        if item.schedule is not None:
            details.append(_("When: {schedule}", schedule=item.schedule))
        if item.seats_left is not None:
            details.append(_("Free places: {count}", count=item.seats_left))
        if item.childcare:
            details.append(_("There is childcare."))
        return tuple(details)
    if item.eligibility is not None:
        details.append(_("For whom: {who}", who=item.eligibility))
    if item.cost is not None:
        details.append(_("Cost: {cost}", cost=item.cost))
    return tuple(details)
