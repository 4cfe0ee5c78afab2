"""Who may enter the console: accounts, sessions, and failed attempts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from services_directory.store.session import Base


class StaffAccountRow(Base):
    """An operator, an editor, a coordinator, an administrator. `city` None: the whole network."""

    __tablename__ = "staff_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(200), unique=True)
    password: Mapped[str] = mapped_column(String(200))
    """argon2 hash."""
    role: Mapped[str] = mapped_column(String(12))
    city: Mapped[str | None] = mapped_column(ForeignKey("city.slug"))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class StaffSessionRow(Base):
    """A signed-in browser; only the hash of its token is kept."""

    __tablename__ = "staff_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("staff_account.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class LoginAttemptRow(Base):
    """A failed sign-in, counted by what was tried (a keyed hash of the e-mail or the address), kept for a day."""

    __tablename__ = "login_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime]
