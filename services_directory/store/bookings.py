"""What is booked: counters, appointments and the cells they claim, seats, and notices to people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from locales.text import Localized
from services_directory.store.localized import LocalizedText
from services_directory.store.session import Base


class CounterRow(Base):
    """A desk, a room, a van: what one appointment occupies. `hours` None: the office's. `grid` is in minutes."""

    __tablename__ = "counter"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey("office.key", ondelete="CASCADE"), index=True)
    name: Mapped[Localized] = mapped_column(LocalizedText)
    hours: Mapped[str | None] = mapped_column(String(300))
    grid: Mapped[int] = mapped_column(default=15)
    languages: Mapped[list[Any]] = mapped_column(JSON, default=list)
    retired: Mapped[bool] = mapped_column(default=False)


class CounterServiceRow(Base):
    """Which services a counter serves."""

    __tablename__ = "counter_service"

    counter: Mapped[str] = mapped_column(ForeignKey("counter.key", ondelete="CASCADE"), primary_key=True)
    service: Mapped[str] = mapped_column(ForeignKey("service.key", ondelete="CASCADE"), primary_key=True, index=True)


class AppointmentRow(Base):
    """A booked time. `person` is an opaque key; the name is erased with the person or when retention ends."""

    __tablename__ = "appointment"
    __table_args__ = (Index("ix_appointment_city_starts", "city", "starts"), Index("ix_appointment_person", "person"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    booking_key: Mapped[str] = mapped_column(String(80), unique=True)
    """Makes booking idempotent: the run of the flow that asked for it."""
    city: Mapped[str] = mapped_column(ForeignKey("city.slug"))
    office: Mapped[str] = mapped_column(ForeignKey("office.key"))
    counter: Mapped[str] = mapped_column(ForeignKey("counter.key"))
    service: Mapped[str] = mapped_column(ForeignKey("service.key"))
    person: Mapped[str | None] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(10))
    starts: Mapped[datetime]
    minutes: Mapped[int]
    state: Mapped[str] = mapped_column(String(24))
    unreached: Mapped[bool] = mapped_column(default=False)
    """Something we had to tell the person could not be delivered; until they write again."""
    booked_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class AppointmentEventRow(Base):
    """Who did what to an appointment and when: `before` and `after` make an undo possible."""

    __tablename__ = "appointment_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment: Mapped[int] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"), index=True)
    what: Mapped[str] = mapped_column(String(24))
    by: Mapped[str] = mapped_column(String(40))
    """`person`, or `staff:<account id>`."""
    at: Mapped[datetime]
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class ClaimedCellRow(Base):
    """One cell of a counter's grid. The primary key is what makes a double booking impossible."""

    __tablename__ = "claimed_cell"

    counter: Mapped[str] = mapped_column(ForeignKey("counter.key", ondelete="CASCADE"), primary_key=True)
    starts: Mapped[datetime] = mapped_column(primary_key=True)
    appointment: Mapped[int] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"), index=True)


class EnrolmentRow(Base):
    """A seat taken in an activity. The pair of activity and seat number is what makes overselling impossible."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("activity", "seat"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    booking_key: Mapped[str] = mapped_column(String(80), unique=True)
    activity: Mapped[str] = mapped_column(ForeignKey("activity.key"), index=True)
    seat: Mapped[int | None]
    """None once withdrawn: the seat is free again."""
    person: Mapped[str | None] = mapped_column(String(32), index=True)
    name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12))
    """enrolled, withdrawn."""
    enrolled_at: Mapped[datetime]


class NoticeRow(Base):
    """Something the office has to tell a person, written in the transaction of the deed and sent by the bot."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_due", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(String(32))
    appointment: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(24))
    """cancelled_by_office, restored_by_office."""
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="due")
    """due, sent, dropped."""
