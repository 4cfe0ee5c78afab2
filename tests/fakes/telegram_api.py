"""The Bot API as a bot sees it: an ASGI application as strict as the real one. People are in `tests.fakes.telegram`."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from tests.fakes.telegram_checks import (
    JSON,
    ApiError,
    bad,
    check_commands,
    check_language,
    check_markup,
    check_point,
    checked_text,
    png_size,
)
from tests.fakes.telegram_wire import METHODS, Status, failure, read_values

TOKEN = "123456:TEST"


@dataclass
class Chat:
    """A chat as the bot may use it."""

    about: JSON
    closed: str = ""
    """Why nothing can be sent into it any more, in Telegram's words."""


class BotApi:
    """State and methods of one bot's side. Answers at `/bot<TOKEN>/<method>`."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.bot: JSON = {"id": 123456, "is_bot": True, "first_name": "Sportello", "username": "sportello_test_bot"}
        self.chats: dict[int, Chat] = {}
        self.calls: list[tuple[str, JSON]] = []
        self.sent: list[JSON] = []
        self.files: dict[str, bytes] = {}
        self.profile: dict[tuple[str, str], Any] = {}
        """What setMyCommands and its sisters said, by method and language code ("" for everybody else)."""
        self.updates: deque[JSON] = deque()
        self.history: dict[int, JSON] = {}
        self.queries: set[str] = set()
        self.answered: list[str] = []
        self.left: list[int] = []
        self.webhook: JSON = {}
        self.webhook_statuses: list[int] = []
        self.arrived = asyncio.Condition()
        self.closing = asyncio.Event()
        self._failures: dict[str, deque[tuple[Status, int | None, str]]] = defaultdict(deque)
        self._allowed: list[str] = []
        self._polls = 0
        self._message_id = 0

    def fail_next(
        self, method: str, status: Status = 500, *, retry_after: int | None = None, description: str = ""
    ) -> None:
        """The next call of that method fails so; several of them, in their order."""
        self._failures[method].append((status, retry_after, description))

    def next_message_id(self) -> int:
        self._message_id += 1
        return self._message_id

    async def happen(self, kind: str, body: JSON) -> int:
        """Something happened: it is queued, or pushed to the webhook."""
        number = 700_000_001 + len(self.history)
        self.history[number] = {"update_id": number, kind: body}
        if not self._allowed or kind in self._allowed:
            await self.deliver(self.history[number])
        return number

    async def deliver(self, update: JSON) -> None:
        async with self.arrived:
            self.updates.append(update)
            self.arrived.notify_all()
        if self.webhook:
            await self.push()

    async def push(self) -> None:
        """Call the webhook with all that waits; what it does not take goes on waiting."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token", "")}
        async with httpx.AsyncClient(trust_env=False) as client:
            for update in list(self.updates):
                answer = await client.post(self.webhook["url"], json=update, headers=headers)
                self.webhook_statuses.append(answer.status_code)
                if answer.is_success:
                    self.updates.remove(update)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response = await self._answer(request)
        if response is None:
            # No answer ever: until the bot hangs up, or the fake closes.
            gone, closing = asyncio.create_task(_gone(receive)), asyncio.create_task(self.closing.wait())
            await asyncio.wait({gone, closing}, return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
            closing.cancel()
            response = PlainTextResponse("", 504)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        prefix, _, method = request.url.path.rpartition("/")
        if prefix != f"/bot{self.token}" or method not in METHODS:
            return _refusal(ApiError(404, "Not Found"))
        waiting = self._failures[method]
        status, retry_after, description = waiting.popleft() if waiting else (200, None, "")
        if status == "timeout":
            return None
        if status == 502:
            return PlainTextResponse("<html><h1>502 Bad Gateway</h1></html>", 502)
        if isinstance(status, int) and status >= 400:
            return _refusal(failure(status, retry_after, description))
        try:
            values = await read_values(request, METHODS[method])
            self.calls.append((method, values))
            result = await self._get_updates(values) if method == "getUpdates" else self._do(method, values)
        except ApiError as error:
            return _refusal(error)
        return None if status == "lost answer" else JSONResponse({"ok": True, "result": result})

    def _do(self, method: str, values: JSON) -> Any:
        deeds: dict[str, Callable[[JSON], Any]] = {
            "getMe": lambda _: {**self.bot, "can_join_groups": True, "can_read_all_group_messages": False},
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._set_webhook,
            "editMessageText": self._edit,
            "answerCallbackQuery": self._answer_query,
            "leaveChat": self._leave,
        }
        if method in deeds:
            return deeds[method](values)
        return (self._set_profile if method.startswith("setMy") else self._send)(method, values)

    async def _get_updates(self, values: JSON) -> list[JSON]:
        if self.webhook:
            raise ApiError(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook")
        self._polls += 1
        poll = self._polls
        self._allowed = values.get("allowed_updates", self._allowed)
        offset, limit = values.get("offset", 0), values.get("limit", 100)
        ends = time.monotonic() + values.get("timeout", 0)
        async with self.arrived:
            self.arrived.notify_all()
            if offset > 0:
                self.updates = deque(update for update in self.updates if update["update_id"] >= offset)
            while not self.updates and not self.closing.is_set() and (left := ends - time.monotonic()) > 0:
                try:
                    await asyncio.wait_for(self.arrived.wait(), left)
                except TimeoutError:
                    break
                if poll != self._polls:
                    raise ApiError(409, "Conflict: terminated by other getUpdates request")
            return list(self.updates)[:limit]

    def _set_webhook(self, values: JSON) -> bool:
        url = values.get("url", "")
        if url and not url.startswith(("https://", "http://127.0.0.1")):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if values.get("drop_pending_updates"):
            self.updates.clear()
        self._allowed = values.get("allowed_updates", self._allowed)
        self.webhook = {"url": url, "secret_token": values.get("secret_token", "")} if url else {}
        return True

    def _set_profile(self, method: str, values: JSON) -> bool:
        language = values.pop("language_code", "")
        check_language(language)
        if "commands" in values:
            check_commands(values["commands"])
        elif len(values.get("description", "")) > 512 or len(values.get("short_description", "")) > 120:
            raise bad("description is too long")
        self.profile[method, language] = next(iter(values.values()), "")
        return True

    def _open_chat(self, values: JSON) -> Chat:
        chat = self.chats.get(values["chat_id"])
        if chat is None:
            raise bad("chat not found")
        if chat.closed:
            raise ApiError(403, f"Forbidden: {chat.closed}")
        return chat

    def _send(self, method: str, values: JSON) -> JSON:
        chat = self._open_chat(values)
        message = {"from": self.bot, "chat": chat.about, "date": int(time.time())}
        if method == "sendMessage":
            message["text"] = checked_text(values["text"], values.get("parse_mode"))
        elif method == "sendDocument":
            message["document"] = self._keep(values["document"])
            if "caption" in values:
                message["caption"] = checked_text(values["caption"], values.get("parse_mode"), limit=1024)
        elif method == "sendPhoto":
            message["photo"] = [self._keep(values["photo"]) | png_size(values["photo"][2])]
        else:
            check_point(values["latitude"], values["longitude"])
            message["location"] = {"latitude": values["latitude"], "longitude": values["longitude"]}
        if method == "sendVenue":
            message["venue"] = {name: values[name] for name in ("title", "address")} | {"location": message["location"]}
        markup = values.get("reply_markup")
        check_markup(markup, private=chat.about["type"] == "private")
        if markup:
            message["reply_markup"] = markup
        self.sent.append({"message_id": self.next_message_id()} | message)
        return _as_answered(self.sent[-1])

    def _keep(self, upload: tuple[str, str, bytes]) -> JSON:
        name, media_type, content = upload
        if not content:
            raise bad("file must be non-empty")
        number = f"BQAC{len(self.files):04}"
        self.files[number] = content
        about = {"file_id": number, "file_unique_id": f"u{number}", "file_name": name}
        return about | {"mime_type": media_type, "file_size": len(content)}

    def _edit(self, values: JSON) -> JSON:
        self._open_chat(values)
        text = checked_text(values["text"], values.get("parse_mode"))
        check_markup(values.get("reply_markup"), private=True)
        for message in self.sent:
            if (message["chat"]["id"], message["message_id"]) == (values["chat_id"], values["message_id"]):
                break
        else:
            raise bad("message to edit not found")
        if (message["text"], message.get("reply_markup")) == (text, values.get("reply_markup")):
            raise bad("message is not modified: specified new message content and reply markup are exactly the same")
        message.pop("reply_markup", None)
        message |= {"text": text, "edit_date": int(time.time())}
        if "reply_markup" in values:
            message["reply_markup"] = values["reply_markup"]
        return message

    def _answer_query(self, values: JSON) -> bool:
        if values["callback_query_id"] not in self.queries:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.queries.remove(values["callback_query_id"])
        self.answered.append(values["callback_query_id"])
        return True

    def _leave(self, values: JSON) -> bool:
        chat = self._open_chat(values)
        if chat.about["type"] == "private":
            raise bad("chat member status can't be changed in private chats")
        chat.closed = f"bot is not a member of the {chat.about['type']} chat"
        self.left.append(values["chat_id"])
        return True


def _refusal(error: ApiError) -> Response:
    body: JSON = {"ok": False, "error_code": error.code, "description": error.description}
    return JSONResponse(body | ({"parameters": error.parameters} if error.parameters else {}), error.code)


def _as_answered(message: JSON) -> JSON:
    # Telegram gives back inline keyboards, never the keyboards below the text field.
    if "inline_keyboard" in message.get("reply_markup", {}):
        return message
    return {name: value for name, value in message.items() if name != "reply_markup"}


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
