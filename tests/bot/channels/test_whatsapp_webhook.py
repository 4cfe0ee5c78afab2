"""What WhatsApp's calls say: every part of a batch, whatever is missing, unknown, or out of order."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.whatsapp_intake import WhatsAppIntake
from bot.channels.whatsapp_links import first_message
from bot.channels.whatsapp_webhook import arrivals
from bot.incoming import IncomingMessage, Sender
from bot.outgoing import SendError, UndeliverableError, UnreachableError, WindowClosedError
from bot.reception import Arrival, NewAddress, Report, Withdrawal

PHONE = "1055512345"
AMINA = {"profile": {"name": "Amina"}, "wa_id": "393331112223", "user_id": "IT.77", "parent_user_id": "IT.ENT.78"}
AMINAS = (
    Sender("whatsapp", "wa_id", "393331112223"),
    Sender("whatsapp", "bsuid", "IT.77"),
    Sender("whatsapp", "parent_bsuid", "IT.ENT.78"),
)
FILE = {"id": "1", "mime_type": "x/y", "sha256": "s="}


def call(*values: dict[str, Any], field: str = "messages", phone: str = PHONE) -> dict[str, Any]:
    """A body with one entry and a change for each value."""
    metadata = {"display_phone_number": "390612345678", "phone_number_id": phone}
    changes = [
        {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}} for value in values
    ]
    return {"object": "whatsapp_business_account", "entry": [{"id": "900", "changes": changes}]}


def message(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"from": "393331112223", "id": "wamid.A1", "timestamp": "1795700000", "type": kind, kind: content, **more}


def read(kind: str, content: Any, **more: Any) -> Arrival:
    (arrival,) = arrivals(call({"contacts": [AMINA], "messages": [message(kind, content, **more)]}), PHONE)
    return arrival


def said(kind: str, content: Any, **more: Any) -> IncomingMessage:
    arrival = read(kind, content, **more)
    assert isinstance(arrival, IncomingMessage)
    assert (arrival.sender, *arrival.also) == AMINAS
    assert (arrival.key, arrival.written_at) == ("wamid.A1", 1795700000.0)
    return arrival


def test_words() -> None:
    assert said("text", {"body": "Ciao"}).words == "Ciao"
    assert said("text", {"body": "Ciao"}, context={"forwarded": True}).words == "Ciao"
    assert said("text", {"body": "x\0y\ud800"}).words == "xy\ufffd"
    assert len(said("text", {"body": "a" * 5000}).words) == 4096


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("interactive", {"type": "button_reply", "button_reply": {"id": "go=help", "title": "Menu"}}),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "go=help", "title": "Menu", "description": "x"}}),
        ("button", {"payload": "go=help", "text": "Menu"}),
    ],
)
def test_buttons_rows_and_quick_replies_are_taps(kind: str, content: dict[str, Any]) -> None:
    assert said(kind, content).tap == "go=help"


@pytest.mark.parametrize("payload", ["Menu", "", None, "x=" + "y" * 70, "è=1"])
def test_a_button_that_is_not_ours_counts_as_its_words(payload: str | None) -> None:
    answer = said("button", {"payload": payload, "text": "Menu"})
    assert (answer.tap, answer.words) == (None, "Menu")


def test_a_place() -> None:
    assert said("location", {"latitude": 40.46, "longitude": 17, "name": "Casa"}).location == (40.46, 17.0)


@pytest.mark.parametrize("place", [{"latitude": 91, "longitude": 0}, {"latitude": "x", "longitude": 0}, {}])
def test_a_place_that_is_nowhere_is_answered_too(place: dict[str, Any]) -> None:
    assert said("location", place).attachment == "other"


@pytest.mark.parametrize(
    ("kind", "content", "attachment"),
    [
        ("audio", {**FILE, "voice": True}, "voice"),
        ("image", FILE, "photo"),
        ("video", FILE, "video"),
        ("document", {**FILE, "filename": "a.pdf"}, "document"),
        ("sticker", FILE, "sticker"),
        ("contacts", [{"name": {"formatted_name": "Luca"}}], "contact"),
        ("order", {"catalog_id": "1", "product_items": []}, "other"),
        ("unsupported", {"type": "poll"}, "other"),
        ("hologram", {"depth": 3}, "other"),
        ("interactive", {"type": "nfm_reply", "nfm_reply": {"response_json": "{}", "name": "flow"}}, "other"),
        ("text", {}, "other"),
        ("text", None, "other"),
    ],
)
def test_what_cannot_be_read_is_an_attachment(kind: str, content: Any, attachment: str) -> None:
    assert said(kind, content).attachment == attachment


def test_a_caption_is_kept() -> None:
    assert said("image", {**FILE, "caption": "il mio permesso"}).words == "il mio permesso"


def test_what_nobody_understands_yet_is_kept_beside_it() -> None:
    answer = said("text", {"body": "Ciao"}, referral={"source_id": "7"}, mood="good")
    assert json.loads(answer.rest or "") == {"referral": {"source_id": "7"}, "mood": "good"}


def test_an_edited_message_is_a_message_with_the_new_words() -> None:
    edited = {"original_message_id": "wamid.A0", "message": {"type": "text", "text": {"body": "Bari"}}}
    assert said("edit", edited).words == "Bari"


def test_a_deleted_message_is_withdrawn() -> None:
    assert read("revoke", {"original_message_id": "wamid.A0"}) == Withdrawal(AMINAS[0], AMINAS[1:], "wamid.A0")


@pytest.mark.parametrize("kind", ["reaction", "request_welcome"])
def test_what_asks_for_no_answer_gets_none(kind: str) -> None:
    assert arrivals(call({"contacts": [AMINA], "messages": [message(kind, {"emoji": "👍"})]}), PHONE) == []


def test_a_first_message_from_a_link_names_city_and_language() -> None:
    answer = said("text", {"body": first_message("it", "taranto")})
    assert (answer.start, answer.words) == ("taranto", "")
    answer = said("text", {"body": first_message("it")})
    assert (answer.start, answer.language, answer.language_chosen) == ("", "it", True)


def test_a_question_beside_the_hashtag_of_a_link_stays_a_question() -> None:
    answer = said("text", {"body": "A che ora aprite? #taranto"})
    assert (answer.start, answer.city, answer.words) == (None, "taranto", "A che ora aprite?")


def test_somebody_with_a_name_and_no_number() -> None:
    body = call({"contacts": [{"profile": {}, "user_id": "IT.9"}], "messages": [message("text", {"body": "a"})]})
    del body["entry"][0]["changes"][0]["value"]["messages"][0]["from"]
    (answer,) = arrivals(body, PHONE)
    assert isinstance(answer, IncomingMessage)
    assert (answer.sender, answer.also) == (Sender("whatsapp", "bsuid", "IT.9"), ())


def test_a_message_without_contacts_or_without_anybody() -> None:
    (answer,) = arrivals(call({"messages": [message("text", {"body": "a"}, from_user_id="IT.77")]}), PHONE)
    assert isinstance(answer, IncomingMessage)
    assert (answer.sender, answer.also) == (AMINAS[0], (AMINAS[1],))
    nobody = {key: value for key, value in message("text", {"body": "a"}).items() if key != "from"}
    assert arrivals(call({"messages": [nobody]}), PHONE) == []


def test_each_of_several_people_is_told_apart() -> None:
    badru = {"wa_id": "39555", "user_id": "IT.5"}
    body = call(
        {
            "contacts": [AMINA, badru],
            "messages": [
                message("text", {"body": "a"}),
                {**message("text", {"body": "b"}), "from": "39555", "id": "w"},
            ],
        }
    )
    first, second = arrivals(body, PHONE)
    assert isinstance(first, IncomingMessage)
    assert isinstance(second, IncomingMessage)
    assert (first.also, second.also) == (AMINAS[1:], (Sender("whatsapp", "bsuid", "IT.5"),))


@pytest.mark.parametrize("kind", ["user_changed_number", "customer_changed_number"])
def test_a_new_number(kind: str) -> None:
    news = {"body": "A changed", "type": kind, "wa_id": "39444", "user_id": "IT.80"}
    (arrival,) = arrivals(call({"messages": [message("system", news)]}), PHONE)
    new = (Sender("whatsapp", "wa_id", "39444"), Sender("whatsapp", "bsuid", "IT.80"))
    assert arrival == NewAddress((AMINAS[0],), new, 1795700000.0)


def test_other_news_of_the_system_are_not_for_us() -> None:
    assert arrivals(call({"messages": [message("system", {"type": "customer_identity_changed"})]}), PHONE) == []


def status(state: str, **more: Any) -> dict[str, Any]:
    return {"id": "wamid.B1", "status": state, "timestamp": "1795700000", "recipient_id": "393331112223", **more}


def told(**parts: Any) -> Report:
    (arrival,) = arrivals(call({"statuses": [status(**parts)]}), PHONE)
    assert isinstance(arrival, Report)
    return arrival


def test_what_became_of_a_reply() -> None:
    assert told(state="delivered", biz_opaque_callback_data="17") == Report("wamid.B1", "delivered", 17)
    assert told(state="played").state == "read"
    assert told(state="sent", biz_opaque_callback_data="not ours").posting is None
    assert told(state="sent", biz_opaque_callback_data="9" * 30).posting is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (131047, WindowClosedError),
        (131026, UnreachableError),
        (131049, UndeliverableError),
        (130472, UndeliverableError),
        (131000, SendError),
        (131056, SendError),
    ],
)
def test_each_failure_has_its_consequence(code: int, kind: type[SendError]) -> None:
    report = told(state="failed", errors=[{"code": code, "title": "t", "message": "m"}])
    assert type(report.problem) is kind


def test_a_failure_that_says_nothing_is_a_loss() -> None:
    assert type(told(state="failed").problem) is UndeliverableError
    assert type(told(state="failed", errors=[{"title": "?"}]).problem) is UndeliverableError


def test_states_that_nobody_knows_and_groups_are_left_out() -> None:
    assert arrivals(call({"statuses": [status("warning"), status("read", recipient_type="group")]}), PHONE) == []


def test_everything_in_a_batch_is_read_in_its_order_and_a_broken_part_takes_nothing_with_it() -> None:
    words = [message("text", {"body": str(number)}) | {"id": f"wamid.{number}"} for number in range(5)]
    del words[1]["id"]
    body = call(
        {"contacts": [AMINA], "messages": words[:3]},
        {"statuses": [status("sent")], "contacts": []},
        {"contacts": [AMINA], "messages": [*words[3:], "no object", None]},
    )
    body["entry"].append(call({"statuses": [status("read"), {"status": "sent"}]})["entry"][0])
    body["entry"] += [{"changes": "none"}, {"id": "1"}, "?"]
    found = arrivals(body, PHONE)
    assert [one.key for one in found if isinstance(one, IncomingMessage)] == [f"wamid.{one}" for one in (0, 2, 3, 4)]
    assert [one.state for one in found if isinstance(one, Report)] == ["sent", "read"]


def test_what_is_for_another_number_or_of_another_kind_is_left_out() -> None:
    value = {"contacts": [AMINA], "messages": [message("text", {"body": "a"})]}
    assert arrivals(call(value, phone="999"), PHONE) == []
    assert arrivals(call(value, field="account_update"), PHONE) == []


TEXT = st.text(max_size=8)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        *("from", "from_user_id", "id", "timestamp", "type", "text", "interactive", "button", "edit", "revoke"),
        *("system", "location", "image", "context", "errors", "group_id", "status", "biz_opaque_callback_data"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    part=st.dictionaries(FIELDS, ANYTHING, max_size=8),
    kind=st.sampled_from(["text", "interactive", "button", "edit", "revoke", "system", "location", "image", "?"]),
    contacts=ANYTHING,
)
def test_nothing_that_comes_breaks_the_reading(part: dict[str, Any], kind: str, contacts: Any) -> None:
    whole = {**message("text", {"body": "after it"}), "id": "wamid.after"}
    body = call({"contacts": contacts, "messages": [{**part, "type": kind}, whole], "statuses": [part]})
    found = arrivals(body, PHONE)
    assert [one.words for one in found if isinstance(one, IncomingMessage) and one.key == "wamid.after"] == ["after it"]


class Remembering:
    """A reception that remembers, or is away."""

    def __init__(self) -> None:
        self.taken: list[Arrival] = []
        self.away = False

    async def receive_all(self, found: Any) -> None:
        if self.away:
            raise OSError("the database is away")
        self.taken += found


def signed(body: bytes, secret: bytes = b"app secret") -> str:
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()


@pytest.fixture
def reception() -> Remembering:
    return Remembering()


@pytest.fixture
def intake(reception: Remembering) -> WhatsAppIntake:
    return WhatsAppIntake(reception, PHONE, "app secret", "verify me")


BODY = json.dumps(call({"contacts": [AMINA], "messages": [message("text", {"body": "ciao, è così"})]})).encode()


async def test_what_is_signed_is_taken_in_before_it_is_answered(intake: WhatsAppIntake, reception: Remembering) -> None:
    assert await intake.webhook(signed(BODY), BODY) == 200
    assert len(reception.taken) == 1
    reception.away = True
    assert await intake.webhook(signed(BODY), BODY) == 503


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        "sha1=abc",
        signed(BODY, b"another secret"),
        signed(BODY + b" "),
        "sha256=è",
        signed(BODY)[7:],
    ],
)
async def test_what_is_not_signed_by_meta_is_refused(
    intake: WhatsAppIntake, reception: Remembering, signature: str | None
) -> None:
    assert await intake.webhook(signature, BODY) == 401
    assert reception.taken == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b"\xff", b"[" * 100_000])
async def test_what_is_signed_and_makes_no_sense_is_a_bad_request(intake: WhatsAppIntake, body: bytes) -> None:
    assert await intake.webhook(signed(body), body) == 400


async def test_a_call_that_tells_nothing_for_us_is_taken(intake: WhatsAppIntake, reception: Remembering) -> None:
    assert await intake.webhook(signed(b"{}"), b"{}") == 200
    assert reception.taken == []


def test_who_subscribes_with_our_token_gets_the_challenge_back(intake: WhatsAppIntake) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "verify me", "hub.challenge": "1158201444"}
    assert intake.verify(asked) == "1158201444"
    assert intake.verify({**asked, "hub.verify_token": "guess"}) is None
    assert intake.verify({**asked, "hub.mode": "unsubscribe"}) is None
    assert intake.verify({}) is None
