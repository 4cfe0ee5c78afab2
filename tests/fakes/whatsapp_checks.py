"""What the Cloud API refuses of a message, in Meta's words: its own schema first, then what the schema does not say."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

JSON = dict[str, Any]
Media = dict[str, tuple[str, str, bytes]]
"""What was uploaded: its name, its type and what is in it, by number."""
STANDARD = Path(__file__).parents[1] / "standards" / "whatsapp"
MAX_TEXT = 4096
MAX_BODY = MAX_CAPTION = 1024
MAX_ROWS = 10
KB, MB = 1024, 1024 * 1024
OFFICE = "application/vnd.openxmlformats-officedocument"
AUDIO = ("audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg", "audio/opus")
DOCUMENTS = (
    "application/vnd.ms-powerpoint",
    "application/msword",
    f"{OFFICE}.wordprocessingml.document",
    f"{OFFICE}.presentationml.presentation",
    f"{OFFICE}.spreadsheetml.sheet",
    "application/pdf",
    "text/plain",
    "application/vnd.ms-excel",
)
MEDIA: dict[str, tuple[tuple[str, ...], int]] = {
    "audio": (AUDIO, 16 * MB),
    "document": (DOCUMENTS, 100 * MB),
    "image": (("image/jpeg", "image/png"), 5 * MB),
    "sticker": (("image/webp",), 500 * KB),
    "video": (("video/mp4", "video/3gpp"), 16 * MB),
}
"""The types that each kind of message may carry, and the most bytes of one file."""
CAPTIONED = ("image", "video", "document")
ACTIONS = {"button": "buttons", "list": "sections", "location_request_message": "name", "cta_url": "parameters"}
"""What the action of each kind of interactive message is made of; we send no other kind."""
CODES: dict[int, tuple[int, str]] = {
    4: (400, "Application request limit reached"),
    10: (403, "Application does not have permission for this action"),
    100: (400, "Invalid parameter"),
    190: (401, "Invalid OAuth access token - Cannot parse access token"),
    80007: (400, "Rate limit issues"),
    130429: (429, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    131000: (500, "Something went wrong"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (503, "Service temporarily unavailable"),
    131026: (400, "Message undeliverable"),
    131047: (400, "Re-engagement message"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: (400, "User has stopped marketing messages"),
    131051: (400, "Message type unknown"),
    131053: (400, "Media upload error"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is Paused"),
    132018: (400, "There was an issue with the parameters in your template"),
}
"""The HTTP status and the title of each error."""


@dataclass
class MetaError(Exception):
    """An answer that is not ok: Meta's code, what it says of the case, and the rest of its JSON."""

    code: int
    details: str = ""
    message: str = ""
    status: int = 0
    more: JSON = field(default_factory=dict)

    def __post_init__(self) -> None:
        status, title = CODES.get(self.code, (400, "Something went wrong"))
        self.status = self.status or status
        self.message = self.message or f"(#{self.code}) {title}"

    def body(self) -> JSON:
        data = {"messaging_product": "whatsapp", "details": self.details}
        error = {"message": self.message, "type": "OAuthException", "code": self.code}
        error |= ({"error_data": data} if self.details else {}) | self.more
        return {"error": error | {"fbtrace_id": "AFakeTraceOfThisAnswer"}}


def missing(name: str) -> MetaError:
    return MetaError(100, message=f"(#100) The parameter {name} is required.")


def invalid(details: str) -> MetaError:
    return MetaError(131009, details)


@cache
def _validator(file: str, part: str = "") -> Draft202012Validator:
    schema = json.loads((STANDARD / f"{file}.json").read_text(encoding="utf-8"))
    return Draft202012Validator({"$defs": schema["$defs"], "$ref": f"#/$defs/{part}"} if part else schema)


def check_schema(body: object, file: str, part: str = "") -> None:
    """Refused as Meta's description of the API refuses it."""
    for error in _validator(file, part).iter_errors(body):
        raise _refusal(error)


def _refusal(error: ValidationError) -> MetaError:
    # Of the alternatives, the one that was meant fails for another reason than what it is called.
    while error.context:
        choices: dict[object, list[ValidationError]] = {}
        for reason in error.context:
            choices.setdefault(reason.schema_path[0], []).append(reason)
        error = min(choices.values(), key=lambda reasons: sum(_is_another(reason) for reason in reasons))[0]
    path = ".".join(str(step) for step in error.absolute_path)
    if error.validator != "required":
        # What is wrong is not quoted: a log of ours must not learn from Meta what somebody was told.
        rule = f"{path} breaks {error.validator}: {error.validator_value}"
        return MetaError(131009 if len(error.absolute_path) > 1 else 100, rule[:300])
    name = error.message.split("'")[1]
    return MetaError(131008, f"{path}.{name} is missing") if path else missing(name)


def _is_another(reason: ValidationError) -> bool:
    return reason.validator in {"required", "enum", "const"} and len(reason.path) <= 1


def check_message(body: JSON, media: Media, wamids: Container[str]) -> None:
    """A body that is sent to a person, apart from templates; `media` was uploaded, `wamids` passed between the two."""
    kind = body.get("type", "text")
    if body.get("messaging_product") != "whatsapp":
        raise missing("messaging_product")
    if not body.get("to") and not body.get("recipient"):
        raise missing("to")
    if kind not in PARTS:
        raise MetaError(100, message=f"(#100) Param type must be one of {{{', '.join(PARTS).upper()}}} - got {kind!r}.")
    if kind not in body:
        raise missing(kind)
    check_schema(body, "message", f"{kind.title()}Message")
    answered = body.get("context", {}).get("message_id")
    if answered is not None and answered not in wamids:
        raise invalid(f"context.message_id {answered} is unknown")
    if kind == "reaction":
        check_filled(body["reaction"], "message_id", "reaction")
        if body["reaction"]["message_id"] not in wamids:
            raise invalid("reaction.message_id is unknown")
    elif kind in MEDIA:
        check_file(kind, body[kind], media)
        check_length(body[kind].get("caption", ""), MAX_CAPTION, f"{kind}.caption")
        if "caption" in body[kind] and kind not in CAPTIONED:
            raise MetaError(100, message=f"(#100) Unexpected key 'caption' on param '{kind}'.")
    else:
        PARTS[kind](body[kind], media)


def check_filled(part: JSON, name: str, where: str) -> str:
    if name not in part:
        raise MetaError(131008, f"{where}.{name} is missing")
    value = part[name]
    if not isinstance(value, str) or not value.strip():
        raise invalid(f"{where}.{name} must not be empty")
    return value


def check_length(text: str, limit: int, where: str) -> None:
    if len(text) > limit:
        raise invalid(f"{where} length invalid. Max length: {limit}")


def check_unique(values: Iterable[str], what: str) -> None:
    seen = list(values)
    if len(set(seen)) < len(seen):
        raise invalid(f"Duplicate {what}: each must be unique")


def check_file(kind: str, about: JSON, media: Media) -> None:
    if "link" in about:
        if not str(about["link"]).startswith(("https://", "http://")):
            raise MetaError(100, message=f"(#100) Param {kind}['link'] is not a valid URL.")
        return
    if about["id"] not in media:
        raise invalid(f"Media ID {about['id']} does not exist or was not uploaded to this phone number")
    _name, media_type, content = media[about["id"]]
    types, limit = MEDIA[kind]
    if media_type not in types or len(content) > limit:
        raise MetaError(131053, f"a {kind} cannot be {media_type} of {len(content)} bytes")


def _check_text(text: JSON, _media: object) -> None:
    check_filled(text, "body", "text")
    if len(text["body"]) > MAX_TEXT:
        raise MetaError(100, message=f"(#100) Param text['body'] must be at most {MAX_TEXT} characters long.")


def _check_location(place: JSON, _media: object) -> None:
    try:
        if not -90 <= float(place["latitude"]) <= 90 or not -180 <= float(place["longitude"]) <= 180:
            raise invalid("location.latitude or location.longitude is out of range")
    except ValueError as error:
        raise invalid("location.latitude and location.longitude must be numbers") from error


def _check_contacts(contacts: list[JSON], _media: object) -> None:
    for number, contact in enumerate(contacts):
        check_filled(contact.get("name", {}), "formatted_name", f"contacts[{number}].name")


def _check_interactive(content: JSON, media: Media) -> None:
    kind, action = content["type"], content["action"]
    if kind not in ACTIONS:
        raise invalid(f"interactive.type {kind} is not known to this fake")
    if ACTIONS[kind] not in action:
        raise MetaError(131008, f"interactive.action.{ACTIONS[kind]} is missing")
    check_length(check_filled(content.get("body", {}), "text", "interactive.body"), MAX_BODY, "interactive.body.text")
    if "footer" in content:
        check_filled(content["footer"], "text", "interactive.footer")
    _check_header(kind, content.get("header"), media)
    if kind == "button":
        _check_buttons([button["reply"] for button in action["buttons"]])
    elif kind == "list":
        check_filled(action, "button", "interactive.action")
        _check_sections(action["sections"])
    elif kind == "cta_url":
        check_filled(action["parameters"], "display_text", "interactive.action.parameters")
        if action.get("name") != kind or not action["parameters"]["url"].startswith(("https://", "http://")):
            raise invalid("interactive.action.parameters.url is not a valid URL")
    elif action["name"] != "send_location" or content.keys() & {"header", "footer"}:
        raise invalid("a location_request_message has a body and the action send_location only")


def _check_header(kind: str, header: JSON | None, media: Media) -> None:
    if header is None:
        return
    if kind == "list" and header["type"] != "text":
        raise invalid("interactive.header.type of a list must be text")
    if header["type"] == "text":
        check_filled(header, "text", "interactive.header")
    elif header["type"] not in header:
        raise MetaError(131008, f"interactive.header.{header['type']} is missing")
    else:
        check_file(header["type"], header[header["type"]], media)


def _check_buttons(replies: list[JSON]) -> None:
    for reply in replies:
        check_filled(reply, "title", "Button")
        check_filled(reply, "id", "Button")
    check_unique((reply["title"] for reply in replies), "button title")
    check_unique((reply["id"] for reply in replies), "button id")


def _check_sections(sections: list[JSON]) -> None:
    for section in sections:
        if not section.get("rows"):
            raise MetaError(131008, "interactive.action.sections.rows is missing")
        if len(sections) > 1:
            check_filled(section, "title", "Section")
    rows = [row for section in sections for row in section["rows"]]
    if len(rows) > MAX_ROWS:
        raise invalid(f"Total row count exceed max allowed count: {MAX_ROWS}")
    for row in rows:
        check_filled(row, "title", "Row")
        check_filled(row, "id", "Row")
        if "description" in row:
            check_filled(row, "description", "Row")
    check_unique((row["id"] for row in rows), "row id")


def _fine(_content: object, _media: object) -> None:
    """Looked at elsewhere."""


PARTS: dict[str, Callable[[Any, Media], None]] = {
    "text": _check_text,
    **dict.fromkeys(("audio", "document", "image", "video", "sticker", "reaction", "template"), _fine),
    "location": _check_location,
    "interactive": _check_interactive,
    "contacts": _check_contacts,
}
