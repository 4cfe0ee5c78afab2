"""What the WhatsApp of the tests refuses of templates, as Meta's does."""

from __future__ import annotations

import httpx
import pytest

from tests.fakes.whatsapp import FakeWhatsApp, Person
from tests.fakes.whatsapp_examples import (
    BODY,
    BUTTONS,
    JSON,
    TEMPLATE,
    code,
    create,
    filled,
    quick,
    reminder,
    send,
    with_body,
)


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
