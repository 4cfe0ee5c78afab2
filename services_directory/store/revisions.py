"""The history of every record: what it said, who said so, and what somebody wants it to say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services_directory.store.session import Base


class RevisionRow(Base):
    """One version of a record, whole. The published one with the highest number is what people are told."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("kind", "key", "number"), Index("ix_revision_due", "state", "publish_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(60))
    city: Mapped[str | None] = mapped_column(String(20), index=True)
    number: Mapped[int]
    """Counted up from 1 for each record, over all states."""
    state: Mapped[str] = mapped_column(String(12))
    """draft, in_review, scheduled, published, discarded."""
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    based_on: Mapped[int | None]
    """The number of the published version that was being changed; None for a new record."""
    by: Mapped[str] = mapped_column(String(40))
    """`staff:<account id>`, `files`, or `import:<account id>`."""
    at: Mapped[datetime]
    publish_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(300), default="")
