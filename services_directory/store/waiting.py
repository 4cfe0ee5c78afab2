"""Who waits for a time, what was offered to them, and what people have to be told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services_directory.store.session import Base


class WaitingRow(Base):
    """Somebody who wants to know of a time that comes free. The order of `id` is the line."""

    __tablename__ = "waiting"
    __table_args__ = (Index("ix_waiting_line", "service", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_key: Mapped[str] = mapped_column(String(80), unique=True)
    """Makes joining idempotent, as with appointments."""
    service: Mapped[str] = mapped_column(ForeignKey("service.key"))
    person: Mapped[str | None] = mapped_column(String(32), index=True)
    name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(10))
    people: Mapped[int] = mapped_column(default=1)
    for_other: Mapped[bool] = mapped_column(default=False)
    first_day: Mapped[date]
    last_day: Mapped[date]
    parts: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """morning, afternoon, evening; empty: any."""
    appointment: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="SET NULL"))
    """The later appointment that an accepted time replaces."""
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    """waiting, offered, served, left."""
    joined_at: Mapped[datetime]


class OfferRow(Base):
    """A freed time, kept for one who waits until they answer or `until` comes."""

    __tablename__ = "offer"
    __table_args__ = (Index("ix_offer_open", "state", "until"), UniqueConstraint("waiting", "counter", "starts"))

    id: Mapped[int] = mapped_column(primary_key=True)
    waiting: Mapped[int] = mapped_column(ForeignKey("waiting.id", ondelete="CASCADE"))
    hold: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="SET NULL"))
    """The held appointment that keeps the cells."""
    counter: Mapped[str] = mapped_column(ForeignKey("counter.key"))
    starts: Mapped[datetime]
    made_at: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="open")
    """open, accepted, declined, lapsed."""


class NoticeRow(Base):
    """Something to tell a person, written in the transaction of the deed and sent by the bot."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_due", "state", "due_at"),
        UniqueConstraint("appointment", "kind", "about", name="uq_notice_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(String(32), index=True)
    appointment: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"))
    enrolment: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"))
    offer: Mapped[int | None] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(24))
    """A name of `desk.notices.KINDS`."""
    about: Mapped[datetime | None]
    """Of a reminder: the start of the appointment that it is about; each is written once."""
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="due")
    """due, sent (on its way), delivered, failed (on every channel), dropped (it no longer held)."""
    changed_at: Mapped[datetime | None]


class FeedRow(Base):
    """A secret address of a calendar. Only a digest of the secret is kept."""

    __tablename__ = "feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    office: Mapped[str] = mapped_column(ForeignKey("office.key", ondelete="CASCADE"), index=True)
    counter: Mapped[str | None] = mapped_column(ForeignKey("counter.key", ondelete="CASCADE"))
    """None: the whole office."""
    made_by: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class DeedRow(Base):
    """What was answered to a request of the booking API under its idempotency key."""

    __tablename__ = "api_deed"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A digest of whose key it is and of the key."""
    asked: Mapped[str] = mapped_column(String(64))
    """A digest of the request: the same key for another request is a mistake."""
    status: Mapped[int]
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(index=True)
