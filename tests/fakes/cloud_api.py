"""WhatsApp's Cloud API as a business sees it: an ASGI application as strict as the real one. People are in `cloud`."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from tests.fakes.cloud_checks import JSON, UPLOADS, CloudError, check_message

A_DAY = 24 * 3600
Failure: TypeAlias = int | Literal["timeout", "lost"]
"""A status; no answer at all; or it is done, but the answer is lost on its way."""


@dataclass
class Account:
    """Somebody's WhatsApp, as Meta knows it."""

    wa_id: str | None
    bsuid: str | None
    wrote_at: float = 0.0
    closed: bool = False
    """They have blocked the business, or are no longer there."""

    def answers_to(self, body: JSON) -> bool:
        """Whether a message is addressed to them; the number comes first."""
        if "to" in body:
            return self.wa_id is not None and str(body["to"]).removeprefix("+") == self.wa_id
        return self.bsuid is not None and body.get("recipient") == self.bsuid


class CloudApi:
    """One telephone number's side. Answers at `/vNN.N/...`."""

    token, phone_id, account_id = "EAAG-test-token", "106540352242922", "102290129340398"
    app_secret, verify_token = "app secret of the test", "verify token of the test"

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.accounts: list[Account] = []
        self.sent: list[tuple[Account, JSON, str]] = []
        """To whom, the body, its wamid."""
        self.media: dict[str, tuple[str, str, bytes]] = {}
        self.read: list[tuple[str, bool]] = []
        """Messages of people whose ticks are blue, and whether "is typing" was shown."""
        self.inbound: set[str] = set()
        self.templates: dict[tuple[str, str], JSON] = {}
        self.calls: list[tuple[str, JSON]] = []
        self.closing = asyncio.Event()
        self.news = asyncio.Condition()
        self._failures: dict[str, deque[tuple[Failure, int, float | None]]] = defaultdict(deque)

    def fail_next(
        self, failure: Failure, code: int = 0, *, what: str = "messages", retry_after: float | None = None
    ) -> None:
        """The next call of that kind (messages, media) fails so; several of them, in their order."""
        self._failures[what].append((failure, code, retry_after))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            answer = await self._answer(request)
        except CloudError as refused:
            answer = JSONResponse(refused.body(), refused.status)
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        _root, _version, *path = request.url.path.split("/")
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise CloudError(190, "Error validating access token: the session has expired.", status=401)
        what = path[-1]
        failure, code, wait = self._failures[what].popleft() if self._failures[what] else (200, 0, None)
        if failure == "timeout":
            await self.closing.wait()
        if isinstance(failure, int) and failure >= 400:
            headers = {} if wait is None else {"Retry-After": str(int(wait))}
            body = CloudError(code, "made to fail").body() if code else None
            return JSONResponse(body, failure, headers) if body else PlainTextResponse("<html>busy", failure, headers)
        done = await self._do(request, path)
        if failure == "lost":
            await self.closing.wait()
        return JSONResponse(done)

    async def _do(self, request: Request, path: list[str]) -> JSON:
        match request.method, path:
            case "POST", [self.phone_id, "messages"]:
                return await self._message(await request.json())
            case "POST", [self.phone_id, "media"]:
                return await self._upload(request)
            case "GET", [self.phone_id]:
                number = {"display_phone_number": "+39 06 1234 5678", "verified_name": "Sportello"}
                return {"id": self.phone_id, "quality_rating": "GREEN", **number}
            case "GET", [self.account_id, "message_templates"]:
                return {"data": list(self.templates.values()), "paging": {}}
        raise CloudError(100, f"Unsupported {request.method.lower()} request", status=400)

    async def _message(self, body: JSON) -> JSON:
        self.calls.append(("messages", body))
        if body.get("status") == "read":
            if body.get("message_id") not in self.inbound:
                raise CloudError(100, "Invalid parameter", "message_id")
            self.read.append((body["message_id"], "typing_indicator" in body))
            return {"success": True}
        check_message(body)
        account = next((one for one in self.accounts if one.answers_to(body)), None)
        if account is None or account.closed:
            raise CloudError(131026, "Message undeliverable")
        if body["type"] == "template":
            self._check_template(body["template"])
        elif self.now() - account.wrote_at >= A_DAY:
            raise CloudError(131047, "Re-engagement message", "more than 24 hours have passed")
        if body["type"] in {"image", "document"} and body[body["type"]].get("id") not in self.media:
            raise CloudError(131009, "Parameter value is not valid", "media id")
        wamid = f"wamid.{secrets.token_urlsafe(24)}"
        async with self.news:
            self.sent.append((account, body, wamid))
            self.news.notify_all()
        name = account.wa_id or account.bsuid
        contact = {"input": body.get("to") or body.get("recipient"), "wa_id": name}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]}

    def _check_template(self, said: JSON) -> None:
        form = self.templates.get((said["name"], said["language"]["code"]))
        if form is None or form["status"] != "APPROVED":
            raise CloudError(132001, "Template name does not exist in the translation", status=404)
        (body,) = [part for part in form["components"] if part["type"] == "BODY"]
        wanted = {one["param_name"] for one in body.get("example", {}).get("body_text_named_params", ())}
        parts = said.get("components", [])
        given = [one for part in parts if part["type"] == "body" for one in part["parameters"]]
        if {one.get("parameter_name") for one in given} != wanted:
            raise CloudError(132000, "Number of parameters does not match the expected number of params")
        if any(sign in one["text"] or not one["text"] for one in given for sign in ("\n", "\t", "     ")):
            raise CloudError(132012, "Parameter format does not match format in the created template")

    async def _upload(self, request: Request) -> JSON:
        async with request.form() as form:
            file = form["file"]
            if isinstance(file, str):
                raise CloudError(100, "Param file must be a file")
            kind = str(form.get("type") or file.content_type)
            if kind not in UPLOADS or form.get("messaging_product") != "whatsapp":
                raise CloudError(100, f"Param file must be a file with one of the following types: {sorted(UPLOADS)}")
            number = str(secrets.randbelow(10**15))
            self.media[number] = (file.filename or "", kind, await file.read())
        return {"id": number}

    def approve(self, definitions: list[Any]) -> None:
        """Have these templates, approved."""
        for one in definitions:
            self.templates[one["name"], one["language"]] = {**one, "id": secrets.token_hex(4), "status": "APPROVED"}
