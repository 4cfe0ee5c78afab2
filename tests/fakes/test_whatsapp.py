"""What the WhatsApp of the tests refuses and tells, as Meta's does."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.fakes.serving import serving
from tests.fakes.whatsapp import FakeWhatsApp, Person
from tests.fakes.whatsapp_bodies import KINDS, Layout, encoded
from tests.fakes.whatsapp_wire import Trouble

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


@pytest.fixture
def fake() -> FakeWhatsApp:
    return FakeWhatsApp()


@pytest.fixture
def hook(fake: FakeWhatsApp) -> Hook:
    fake.webhook = hook = Hook()
    return hook


@pytest.fixture
async def api(fake: FakeWhatsApp) -> AsyncIterator[httpx.AsyncClient]:
    # Without a server between, where none is needed: a tenth of the time.
    transport = httpx.ASGITransport(fake)
    headers = {"Authorization": f"Bearer {fake.token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://graph/v23.0", headers=headers) as client:
        yield client


@pytest.fixture
async def line(fake: FakeWhatsApp) -> AsyncIterator[httpx.AsyncClient]:
    """The same over a socket."""
    headers = {"Authorization": f"Bearer {fake.token}"}
    async with fake.served(), httpx.AsyncClient(headers=headers, trust_env=False) as client:
        client.base_url = httpx.URL(f"{fake.url}/v23.0")
        yield client


@pytest.fixture
async def amina(fake: FakeWhatsApp) -> Person:
    person = fake.person(NUMBER, bsuid=BSUID, parent_bsuid=PARENT)
    await person.says("ciao")
    return person


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


GOOD: list[tuple[str, Any]] = [
    ("text", text("a" * 4096)),
    ("text", {"body": "https://comune.example", "preview_url": True}),
    ("interactive", buttons("a" * 20, "b", "c", body="d" * 1024, footer={"text": "e" * 60})),
    ("interactive", buttons("a", header={"type": "text", "text": "e" * 60})),
    ("interactive", rows(10, description="d" * 72)),
    ("interactive", rows(5, sections=2)),
    ("interactive", link("a" * 20)),
    ("interactive", where()),
    ("location", {"latitude": 40.46, "longitude": 17.24, "name": "Town hall", "address": "Piazza 1"}),
    ("document", {"link": "https://comune.example/a.pdf", "caption": "c" * 1024, "filename": "a.pdf"}),
    ("contacts", [{"name": {"formatted_name": "Anna", "first_name": "Anna"}, "phones": [{"phone": "+39112"}]}]),
]


@pytest.mark.parametrize(("kind", "content"), GOOD)
async def test_what_keeps_the_limits_is_sent(api: httpx.AsyncClient, amina: Person, kind: str, content: object) -> None:
    answer = await send(api, kind, content)
    (sent,) = await amina.hears()
    assert answer.json() == {
        "messaging_product": "whatsapp",
        "contacts": [{"input": NUMBER, "wa_id": NUMBER}],
        "messages": [{"id": sent["id"]}],
    }
    assert sent[kind] == content


BAD: list[tuple[str, Any, int, str]] = [
    ("text", text("a" * 4097), 100, ""),
    ("text", text(" "), 131009, "empty"),
    ("text", {}, 131008, "body"),
    ("interactive", buttons("a", "b", "c", "d"), 131009, "maxItems"),
    ("interactive", buttons("a" * 21), 131009, "buttons.0.reply.title"),
    ("interactive", buttons("a", "a"), 131009, "Duplicate button title"),
    ("interactive", buttons("a", body="b" * 1025), 131009, "body.text"),
    ("interactive", buttons("a", body=" "), 131009, "empty"),
    ("interactive", buttons("a", footer={"text": "b" * 61}), 131009, "footer"),
    ("interactive", buttons("a", header={"type": "text", "text": "b" * 61}), 131009, "header"),
    ("interactive", buttons(" "), 131009, "empty"),
    ("interactive", buttons("a") | {"type": "list"}, 131008, "sections"),
    ("interactive", {"type": "button", "body": {"text": "b"}}, 131008, "action"),
    ("interactive", rows(11), 131009, "maxItems"),
    ("interactive", rows(6, sections=2), 131009, "Total row count exceed max allowed count: 10"),
    ("interactive", rows(1, title="t" * 25), 131009, "rows.0.title"),
    ("interactive", rows(1, description="d" * 73), 131009, "rows.0.description"),
    ("interactive", rows(1, id="i" * 201), 131009, "rows.0.id"),
    ("interactive", rows(2, id="same"), 131009, "Duplicate row id"),
    ("interactive", rows(0), 131008, "rows"),
    ("interactive", link("a" * 21), 131009, "display_text"),
    ("interactive", link(url="comune"), 131009, "URL"),
    ("interactive", where(footer={"text": "f"}), 131009, "body"),
    ("image", {"id": "123"}, 131009, "Media ID"),
    ("image", {}, 131008, "is missing"),
    ("location", {"latitude": 91, "longitude": 1}, 131009, "range"),
    ("location", {"latitude": 9}, 131008, "longitude"),
    ("reaction", {"message_id": "wamid.unknown", "emoji": "👍"}, 131009, "unknown"),
    ("hologram", {}, 100, ""),
]


@pytest.mark.parametrize(("kind", "content", "wanted", "said"), BAD)
async def test_what_does_not_is_refused(
    api: httpx.AsyncClient, amina: Person, kind: str, content: object, wanted: int, said: str
) -> None:
    answer = await send(api, kind, content)
    assert code(answer) == wanted
    assert said in (details(answer) if said else "")
    assert amina.got == []


async def test_long_and_repeated_keys_of_buttons_are_refused(api: httpx.AsyncClient, amina: Person) -> None:
    content = buttons("a", "b")
    content["action"]["buttons"][1]["reply"]["id"] = "key-0"
    assert "Duplicate button id" in details(await send(api, "interactive", content))
    content["action"]["buttons"][1]["reply"]["id"] = "k" * 257
    assert code(await send(api, "interactive", content)) == 131009
    content["action"]["buttons"][1]["reply"]["id"] = "k" * 256
    assert (await send(api, "interactive", content)).is_success
    assert len(amina.got) == 1


async def test_what_every_message_needs_is_asked_for(api: httpx.AsyncClient, amina: Person) -> None:
    for name in ("messaging_product", "recipient_type", "to"):
        body = {**TO, "type": "text", "text": text()}
        del body[name]
        answer = await api.post(f"/{FakeWhatsApp.phone_id}/messages", json=body)
        assert code(answer) == 100
        assert name in answer.json()["error"]["message"]
    assert code(await send(api, "text", text(), context={"message_id": "wamid.unknown"})) == 131009
    assert code(await send(api, "text", text(), biz_opaque_callback_data="t" * 513)) == 100
    assert amina.got == []


async def test_people_are_reached_by_any_of_their_identities(api: httpx.AsyncClient, fake: FakeWhatsApp) -> None:
    amina = fake.person(bsuid=BSUID, parent_bsuid=PARENT)
    wamid = await amina.says("ciao")
    luca = fake.person(NUMBER)
    await luca.says("ciao")
    assert (await send(api, "text", text(), to=f"+{NUMBER}")).json()["contacts"][0]["wa_id"] == NUMBER
    for recipient in (BSUID, PARENT):
        answer = await send(api, "text", text(), to="", recipient=recipient, context={"message_id": wamid})
        assert answer.json()["contacts"] == [{"input": recipient, "user_id": recipient}]
    assert (len(await luca.hears()), len(await amina.hears(2))) == (1, 2)
    assert code(await send(api, "text", text(), to="", recipient="IT.0")) == 131026
    assert code(await send(api, "text", text(), to=BSUID)) == 100


async def test_who_is_unknown_or_has_blocked_the_office_gets_nothing(api: httpx.AsyncClient, amina: Person) -> None:
    assert code(await send(api, "text", text(), to="390000000000")) == 131026
    amina.blocks()
    assert code(await send(api, "text", text())) == 131026
    amina.unblocks()
    assert (await send(api, "text", text())).is_success


async def test_the_window_closes_after_a_day_except_for_templates(
    api: httpx.AsyncClient, fake: FakeWhatsApp, amina: Person
) -> None:
    await create(api, fake)
    fake.passes(hours=23, minutes=59)
    assert (await send(api, "text", text())).is_success
    fake.passes(hours=1)
    assert code(await send(api, "text", text())) == 131047
    assert (await send(api, "template", reminder(filled()))).is_success
    await amina.taps("I come")
    assert (await send(api, "text", text())).is_success


async def test_what_whatsapp_says_of_people_does_not_open_the_window(
    api: httpx.AsyncClient, fake: FakeWhatsApp, amina: Person
) -> None:
    await send(api, "text", text())
    fake.passes(hours=25)
    await amina.sends("system_identity")
    await amina.reacts("👍")
    await amina.edits("ciao!")
    await amina.deletes()
    assert code(await send(api, "text", text())) == 131047


async def create(api: httpx.AsyncClient, fake: FakeWhatsApp) -> None:
    (await api.post(f"/{fake.account_id}/message_templates", json=TEMPLATE)).raise_for_status()
    fake.approve()


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (reminder(filled(), quick("0", "come"), quick("1", "p" * 256)), 0),
        (reminder(filled(), name="other"), 132001),
        (reminder(filled(), language="fr"), 132001),
        (reminder(), 132000),
        (reminder(filled(place="here")), 132000),
        (reminder({"type": "body", "parameters": filled()["parameters"][:1]}), 132000),
        (reminder({"type": "body", "parameters": [*filled()["parameters"][:1], *filled()["parameters"][:1]]}), 132000),
        (reminder({"type": "body", "parameters": [{"type": "text", "text": "Monday"}] * 2}), 100),
        (reminder(filled(day="Mon\nday")), 132018),
        (reminder(filled(day="Mon\tday")), 132018),
        (reminder(filled(day="Mon    day")), 132018),
        (reminder(filled(day="")), 131008),
        (reminder(filled(), quick("2", "come")), 131009),
        (reminder(filled(), quick("0", "p" * 257)), 131009),
        (reminder(filled(), quick("0", "a"), quick("0", "b")), 132012),
    ],
)
async def test_a_template_is_sent_with_exactly_what_it_needs(
    api: httpx.AsyncClient, fake: FakeWhatsApp, amina: Person, content: JSON, wanted: int
) -> None:
    await create(api, fake)
    answer = await send(api, "template", content)
    if wanted:
        assert code(answer) == wanted
    else:
        assert answer.json()["messages"][0]["message_status"] == "accepted"
        assert [fake.words(sent) for sent in amina.got] == ["You come on Monday at 10:00, please."]


async def test_only_approved_templates_are_sent(api: httpx.AsyncClient, fake: FakeWhatsApp, amina: Person) -> None:
    made = await api.post(f"/{fake.account_id}/message_templates", json=TEMPLATE)
    assert made.json() == {"id": made.json()["id"], "status": "PENDING", "category": "UTILITY"}
    assert code(await send(api, "template", reminder(filled()))) == 132001
    fake.reject("reminder")
    assert code(await send(api, "template", reminder(filled()))) == 132001
    fake.judge("PAUSED", "reminder", "it")
    assert code(await send(api, "template", reminder(filled()))) == 132015
    fake.approve("reminder", "it")
    assert (await send(api, "template", reminder(filled()))).is_success
    assert len(amina.got) == 1


def with_body(words: str, *names: str) -> JSON:
    examples = {"body_text_named_params": [{"param_name": name, "example": "x"} for name in names]}
    return {"components": [{"type": "BODY", "text": words, "example": examples}]}


@pytest.mark.parametrize(
    ("change", "subcode"),
    [
        ({"name": "other"}, None),
        ({"language": "en_GB"}, None),
        ({"name": "other", **with_body("a" * 1024)}, None),
        ({}, 2388024),
        ({"name": "Other"}, 0),
        ({"name": "other", "language": "am"}, 0),
        ({"name": "other", "category": "SERVICE"}, 0),
        ({"name": "other", "components": [BUTTONS]}, 0),
        ({"name": "other", **with_body("a" * 1025)}, 2388040),
        ({"name": "other", **with_body("{{day}} you come", "day")}, 2388299),
        ({"name": "other", **with_body("You come on {{day}}", "day")}, 2388299),
        ({"name": "other", **with_body("On {{day}}, at {{time}}!", "day")}, 2388047),
        ({"name": "other", **with_body("On {{Day}}!", "Day")}, 2388047),
        ({"name": "other", **with_body("On {{1}}!", "1")}, 2388047),
        ({"name": "other", "parameter_format": "POSITIONAL", **with_body("On {{day}}!", "day")}, 2388047),
        ({"name": "other", **with_body("One\n\n\nTwo")}, 2388047),
        ({"name": "other", "components": [BODY]}, 2388047),
        (
            {
                "name": "other",
                "components": [
                    {"type": "BODY", "text": "Hello"},
                    {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "b" * 26}]},
                ],
            },
            2388040,
        ),
    ],
)
async def test_templates_are_looked_at_before_they_are_kept(
    api: httpx.AsyncClient, fake: FakeWhatsApp, change: JSON, subcode: int | None
) -> None:
    await create(api, fake)
    answer = await api.post(f"/{fake.account_id}/message_templates", json=TEMPLATE | change)
    if subcode is None:
        assert answer.json()["status"] == "PENDING"
    else:
        assert code(answer) == 100
        assert answer.json()["error"].get("error_subcode", 0) == subcode
        assert len(fake.templates) == 1


async def test_templates_are_listed_page_by_page(line: httpx.AsyncClient, fake: FakeWhatsApp) -> None:
    path = f"/{fake.account_id}/message_templates"
    for language in ("it", "en", "fr"):
        await line.post(path, json=TEMPLATE | {"language": language})
    page = (await line.get(path, params={"fields": "name,language,status", "limit": 2})).json()
    assert [(one["language"], one["status"]) for one in page["data"]] == [("it", "PENDING"), ("en", "PENDING")]
    rest = (await line.get(page["paging"]["next"])).json()
    again = (await line.get(path, params={"after": page["paging"]["cursors"]["after"]})).json()
    assert [one["language"] for one in rest["data"]] == [one["language"] for one in again["data"]] == ["fr"]
    assert "next" not in rest["paging"]
    assert again["data"][0]["components"] == TEMPLATE["components"]
    assert code(await line.get(path, params={"fields": "colour"})) == 100


async def upload(api: httpx.AsyncClient, media_type: str, content: bytes, **form: str) -> httpx.Response:
    data = {"messaging_product": "whatsapp", "type": media_type, **form}
    return await api.post(f"/{FakeWhatsApp.phone_id}/media", data=data, files={"file": ("a", content, media_type)})


@pytest.mark.parametrize("media_type", ["text/calendar", "image/gif", "image/svg+xml", "application/json"])
async def test_other_types_of_files_are_refused(api: httpx.AsyncClient, fake: FakeWhatsApp, media_type: str) -> None:
    answer = await upload(api, media_type, b"content")
    assert code(answer) == 100
    assert f"Received file of type '{media_type}'" in answer.json()["error"]["message"]
    assert fake.media == {}


async def test_files_are_kept_and_sent_as_what_they_are(
    api: httpx.AsyncClient, fake: FakeWhatsApp, amina: Person
) -> None:
    number = (await upload(api, "image/png", b"\x89PNG")).json()["id"]
    assert fake.media[number] == ("a", "image/png", b"\x89PNG")
    assert (await send(api, "image", {"id": number, "caption": "Your code"})).is_success
    assert [fake.words(sent) for sent in amina.got] == ["Your code"]
    assert code(await send(api, "document", {"id": number})) == 131053
    assert code(await send(api, "image", {"id": number, "caption": "c" * 1025})) == 131009
    assert code(await upload(api, "image/png", b"p" * (5 * 1024 * 1024 + 1))) == 100
    assert code(await upload(api, "image/png", b"p", messaging_product="other")) == 100


async def test_a_wrong_token_and_unknown_things_are_refused(api: httpx.AsyncClient, fake: FakeWhatsApp) -> None:
    answer = await api.get(f"/{fake.phone_id}", headers={"Authorization": "Bearer other"})
    assert (answer.status_code, code(answer)) == (401, 190)
    for path in ("/12345/messages", f"/{fake.account_id}/messages", f"/{fake.phone_id}/other"):
        assert code(await api.post(path, json={})) == 100


async def test_the_number_and_its_application_can_be_asked_for(api: httpx.AsyncClient, fake: FakeWhatsApp) -> None:
    fields = "display_phone_number,webhook_configuration,quality_rating"
    shown = (await api.get(f"/{fake.phone_id}", params={"fields": fields})).json()
    assert shown["webhook_configuration"] == {"application": fake.webhook_address}
    assert shown.keys() == {"id", *fields.split(",")}
    assert len((await api.get(f"/{fake.account_id}/subscribed_apps")).json()["data"]) == 1


async def test_reading_and_typing_are_remembered(api: httpx.AsyncClient, fake: FakeWhatsApp, amina: Person) -> None:
    wamid = await amina.says("Is the office open?")
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    path = f"/{fake.phone_id}/messages"
    assert (await api.post(path, json=body)).json() == {"success": True}
    assert (await api.post(path, json=body | {"typing_indicator": {"type": "text"}})).is_success
    assert fake.read == [(wamid, False), (wamid, True)]
    assert code(await api.post(path, json=body | {"message_id": "wamid.unknown"})) == 131009
    assert code(await api.post(path, json=body | {"typing_indicator": {}})) == 131008


async def test_calls_are_made_to_fail_one_after_the_other(
    api: httpx.AsyncClient, fake: FakeWhatsApp, amina: Person
) -> None:
    fake.fail_next(429, retry_after=7)
    fake.fail_next(400, 131056, "too many for one person")
    fake.fail_next(502)
    limited = await send(api, "text", text())
    assert (limited.status_code, code(limited), limited.headers["Retry-After"]) == (429, 130429, "7")
    assert code(await send(api, "text", text())) == 131056
    assert "Bad Gateway" in (await send(api, "text", text())).text
    assert (await send(api, "text", text())).is_success
    fake.fail_next(path="media")
    assert code(await upload(api, "image/png", b"p")) == 131000
    assert (len(amina.got), fake.media) == (1, {})


@pytest.mark.parametrize(("status", "sent"), [("timeout", 0), ("drop", 0), ("accepted_then_timeout", 1)])
async def test_an_answer_may_never_come(
    line: httpx.AsyncClient, fake: FakeWhatsApp, amina: Person, status: Trouble, sent: int
) -> None:
    fake.fail_next(status)
    line.timeout = httpx.Timeout(5, read=0.1)
    with pytest.raises(httpx.RemoteProtocolError if status == "drop" else httpx.ReadTimeout):
        await send(line, "text", text())
    line.timeout = httpx.Timeout(5)
    assert len(amina.got) == sent
    assert (await send(line, "text", text())).is_success


async def test_a_webhook_is_signed(fake: FakeWhatsApp, hook: Hook, amina: Person) -> None:
    await amina.says("Là è aperto? \U0001f44b")
    digest = hmac.new(fake.app_secret.encode(), hook.raw[-1], hashlib.sha256).hexdigest()
    assert hook.headers[-1]["X-Hub-Signature-256"] == f"sha256={digest}"
    await fake.deliver(hook.told[-1], sign=False)
    assert "X-Hub-Signature-256" not in hook.headers[-1]
    hook.answers = [403]
    await fake.deliver(hook.raw[0], secret="another")
    assert hook.headers[-1]["X-Hub-Signature-256"] != hook.headers[0]["X-Hub-Signature-256"]
    assert fake.webhook_statuses == [200, 200, 200, 403]
    assert fake.undelivered == []


async def test_what_is_written_is_told_with_every_identity(fake: FakeWhatsApp, hook: Hook) -> None:
    await fake.person(NUMBER, bsuid=BSUID, parent_bsuid=PARENT).says("ciao")
    await fake.person(bsuid=BSUID, name="Luca").says("salve")
    await fake.person(NUMBER, name="Old").says("hello")
    both, hidden, old = hook.values()
    assert both["contacts"] == [
        {"profile": {"name": "Amina"}, "wa_id": NUMBER, "user_id": BSUID, "parent_user_id": PARENT}
    ]
    (message,) = both["messages"]
    assert message["id"].startswith("wamid.")
    assert (message["from"], message["from_user_id"], message["text"]) == (NUMBER, BSUID, {"body": "ciao"})
    assert hidden["contacts"] == [{"profile": {"name": "Luca"}, "user_id": BSUID}]
    assert "from" not in hidden["messages"][0]
    assert old["contacts"] == [{"profile": {"name": "Old"}, "wa_id": NUMBER}]
    assert "from_user_id" not in old["messages"][0]
    assert both["metadata"]["phone_number_id"] == fake.phone_id


@pytest.mark.parametrize("kind", KINDS)
async def test_everything_that_people_send_is_told(hook: Hook, amina: Person, kind: str) -> None:
    wamid = await amina.sends(kind)
    message = hook.messages()[-1]
    assert (message["id"], message["type"]) == (wamid, KINDS[kind]["type"])


async def test_people_do_things_with_messages(api: httpx.AsyncClient, hook: Hook, amina: Person) -> None:
    await send(api, "text", text())
    first = await amina.says("tomorow")
    await amina.edits("tomorrow")
    await amina.deletes()
    await amina.reacts("👍")
    await amina.reacts("")
    await amina.forwards("Is it true?")
    await amina.sends_location(40.46, 17.24)
    await amina.sends_location(40.46, 17.24, "Town hall")
    await amina.sends("image", "my permit")
    edited, deleted, liked, unliked, forwarded, here, there, image = hook.messages()[-8:]
    assert (edited["type"], edited["edit"]["original_message_id"]) == ("edit", first)
    assert edited["edit"]["message"]["text"] == {"body": "tomorrow"}
    assert deleted["revoke"] == {"original_message_id": first}
    assert liked["reaction"] == {"message_id": amina.got[0]["id"], "emoji": "👍"}
    assert "emoji" not in unliked["reaction"]
    assert forwarded["context"] == {"forwarded": True}
    assert here["location"] == {"latitude": 40.46, "longitude": 17.24}
    assert there["location"]["name"] == "Town hall"
    assert image["image"]["caption"] == "my permit"
    assert "caption" not in KINDS["image"]["image"]


async def test_buttons_rows_and_quick_replies_are_tapped(
    api: httpx.AsyncClient, fake: FakeWhatsApp, hook: Hook, amina: Person
) -> None:
    await create(api, fake)
    asked = (await send(api, "interactive", buttons("Book", "Cancel"))).json()["messages"][0]["id"]
    await send(api, "interactive", rows(2, description="more"))
    await send(api, "template", reminder(filled(), quick("0", "come")))
    for button in ("Book", "key-1", "Row 1", "I come", "I cannot"):
        await amina.taps(button)
    book, cancel, row, come, cannot = hook.messages()[-5:]
    assert book["interactive"] == {"type": "button_reply", "button_reply": {"id": "key-0", "title": "Book"}}
    assert book["context"]["id"] == asked
    assert cancel["interactive"]["button_reply"]["title"] == "Cancel"
    assert row["interactive"]["list_reply"] == {"id": "0-1", "title": "Row 1", "description": "more"}
    assert (come["type"], come["button"]) == ("button", {"payload": "come", "text": "I come"})
    assert cannot["button"] == {"payload": "I cannot", "text": "I cannot"}
    with pytest.raises(AssertionError, match="no button"):
        await amina.taps("Nothing")


async def test_a_new_number_is_told_under_the_old_one(api: httpx.AsyncClient, hook: Hook, amina: Person) -> None:
    await amina.changes_number("393339999999", bsuid="IT.2")
    (told,) = hook.values()[-1]["messages"]
    assert "contacts" not in hook.values()[-1]
    assert (told["from"], told["type"]) == (NUMBER, "system")
    assert (told["system"]["type"], told["system"]["wa_id"]) == ("user_changed_number", "393339999999")
    assert told["system"]["user_id"] == "IT.2"
    assert code(await send(api, "text", text())) == 131026
    assert code(await send(api, "text", text(), to="393339999999")) == 131047
    await amina.says("it is me")
    assert hook.messages()[-1]["from_user_id"] == "IT.2"
    assert (await send(api, "text", text(), to="393339999999")).is_success


@pytest.mark.parametrize(
    ("layout", "shape"),
    [("mixed", [[2, 1], [1]]), ("messages", [[4]]), ("changes", [[1, 1, 1, 1]]), ("entries", [[1], [1], [1], [1]])],
)
async def test_a_batch_is_one_post(
    fake: FakeWhatsApp, hook: Hook, amina: Person, layout: Layout, shape: list[list[int]]
) -> None:
    luca = fake.person("393330000001", name="Luca")
    hook.told.clear()
    async with fake.batch(layout):
        said = [await amina.says("one"), await luca.says("two"), await amina.says("three"), await luca.sends("voice")]
        assert hook.told == []
    (body,) = hook.told
    changes = [[change["value"] for change in entry["changes"]] for entry in body["entry"]]
    assert [[len(value["messages"]) for value in entry] for entry in changes] == shape
    assert [message["id"] for message in hook.messages()] == said
    for value in hook.values():
        senders = {message["from"] for message in value["messages"]}
        assert sorted(contact["wa_id"] for contact in value["contacts"]) == sorted(senders)


async def test_what_is_not_taken_waits_and_what_is_told_twice_is_the_same(
    fake: FakeWhatsApp, hook: Hook, amina: Person
) -> None:
    hook.answers = [503, 503, 200]
    wamid = await amina.says("one")
    assert len(fake.undelivered) == 1
    assert await fake.retry() == [503]
    assert await fake.retry() == [200]
    assert await fake.retry() == []
    await fake.redeliver(wamid)
    assert len(set(hook.raw[-4:])) == 1
    assert fake.webhook_statuses == [200, 503, 503, 200, 200]


async def test_a_webhook_may_be_an_address(fake: FakeWhatsApp) -> None:
    taken: list[bytes] = []

    async def take(request: Request) -> PlainTextResponse:
        if request.method == "GET":
            right = request.query_params["hub.verify_token"] == fake.verify_token
            return PlainTextResponse(request.query_params["hub.challenge"] if right else "", 200 if right else 403)
        taken.append(await request.body())
        return PlainTextResponse("", 200)

    amina = fake.person(NUMBER)
    await amina.says("before anybody listens")
    async with serving(Starlette(routes=[Route("/hook", take, methods=["GET", "POST"])])) as base:
        fake.webhook = f"{base}/hook"
        assert await fake.verifies()
        assert not await fake.verifies("another token")
        await fake.retry()
        await amina.says("ciao")
    assert len(taken) == 2
    await amina.says("when nobody listens any more")
    assert fake.webhook_statuses == [200, 200, 0]
    assert len(fake.undelivered) == 1


async def test_statuses_follow_what_was_sent(
    api: httpx.AsyncClient, fake: FakeWhatsApp, hook: Hook, amina: Person
) -> None:
    fake.tells = True
    answer = await send(api, "text", text(), biz_opaque_callback_data="reply 7")
    wamid = answer.json()["messages"][0]["id"]
    await fake.settles()
    await amina.reads()
    await amina.reads()
    assert [(told["id"], told["status"]) for told in hook.statuses()] == [
        (wamid, "sent"),
        (wamid, "delivered"),
        (wamid, "read"),
    ]
    first = hook.statuses()[0]
    assert (first["biz_opaque_callback_data"], first["recipient_id"]) == ("reply 7", NUMBER)
    assert (first["recipient_user_id"], first["pricing"]["billable"]) == (BSUID, False)
    assert hook.values()[-1]["contacts"][0]["user_id"] == BSUID
    await fake.status(wamid, "failed", code=131049)
    assert hook.statuses()[-1]["errors"][0]["code"] == 131049
    assert "contacts" not in hook.values()[-1]
    await fake.status(wamid, "read", contacts=False)
    assert "contacts" not in hook.values()[-1]


async def test_a_closed_window_may_be_told_later(api: httpx.AsyncClient, fake: FakeWhatsApp, hook: Hook) -> None:
    fake.refuses_late = True
    fake.person(NUMBER)
    assert (await send(api, "text", text(), biz_opaque_callback_data="reply 8")).is_success
    assert (await send(api, "text", text(), to="390000000000")).is_success
    await fake.settles()
    closed, unknown = hook.statuses()
    assert (closed["status"], closed["errors"][0]["code"]) == ("failed", 131047)
    assert (closed["recipient_id"], closed["biz_opaque_callback_data"]) == (NUMBER, "reply 8")
    assert unknown["errors"][0]["code"] == 131026
    assert fake.sent == []


async def test_people_hear_each_message_once(api: httpx.AsyncClient, amina: Person) -> None:
    hearing = asyncio.create_task(amina.hears(2))
    for words in ("one", "two"):
        await send(api, "text", text(words))
    assert [sent["text"]["body"] for sent in await hearing] == ["one", "two"]
    with pytest.raises(TimeoutError):
        await amina.hears(timeout=0.02)


def test_a_body_is_written_as_meta_writes_it() -> None:
    assert encoded({"body": "è"}) == b'{"body":"\\u00e8"}'
