"""`GET /api/docs`: the description of the API as a page, written from `/api/openapi.json`; needs no script."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

Schema: TypeAlias = Mapping[str, Any]

PAGE = Path(__file__).parent / "page"
STYLE = (PAGE / "docs.css").read_text(encoding="utf-8")
DIGEST = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{DIGEST}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "public, max-age=60",
}
OTHERS = "Chat"
"""Where what has no tag belongs."""
NAMES = {
    "string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "object": "object",
    "array": "list",
}  # fmt: skip
FORMATS = {"date-time": "time with its offset (ISO 8601)", "date": "day (ISO 8601)", "uri": "address"}
_TEMPLATES = Environment(
    loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True)
class Field:
    """A parameter, or a part of an object: its name, what it may be, what it means."""

    name: str
    kind: str
    about: str
    required: bool


@dataclass(frozen=True)
class Operation:
    """What may be asked at one address; `example` is an address to try, `sent` a body, when one can be known."""

    tag: str
    method: str
    path: str
    about: str
    fields: Sequence[Field]
    body: str | None
    sent: str | None
    answers: Sequence[tuple[str, str]]
    example: str | None
    secret: bool
    """Whether it is answered only to who has a secret."""

    @property
    def key(self) -> str:
        """Of its place in the page."""
        return f"{self.method}{self.path}".replace("/", "-").translate(str.maketrans("", "", "{}"))


def docs_router() -> APIRouter:
    """The address of the page."""
    router = APIRouter(prefix="/api")
    page = cache(lambda app: written(app.openapi()))

    @router.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        return HTMLResponse(page(request.app), headers=HEADERS)

    return router


def written(openapi: Schema) -> str:
    """The page of a description. Raises KeyError when that is none of OpenAPI 3.1."""
    operations = sorted(operations_of(openapi), key=lambda one: one.tag)
    objects = {
        name: (kind_of(one), list(fields_of(one))) for name, one in sorted(openapi["components"]["schemas"].items())
    }
    return _TEMPLATES.get_template("docs.html").render(
        title=openapi["info"]["title"],
        style=STYLE,
        secrets=[one["description"] for one in openapi["components"].get("securitySchemes", {}).values()],
        groups=[(tag, list(found)) for tag, found in groupby(operations, key=lambda one: one.tag)],
        objects=objects,
    )


def operations_of(openapi: Schema) -> Iterator[Operation]:
    """Everything that may be asked, in the order of the description."""
    for path, methods in openapi["paths"].items():
        for method, said in methods.items():
            parameters = said.get("parameters", ())
            yield Operation(
                tag=next(iter(said.get("tags", ())), OTHERS),
                method=method.upper(),
                path=path,
                about=said.get("description") or said.get("summary", ""),
                fields=[
                    Field(one["name"], kind_of(one["schema"]), one.get("description", ""), one["required"])
                    for one in parameters
                ],
                body=_body(said["requestBody"]) if "requestBody" in said else None,
                sent=_sent(said["requestBody"], openapi) if "requestBody" in said else None,
                answers=[
                    (status, _body(answer) or answer["description"]) for status, answer in said["responses"].items()
                ],
                example=_example(path, parameters) if method == "get" and "security" not in said else None,
                secret="security" in said,
            )


def fields_of(schema: Schema) -> Iterator[Field]:
    """The parts of an object."""
    required = schema.get("required", ())
    for name, part in schema.get("properties", {}).items():
        yield Field(name, kind_of(part), part.get("description", ""), name in required)


def kind_of(schema: Schema) -> str:
    """What a value may be, in words."""
    some = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if some:
        said = " or ".join(kind_of(one) for one in some)
    elif "$ref" in schema:
        said = schema["$ref"].rsplit("/", 1)[-1]
    elif "enum" in schema:
        said = f"one of {', '.join(map(str, schema['enum']))}"
    elif schema.get("type") == "array":
        said = f"list of {kind_of(schema['items'])}" if schema.get("items") else "list"
    else:
        said = FORMATS.get(schema.get("format", ""), NAMES.get(schema.get("type", ""), "anything"))
    return "; ".join((said, *_limits(schema)))


def _limits(schema: Schema) -> Iterator[str]:
    if "maxLength" in schema:
        yield f"at most {schema['maxLength']} characters"
    if "minimum" in schema and "maximum" in schema:
        yield f"from {schema['minimum']} to {schema['maximum']}"
    elif "minimum" in schema:
        yield f"at least {schema['minimum']}"
    if "pattern" in schema:
        yield f"of the form {schema['pattern']}"
    if schema.get("default") not in {None, ""}:
        yield f"{schema['default']} when left out".lower()


def _body(said: Schema) -> str | None:
    """What is sent or answered, in words; None when the description does not say."""
    content = said.get("content", {}).get("application/json", {}).get("schema")
    return kind_of(content) if content else None


def _sent(said: Schema, openapi: Schema) -> str | None:
    """A body with the examples of its parts, those that are required; None when one of these has no example."""
    schema = said.get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    whole = openapi["components"]["schemas"].get(name, schema)
    parts, required = whole.get("properties", {}), whole.get("required", ())
    if not required or any("examples" not in parts[part] for part in required):
        return None
    return json.dumps({part: parts[part]["examples"][0] for part in required}, ensure_ascii=False)


def _example(path: str, parameters: Sequence[Schema]) -> str | None:
    """An address to try: with the examples of its parameters; None when one that is required has none."""
    values = {one["name"]: one["schema"]["examples"][0] for one in parameters if "examples" in one["schema"]}
    if any(one["required"] and one["name"] not in values for one in parameters):
        return None
    inside = {one["name"]: values.pop(one["name"]) for one in parameters if one["in"] == "path"}
    asked = urlencode(values)
    return path.format(**inside) + (f"?{asked}" if asked else "")
