"""What is booked: counters, appointments, the cells they claim, and seats."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false
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
    walk_ins: Mapped[str | None] = mapped_column(String(300))
    """opening_hours syntax: kept for people without an appointment."""
    elsewhere: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Which other system keeps its calendar, as records have it; None: we do."""
    retired: Mapped[bool] = mapped_column(default=False)


class CounterServiceRow(Base):
    """Which services a counter serves."""

    __tablename__ = "counter_service"

    counter: Mapped[str] = mapped_column(ForeignKey("counter.key", ondelete="CASCADE"), primary_key=True)
    service: Mapped[str] = mapped_column(ForeignKey("service.key", ondelete="CASCADE"), primary_key=True, index=True)


class AppointmentRow(Base):
    """A held or booked time. `person` is an opaque key; the name is erased with the person or when retention ends."""

    __tablename__ = "appointment"
    __table_args__ = (
        Index("ix_appointment_city_starts", "city", "starts"),
        Index("ix_appointment_person", "person"),
        Index("ix_appointment_held", "held_until"),
    )

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
    people: Mapped[int] = mapped_column(default=1, server_default="1")
    """How many come together."""
    for_other: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Booked by the person for somebody else."""
    spoken: Mapped[str | None] = mapped_column(String(10))
    """The language that was promised to be spoken; None: any."""
    state: Mapped[str] = mapped_column(String(24))
    held_until: Mapped[datetime | None]
    """While held: when the time is let go again."""
    external: Mapped[str | None] = mapped_column(String(200))
    """Its name in the other system that keeps the counter's calendar."""
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
    """`person`, `clock` or `staff:<account id>`."""
    at: Mapped[datetime]
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class ClaimedCellRow(Base):
    """One cell of a counter's grid. The primary key is what makes a double booking impossible."""

    __tablename__ = "claimed_cell"

    counter: Mapped[str] = mapped_column(ForeignKey("counter.key", ondelete="CASCADE"), primary_key=True)
    starts: Mapped[datetime] = mapped_column(primary_key=True)
    appointment: Mapped[int] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime | None]
    """From then on anybody may claim it; None: while the appointment is there."""


class EnrolmentRow(Base):
    """A seat in an activity, or a place in its line. The pair of activity and seat makes overselling impossible."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("activity", "seat"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    booking_key: Mapped[str] = mapped_column(String(80), unique=True)
    activity: Mapped[str] = mapped_column(ForeignKey("activity.key"), index=True)
    seat: Mapped[int | None]
    """None while waiting, and once withdrawn: the seat is free."""
    person: Mapped[str | None] = mapped_column(String(32), index=True)
    name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12))
    """waiting, offered, enrolled, withdrawn."""
    offered_until: Mapped[datetime | None]
    """While a seat is offered: until when it is kept."""
    enrolled_at: Mapped[datetime]
    """Since when it is what it is; the place in the line, while waiting."""


class EnrolmentEventRow(Base):
    """Who did what to an enrolment and when."""

    __tablename__ = "enrolment_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), index=True)
    what: Mapped[str] = mapped_column(String(24))
    by: Mapped[str] = mapped_column(String(40))
    """`person`, `clock` or `staff:<account id>`."""
    at: Mapped[datetime]


class AttendanceRow(Base):
    """Whether somebody was there at one meeting of an activity; no row: nobody has said."""

    __tablename__ = "attendance"

    enrolment: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True)
    session: Mapped[datetime] = mapped_column(primary_key=True)
    """When the meeting starts."""
    present: Mapped[bool]
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
