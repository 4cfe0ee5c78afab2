"""What the bot itself keeps: messages in, messages out, conversations. The tables stand beside the directory's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services_directory.store.session import Base


class SenderRow(Base):
    """One identity of one person on one channel, and the conversation that goes on with it."""

    __tablename__ = "sender"
    __table_args__ = (UniqueConstraint("channel", "kind", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(200))
    person: Mapped[str] = mapped_column(String(32), index=True)
    """The person's key in the directory's appointments."""
    conversation: Mapped[dict[str, Any]]
    unreachable: Mapped[bool] = mapped_column(default=False)
    lost: Mapped[bool] = mapped_column(default=False)
    """A reply was given up; shown to the offices of the person's appointments until they write again."""
    last_inbound: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    """Since when they know that we write first when there is something to remind them of, and have not minded."""
    silenced_at: Mapped[datetime | None]
    """When they said that we must not write first: for good, until they say otherwise."""
    forgotten: Mapped[bool] = mapped_column(default=False)
    """Erased as soon as the farewell has gone out; until then the address is needed for it."""


class AliasRow(Base):
    """Another identity of the same account on the same channel, under which a message may come too."""

    __tablename__ = "alias"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(200), primary_key=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("sender.id", ondelete="CASCADE"), index=True)


class InboxRow(Base):
    """A message that arrived: written before anything is done with it, done in the transaction that answers it."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("sender_id", "key"),
        Index("ix_inbox_waiting", "state", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("sender.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(200))
    message: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    """waiting, done, failed."""
    tries: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime]
    meaning: Mapped[dict[str, Any] | None]
    """Intent, confidence and flow of the turn: what `POST /chat/messages` tells."""


class OutboxRow(Base):
    """A reply: written in the transaction of its turn, sent after it, tried again until it is given up."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sender_id: Mapped[int] = mapped_column(ForeignKey("sender.id", ondelete="CASCADE"), index=True)
    inbox_id: Mapped[int | None] = mapped_column(ForeignKey("inbox.id", ondelete="CASCADE"), index=True)
    reply: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default="due")
    """due, sent, given_up."""
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    written_at: Mapped[datetime]
    external_id: Mapped[str | None] = mapped_column(String(200))
    problem: Mapped[str | None] = mapped_column(String(200))
    delivery: Mapped[str | None] = mapped_column(String(10))
    """What the channel told of it since: sent, delivered, read, failed."""
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id", ondelete="SET NULL"), index=True)
    """What it tells of, when nobody had asked: its delivery is recorded there."""


class ReportRow(Base):
    """Something that a channel has told of a reply: told twice, it is acted upon once."""

    __tablename__ = "report"

    external_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), primary_key=True)
    at: Mapped[datetime]
    outbox_id: Mapped[int | None] = mapped_column(index=True)
    kind: Mapped[str | None] = mapped_column(String(30))
    """Of a failure: the name of its error in `bot.outgoing`."""
    reason: Mapped[str | None] = mapped_column(String(200))
    acted: Mapped[bool] = mapped_column(default=False)
    """Of a failure: whether it was seen to; one that is told while the reply is still being sent waits for its end."""


class LinkRow(Base):
    """A code by which a person joins a second channel to the first."""

    __tablename__ = "link"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    person: Mapped[str] = mapped_column(String(32))
    until: Mapped[datetime]
