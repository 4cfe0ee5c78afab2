"""Which language we speak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.talk import Talk
from flows.wording import go
from locales.languages import SPOKEN
from locales.text import Verbatim, _


@dataclass(frozen=True)
class OwnName:
    """A language under its own name, which is the only one that everybody who needs it can read."""

    key: str
    label: Verbatim


class SpokenLanguages:
    """The languages with a complete catalogue, each under its own name; `likeliest` comes first."""

    def __init__(self, likeliest: str | None = None) -> None:
        self._likeliest = likeliest

    async def all(self) -> Sequence[OwnName]:
        """All of them."""
        spoken = sorted(SPOKEN.values(), key=lambda language: language.code != self._likeliest)
        return [OwnName(language.code, Verbatim(language.own_name)) for language in spoken]

    async def find(self, key: str) -> OwnName | None:
        """The language with that code."""
        language = SPOKEN.get(key)
        return OwnName(language.code, Verbatim(language.own_name)) if language else None


async def choose_language(talk: Talk) -> None:
    """Change language; everything that follows is in the new one."""
    chosen = await talk.choose(
        "language",
        _("Which language do you want?"),
        SpokenLanguages(talk.profile.language),
        heard=talk.heard.get("language"),
    )
    talk.profile.language, talk.profile.chosen = chosen.key, True
    talk.say(_("All right, we speak {language}.", language=chosen.label), suggest=(go("help", _("Menu")),))
