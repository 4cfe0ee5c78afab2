"""The door of the console: who comes in with a request, and whether a form really is one of ours."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request, Response

from services_directory.desk.accounts import SignedIn, account_of
from services_directory.desk.directory import Shelf
from services_directory.store.session import Database

SESSION_COOKIE, VISITOR_COOKIE, FLASH_COOKIE = "sportello_staff", "sportello_visitor", "sportello_said"
FLASH_SECONDS = 60
LONGEST_FORM = 16_384
"""Bytes. Read before anybody has signed in, so it must be short."""
LONGEST_RECORD = 524_288
"""Bytes of a form that holds a whole record; only of who has signed in."""
LONGEST_FILE = 8_000_000
"""Bytes of a form that brings a file; only of who has signed in."""
BYTES_A_FIELD = 800
"""Fewer on average: a form of so many more fields is no form of ours."""


@dataclass(frozen=True, kw_only=True)
class Console:
    """What the console's pages need. `secret` signs and hashes; `demo` says that all of this is an example."""

    database: Database
    shelf: Shelf
    secret: str
    secure_cookies: bool
    demo: bool
    now: Callable[[], datetime]


class ForgedFormError(Exception):
    """The form does not come from a page that we gave to this browser."""


async def signed_in(console: Console, request: Request) -> SignedIn | None:
    """Whose request it is; None when nobody is signed in."""
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    async with console.database.reading() as session:
        return await account_of(session, token, console.now())


async def read_form(request: Request, csrf: str | None, *, longest: int = LONGEST_FORM) -> Mapping[str, str]:
    """The fields of a form that carries the token `csrf`; `longest` in bytes. Raises ForgedFormError."""
    if csrf is None or not from_our_page(request):
        raise ForgedFormError
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > longest:
            raise ForgedFormError
    try:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=longest // BYTES_A_FIELD))
    except ValueError:
        raise ForgedFormError from None
    if not hmac.compare_digest(form.get("csrf", "").encode(), csrf.encode()):
        raise ForgedFormError
    return form


def visitor_csrf(console: Console, request: Request) -> str | None:
    """The token of the login form in this browser, which has no session yet; None without its cookie."""
    visitor = request.cookies.get(VISITOR_COOKIE)
    return _signed(console, visitor) if visitor else None


def meet_visitor(console: Console) -> tuple[str, str]:
    """A new cookie for somebody who is not signed in, and the token that belongs to it."""
    visitor = secrets.token_urlsafe(24)
    return visitor, _signed(console, visitor)


def put_cookie(console: Console, response: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Set a cookie that scripts cannot read and other sites' forms do not bring along."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/console",
        secure=console.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(console: Console, response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(name, path="/console", secure=console.secure_cookies, httponly=True, samesite="lax")


def from_our_page(request: Request) -> bool:
    """Whether the form was on one of our pages: the browser's own word, else the Origin that it names."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    # Programs send neither; they have no cookies that somebody could abuse, and need the token all the same.
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _signed(console: Console, visitor: str) -> str:
    return hmac.new(console.secret.encode(), f"visitor:{visitor}".encode(), hashlib.sha256).hexdigest()
