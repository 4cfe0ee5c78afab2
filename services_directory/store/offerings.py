"""What there is: services, the documents they ask for, activities, guides, national contacts."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from locales.text import Localized
from services_directory.store.localized import LocalizedText, LocalizedTexts
from services_directory.store.places import Verified
from services_directory.store.session import Base


class ServiceRow(Verified, Base):
    """Something a city does for people; bookable when counters serve it. `topics` are intents it answers."""

    __tablename__ = "service"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    city: Mapped[str] = mapped_column(ForeignKey("city.slug"), index=True)
    organization: Mapped[str | None] = mapped_column(ForeignKey("organization.key"))
    offices: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    """`{"office", "hours"}`, as records have them."""
    name: Mapped[Localized] = mapped_column(LocalizedText)
    about: Mapped[Localized] = mapped_column(LocalizedText)
    topics: Mapped[list[Any]] = mapped_column(JSON)
    eligibility: Mapped[Localized | None] = mapped_column(LocalizedText)
    cost: Mapped[Localized | None] = mapped_column(LocalizedText)
    audience: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    how: Mapped[Localized | None] = mapped_column(LocalizedText)
    capacity: Mapped[int | None]
    website: Mapped[str | None] = mapped_column(String(300))
    minutes: Mapped[int | None]
    """How long an appointment takes; None: it is not booked."""
    lead_minutes: Mapped[int] = mapped_column(default=60)
    """How long before its start a time can still be booked."""
    horizon_days: Mapped[int] = mapped_column(default=30)
    buffer_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    same_day: Mapped[bool] = mapped_column(default=True, server_default=true())
    most_people: Mapped[int] = mapped_column(default=1, server_default="1")
    more_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    position: Mapped[int] = mapped_column(default=0)
    documents: Mapped[list[RequiredDocumentRow]] = relationship(
        lazy="raise", order_by="RequiredDocumentRow.position", cascade="all, delete-orphan"
    )


class RequiredDocumentRow(Base):
    """A paper to bring."""

    __tablename__ = "required_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(ForeignKey("service.key", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    text: Mapped[Localized] = mapped_column(LocalizedText)


class ActivityRow(Verified, Base):
    """A course, a workshop, a civic project. `seats` None: not known, and so not bookable here."""

    __tablename__ = "activity"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    city: Mapped[str] = mapped_column(ForeignKey("city.slug"), index=True)
    organization: Mapped[str | None] = mapped_column(ForeignKey("organization.key"))
    offices: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    """`{"office", "hours"}`, as records have them."""
    name: Mapped[Localized] = mapped_column(LocalizedText)
    about: Mapped[Localized] = mapped_column(LocalizedText)
    topics: Mapped[list[Any]] = mapped_column(JSON)
    schedule: Mapped[Localized | None] = mapped_column(LocalizedText)
    starts_on: Mapped[date | None]
    seats: Mapped[int | None]
    childcare: Mapped[bool | None]
    level: Mapped[str | None] = mapped_column(String(20))
    audience: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    sessions: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    """`{"starts", "ends", "place"}`, as records have them."""
    position: Mapped[int] = mapped_column(default=0)


class GuideRow(Verified, Base):
    """An article on a right or a procedure."""

    __tablename__ = "guide"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    topic: Mapped[str] = mapped_column(String(20))
    intents: Mapped[list[Any]] = mapped_column(JSON)
    rank: Mapped[int] = mapped_column(default=1)
    title: Mapped[Localized] = mapped_column(LocalizedText)
    answer: Mapped[Localized] = mapped_column(LocalizedText)
    steps: Mapped[tuple[Localized, ...]] = mapped_column(LocalizedTexts)
    documents: Mapped[tuple[Localized, ...]] = mapped_column(LocalizedTexts)
    contacts: Mapped[list[Any]] = mapped_column(JSON)
    review_by: Mapped[date]


class ContactRow(Verified, Base):
    """A telephone number for the whole country."""

    __tablename__ = "contact"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[Localized] = mapped_column(LocalizedText)
    phones: Mapped[list[Any]] = mapped_column(JSON)
    hours: Mapped[Localized | None] = mapped_column(LocalizedText)
    free: Mapped[bool | None]
    languages: Mapped[list[Any] | None] = mapped_column(JSON)
    """None: not known."""
    website: Mapped[str | None] = mapped_column(String(300))
    what: Mapped[Localized] = mapped_column(LocalizedText)
