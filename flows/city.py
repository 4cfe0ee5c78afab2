"""In which city the person is."""

from __future__ import annotations

from flows.talk import Talk
from flows.wording import go
from locales.text import _
from services_directory.facts import City


async def which_city(talk: Talk) -> City:
    """The person's city: the one just named, the one remembered, else asked (by button, by name or by location)."""
    named = talk.heard.get("city")
    known = talk.desk.city(named) if named else None
    # What was remembered when the flow began: "back" must be able to ask again what this flow has asked.
    remembered = talk.frame.done.setdefault("city-remembered", talk.profile.city or "")
    if known is None and remembered:
        known = talk.desk.city(remembered)
    if known is None:
        known = await talk.choose(
            "city",
            _("In which city are you? Choose it, write its name or send your location."),
            talk.desk.cities,
            wants_location=True,
        )
    # Once: another flow may change the city while this one waits, and must not be undone when it goes on.
    if talk.frame.done.get("city-kept") != known.key:
        talk.profile.city = talk.frame.done["city-kept"] = known.key
    return known


async def choose_city(talk: Talk) -> None:
    """Change city, by name, button or location."""
    city = await talk.choose(
        "city",
        _("In which city are you? Choose it, write its name or send your location."),
        talk.desk.cities,
        heard=talk.heard.get("city"),
        wants_location=True,
    )
    talk.profile.city = city.key
    talk.say(
        _("All right: {city}. What do you need?", city=city.label),
        suggest=(
            go("office_hours", _("Opening hours")),
            go("book_appointment", _("Book an appointment")),
            go("help", _("Menu")),
        ),
    )
