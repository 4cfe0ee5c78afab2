"""How a call of the Bot API is read: each method's parameters, in any of the four forms that Telegram takes."""

from __future__ import annotations

import json
from typing import Any, Literal

from starlette.datastructures import UploadFile
from starlette.requests import Request

from tests.fakes.telegram_checks import JSON, ApiError, bad

Status = int | Literal["timeout", "lost answer"]
"""An HTTP status; or nothing is done and no answer comes; or all is done and no answer comes."""
LIST, OBJECT = "list", "object"
SENT = {"chat_id": "chat!", "reply_markup": OBJECT, "disable_notification": "bool", "protect_content": "bool"}
POINT = {"latitude": "float!", "longitude": "float!"}
FORMAT = {"parse_mode": "str", "link_preview_options": OBJECT}
METHODS: dict[str, dict[str, str]] = {
    "getMe": {},
    "getUpdates": {"offset": "int", "limit": "int", "timeout": "int", "allowed_updates": LIST},
    "setWebhook": {
        "url": "str!",
        "allowed_updates": LIST,
        "secret_token": "str",
        "max_connections": "int",
        "drop_pending_updates": "bool",
    },
    "deleteWebhook": {"drop_pending_updates": "bool"},
    "setMyCommands": {"commands": "list!", "language_code": "str", "scope": OBJECT},
    "setMyDescription": {"description": "str", "language_code": "str"},
    "setMyShortDescription": {"short_description": "str", "language_code": "str"},
    "sendMessage": {"text": "str!", **SENT, **FORMAT},
    "sendLocation": {**POINT, **SENT},
    "sendVenue": {"title": "str!", "address": "str!", **POINT, **SENT},
    "sendDocument": {"document": "file!", "caption": "str", "parse_mode": "str", **SENT},
    "sendPhoto": {"photo": "file!", "caption": "str", "parse_mode": "str", **SENT},
    "editMessageText": {"chat_id": "chat!", "message_id": "int!", "text": "str!", "reply_markup": OBJECT, **FORMAT},
    "answerCallbackQuery": {"callback_query_id": "str!", "text": "str", "show_alert": "bool"},
    "leaveChat": {"chat_id": "chat!"},
}
"""Each method's parameters and their kinds; `!` marks what must be there. The real API ignores others."""


def failure(status: int, retry_after: int | None, description: str) -> ApiError:
    if status == 429:
        wait = 1 if retry_after is None else retry_after
        return ApiError(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})
    said = {400: "Bad Request: refused", 403: "Forbidden: bot was blocked by the user", 409: "Conflict: terminated"}
    return ApiError(status, description or said.get(status, "Internal Server Error"))


async def read_values(request: Request, wanted: dict[str, str]) -> JSON:
    """The parameters of a call: in the address, urlencoded, JSON or multipart."""
    given: JSON = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        given |= await request.json()
    else:
        async with request.form() as form:
            given |= {
                name: await _file(value) if isinstance(value, UploadFile) else value for name, value in form.items()
            }
    values: JSON = {}
    for name, value in given.items():
        if name not in wanted:
            raise bad(f"unknown parameter {name}")
        values[name] = _read(name, value, wanted[name].removesuffix("!"))
    for name, kind in wanted.items():
        if kind.endswith("!") and name not in values:
            raise bad("message text is empty" if name == "text" else f"parameter {name} is required")
    return values


async def _file(upload: UploadFile) -> tuple[str | None, str | None, bytes]:
    return upload.filename, upload.content_type, await upload.read()


def _read(name: str, value: Any, kind: str) -> Any:
    if kind == "file":
        if not isinstance(value, tuple):
            raise bad(f"{name} is no file")
        return value
    if kind == "str":
        return value
    try:
        read = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        read = value
    kinds = {"int": int, "chat": int, "bool": bool, "float": (int, float), LIST: list, OBJECT: dict}
    if not isinstance(read, kinds[kind]):  # type: ignore[arg-type]
        raise bad("chat not found" if kind == "chat" else f"can't parse {name}: {kind} expected")
    return read
