"""How a call of the Cloud API is read, and how it is made to fail."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from tests.fakes.whatsapp_checks import JSON, MetaError

Trouble = int | Literal["timeout", "drop", "accepted_then_timeout"]
"""An HTTP status; no answer ever; the line cut; or all is done and no answer comes."""
USUAL = {400: 100, 401: 190, 403: 10, 429: 130429, 500: 131000, 503: 131016}
"""Meta's code for an HTTP status, when a test does not name one."""
BAD_GATEWAY = 502


@dataclass(frozen=True)
class Failure:
    """How a call is made to fail."""

    status: Trouble
    code: int | None
    message: str
    retry_after: int | None

    def answer(self) -> Response:
        if self.status == BAD_GATEWAY and self.code is None:
            return PlainTextResponse("<html><h1>502 Bad Gateway</h1></html>", BAD_GATEWAY)
        assert isinstance(self.status, int)
        error = MetaError(USUAL.get(self.status, 100) if self.code is None else self.code, message=self.message)
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return JSONResponse(error.body(), self.status, headers)


class CutResponse(Response):
    """The line is cut after the headers."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"99")]})


async def read_content(request: Request, *, as_form: bool) -> JSON:
    """What a call says: its parameters, its form or its JSON."""
    if request.method == "GET":
        return dict(request.query_params)
    if as_form:
        async with request.form() as form:
            return {name: await _read(value) for name, value in form.items()}
    try:
        content = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise MetaError(100, message="(#100) The body is no JSON") from error
    if not isinstance(content, dict):
        raise MetaError(100, message="(#100) The body is no object")
    return content


async def _read(value: UploadFile | str) -> object:
    return value if isinstance(value, str) else (value.filename, value.content_type, await value.read())


async def gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
