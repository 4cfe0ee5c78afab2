"""What was said in a conversation, read back from the inbox and the outbox: for channels that fetch their replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import inbox
from bot.incoming import Sender
from bot.outgoing import Reply
from bot.records import InboxRow, OutboxRow, SenderRow
from flows.conversation import Conversation
from locales.languages import FALLBACK

MOST = 200
"""Messages given back at once: more than a phone can show is not read."""


@dataclass(frozen=True)
class Told:
    """The answer to one message."""

    language: str
    meaning: dict[str, Any]
    replies: list[tuple[int, Reply]]

    def to_json(self, conversation: str) -> dict[str, Any]:
        """What `POST /chat/messages` answers with."""
        return {
            "conversation": conversation,
            "language": self.language,
            **{name: self.meaning.get(name) for name in ("intent", "confidence", "flow")},
            "replies": [{"id": number, **reply.to_json()} for number, reply in self.replies],
        }


async def answer_to(session: AsyncSession, sender_id: int, key: str) -> Told | None:
    """The answer to a message; None while it still waits for one."""
    row = await inbox.find(session, sender_id, key)
    if row is None or row.state == inbox.WAITING:
        return None
    found = await session.scalars(select(OutboxRow).where(OutboxRow.inbox_id == row.id).order_by(OutboxRow.id))
    replies = [(reply.id, Reply.from_json(reply.reply)) for reply in found]
    language = replies[-1][1].language if replies else FALLBACK
    return Told(language, row.meaning or {}, replies)


async def history(session: AsyncSession, sender: Sender, after: int) -> dict[str, Any]:
    """The conversation, oldest first; with `after`, only the replies with a higher number."""
    row = await inbox.sender_of(session, sender)
    if row is None or row.forgotten:
        return {"conversation": sender.value, "language": None, "messages": []}
    written = await session.scalars(
        select(OutboxRow)
        .where(OutboxRow.sender_id == row.id, OutboxRow.id > after)
        .order_by(OutboxRow.id.desc())
        .limit(MOST)
    )
    replies = list(reversed(written.all()))
    said = [] if after else await _said(session, row)
    return {
        "conversation": sender.value,
        "language": Conversation.from_json(row.conversation).profile.language,
        "messages": _in_order(said, replies),
    }


async def _said(session: AsyncSession, sender: SenderRow) -> list[InboxRow]:
    found = await session.scalars(
        select(InboxRow).where(InboxRow.sender_id == sender.id).order_by(InboxRow.id.desc()).limit(MOST)
    )
    return list(reversed(found.all()))


def _in_order(said: list[InboxRow], replies: list[OutboxRow]) -> list[dict[str, Any]]:
    """Each message of the person before its answers; a tapped button is shown with the words that were on it."""
    labels: dict[str, str] = {}
    answers: dict[int | None, list[OutboxRow]] = {}
    for reply in replies:
        labels.update((option["key"], option["label"]) for option in reply.reply["options"])
        answers.setdefault(reply.inbox_id, []).append(reply)
    entries: list[tuple[datetime, dict[str, Any]]] = []
    for row in said:
        entries.append((row.received_at, _theirs(row, labels)))
        entries.extend((row.received_at, _ours(reply)) for reply in answers.pop(row.id, []))
    entries.extend((reply.written_at, _ours(reply)) for rest in answers.values() for reply in rest)
    entries.sort(key=lambda entry: entry[0])  # stable: what came at the same moment keeps its order
    return [message for _at, message in entries if message["text"] or message["from"] == "sportello"]


def _ours(row: OutboxRow) -> dict[str, Any]:
    return {"id": row.id, "from": "sportello", **row.reply}


def _theirs(row: InboxRow, labels: dict[str, str]) -> dict[str, Any]:
    message = row.message
    words = message.get("words") or labels.get(message.get("tap", ""), "") or ("📍" if message.get("location") else "")
    return {"id": None, "from": "person", "text": words, "language": None}
