"""When it is not clear what was meant, or not something that we do."""

from __future__ import annotations

from flows.talk import Talk
from flows.wording import go, in_own_language
from locales.names import name_of
from locales.text import Lines, Words, _


async def not_understood(talk: Talk) -> None:
    """Say so, and offer the nearest meanings; never guess."""
    nearest = [intent for intent in talk.heard.get("argument", "").split(",") if intent]
    choices = tuple(go(intent, label) for intent in nearest if (label := name_of(intent)) is not None)
    if choices:
        talk.say(
            _("I am not sure that I understood. Did you mean one of these?"), suggest=(*choices, go("help", _("Menu")))
        )
    elif (found := _found(talk)) is not None:
        talk.say(found, suggest=(go("help", _("Menu")), go("talk_to_human", _("Talk to a person"))))
    else:
        talk.say(
            _("I did not understand. Can you say it in other words, or choose here?"), suggest=(go("help", _("Menu")),)
        )


def _found(talk: Talk) -> Words | None:
    """What the directory of the person's city has for the very words, when it has something."""
    words, slug = talk.heard.get("words", ""), talk.profile.city
    city = talk.desk.city(slug) if slug else None
    found = talk.desk.search(words, city.key) if city and words else ()
    if city is None or not found:
        return None
    language = talk.profile.language or ""
    lines = tuple(
        _("• {name}: {about}", name=item.label, about=in_own_language(item.about, language)) for item in found
    )
    return Lines((_("I did not understand everything, but I found this in {city}:", city=city.label), *lines))


async def simpler(talk: Talk) -> None:
    """The person did not understand us: say less, offer a person and another language."""
    talk.say(
        _("Sorry, I was not clear. You can change the language, or talk to a person."),
        suggest=(
            go("change_language", _("Change language")),
            go("talk_to_human", _("Talk to a person")),
            go("help", _("Menu")),
        ),
    )


async def out_of_scope(talk: Talk) -> None:
    """Say kindly what this is not for, and what it is for."""
    talk.say(
        _("I cannot help with that. I know about the one-stop shop, Italian courses, housing, work and papers."),
        suggest=(go("help", _("Menu")), go("talk_to_human", _("Talk to a person"))),
    )


async def attachment(talk: Talk) -> None:
    """A voice note, a photo, a sticker: say what the person can do instead."""
    match talk.heard.get("argument"):
        case "voice":
            talk.say(
                _("I cannot listen to voice messages yet. Write me a few words, even with mistakes, or choose here."),
                suggest=(go("help", _("Menu")), go("talk_to_human", _("Talk to a person"))),
            )
        case "sticker":
            talk.say(_("🙂 What can I do for you?"), suggest=(go("help", _("Menu")),))
        case _kind:
            talk.say(
                _("I cannot open photos and files, and I did not keep it. Write me what you need, or choose here."),
                suggest=(go("help", _("Menu")), go("talk_to_human", _("Talk to a person"))),
            )


async def stopped(talk: Talk) -> None:
    """The person wants to stop what we were doing."""
    talk.say(_("All right, we stop here. Nothing was changed."), suggest=(go("help", _("Menu")),))


async def earlier_button(talk: Talk) -> None:
    """A button of an earlier message was tapped, whose question is over."""
    talk.say(_("That button is from an earlier message and no longer works."), suggest=(go("help", _("Menu")),))
