"""What the pages of the directory read: the records of an editor, found by words, and what is known of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from locales.dates import in_rome
from locales.languages import SPOKEN
from services_directory.desk.accounts import Account
from services_directory.desk.revisions import Name, Revision, current_of
from services_directory.desk.translating import State, state, texts
from services_directory.store.accounts import StaffAccountRow
from services_directory.store.reading import CONTACT_REVIEW_AFTER, GUIDE_REVIEW_AFTER, REVIEW_AFTER
from services_directory.store.records import CLASSIFYING

MOST_SHOWN = 100
REVIEW = {"contact": CONTACT_REVIEW_AFTER, "guide": GUIDE_REVIEW_AFTER}
DONE = frozenset({State.SOURCE, State.CURRENT, State.DRAFTED})


@dataclass(frozen=True)
class Asked:
    """What is looked for. Empty: everything."""

    words: str = ""
    kind: str = ""
    city: str = ""
    stale: bool = False

    @classmethod
    def read(cls, said: Mapping[str, str], account: Account) -> Asked:
        """Of an address; an account of one city looks only there."""
        city = account.city or said.get("city", "")[:20]
        return cls(said.get("q", "")[:100], said.get("kind", "")[:20], city, said.get("stale") == "yes")

    def address(self) -> str:
        """Where this is looked for."""
        said = {"q": self.words, "kind": self.kind, "city": self.city, "stale": "yes" if self.stale else ""}
        return "/console/directory?" + urlencode({name: value for name, value in said.items() if value})


@dataclass(frozen=True)
class Line:
    """A record in the list."""

    name: Name
    label: str
    city: str | None
    verified_on: date | None
    stale: bool
    retired: bool
    translated: int
    """Percent of its texts over all languages."""


async def lines(session: AsyncSession, asked: Asked, account: Account, now: datetime) -> tuple[list[Line], bool]:
    """The records that fit, those to be checked first; and whether there are more than are shown."""
    words = asked.words.casefold().split()
    found = []
    for name, version in (await current_of(session)).items():
        if not may_see(version, account) or (asked.kind and name.kind != asked.kind):
            continue
        if asked.city and version.city not in {asked.city, None}:
            continue
        line = _line(name, version, in_rome(now).date())
        said = f"{name.key} {version.document}".casefold()
        if all(word in said for word in words) and (line.stale or not asked.stale):
            found.append(line)
    found.sort(key=lambda line: (line.retired, line.city or "", line.name.kind, line.label.casefold()))
    return found[:MOST_SHOWN], len(found) > MOST_SHOWN


def may_see(version: Revision, account: Account) -> bool:
    """Whether a record is that account's business: of its city or of the whole country, and edited here."""
    return version.name.kind not in CLASSIFYING and (version.city is None or account.covers(version.city))


def may_edit(city: str | None, account: Account) -> bool:
    """Whether that account may change a record: what is for the whole country is for who has the whole network."""
    return account.edits_directory and (account.city is None if city is None else account.covers(city))


def label_of(document: Mapping[str, Any]) -> str:
    """What a record is called, in its source language."""
    name = document.get("name") or document.get("title") or document.get("key")
    return str(next(iter(name["texts"].values())) if isinstance(name, dict) else name)


def coverage(found: Iterable[Revision]) -> dict[str | None, dict[str, int]]:
    """By city (None: the whole country) and language: percent of the texts that are translated and not outdated."""
    counted: dict[str | None, dict[str, list[int]]] = {}
    for version in found:
        by_language = counted.setdefault(version.city, {language: [0, 0] for language in SPOKEN})
        for _place, text in texts(version.record):
            for language, pair in by_language.items():
                pair[0] += state(text, language) in DONE
                pair[1] += 1
    return {
        city: {language: percent(done, every) for language, (done, every) in by_language.items()}
        for city, by_language in counted.items()
    }


def percent(done: int, every: int) -> int:
    """Rounded down, so that a hundred means all."""
    return 100 * done // every if every else 100


async def authors(session: AsyncSession, by: Sequence[str]) -> dict[str, str]:
    """Who they are: e-mail addresses of accounts; of other authors their own word."""
    keys = {one: one.partition(":")[2] for one in by}
    numbers = [int(key) for key in keys.values() if key.isdecimal()]
    asked = select(StaffAccountRow.id, StaffAccountRow.email).where(StaffAccountRow.id.in_(numbers))
    emails = {str(key): email for key, email in await session.execute(asked)}
    return {one: emails.get(key, one.partition(":")[0]) for one, key in keys.items()}


def _line(name: Name, version: Revision, today: date) -> Line:
    record = version.record
    on = record.verified_on
    states = [state(text, language) in DONE for _place, text in texts(record) for language in SPOKEN]
    return Line(
        name,
        label_of(version.document),
        version.city,
        on,
        on is None or on + REVIEW.get(name.kind, REVIEW_AFTER) < today,
        record.retired,
        percent(sum(states), len(states)),
    )
