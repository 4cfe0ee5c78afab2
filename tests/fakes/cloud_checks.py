"""What Meta refuses in a message, as the Cloud API says it: its own schema first, then what no schema says."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).parents[1] / "standards" / "whatsapp" / "message.json"
JSON: TypeAlias = dict[str, Any]
OFFICE = "application/vnd.openxmlformats-officedocument"
UPLOADS = {
    *("audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg", "audio/opus", "video/mp4", "video/3gpp"),
    *("image/jpeg", "image/png", "image/webp", "text/plain", "application/pdf", "application/msword"),
    *("application/vnd.ms-excel", "application/vnd.ms-powerpoint", f"{OFFICE}.wordprocessingml.document"),
    *(f"{OFFICE}.presentationml.presentation", f"{OFFICE}.spreadsheetml.sheet"),
}
"""All that Meta's upload takes, as it says itself when it refuses another type."""
LONGEST_TEXT = 4096
MOST_ROWS = 10


class CloudError(Exception):
    """A refusal of Meta's."""

    def __init__(self, code: int, message: str, details: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.details, self.status = code, message, details, status

    def body(self) -> JSON:
        """As it stands in an answer."""
        data = {"messaging_product": "whatsapp", "details": self.details}
        told = {"message": f"(#{self.code}) {self.message}", "type": "OAuthException", "code": self.code}
        return {"error": {**told, "error_data": data, "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam"}}


@lru_cache(maxsize=1)
def validator() -> Draft202012Validator:
    """Of a message's body."""
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def check_message(body: JSON) -> None:
    """Raises CloudError for what Meta does not take."""
    kind = str(body.get("type"))
    problems = sorted(validator().iter_errors(body), key=lambda problem: len(problem.context or ()))
    if problems:
        deepest = max(problems[0].context or problems, key=lambda one: len(one.absolute_path))
        raise CloudError(100, "Invalid parameter", f"{'/'.join(map(str, deepest.absolute_path))}: {deepest.message}")
    match kind:
        case "text":
            _between(body["text"].get("body"), 1, LONGEST_TEXT, "text.body")
        case "interactive":
            _check_interactive(body["interactive"])


def _check_interactive(content: JSON) -> None:
    _between(content.get("body", {}).get("text"), 1, 1024, "interactive.body.text")
    action = content["action"]
    match content["type"]:
        case "button":
            _all_different([button["reply"]["id"] for button in action["buttons"]], "ids")
            titles = [button["reply"]["title"] for button in action["buttons"]]
            _all_different(titles, "titles")
            for title in titles:
                _between(title, 1, 20, "button title")
        case "list":
            rows = [row for section in action["sections"] for row in section["rows"]]
            _between(action["button"], 1, 20, "list button")
            if not 1 <= len(rows) <= MOST_ROWS:
                raise CloudError(131009, "Parameter value is not valid", "Total row count exceed max allowed count: 10")
            _all_different([row["id"] for row in rows], "row ids")
            for row in rows:
                _between(row["title"], 1, 24, "row title")
                if "description" in row:
                    _between(row["description"], 1, 72, "row description")
        case "cta_url":
            if not action["parameters"]["url"].startswith(("http://", "https://")):
                raise CloudError(131009, "Parameter value is not valid", "url")
            _between(action["parameters"]["display_text"], 1, 20, "display_text")


def _between(words: object, least: int, most: int, where: str) -> None:
    """Counted in UTF-16, which is the strictest way; blanks do not count as words."""
    if not isinstance(words, str) or len(words.strip()) < least or len(words.encode("utf-16-le")) // 2 > most:
        raise CloudError(131009, "Parameter value is not valid", f"{where} length invalid. Min {least}, max {most}")


def _all_different(values: list[str], what: str) -> None:
    if len(set(values)) < len(values):
        raise CloudError(131009, "Parameter value is not valid", f"duplicated {what}")
