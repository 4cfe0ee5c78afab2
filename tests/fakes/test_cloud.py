"""The fake of the Cloud API refuses what Meta refuses: else nothing that passes it would mean anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from copy import deepcopy
from typing import Any

import httpx
import pytest

from tests.fakes.cloud import FakeCloud, Person
from tests.fakes.cloud_checks import CloudError, check_message

TO = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "39333"}
TEXT = {**TO, "type": "text", "text": {"body": "Ciao"}}
BUTTON = {"type": "reply", "reply": {"id": "a", "title": "Sì"}}
ROW = {"id": "a", "title": "Lunedì", "description": "mattina"}


def interactive(kind: str, action: dict[str, Any], words: str = "Scegli") -> dict[str, Any]:
    return {**TO, "type": "interactive", "interactive": {"type": kind, "body": {"text": words}, "action": action}}


def rows(number: int, **parts: str) -> dict[str, Any]:
    some = [{**ROW, "id": str(position), **parts} for position in range(number)]
    return interactive("list", {"button": "Scegli", "sections": [{"rows": some}]})


def buttons(*titles: str) -> dict[str, Any]:
    some = [{"type": "reply", "reply": {"id": str(at), "title": title}} for at, title in enumerate(titles)]
    return interactive("button", {"buttons": some})


GOOD = [
    TEXT,
    {**{key: value for key, value in TEXT.items() if key != "to"}, "recipient": "IT.1"},
    rows(10),
    buttons("Sì", "No", "Non so"),
    interactive("location_request_message", {"name": "send_location"}),
    interactive("cta_url", {"name": "cta_url", "parameters": {"display_text": "Apri", "url": "https://a.it"}}),
    {**TO, "type": "location", "location": {"latitude": "40.5", "longitude": "17.2"}},
]
BAD = [
    {key: value for key, value in TEXT.items() if key != "to"},
    {**TEXT, "text": {"body": "x" * 4097}},
    {**TEXT, "text": {"body": "  "}},
    {**TEXT, "text": {"body": "😀" * 2049}},
    {**TEXT, "type": "interactive"},
    rows(11),
    rows(1, title="x" * 25),
    rows(1, title="😀" * 13),
    rows(1, description="x" * 73),
    rows(2, id="same"),
    rows(1, id="x" * 201),
    buttons("1", "2", "3", "4"),
    buttons("x" * 21),
    buttons("Sì", "Sì"),
    interactive("button", {"buttons": [BUTTON]}, "x" * 1025),
    interactive("button", {"buttons": [BUTTON]}, ""),
    interactive("list", {"button": "x" * 21, "sections": [{"rows": [ROW]}]}),
    interactive("cta_url", {"name": "cta_url", "parameters": {"display_text": "x" * 21, "url": "https://a.it"}}),
    interactive("cta_url", {"name": "cta_url", "parameters": {"display_text": "Apri", "url": "a.it"}}),
    {**TO, "type": "location", "location": {"latitude": 40.5, "longitude": 17.2}},
]


@pytest.mark.parametrize("body", GOOD)
def test_what_meta_takes_is_taken(body: dict[str, Any]) -> None:
    check_message(deepcopy(body))


@pytest.mark.parametrize("body", BAD)
def test_what_meta_refuses_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(CloudError):
        check_message(deepcopy(body))


@pytest.fixture
async def fake() -> AsyncIterator[FakeCloud]:
    async with FakeCloud().served() as fake:
        yield fake


@pytest.fixture
async def client(fake: FakeCloud) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {fake.token}"}
    address = f"{fake.url}/v23.0/{fake.phone_id}"
    async with httpx.AsyncClient(base_url=address, headers=headers) as client:
        yield client


@pytest.fixture
async def amina(fake: FakeCloud) -> Person:
    async def taken(_signature: str, _body: bytes) -> int:
        return 200

    fake.webhook = taken
    return fake.person("39333", "IT.1")


async def code_of(answer: httpx.Response) -> int:
    return int(answer.json()["error"]["code"]) if answer.is_error else 0


async def test_only_who_wrote_within_a_day_may_be_written_to(
    fake: FakeCloud, client: httpx.AsyncClient, amina: Person
) -> None:
    assert await code_of(await client.post("/messages", json=TEXT)) == 131047
    await amina.says("ciao")
    assert await code_of(await client.post("/messages", json=TEXT)) == 0
    amina.account.closed = True
    assert await code_of(await client.post("/messages", json=TEXT)) == 131026
    assert len(fake.sent) == 1


async def test_a_wrong_token_is_refused(fake: FakeCloud) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{fake.url}/v23.0/{fake.phone_id}/messages", json=TEXT)
    assert (answer.status_code, await code_of(answer)) == (401, 190)


async def test_only_files_of_metas_types_are_taken(fake: FakeCloud, client: httpx.AsyncClient, amina: Person) -> None:
    await amina.says("ciao")
    data = {"messaging_product": "whatsapp", "type": "text/calendar"}
    refused = await client.post("/media", data=data, files={"file": ("a.ics", b"BEGIN", "text/calendar")})
    assert await code_of(refused) == 100
    taken = await client.post(
        "/media", data={**data, "type": "text/plain"}, files={"file": ("a.ics", b"BEGIN", "text/plain")}
    )
    document: dict[str, Any] = {**TO, "type": "document", "document": {"id": taken.json()["id"], "filename": "a.ics"}}
    assert await code_of(await client.post("/messages", json=document)) == 0
    document["document"]["id"] = "unknown"
    assert await code_of(await client.post("/messages", json=document)) == 131009
    assert len(fake.media) == 1


async def test_only_approved_templates_with_all_their_values_go_out(
    fake: FakeCloud, client: httpx.AsyncClient, amina: Person
) -> None:
    assert amina.account.wrote_at == 0.0
    named = [{"param_name": "when", "example": "domani"}]
    form = {
        "name": "r",
        "language": "it",
        "components": [{"type": "BODY", "example": {"body_text_named_params": named}}],
    }

    def said(language: str, **values: str) -> dict[str, Any]:
        parameters = [{"type": "text", "parameter_name": name, "text": value} for name, value in values.items()]
        template = {
            "name": "r",
            "language": {"policy": "deterministic", "code": language},
            "components": [{"type": "body", "parameters": parameters}],
        }
        return {**TO, "type": "template", "template": template}

    assert await code_of(await client.post("/messages", json=said("it", when="domani"))) == 132001
    fake.approve([form])
    assert await code_of(await client.post("/messages", json=said("it", when="domani"))) == 0
    assert await code_of(await client.post("/messages", json=said("fr", when="domani"))) == 132001
    assert await code_of(await client.post("/messages", json=said("it"))) == 132000
    assert await code_of(await client.post("/messages", json=said("it", when="do\nmani"))) == 132012


async def test_ticks_turn_blue_only_on_what_somebody_wrote(
    fake: FakeCloud, client: httpx.AsyncClient, amina: Person
) -> None:
    read = {"messaging_product": "whatsapp", "status": "read"}
    assert await code_of(await client.post("/messages", json={**read, "message_id": "wamid.none"})) == 100
    wamid = await amina.says("ciao")
    typing = {"typing_indicator": {"type": "text"}}
    assert (await client.post("/messages", json={**read, "message_id": wamid, **typing})).json() == {"success": True}
    assert fake.read == [(wamid, True)]
