"""Who may enter the console: add an account, sign in, sign out, and tell whose session a token is."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from pwdlib import PasswordHash
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services_directory.desk.counting import network_of
from services_directory.store.accounts import LoginAttemptRow, StaffAccountRow, StaffSessionRow
from services_directory.store.places import CityRow
from services_directory.store.session import Database

SESSION = timedelta(hours=12)
"""How long one stays signed in, whatever one does meanwhile."""
SHORTEST_PASSWORD = 12
LONGEST_EMAIL = 200
FAILURES_AN_EMAIL, FAILURES_AN_ADDRESS = 5, 20
FAILURES_COUNT_FOR = timedelta(minutes=15)
FAILURES_KEPT_FOR = timedelta(days=1)
PASSWORD_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # noqa: S105, an alphabet: neither 0 and o nor 1, i and l
PASSWORD_GROUPS, PASSWORD_GROUP = 4, 4
"""Of a generated password: 79 bits, written down once and typed."""

_HASHES = PasswordHash.recommended()


class Role(StrEnum):
    """What somebody does in the console."""

    OPERATOR = "operator"
    STAFF = "staff"
    COORDINATOR = "coordinator"
    ADMIN = "admin"


@dataclass(frozen=True)
class Account:
    """Somebody of the network. `city` None: every city."""

    key: int
    email: str
    role: Role
    city: str | None

    @property
    def author(self) -> str:
        """Who did it, as histories say."""
        return f"staff:{self.key}"

    @property
    def sees_appointments(self) -> bool:
        """Names of people are for those who work with them: a coordinator reads indicators."""
        return self.role is not Role.COORDINATOR

    @property
    def runs_appointments(self) -> bool:
        """Whether this account may change appointments."""
        return self.role in {Role.OPERATOR, Role.ADMIN}

    @property
    def edits_directory(self) -> bool:
        """Whether this account may change what people are told."""
        return self.role in {Role.STAFF, Role.ADMIN}

    def covers(self, city: str) -> bool:
        """Whether that city is this account's business."""
        return self.city in {None, city}


@dataclass(frozen=True)
class SignedIn:
    """An open session; `csrf` goes into every form it is shown."""

    account: Account
    csrf: str
    expires_at: datetime


@dataclass(frozen=True)
class Credentials:
    """What was typed on the login page, and the network address from which it came."""

    email: str
    password: str
    address: str


class AccountError(Exception):
    """An account cannot be made like this; the message says what to change."""


class SignInRefusedError(Exception):
    """Nobody was let in."""


class WrongCredentialsError(SignInRefusedError):
    """Unknown e-mail, wrong password or closed account: which of them is not told."""


class TooManyAttemptsError(SignInRefusedError):
    """Too many failures lately; `minutes` to wait, at least one."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"wait {minutes} minutes")
        self.minutes = minutes


async def add_account(
    session: AsyncSession, email: str, role: str, city: str | None, password: str | None, now: datetime
) -> str:
    """Add an account and give its password: the given one, or one made up. Raises AccountError."""
    email = _normal(email)
    name, at, host = email.partition("@")
    if not (name and at and host) or len(email) > LONGEST_EMAIL or email.split() != [email]:
        raise AccountError(f"{email!r} is not an e-mail address.")
    if role not in set(Role):
        raise AccountError(f"There is no role {role!r}; there are: {', '.join(Role)}.")
    if city is not None and await session.get(CityRow, city) is None:
        raise AccountError(f"There is no city {city!r} in the directory.")
    if password is not None and len(password) < SHORTEST_PASSWORD:
        raise AccountError(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    if await has_account(session, email):
        raise AccountError(f"{email} already has an account.")
    password = password or _made_up_password()
    hashed = await asyncio.to_thread(_HASHES.hash, password)
    session.add(StaffAccountRow(email=email, password=hashed, role=role, city=city, active=True, created_at=now))
    await session.flush()
    return password


async def has_account(session: AsyncSession, email: str) -> bool:
    """Whether that e-mail has an account, open or closed."""
    found = select(StaffAccountRow.id).where(StaffAccountRow.email == _normal(email))
    return await session.scalar(found) is not None


async def sign_in(database: Database, given: Credentials, *, secret: str, now: datetime) -> tuple[str, SignedIn]:
    """Open a session: its token (kept nowhere) and what it opens. Raises WrongCredentialsError, TooManyAttemptsError.

    Two transactions of its own: the attempt is written down before the password is looked at, so that many at once
    are counted too and a failure stays counted; and no lock is held during the slow comparison.
    """
    email = _normal(given.email)
    limits = {_subject(secret, "email", email): FAILURES_AN_EMAIL}
    limits[_subject(secret, "address", network_of(given.address))] = FAILURES_AN_ADDRESS
    async with database.writing() as session:
        attempts = [await _count_in(session, subject, limit, now) for subject, limit in limits.items()]
        row = await session.scalar(select(StaffAccountRow).where(StaffAccountRow.email == email))
    right = await asyncio.to_thread(_is_right, given.password, row.password if row else None)
    if row is None or not right or not row.active:
        raise WrongCredentialsError
    async with database.writing() as session:
        # Of the address only this attempt is taken back: who has one account must not try others without end.
        mine = LoginAttemptRow.id.in_([attempt.id for attempt in attempts])
        await session.execute(delete(LoginAttemptRow).where(mine | (LoginAttemptRow.subject == next(iter(limits)))))
        await session.execute(delete(StaffSessionRow).where(StaffSessionRow.expires_at <= now))
        token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        opened = StaffSessionRow(
            token_hash=_hashed(token), account=row.id, csrf=csrf, created_at=now, expires_at=now + SESSION
        )
        session.add(opened)
    return token, SignedIn(_account(row), csrf, opened.expires_at)


async def sign_out(session: AsyncSession, token: str) -> None:
    """End that session; nothing happens when there is none."""
    await session.execute(delete(StaffSessionRow).where(StaffSessionRow.token_hash == _hashed(token)))


async def account_of(session: AsyncSession, token: str, now: datetime) -> SignedIn | None:
    """Whose session that is; None when it is unknown, ended, too old, or the account was closed."""
    found = await session.execute(
        select(StaffSessionRow, StaffAccountRow)
        .join(StaffAccountRow, StaffAccountRow.id == StaffSessionRow.account)
        .where(StaffSessionRow.token_hash == _hashed(token), StaffSessionRow.expires_at > now)
        .where(StaffAccountRow.active)
    )
    pair = found.one_or_none()
    return SignedIn(_account(pair[1]), pair[0].csrf, pair[0].expires_at) if pair else None


async def _count_in(session: AsyncSession, subject: str, limit: int, now: datetime) -> LoginAttemptRow:
    """Write the attempt down as a failure until it proves right. Raises TooManyAttemptsError, then writing nothing."""
    if session.get_bind().dialect.name == "postgresql":
        # One at a time for each subject; on SQLite the write lock does it.
        await session.execute(select(func.pg_advisory_xact_lock(int(subject[:15], 16))))
    await session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.at < now - FAILURES_KEPT_FOR))
    oldest_that_counts = await session.scalar(
        select(LoginAttemptRow.at)
        .where(LoginAttemptRow.subject == subject, LoginAttemptRow.at > now - FAILURES_COUNT_FOR)
        .order_by(LoginAttemptRow.at.desc())
        .offset(limit - 1)
        .limit(1)
    )
    if oldest_that_counts is not None:
        left = oldest_that_counts + FAILURES_COUNT_FOR - now
        raise TooManyAttemptsError(max(1, -(-left // timedelta(minutes=1))))
    attempt = LoginAttemptRow(subject=subject, at=now)
    session.add(attempt)
    await session.flush()
    return attempt


def _is_right(password: str, hashed: str | None) -> bool:
    """Whether the password is right; as slow when there is none to compare it with."""
    nobodys = _nobodys_hash()
    right = _HASHES.verify(password, hashed or nobodys)
    return right and hashed is not None


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _HASHES.hash(secrets.token_urlsafe(32))


def _account(row: StaffAccountRow) -> Account:
    return Account(row.id, row.email, Role(row.role), row.city)


def _normal(email: str) -> str:
    return email.strip().casefold()


def _hashed(token: str) -> str:
    # A random token of 256 bits needs no slow hash: nobody guesses it.
    return hashlib.sha256(token.encode()).hexdigest()


def _subject(secret: str, kind: str, value: str) -> str:
    """A keyed hash, so that the table of failures names nobody."""
    return hmac.new(secret.encode(), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def _made_up_password() -> str:
    def groups() -> Iterator[str]:
        for _group in range(PASSWORD_GROUPS):
            yield "".join(secrets.choice(PASSWORD_LETTERS) for _letter in range(PASSWORD_GROUP))

    return "-".join(groups())
