"""What the WhatsApp of the tests tells a webhook, as Meta's does."""

from __future__ import annotations

import hashlib
import hmac

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.fakes.serving import serving
from tests.fakes.whatsapp import FakeWhatsApp, Person
from tests.fakes.whatsapp_bodies import KINDS, Layout, encoded
from tests.fakes.whatsapp_examples import (
    BSUID,
    NUMBER,
    PARENT,
    Hook,
    buttons,
    code,
    create,
    filled,
    quick,
    reminder,
    rows,
    send,
    text,
)


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
    assert code(await send(api, "text", text(), to="no number")) == 100
    assert fake.sent == []


def test_a_body_is_written_as_meta_writes_it() -> None:
    assert encoded({"body": "è"}) == b'{"body":"\\u00e8"}'
