"""The languages of the house: code, own name, script direction."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """A language people may choose: ISO code, its own name, its direction, its Babel locale."""

    code: str
    own_name: str
    rtl: bool = False
    locale: str = ""

    @property
    def babel(self) -> str:
        """The CLDR locale whose dates and numbers are used."""
        return self.locale or self.code


SPOKEN: dict[str, Language] = {
    language.code: language
    for language in (
        Language("it", "Italiano"),
        Language("en", "English", locale="en_GB"),
        Language("fr", "Français"),
        Language("es", "Español"),
        Language("pt", "Português"),
        Language("de", "Deutsch"),
        Language("ro", "Română"),
        Language("sq", "Shqip"),
        Language("tr", "Türkçe"),
        Language("ru", "Русский"),
        Language("uk", "Українська"),
        Language("ar", "العربية", rtl=True),
        Language("fa", "فارسی / دری", rtl=True),
        Language("ps", "پښتو", rtl=True),
        Language("ur", "اردو", rtl=True),
        Language("pa", "ਪੰਜਾਬੀ"),
        Language("bn", "বাংলা"),
        Language("zh", "中文"),
        Language("so", "Soomaali"),
        Language("am", "አማርኛ"),
        Language("ti", "ትግርኛ"),
    )
}
"""Languages with a complete catalogue: the ones that are offered."""

STAFF = ("it", "en", "de")
"""Languages of the pages on which staff keep the directory: those of the network's municipalities, and English."""

SOURCE = "en"
"""The language in which messages are written in the code."""

_BESIDE: dict[str, tuple[str, ...]] = {"ps": ("fa",), "ti": ("am",), "so": ("ar",)}
"""Languages that are official, or taught, where another one is spoken, and read by many who speak it."""


def fallbacks(language: str) -> tuple[str, ...]:
    """What is shown where a text is missing in a language, in this order; the bot says which one it is."""
    return (*_BESIDE.get(language, ()), SOURCE)


FALLBACK = "it"
"""The language of somebody of whom nothing is known."""
