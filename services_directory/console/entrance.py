"""Signing in and out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from locales.rendering import render
from locales.text import Text
from services_directory.console import words
from services_directory.console.door import (
    SESSION_COOKIE,
    VISITOR_COOKIE,
    Console,
    ForgedFormError,
    drop_cookie,
    meet_visitor,
    put_cookie,
    read_form,
    signed_in,
    visitor_csrf,
)
from services_directory.console.pages import HEADERS, language_of, page
from services_directory.desk.accounts import (
    SESSION,
    Credentials,
    TooManyAttemptsError,
    WrongCredentialsError,
    sign_in,
    sign_out,
)


@dataclass(frozen=True)
class Answer:
    """How the login page looks after an attempt."""

    status: int = 200
    problem: Text | None = None
    email: str = ""
    retry_after: int | None = None
    """Seconds."""


def to_login() -> RedirectResponse:
    """Where who is not signed in is sent."""
    return RedirectResponse("/console/login", 303, headers=HEADERS)


def add_entrance(router: APIRouter, console: Console) -> None:
    """The login page, and the way out."""

    @router.get("/login")
    async def login(request: Request) -> Response:
        if await signed_in(console, request):
            return RedirectResponse("/console/", 303, headers=HEADERS)
        return _login_page(console, request, Answer())

    @router.post("/login")
    async def enter(request: Request) -> Response:
        try:
            form = await read_form(request, visitor_csrf(console, request))
        except ForgedFormError:
            return _login_page(console, request, Answer(403, words.WORDS["page_too_old"]))
        address = request.client.host if request.client else ""
        given = Credentials(form.get("email", ""), form.get("password", ""), address)
        answer = Answer(email=given.email)
        try:
            token, _opened = await sign_in(console.database, given, secret=console.secret, now=console.now())
        except WrongCredentialsError:
            return _login_page(console, request, replace(answer, status=401, problem=words.WORDS["wrong_credentials"]))
        except TooManyAttemptsError as refused:
            problem, wait = words.wait(refused.minutes), refused.minutes * 60
            return _login_page(console, request, replace(answer, status=429, problem=problem, retry_after=wait))
        response = RedirectResponse("/console/", 303, headers=HEADERS)
        put_cookie(console, response, SESSION_COOKIE, token, int(SESSION.total_seconds()))
        return response

    @router.post("/logout")
    async def leave(request: Request) -> Response:
        visit = await signed_in(console, request)
        response = to_login()
        if visit is None:
            return response
        try:
            await read_form(request, visit.csrf)
        except ForgedFormError:
            return refusal(request, 403, "refused_title", "forged")
        async with console.database.writing() as session:
            await sign_out(session, request.cookies[SESSION_COOKIE])
        drop_cookie(console, response, SESSION_COOKIE)
        return response


def refusal(request: Request, status: int, title: str, about: str, *, leaving: str | None = None) -> Response:
    """A page that says why not, in the words of those names: with the way back, or with `leaving` the way out."""
    values = {"title": title, "about": about, "back": leaving is None, "csrf": leaving}
    return page("refusal.html", language_of(request), status=status, **values)


def _login_page(console: Console, request: Request, answer: Answer) -> Response:
    language = language_of(request)
    csrf = visitor_csrf(console, request)
    visitor = None
    if csrf is None:
        visitor, csrf = meet_visitor(console)
    response: Response = page(
        "login.html",
        language,
        status=answer.status,
        csrf=csrf,
        demo=console.demo,
        email=answer.email,
        problem=render(answer.problem, language) if answer.problem else None,
    )
    if visitor is not None:
        put_cookie(console, response, VISITOR_COOKIE, visitor)
    if answer.retry_after is not None:
        response.headers["Retry-After"] = str(answer.retry_after)
    return response
