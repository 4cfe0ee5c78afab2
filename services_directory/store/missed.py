"""What the bot did not understand, without what tells who wrote it; kept for ninety days."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from services_directory.store.session import Base


class MissedRow(Base):
    """One message on which nothing could be done. It names nobody, and nobody's conversation leads to it."""

    __tablename__ = "missed"
    __table_args__ = (Index("ix_missed_state_language", "state", "language"), Index("ix_missed_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(10))
    city: Mapped[str | None] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(500))
    guess: Mapped[str] = mapped_column(String(40))
    """The intent that was likeliest."""
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="open")
    """open, taught, guide, dismissed."""
    intent: Mapped[str | None] = mapped_column(String(40))
    """What staff say that it means."""
    by: Mapped[str | None] = mapped_column(String(40))
