"""A person to talk to, for now by telephone; and complaints, which a person must hear."""

from __future__ import annotations

from datetime import timedelta

from flows.city import which_city
from flows.talk import Talk
from flows.wording import contact_line, go, languages, phones, trust
from locales.text import Lines, Value, _
from services_directory.facts import OfficeKind


async def person(talk: Talk) -> None:
    """Whom to call in the person's city, when, and in which languages; the national line for refugees beside it."""
    city = await which_city(talk)
    today = talk.desk.now.date()
    reachable = [office for office in talk.desk.offices(city.key, OfficeKind.ONE_STOP_SHOP) if office.phones]
    for office in reachable:
        lines: list[Value] = [
            _("You can talk to a person here:"),
            office.label,
            *phones(office),
            *languages(office, talk.desk.usual_week),
        ]
        if office.hours_known:
            lines.extend(talk.desk.hours(office, today + timedelta(days=ahead)).words for ahead in range(3))
        talk.say(Lines((*lines, *trust(office.checked, office.phones))))
    if not reachable:
        talk.say(
            _(
                "I do not have the telephone of the one-stop shop in {city} yet. "
                "The municipality (Comune) can put you through to social services.",
                city=city.label,
            )
        )
    national = talk.desk.contact("arci-refugees")
    if national is not None:
        talk.say(contact_line(national))
    talk.say(
        _("You can also book an appointment with a person."),
        suggest=(go("book_appointment", _("Book an appointment")), go("help", _("Menu"))),
    )


async def feedback(talk: Talk) -> None:
    """Take a complaint seriously: say sorry, and name a person who can act on it."""
    talk.say(_("I am sorry. Thank you for telling us: it helps us to do better."))
    await person(talk)
