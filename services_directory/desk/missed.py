"""What the bot did not understand: noted without personal data, put before staff in groups, taught, forgotten."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import yaml
from rapidfuzz import fuzz
from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services_directory.store.missed import MissedRow

KEEP = timedelta(days=90)
LONGEST = 500
"""Characters of a message that are kept."""
MOST = 500
"""Messages that are put into groups at a time, the newest."""
ALIKE = 72
"""From which likeness on (rapidfuzz's token set ratio, 0 to 100) two messages are one group."""
GONE = "…"
_PERSONAL = re.compile(
    r"""
    [\w.+-]+@[\w-]+(?:\.[\w-]+)+            # e-mail
    | (?:https?://|www\.)\S+                # link
    | (?<!\w)@\w+                           # handle
    | \b[A-Za-z]{6}\d{2}[A-Za-z]\d{2}[A-Za-z]\d{3}[A-Za-z]\b  # codice fiscale
    | \b[A-Z]{1,3}\d{5,}\w*                 # passport, permit
    | \+?\d[\d\s./-]{3,}\d                  # telephone, date, number of a paper
    | \d{3,}
    """,
    re.VERBOSE,
)
_NAME_FOLLOWS = re.compile(
    r"(?i)\b(mi chiamo|my name is|i am called|je m'appelle|me llamo|mein name ist|ich hei(?:ß|ss)e|meu nome é|me chamo|"
    r"ma numesc|mă numesc|quhem|benim adım|меня зовут|мене звати|اسمي|نام من|میرا نام|ਮੇਰਾ ਨਾਂ|আমার নাম|我叫|"
    r"magacaygu waa|ስሜ|ስመይ)\s+\S+(?:\s+[A-ZÀ-Þ]\S*)?"
)
# Not the first word: a capital there says nothing. German writes every noun so.
_INNER_CAPITAL = re.compile(r"(?<=[^\s.!?…:]\s)[A-ZÀ-ÞА-ЯЁІЇЄҐ][a-zà-ÿа-яёіїєґ']{2,}")
KEPT_CAPITALS = frozenset({"de"})


@dataclass(frozen=True)
class Group:
    """Messages that are alike, of one language: the newest first, how many, what was guessed."""

    language: str
    guess: str
    ids: tuple[int, ...]
    words: tuple[str, ...]
    newest: datetime


def scrub(words: str, language: str, known: Iterable[str] = ()) -> str:
    """The words without what tells who wrote them; `known` names (of cities) may stay."""
    text = _NAME_FOLLOWS.sub(lambda found: f"{found[1]} {GONE}", _PERSONAL.sub(GONE, words))
    if language not in KEPT_CAPITALS:
        kept = {name.casefold() for name in known}
        text = _INNER_CAPITAL.sub(lambda found: found[0] if found[0].casefold() in kept else GONE, text)
    return " ".join(text.split())[:LONGEST]


async def note(  # noqa: PLR0913, what there is to say of a message
    session: AsyncSession,
    words: str,
    *,
    language: str,
    city: str | None,
    guess: str,
    known: Iterable[str],
    now: datetime,
) -> None:
    """Keep a message on which nothing could be done; nothing of one that is only a name or a number."""
    text = scrub(words, language, known)
    if any(character.isalpha() for character in text):
        session.add(MissedRow(language=language, city=city, words=text, guess=guess, at=now, state="open"))


async def groups(session: AsyncSession, language: str | None = None, city: str | None = None) -> list[Group]:
    """The open messages in groups, the largest first; of one language or all, of one city or all."""
    asked = select(MissedRow).where(MissedRow.state == "open").order_by(MissedRow.at.desc()).limit(MOST)
    if language is not None:
        asked = asked.where(MissedRow.language == language)
    if city is not None:
        asked = asked.where(or_(MissedRow.city == city, MissedRow.city.is_(None)))
    found = [_group(rows) for rows in _alike((await session.scalars(asked)).all())]
    return sorted(found, key=lambda group: (-len(group.ids), -group.newest.timestamp()))


async def settle(session: AsyncSession, ids: Iterable[int], state: str, *, by: str, intent: str | None = None) -> int:
    """Staff have said what becomes of these messages: `taught` (with an intent), `guide` or `dismissed`; how many."""
    open_ones = update(MissedRow).where(MissedRow.id.in_(list(ids)), MissedRow.state == "open")
    changed = await session.scalars(open_ones.values(state=state, by=by, intent=intent).returning(MissedRow.id))
    return len(changed.all())


async def taught(session: AsyncSession) -> dict[str, str]:
    """What staff have taught, by language, as training data in Rasa's form."""
    rows = await session.scalars(select(MissedRow).where(MissedRow.state == "taught").order_by(MissedRow.id))
    by_language: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        words = row.words.replace(GONE, "").strip()
        if words and row.intent and words not in by_language[row.language][row.intent]:
            by_language[row.language][row.intent].append(words)
    return {language: _rasa(by_intent) for language, by_intent in by_language.items()}


async def erase_old(session: AsyncSession, now: datetime) -> None:
    """The end of retention. What was taught has gone into the training data by then."""
    await session.execute(delete(MissedRow).where(MissedRow.at < now - KEEP))


def _alike(rows: Sequence[MissedRow]) -> Iterator[list[MissedRow]]:
    gathered: list[list[MissedRow]] = []
    for row in rows:
        for group in gathered:
            first = group[0]
            if first.language == row.language and fuzz.token_set_ratio(first.words, row.words) >= ALIKE:
                group.append(row)
                break
        else:
            gathered.append([row])
    yield from gathered


def _group(rows: Sequence[MissedRow]) -> Group:
    words = tuple(dict.fromkeys(row.words for row in rows))
    return Group(rows[0].language, rows[0].guess, tuple(row.id for row in rows), words, rows[0].at)


def _rasa(by_intent: dict[str, list[str]]) -> str:
    blocks = [
        {"intent": intent, "examples": "".join(f"- {words}\n" for words in lines)}
        for intent, lines in sorted(by_intent.items())
    ]
    return yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, sort_keys=False, width=10_000)
