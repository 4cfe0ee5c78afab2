"""Where things are: cities, organizations, offices, their telephones, languages, hours and stops."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from locales.text import Localized
from services_directory.store.localized import LocalizedText
from services_directory.store.session import Base


class Verified:
    """Columns of every record that states something about the world."""

    verified_on: Mapped[date | None]
    verified_by: Mapped[str | None] = mapped_column(String(120))
    sources: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Where it is from: `{"title", "url"}`, or `{"seed": file name, "quote"}`."""
    example: Mapped[bool] = mapped_column(default=False)
    """Example data, shown as such everywhere and refused by a production start."""
    retired: Mapped[bool] = mapped_column(default=False, server_default=false())
    """No longer offered; kept for what was booked."""


class CityRow(Verified, Base):
    """A city of the network; the patron saint's day closes its offices."""

    __tablename__ = "city"

    slug: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[Localized] = mapped_column(LocalizedText)
    latitude: Mapped[float]
    longitude: Mapped[float]
    patron: Mapped[Localized] = mapped_column(LocalizedText)
    patron_day: Mapped[str] = mapped_column(String(12))
    """`MM-DD`, or `easter+50` where the local holiday moves with Easter."""


class OrganizationRow(Verified, Base):
    """Who runs a place or a service: a municipality, a cooperative, a partner."""

    __tablename__ = "organization"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    city: Mapped[str | None] = mapped_column(ForeignKey("city.slug"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    about: Mapped[Localized | None] = mapped_column(LocalizedText)
    website: Mapped[str | None] = mapped_column(String(300))


class OfficeRow(Verified, Base):
    """A place where people go. `hours` is OpenStreetMap's opening_hours syntax; None: not known."""

    __tablename__ = "office"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    city: Mapped[str] = mapped_column(ForeignKey("city.slug"), index=True)
    organization: Mapped[str | None] = mapped_column(ForeignKey("organization.key"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[Localized] = mapped_column(LocalizedText)
    about: Mapped[Localized | None] = mapped_column(LocalizedText)
    address: Mapped[str | None] = mapped_column(Text)
    postal_code: Mapped[str | None] = mapped_column(String(5))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    email: Mapped[str | None] = mapped_column(String(200))
    hours: Mapped[str | None] = mapped_column(Text)
    accessibility: Mapped[Localized | None] = mapped_column(LocalizedText)
    alerts: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    """`{"first_day", "last_day", "text"}`, as records have them."""
    position: Mapped[int] = mapped_column(default=0)
    reminders: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """`{"day_before", "hours_before"}`, as records have them; empty: the usual ones."""
    phones: Mapped[list[PhoneRow]] = relationship(
        lazy="raise", order_by="PhoneRow.position", cascade="all, delete-orphan"
    )
    languages: Mapped[list[OfficeLanguageRow]] = relationship(lazy="raise", cascade="all, delete-orphan")
    exceptions: Mapped[list[HoursExceptionRow]] = relationship(lazy="raise", cascade="all, delete-orphan")
    stops: Mapped[list[StopRow]] = relationship(lazy="raise", order_by="StopRow.starts", cascade="all, delete-orphan")


class PhoneRow(Base):
    """A telephone of an office."""

    __tablename__ = "phone"

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey("office.key", ondelete="CASCADE"), index=True)
    number: Mapped[str] = mapped_column(String(30))
    note: Mapped[Localized | None] = mapped_column(LocalizedText)
    position: Mapped[int] = mapped_column(default=0)


class OfficeLanguageRow(Base):
    """A language spoken at an office, by an operator or a mediator."""

    __tablename__ = "office_language"

    office: Mapped[str] = mapped_column(ForeignKey("office.key", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    hours: Mapped[str | None] = mapped_column(Text)
    """opening_hours syntax; None: whenever the office is open."""
    mediator: Mapped[bool] = mapped_column(default=False, server_default=false())


class HoursExceptionRow(Base):
    """Days on which the week does not hold. `hours` is "off" or times as in "09:00-12:00"; `counter` None: all."""

    __tablename__ = "hours_exception"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey("office.key", ondelete="CASCADE"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    hours: Mapped[str] = mapped_column(String(100))
    counter: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[Localized | None] = mapped_column(LocalizedText)


class StopRow(Base):
    """A dated stop of a mobile unit."""

    __tablename__ = "stop"

    id: Mapped[int] = mapped_column(primary_key=True)
    office: Mapped[str] = mapped_column(ForeignKey("office.key", ondelete="CASCADE"), index=True)
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class DirectoryVersionRow(Base):
    """One row: the number that every publication raises, so that each process knows when its copy is old."""

    __tablename__ = "directory_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")
    """Of the data files last published: the same files are not written twice."""
