"""The first message of a person: in which language we answer, and what they must know before anything else."""

from __future__ import annotations

from bot.incoming import IncomingMessage
from flows.profile import Profile
from flows.sayings import Saying
from flows.welcome import PRIVACY
from locales.languages import FALLBACK, SPOKEN
from locales.text import _
from nlu.understanding import Understanding


def settle_language(profile: Profile, message: IncomingMessage, understood: Understanding | None) -> None:
    """The person's choice holds; before they have chosen, the language they write in, else their phone's."""
    if message.language_chosen and message.language in SPOKEN:
        profile.language, profile.chosen = message.language, True
    if profile.chosen:
        return
    if understood is not None and understood.language in SPOKEN:
        profile.language = understood.language
    if profile.language is None:
        hint = (message.language or "").partition("-")[0]
        profile.language = hint if hint in SPOKEN else FALLBACK


def first_words() -> list[Saying]:
    """Who answers, and what happens with what they write: said before the first answer."""
    hello = _("Hello! I am the helper of the one-stop shop (sportello unico): a program, free, day and night.")
    return [Saying(hello), Saying(PRIVACY)]
