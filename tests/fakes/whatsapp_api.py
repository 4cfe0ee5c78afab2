"""The Cloud API as a bot sees it: an ASGI application as strict as Meta's. People are in `tests.fakes.whatsapp`."""

from __future__ import annotations

import asyncio
import base64
import re
import secrets
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from tests.fakes.whatsapp_account import BusinessAccount
from tests.fakes.whatsapp_bodies import Identity, charged, contact, errors, status, value
from tests.fakes.whatsapp_checks import JSON, MetaError, check_message, check_schema
from tests.fakes.whatsapp_templates import check_sent
from tests.fakes.whatsapp_wire import CutResponse, Failure, Trouble, gone, read_content

WINDOW = timedelta(hours=24)
TOKEN = "EAAG-a-token-for-tests"
UNREACHED, CLOSED = 131026, 131047


@dataclass(eq=False)
class Account:
    """Somebody's WhatsApp as the office may use it."""

    identity: Identity
    name: str
    wrote: datetime | None = None
    """When the person last wrote to the office, which opens the window."""
    blocked: bool = False
    got: list[JSON] = field(default_factory=list)
    """What the office sent and WhatsApp took, in order."""


@dataclass(frozen=True)
class Sent:
    """A message of the office."""

    body: JSON
    identity: Identity
    name: str
    category: str


def new_wamid() -> str:
    return f"wamid.{base64.b64encode(secrets.token_bytes(30)).decode()}"


class GraphApi(BusinessAccount):
    """The office's side of WhatsApp. Answers at `/v<version>/<id>[/<edge>]`."""

    token = TOKEN

    def __init__(self) -> None:
        super().__init__()
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.people: list[Account] = []
        self.calls: list[tuple[str, JSON]] = []
        """Each call that was not made to fail: its edge ("messages", "read", "media"...) and what it said."""
        self.sent: list[JSON] = []
        self.outbound: dict[str, Sent] = {}
        self.inbound: set[str] = set()
        self.read: list[tuple[str, bool]] = []
        """Which messages were marked as read, and whether with a typing indicator."""
        self.tells = False
        """Whether each message is followed by the statuses `sent` and `delivered`."""
        self.refuses_late = False
        """Whether a closed window and a person out of reach are told by a status, the call itself being accepted."""
        self.closing = asyncio.Event()
        self._failures: defaultdict[str, deque[Failure]] = defaultdict(deque)
        self._afterwards: deque[Coroutine[Any, Any, None]] = deque()
        self.tasks: list[asyncio.Task[None]] = []

    def fail_next(
        self,
        status: Trouble = 500,
        code: int | None = None,
        message: str = "",
        *,
        retry_after: int | None = None,
        path: str = "messages",
    ) -> None:
        """The next call of that edge fails so, several in their order; "read" and "phone" are edges of their own."""
        self._failures[path].append(Failure(status, code, message, retry_after))

    def now(self) -> datetime:
        return self.clock()

    async def settles(self, seconds: float = 30) -> None:
        """Once all statuses that follow what was sent are told; what the webhook raised meanwhile is raised."""
        async with asyncio.timeout(seconds):
            while self.tasks:
                await self.tasks.pop(0)

    async def status(
        self, wamid: str, told: str, code: int | None = None, *, contacts: bool | None = None, details: str = ""
    ) -> None:
        """Tell a status of a message; with contacts where Meta has them, unless it is said here."""
        sent = self.outbound[wamid]
        item = status(sent.identity, wamid, self.now(), told, sent.body.get("biz_opaque_callback_data"))
        item |= {"errors": errors(code or 131000, details)} if told == "failed" else {}
        item |= charged(told, self.now(), sent.category) if told in {"sent", "delivered", "read"} else {}
        shown = (sent.identity.bsuid is not None and told != "failed") if contacts is None else contacts
        await self.happen(value("statuses", item, [contact(sent.identity, sent.name)] if shown else []))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        if response is not None:
            await response(scope, receive, send)
        while self._afterwards:
            self.tasks.append(asyncio.create_task(self._afterwards.popleft()))
        if response is None:
            # No answer ever: until the bot hangs up, or the fake closes.
            left, closing = asyncio.create_task(gone(receive)), asyncio.create_task(self.closing.wait())
            await asyncio.wait({left, closing}, return_when=asyncio.FIRST_COMPLETED)
            left.cancel()
            closing.cancel()
            await PlainTextResponse("", 504)(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        try:
            edge, content = await self._understood(request)
            trouble = self._failures[edge].popleft() if self._failures[edge] else None
            if trouble is not None and trouble.status != "accepted_then_timeout":
                if trouble.status == "timeout":
                    return None
                return CutResponse() if trouble.status == "drop" else trouble.answer()
            self.calls.append((edge, content))
            result = self._do(request.method, edge, content)
        except MetaError as refused:
            return JSONResponse(refused.body(), refused.status)
        return JSONResponse(result) if trouble is None else None

    async def _understood(self, request: Request) -> tuple[str, JSON]:
        """The edge that is called, and what it is told."""
        if request.headers.get("authorization") != f"Bearer {self.token}":
            raise MetaError(190, message="Invalid OAuth access token - Cannot parse access token")
        found = re.fullmatch(r"/v\d+\.\d+/(\w+)(?:/(\w+))?", request.url.path)
        edge = (found[2] or "phone") if found else ""
        owner = self.account_id if edge in {"message_templates", "subscribed_apps"} else self.phone_id
        if found is None or found[1] != owner or (request.method, edge) not in self._deeds():
            said = (
                f"Unsupported {request.method.lower()} request. Object with ID '{found[1] if found else ''}' does not"
            )
            raise MetaError(100, message=f"{said} exist or does not support this operation", more={"error_subcode": 33})
        content = await read_content(request, as_form=edge == "media")
        return "read" if edge == "messages" and "status" in content else edge, content

    def _do(self, method: str, edge: str, content: JSON) -> JSON:
        return self._deeds()[method, edge](content)

    def _deeds(self) -> dict[tuple[str, str], Callable[[JSON], JSON]]:
        return {
            ("POST", "messages"): self._send,
            ("POST", "read"): self._mark_read,
            ("POST", "media"): self.upload,
            ("GET", "phone"): self.show_phone,
            ("GET", "subscribed_apps"): self.show_apps,
            ("POST", "subscribed_apps"): self.subscribe,
            ("GET", "message_templates"): self.list_templates,
            ("POST", "message_templates"): self.create_template,
        }

    def _send(self, body: JSON) -> JSON:
        check_message(body, self.media, self.inbound | self.outbound.keys())
        template = check_sent(body["template"], self.templates) if body.get("type") == "template" else None
        category = template.content["category"].lower() if template else "service"
        wamid = new_wamid()
        try:
            account = self._reached(body, free_form=template is None)
        except MetaError as refused:
            if not self.refuses_late or refused.code not in {UNREACHED, CLOSED}:
                raise
            self.outbound[wamid] = Sent(
                body, Identity(body.get("to", "").lstrip("+") or None, body.get("recipient")), "", category
            )
            self._afterwards.append(self.status(wamid, "failed", refused.code, details=refused.details))
        else:
            self.outbound[wamid] = Sent(body, account.identity, account.name, category)
            self.sent.append(body | {"id": wamid})
            account.got.append(self.sent[-1])
            if self.tells:
                self._afterwards.append(self._tell(wamid))
        who = {"wa_id": body["to"].lstrip("+")} if body.get("to") else {"user_id": body["recipient"]}
        taken = {"id": wamid} | ({"message_status": "accepted"} if template else {})
        contacts = [{"input": body.get("to") or body["recipient"]} | who]
        return {"messaging_product": "whatsapp", "contacts": contacts, "messages": [taken]}

    def _reached(self, body: JSON, *, free_form: bool) -> Account:
        """Whom a message goes to: by number, or else by one of the business-scoped ids."""
        number = body.get("to", "").lstrip("+")
        if body.get("to") and not number.isdecimal():
            raise MetaError(100, message="(#100) Param to must be a telephone number.")
        for account in self.people:
            who = account.identity
            if not account.blocked and (
                who.wa_id == number if number else body["recipient"] in {who.bsuid, who.parent_bsuid}
            ):
                break
        else:
            raise MetaError(UNREACHED, "Message Undeliverable.")
        if free_form and (account.wrote is None or self.now() - account.wrote >= WINDOW):
            raise MetaError(CLOSED, "More than 24 hours have passed since the customer last replied to this number.")
        return account

    async def _tell(self, wamid: str) -> None:
        await self.status(wamid, "sent")
        await self.status(wamid, "delivered")

    def _mark_read(self, body: JSON) -> JSON:
        check_schema(body, "message", "Read")
        if body["message_id"] not in self.inbound:
            raise MetaError(131009, f"message_id {body['message_id']} is unknown")
        self.read.append((body["message_id"], "typing_indicator" in body))
        return {"success": True}
