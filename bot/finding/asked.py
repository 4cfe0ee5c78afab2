"""What somebody looks for, read from an address, and the addresses of the pages that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from urllib.parse import urlencode

from locales.languages import SPOKEN
from services_directory.desk.directory import Directory
from services_directory.desk.search import Wanted
from services_directory.facts import Audience
from services_directory.taxonomy import TERMS

PATH = "/find"
LONGEST = 200
"""Letters of the words that are looked for; what is longer is cut."""
LAST_PAGE = 20
DECIMALS = 3
"""Of degrees, about a hundred metres: enough to know what is near, too few to know who lives there."""


@dataclass(frozen=True)
class Asked:
    """What is looked for, on which page of the results, and in which language where one was chosen."""

    wanted: Wanted
    page: int = 1
    language: str | None = None
    """None: what the browser asks for, so that a link shared with a friend speaks the friend's language."""

    @property
    def something(self) -> bool:
        """Whether more was asked for than a city."""
        return self.wanted != Wanted(city=self.wanted.city)

    @property
    def address(self) -> str:
        """The page that answers this; read again, it asks for the same."""
        wanted = self.wanted
        latitude, longitude = wanted.near or ("", "")
        named = {
            "q": wanted.words,
            "topic": wanted.topic,
            "open_now": "1" if wanted.open_now else "",
            "spoken": wanted.language,
            "audience": wanted.audience,
            "latitude": latitude,
            "longitude": longitude,
            "language": self.language,
            "page": self.page if self.page > 1 else "",
        }
        path = f"{PATH}/{wanted.city}" if wanted.city else PATH
        query = urlencode({name: value for name, value in named.items() if value not in {"", None}})
        return f"{path}?{query}" if query else path

    def in_language(self, language: str) -> Asked:
        """The same in that language."""
        return replace(self, language=language)

    def on(self, topic: str) -> Asked:
        """That topic, in other words and with everything else as it is."""
        return replace(self, wanted=replace(self.wanted, topic=topic, words=""), page=1)

    def anywhere(self) -> Asked:
        """The same without regard to where the person is."""
        return replace(self, wanted=replace(self.wanted, near=None), page=1)

    def further(self) -> Asked:
        """The next page of the results."""
        return replace(self, page=self.page + 1)

    def within(self, city: str) -> Asked:
        """The same in that city."""
        return replace(self, wanted=replace(self.wanted, city=city), page=1)


def asked_in(query: Mapping[str, str], directory: Directory, city: str | None) -> Asked:
    """What an address asks for, in `city` when its path named one; what makes no sense counts as not asked."""
    named = city or query.get("city", "")
    topic, spoken, audience = query.get("topic"), query.get("spoken"), query.get("audience")
    wanted = Wanted(
        words=" ".join(query.get("q", "")[:LONGEST].split()),
        city=named if directory.city(named) else None,
        topic=topic if topic in TERMS else None,
        near=_point(query.get("latitude", ""), query.get("longitude", "")),
        open_now=query.get("open_now") == "1",
        language=spoken if spoken in SPOKEN else None,
        audience=Audience(audience) if audience in set(Audience) else None,
    )
    language = query.get("language")
    return Asked(wanted, _page(query.get("page", "")), language if language in SPOKEN else None)


def _point(latitude: str, longitude: str) -> tuple[float, float] | None:
    try:
        north, east = round(float(latitude), DECIMALS), round(float(longitude), DECIMALS)
    except (ValueError, OverflowError):
        return None
    return (north, east) if isfinite(north) and abs(north) <= 90 and abs(east) <= 180 else None  # noqa: PLR2004, degrees


def _page(written: str) -> int:
    try:
        return min(max(int(written), 1), LAST_PAGE)
    except ValueError:
        return 1
