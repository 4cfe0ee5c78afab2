"""What the tests of the WhatsApp fake send and create, and a webhook that they can read."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.fakes.whatsapp import FakeWhatsApp

JSON = dict[str, Any]
NUMBER, BSUID, PARENT = "393331234567", "IT.13491208655302741918", "IT.ENT.11815799212886844830"
TO = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": NUMBER}
BODY = {"type": "BODY", "text": "You come on {{day}} at {{time}}, please."}
EXAMPLES = {
    "body_text_named_params": [{"param_name": "day", "example": "Monday"}, {"param_name": "time", "example": "10:00"}]
}
BUTTONS = {
    "type": "BUTTONS",
    "buttons": [{"type": "QUICK_REPLY", "text": "I come"}, {"type": "QUICK_REPLY", "text": "I cannot"}],
}
TEMPLATE: JSON = {
    "name": "reminder",
    "language": "it",
    "category": "UTILITY",
    "parameter_format": "NAMED",
    "components": [BODY | {"example": EXAMPLES}, BUTTONS],
}


class Hook:
    """A webhook of ours: what it was told, and what it answers next."""

    def __init__(self) -> None:
        self.told: list[JSON] = []
        self.headers: list[dict[str, str]] = []
        self.raw: list[bytes] = []
        self.answers: list[int] = []

    async def __call__(self, headers: dict[str, str], body: bytes) -> int:
        self.headers.append(headers)
        self.raw.append(body)
        self.told.append(json.loads(body))
        return self.answers.pop(0) if self.answers else 200

    def messages(self) -> list[JSON]:
        return [message for value in self.values() for message in value.get("messages", ())]

    def statuses(self) -> list[JSON]:
        return [status for value in self.values() for status in value.get("statuses", ())]

    def values(self) -> list[JSON]:
        return [change["value"] for body in self.told for entry in body["entry"] for change in entry["changes"]]


async def send(api: httpx.AsyncClient, kind: str, content: object, **more: object) -> httpx.Response:
    return await api.post(f"/{FakeWhatsApp.phone_id}/messages", json={**TO, "type": kind, kind: content, **more})


def text(body: str = "Buongiorno") -> JSON:
    return {"body": body}


def buttons(*titles: str, body: str = "Which?", **more: object) -> JSON:
    replies = [{"type": "reply", "reply": {"id": f"key-{n}", "title": title}} for n, title in enumerate(titles)]
    return {"type": "button", "body": {"text": body}, "action": {"buttons": replies}, **more}


def rows(count: int, *, sections: int = 1, **more: str) -> JSON:
    parts = [
        {"title": f"Part {part}", "rows": [{"id": f"{part}-{n}", "title": f"Row {n}", **more} for n in range(count)]}
        for part in range(sections)
    ]
    return {"type": "list", "body": {"text": "Which?"}, "action": {"button": "Choose", "sections": parts}}


def link(display_text: str = "Open", url: str = "https://comune.example") -> JSON:
    parameters = {"display_text": display_text, "url": url}
    return {"type": "cta_url", "body": {"text": "Here"}, "action": {"name": "cta_url", "parameters": parameters}}


def where(**more: object) -> JSON:
    return {"type": "location_request_message", "body": {"text": "Where?"}, "action": {"name": "send_location"}, **more}


def reminder(*components: JSON, name: str = "reminder", language: str = "it") -> JSON:
    return {"name": name, "language": {"code": language}, "components": list(components)}


def filled(day: str = "Monday", time: str = "10:00", **more: str) -> JSON:
    given = {"day": day, "time": time, **more}
    values = [{"type": "text", "parameter_name": name, "text": value} for name, value in given.items()]
    return {"type": "body", "parameters": values}


def quick(index: str, payload: str) -> JSON:
    parameters = [{"type": "payload", "payload": payload}]
    return {"type": "button", "sub_type": "quick_reply", "index": index, "parameters": parameters}


def code(answer: httpx.Response) -> int:
    error = answer.json()["error"]
    assert answer.status_code >= 400
    assert {"message", "type", "code", "fbtrace_id"} <= error.keys()
    return int(error["code"])


def details(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["error_data"]["details"])


async def create(api: httpx.AsyncClient, fake: FakeWhatsApp) -> None:
    (await api.post(f"/{fake.account_id}/message_templates", json=TEMPLATE)).raise_for_status()
    fake.approve()


def with_body(words: str, *names: str) -> JSON:
    examples = {"body_text_named_params": [{"param_name": name, "example": "x"} for name in names]}
    return {"components": [{"type": "BODY", "text": words, "example": examples}]}


async def upload(api: httpx.AsyncClient, media_type: str, content: bytes, **form: str) -> httpx.Response:
    data = {"messaging_product": "whatsapp", "type": media_type, **form}
    return await api.post(f"/{FakeWhatsApp.phone_id}/media", data=data, files={"file": ("a", content, media_type)})
