"""Danger is answered first and always, whatever question is open."""

from __future__ import annotations

from flows.sayings import Option
from flows.talk import Talk
from flows.wording import contact_line, go
from locales.text import Lines, Phone, _
from services_directory.facts import Contact


async def emergency(talk: Talk) -> None:
    """Somebody needs an ambulance, the police or the fire brigade now."""
    talk.say(
        _("Call {number} now. It is free, day and night. Say where you are and what is happening.", number=Phone("112"))
    )
    talk.say(_("You can call without credit and without papers."), suggest=_onward())


async def violence(talk: Talk) -> None:
    """Somebody is hurt or threatened by a person."""
    talk.say(_("If you are in danger now, call {number}. It is free.", number=Phone("112")))
    talk.say(_("This is not your fault. You can get help."))
    _tell(talk, "antiviolence", "antitrafficking")
    talk.say(
        _("If somebody may read your phone, delete this chat."),
        suggest=(go("violence_trafficking", _("How I can get help")), *_onward()),
    )


async def suicide(talk: Talk) -> None:
    """Somebody does not want to live any more."""
    talk.say(_("I am sorry that you are in so much pain. You are not alone."))
    talk.say(
        _("I am only a program, but people are ready to listen to you now. Please call {number}.", number=Phone("112"))
    )
    _tell(talk, "telefono-amico")
    talk.say(
        _("If you can, stay near somebody you trust."),
        suggest=(go("mental_health", _("Find a psychologist")), *_onward()),
    )


def _tell(talk: Talk, *keys: str) -> None:
    contacts: list[Contact] = [contact for key in keys if (contact := talk.desk.contact(key)) is not None]
    if contacts:
        talk.say(Lines(tuple(map(contact_line, contacts))))


def _onward() -> tuple[Option, ...]:
    return (go("talk_to_human", _("Talk to a person")), go("help", _("Menu")))
