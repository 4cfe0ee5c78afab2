"""The web channel: a page that looks like a phone chat, over `POST /chat/messages`."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.channels.web_words import WORDS
from bot.history import history
from bot.incoming import MAX_WORDS, IncomingMessage, Sender
from bot.limits import Limits
from bot.workers import NotAnsweredYetError, Workers
from locales.languages import SPOKEN
from locales.rendering import render
from services_directory.desk.counting import caller_of

PAGE = Path(__file__).parent / "page"
MESSAGES_A_MINUTE = 30
MESSAGES_A_MINUTE_AND_ADDRESS = 300
"""Many people share one address: a reception centre, a mobile network."""
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'"

ConversationId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]


class Point(BaseModel):
    """WGS 84 degrees."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class Posted(BaseModel):
    """One message. `message` is the sender's own id of it: posted twice, it is answered once."""

    model_config = ConfigDict(extra="forbid")

    conversation: ConversationId | None = None
    message: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    text: Annotated[str, Field(max_length=MAX_WORDS)] | None = None
    tap: Annotated[str, Field(max_length=64)] | None = None
    location: Point | None = None
    start: Annotated[str, Field(max_length=64)] | None = None
    city: Annotated[str, Field(max_length=20)] | None = None
    language: Annotated[str, Field(max_length=35)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Posted:
        said = [part for part in (self.text, self.tap, self.location, self.start) if part is not None]
        if len(said) != 1:
            raise ValueError("send exactly one of text, tap, location, start")
        if self.text is not None and not self.text.strip():
            raise ValueError("text is empty")
        return self

    def incoming(self, conversation: str) -> IncomingMessage:
        """The message as every channel hands it in."""
        return IncomingMessage(
            Sender("web", "chat", conversation),
            self.message or secrets.token_urlsafe(12),
            words=self.text or "",
            tap=self.tap,
            location=(self.location.latitude, self.location.longitude) if self.location else None,
            start=self.start,
            city=self.city,
            language=self.language,
        )


class Unstale(StaticFiles):
    """Files that are asked for again each time (304 when unchanged): a phone never mixes old and new modules."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401, passed on untouched
        """The file, to be asked for again."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def web_router(workers: Workers, limits: Limits) -> APIRouter:
    """The page and its two addresses."""
    router = APIRouter()

    @router.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(
            PAGE / "index.html", headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
        )

    @router.get("/chat/words")
    async def words(response: Response) -> dict[str, Any]:
        """The languages on offer, and the words of the page in each of them."""
        response.headers["Cache-Control"] = "max-age=300"
        return _words()

    @router.post("/chat/messages")
    async def post(posted: Posted, request: Request) -> dict[str, Any]:
        """Take a message in, and answer it."""
        conversation = posted.conversation or secrets.token_urlsafe(16)
        await _hold_back(limits, conversation, request)
        try:
            told = await workers.ask(posted.incoming(conversation))
        except NotAnsweredYetError as problem:
            raise HTTPException(503, str(problem), headers={"Retry-After": "5"}) from None
        return told.to_json(conversation)

    @router.get("/chat/messages")
    async def read(
        conversation: Annotated[str, Query(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")], after: Annotated[int, Query(ge=0)] = 0
    ) -> dict[str, Any]:
        """What was said so far, or since reply number `after`."""
        async with workers.house.database.reading() as session:
            return await history(session, Sender("web", "chat", conversation), after)

    router.mount("/chat/static", Unstale(directory=PAGE), name="page")
    return router


def _words() -> dict[str, Any]:
    languages = [{"code": one.code, "name": one.own_name, "rtl": one.rtl} for one in SPOKEN.values()]
    return {
        "languages": languages,
        "words": {code: {name: render(text, code) for name, text in WORDS.items()} for code in SPOKEN},
    }


async def _hold_back(limits: Limits, conversation: str, request: Request) -> None:
    wait = await limits.wait(f"conversation:{conversation}", MESSAGES_A_MINUTE)
    wait = wait or await limits.wait(f"address:{caller_of(request.client)}", MESSAGES_A_MINUTE_AND_ADDRESS)
    if wait:
        detail = f"Too many messages. Please wait {wait} seconds."
        raise HTTPException(429, detail, headers={"Retry-After": str(wait)})
