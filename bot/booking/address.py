"""The addresses of the pages. All that is chosen stands in them, so that nothing need be kept anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from locales.languages import SPOKEN

PATH = "/book"
OWN = "/book/appointment"
"""Behind it stands the secret of one appointment."""
SECRET = re.compile(r"[A-Za-z0-9_-]{32,80}")
CHOSEN = ("service", "people", "day", "slot")
"""What is asked, in this order; names and secrets never stand in a query, which ends up in logs."""
MANNER = ("language", "embed")
"""How a page is shown: goes with the person from page to page."""
LONGEST = 80
"""Characters of a value that is looked at."""


@dataclass(frozen=True)
class Address:
    """A page: its path and what its query says; read again, it asks for the same."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        path = quote(self.path)
        return f"{path}?{urlencode(self.query)}" if self.query else path

    def __getitem__(self, name: str) -> str:
        return self.query.get(name, "")

    @property
    def embedded(self) -> bool:
        """Whether the page is shown inside another one."""
        return self["embed"] == "1"

    def having(self, **changes: str) -> Address:
        """The same page with other values; an empty one is left out."""
        changed = {**self.query, **changes}
        return Address(self.path, {name: value for name, value in changed.items() if value})

    def until(self, name: str) -> Address:
        """The page on which that is asked: what is asked before it stays chosen."""
        return self.having(**dict.fromkeys(CHOSEN[CHOSEN.index(name) :], ""))

    def at(self, path: str) -> Address:
        """Another page in the same manner, with nothing chosen."""
        return Address(path, {name: value for name, value in self.query.items() if name in MANNER})


def address_of(path: str, said: Mapping[str, str]) -> Address:
    """What a query or a form says that we know; what makes no sense counts as not said."""
    query = {name: said[name][:LONGEST] for name in (*CHOSEN, *MANNER) if said.get(name)}
    if query.get("language") not in SPOKEN:
        query.pop("language", None)
    if query.get("embed") != "1":
        query.pop("embed", None)
    return Address(path, query)
