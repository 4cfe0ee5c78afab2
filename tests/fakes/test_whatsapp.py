"""What the WhatsApp of the tests refuses, as Meta's does."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.fakes.whatsapp import FakeWhatsApp, Person
from tests.fakes.whatsapp_examples import (
    BSUID,
    NUMBER,
    PARENT,
    TO,
    buttons,
    code,
    create,
    details,
    filled,
    link,
    reminder,
    rows,
    send,
    text,
    upload,
    where,
)
from tests.fakes.whatsapp_wire import Trouble

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


async def test_people_hear_each_message_once(api: httpx.AsyncClient, amina: Person) -> None:
    hearing = asyncio.create_task(amina.hears(2))
    for words in ("one", "two"):
        await send(api, "text", text(words))
    assert [sent["text"]["body"] for sent in await hearing] == ["one", "two"]
    with pytest.raises(TimeoutError):
        await amina.hears(timeout=0.02)
