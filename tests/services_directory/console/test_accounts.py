"""Accounts: who can be added, and what is kept of them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from services_directory.desk.accounts import (
    Account,
    AccountError,
    Credentials,
    Role,
    WrongCredentialsError,
    add_account,
    has_account,
    sign_in,
)
from services_directory.store.accounts import LoginAttemptRow, StaffAccountRow, StaffSessionRow
from tests.services_directory.console.room import BARI, PASSWORD, SECRET, Room


async def test_a_made_up_password_opens_the_console(room: Room) -> None:
    async with room.database.writing() as session:
        password = await add_account(session, "New@Example.org", "staff", "bari", None, room.now)
    given = Credentials("new@example.ORG", password, "192.0.2.1")
    _token, opened = await sign_in(room.database, given, secret=SECRET, now=room.now)
    assert (opened.account.email, opened.account.role, opened.account.city) == ("new@example.org", Role.STAFF, "bari")


async def test_two_made_up_passwords_differ(room: Room) -> None:
    async with room.database.writing() as session:
        first = await add_account(session, "one@example.org", "staff", None, None, room.now)
        second = await add_account(session, "two@example.org", "staff", None, None, room.now)
    assert first != second
    assert len(first) == 19


@pytest.mark.parametrize(
    ("email", "role", "city", "password", "why"),
    [
        ("nobody", "operator", "bari", None, "not an e-mail"),
        ("a b@example.org", "operator", "bari", None, "not an e-mail"),
        ("x@example.org", "king", "bari", None, "no role 'king'"),
        ("x@example.org", "operator", "atlantis", None, "no city 'atlantis'"),
        ("x@example.org", "operator", "bari", "short", "12 characters"),
        (BARI.upper(), "operator", "bari", None, "already has an account"),
    ],
)
async def test_an_account_that_makes_no_sense_is_refused_with_the_reason(
    room: Room, email: str, role: str, city: str, password: str | None, why: str
) -> None:
    with pytest.raises(AccountError, match=why):
        async with room.database.writing() as session:
            await add_account(session, email, role, city, password, room.now)


async def test_whether_an_email_has_an_account_does_not_depend_on_its_capitals(room: Room) -> None:
    async with room.database.reading() as session:
        assert await has_account(session, " BARI@example.org ")
        assert not await has_account(session, "nobody@example.org")


async def test_neither_passwords_nor_tokens_nor_who_failed_can_be_read_in_the_database(room: Room) -> None:
    token, _opened = await sign_in(room.database, Credentials(BARI, PASSWORD, "192.0.2.1"), secret=SECRET, now=room.now)
    with pytest.raises(WrongCredentialsError):
        await sign_in(room.database, Credentials(BARI, "wrong", "192.0.2.1"), secret=SECRET, now=room.now)
    async with room.database.reading() as session:
        passwords = (await session.scalars(select(StaffAccountRow.password))).all()
        tokens = (await session.scalars(select(StaffSessionRow.token_hash))).all()
        subjects = (await session.scalars(select(LoginAttemptRow.subject))).all()
    assert len(passwords) >= 5
    assert all(password.startswith("$argon2id$") for password in passwords)
    assert tokens
    assert token not in tokens
    assert len(subjects) == 2
    assert not [subject for subject in subjects if BARI in subject or "192.0.2.1" in subject]


def test_an_account_of_a_city_covers_that_city_and_one_of_the_network_all() -> None:
    assert Account(1, "a", Role.OPERATOR, "bari").covers("bari")
    assert not Account(1, "a", Role.OPERATOR, "bari").covers("taranto")
    assert Account(1, "a", Role.ADMIN, None).covers("taranto")
