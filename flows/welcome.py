"""The first words, and the small courtesies."""

from __future__ import annotations

from flows.city import which_city
from flows.language import SpokenLanguages
from flows.menu import main_menu
from flows.talk import Talk
from flows.wording import go
from locales.text import Lines, Verbatim, _

PRIVACY = _(
    "I keep only what I need to help you, and I never ask for your documents. "
    "I do not tell the police what you write; write “privacy” to know more or to delete everything."
)


async def welcome(talk: Talk) -> None:
    """Language by its own name, privacy in two sentences, city, then what can be asked."""
    profile = talk.profile
    # As it was when the flow began: "back" must be able to ask again what this flow has asked.
    if talk.frame.done.setdefault("language-chosen", "yes" if profile.chosen else "") == "":
        # Nobody's language is known yet: the question is asked in the languages that most people can read some of.
        hello = Lines(tuple(map(Verbatim, ("👋 Ciao! Hello! Bonjour ! ¡Hola! مرحبا! স্বাগতম!",))))
        chosen = await talk.choose("language", hello, SpokenLanguages(profile.language))
        profile.language, profile.chosen = chosen.key, True
    if not profile.welcomed:
        talk.say(
            _(
                "Welcome! I am the helper of the one-stop shop (sportello unico). "
                "I am a program, I am free, and I am here day and night."
            )
        )
        talk.say(PRIVACY)
    city = await which_city(talk)
    profile.welcomed = True
    talk.say(_("We are in {city}.", city=city.label))
    main_menu(talk)


async def greet(talk: Talk) -> None:
    """Answer a greeting; somebody new is welcomed first."""
    if not talk.profile.welcomed or "city" in talk.frame.answers:
        await welcome(talk)
        return
    talk.say(_("Hello! How can I help you?"))
    main_menu(talk)


async def thanks(talk: Talk) -> None:
    """Answer thanks."""
    talk.say(_("You are welcome! I am here whenever you need me."), suggest=(go("help", _("Menu")),))


async def goodbye(talk: Talk) -> None:
    """Answer a goodbye."""
    talk.say(_("Goodbye, and all the best! Write to me again when you need help."))


async def identity(talk: Talk) -> None:
    """Say honestly what the person is writing to."""
    talk.say(
        _(
            "I am Sportello, an automatic helper: a program, not a person. "
            "I answer with what the one-stop shops of the LGNet cities publish, and I book appointments."
        ),
        suggest=(
            go("talk_to_human", _("Talk to a person")),
            go("privacy", _("Privacy")),
            go("help", _("Menu")),
        ),
    )
