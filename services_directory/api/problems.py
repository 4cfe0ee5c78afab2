"""Why something cannot be done, as RFC 9457 says it, in words that a person can act on."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"
KEY_HEADER = "Idempotency-Key"
DOCS = "/api/docs"
NO_KEY = (
    f"Send the header {KEY_HEADER} with something new for each deed, such as a UUID; repeat it to repeat a request."
)


class Fault(BaseModel):
    """What is wrong with one part of a request."""

    where: str = Field(description="The parameter, header or field.", examples=["people"])
    what: str = Field(examples=["Input should be less than or equal to 20"])


class Problem(BaseModel):
    """Why not (RFC 9457)."""

    type: str = Field(description="The page that explains it.", examples=[DOCS])
    title: str = Field(description="The meaning of the status.", examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str = Field(
        description="What to do about it, in the language asked for, else in English.",
        examples=["I am sorry: Thursday 26 November, 10:00 has just been taken by somebody else."],
    )
    errors: list[Fault] = Field(default=[], description="What is wrong with each part of the request.")
    appointment: str | None = Field(None, description="The code of the appointment that stands in the way.")


class ProblemError(Exception):
    """A refusal, raised anywhere below a `ProblemRoute`."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> None:  # noqa: ANN401, as JSON
        super().__init__(detail)
        self.status, self.detail, self.headers, self.more = status, detail, headers, more

    def answer(self) -> Response:
        """The refusal as it is sent."""
        said = {"type": DOCS, "title": HTTPStatus(self.status).phrase, "status": self.status, "detail": self.detail}
        headers = {"Cache-Control": "no-store", **(self.headers or {})}
        return JSONResponse(said | self.more, self.status, headers, MEDIA_TYPE)


class ProblemRoute(APIRoute):
    """A route whose refusals are problems, those of its parameters too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, with what it raises answered."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except ProblemError as problem:
                return problem.answer()
            except RequestValidationError as unreadable:
                return _problem_of(unreadable).answer()

        return handled


def refusals(**why: str) -> dict[int | str, dict[str, Any]]:
    """The problems of an operation for OpenAPI, by status: `refusals(_404="...")`."""
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema(ref_template="#/components/schemas/{model}")}}
    for said in content.values():
        said["schema"].pop("$defs", None)
        said["schema"]["properties"]["errors"]["items"] = Fault.model_json_schema()
    return {int(status.removeprefix("_")): {"description": what, "content": content} for status, what in why.items()}


def _problem_of(unreadable: RequestValidationError) -> ProblemError:
    faults = [
        {"where": ".".join(str(part) for part in fault["loc"][1:]) or "body", "what": str(fault["msg"])}
        for fault in unreadable.errors()
    ]
    if any(fault["loc"] == ("header", KEY_HEADER) for fault in unreadable.errors()):
        return ProblemError(400, NO_KEY, errors=faults)
    return ProblemError(422, "Something in the request cannot be read: see `errors`.", errors=faults)
