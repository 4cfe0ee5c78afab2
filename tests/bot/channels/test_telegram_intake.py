"""What arrives from Telegram is handed in once it is safe, and confirmed only then."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_intake import TelegramIntake
from bot.channels.telegram_words import NOT_IN_GROUPS
from bot.incoming import Sender
from bot.outgoing import Choice, Reply, SendError
from locales.rendering import render
from tests.bot.channels.conftest import FakeReception
from tests.fakes.serving import serving
from tests.fakes.telegram import FakeTelegram, Person
from tests.fakes.telegram_wire import Status

AMINA = Sender("telegram", "chat", "42")
SECRET = "s3cret"


@pytest.fixture
def amina(fake: FakeTelegram) -> Person:
    return fake.person(42, language="en")


@pytest.fixture
def intake(channel: TelegramChannel, reception: FakeReception) -> TelegramIntake:
    return TelegramIntake(channel, reception, SECRET, first_pause=0.01)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110, it looks from outside
            await asyncio.sleep(0.01)


@asynccontextmanager
async def polling(intake: TelegramIntake) -> AsyncIterator[None]:
    stop = asyncio.Event()
    poll = asyncio.create_task(intake.poll(stop))
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(30):
            await poll


def heard(reception: FakeReception) -> list[str]:
    return [message.words for message in reception.received]


async def test_messages_are_handed_in_in_order(intake: TelegramIntake, reception: FakeReception, amina: Person) -> None:
    await amina.says("first")
    async with polling(intake):
        await until(lambda: reception.received)
        await amina.says("second")
        await until(lambda: len(reception.received) == 2)
    assert heard(reception) == ["first", "second"]
    assert [message.sender for message in reception.received] == [AMINA, AMINA]


async def test_an_update_is_confirmed_only_after_it_was_handed_in(
    intake: TelegramIntake, reception: FakeReception, fake: FakeTelegram, amina: Person
) -> None:
    reception.failures = [OSError("the disk is full"), OSError("the disk is full")]
    await amina.says("first")
    await amina.says("second")
    async with polling(intake):
        await until(lambda: len(reception.received) == 2)
        await until(lambda: not fake.updates)
    assert heard(reception) == ["first", "second"]


async def test_what_a_process_left_unconfirmed_is_handed_in_by_the_next(
    channel: TelegramChannel, fake: FakeTelegram, amina: Person
) -> None:
    dying, living = FakeReception(unbearable="help"), FakeReception()
    await amina.says("help")
    async with polling(TelegramIntake(channel, dying, None, first_pause=0.01)):
        await until(lambda: len(fake.called("getUpdates")) > 2)
    async with polling(TelegramIntake(channel, living, None)):
        await until(lambda: living.received)
    assert (heard(dying), heard(living)) == ([], ["help"])


async def test_an_update_that_comes_twice_is_handed_in_twice_with_one_key(
    intake: TelegramIntake, reception: FakeReception, fake: FakeTelegram, amina: Person
) -> None:
    async with polling(intake):
        number = await amina.says("hello")
        await until(lambda: reception.received and not fake.updates)
        await fake.redeliver(number)
        await until(lambda: len(reception.received) == 2)
    first, second = reception.received
    assert first == second


async def test_one_update_that_can_never_be_taken_in_does_not_keep_the_others_waiting(
    intake: TelegramIntake, reception: FakeReception, amina: Person, caplog: pytest.LogCaptureFixture
) -> None:
    reception.unbearable = "poison"
    await amina.says("before")
    number = await amina.says("poison")
    await amina.says("after")
    async with polling(intake):
        await until(lambda: len(reception.received) == 2)
    assert heard(reception) == ["before", "after"]
    assert str(number) in caplog.text
    assert "poison" not in caplog.text


async def test_an_update_that_cannot_be_read_is_logged_by_its_number_only(
    intake: TelegramIntake,
    reception: FakeReception,
    fake: FakeTelegram,
    amina: Person,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    number = await fake.happen("message", {"text": "my name is Amina", "chat": "none"})
    await amina.says("hello")
    async with polling(intake):
        await until(lambda: reception.received)
    assert heard(reception) == ["hello"]
    assert str(number) in caplog.text
    assert "my name" not in caplog.text


@pytest.mark.parametrize("status", [500, 502, 429, 409, 401, "timeout"])
async def test_polling_goes_on_after_a_failure(
    intake: TelegramIntake, reception: FakeReception, fake: FakeTelegram, amina: Person, status: Status
) -> None:
    fake.fail_next("getUpdates", status, retry_after=1)
    if status == "timeout":
        fake.closing.set()  # the answer that never comes ends at once, as when a connection is cut
    await amina.says("hello")
    async with polling(intake):
        await until(lambda: reception.received)
    assert heard(reception) == ["hello"]


async def test_a_webhook_left_behind_is_deleted_before_polling(
    intake: TelegramIntake, reception: FakeReception, fake: FakeTelegram, amina: Person
) -> None:
    fake.fail_next("deleteWebhook", 500)
    fake.webhook = {"url": "http://127.0.0.1:9/telegram/webhook", "secret_token": ""}
    async with polling(intake):
        await until(lambda: not fake.webhook)
        await amina.says("hello")
        await until(lambda: reception.received)


async def test_of_two_pollers_one_waits_and_nothing_is_lost(
    channel: TelegramChannel, reception: FakeReception, amina: Person
) -> None:
    first = TelegramIntake(channel, reception, None, first_pause=0.05)
    second = TelegramIntake(channel, reception, None, first_pause=0.05)
    async with polling(first), polling(second):
        await amina.says("hello")
        await until(lambda: reception.received)
    assert set(heard(reception)) == {"hello"}


async def test_a_tap_is_acknowledged_at_once(
    intake: TelegramIntake, channel: TelegramChannel, reception: FakeReception, fake: FakeTelegram, amina: Person
) -> None:
    await channel.send(AMINA, Reply("Shall I book it?", "en", (Choice("yes", "Yes"),)))
    async with polling(intake):
        await amina.taps("Yes")
        await until(lambda: fake.answered)
    assert [message.tap for message in reception.received] == ["yes"]


async def test_a_tap_that_is_too_old_to_be_acknowledged_is_handed_in_all_the_same(
    intake: TelegramIntake, channel: TelegramChannel, reception: FakeReception, fake: FakeTelegram, amina: Person
) -> None:
    await channel.send(AMINA, Reply("Shall I book it?", "en", (Choice("yes", "Yes"),)))
    await amina.taps("yes")
    fake.let_queries_expire()
    async with polling(intake):
        await until(lambda: fake.called("answerCallbackQuery"))
        await amina.says("hello")
        await until(lambda: len(reception.received) == 2)


async def test_who_blocks_us_is_told_to_the_reception(
    intake: TelegramIntake, reception: FakeReception, amina: Person
) -> None:
    async with polling(intake):
        await amina.blocks()
        await amina.unblocks()
        await amina.says("here again")
        await until(lambda: reception.received)
    assert reception.gone == [AMINA]


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_a_group_is_declined_once_in_the_language_of_who_added_us_and_left(
    intake: TelegramIntake, reception: FakeReception, fake: FakeTelegram, amina: Person, kind: str
) -> None:
    layla = fake.person(43, language="ar-EG")
    group = fake.group(-100, kind)
    fake.fail_next("leaveChat", 500)
    async with polling(intake):
        number = await group.adds_the_bot(by=layla)
        await group.hears(amina, "/start")
        await until(lambda: fake.left)
        await fake.redeliver(number)
        await amina.says("in private")
        await until(lambda: reception.received)
    (message,) = fake.messages(-100)
    assert message["text"] == render(NOT_IN_GROUPS, "ar")
    (button,) = message["reply_markup"]["inline_keyboard"][0]
    assert button["url"] == "https://t.me/sportello_test_bot"
    assert heard(reception) == ["in private"]


async def test_a_group_where_we_may_not_write_is_left(
    intake: TelegramIntake, fake: FakeTelegram, amina: Person
) -> None:
    fake.fail_next("sendMessage", 400, description="Bad Request: not enough rights to send text messages to the chat")
    async with polling(intake):
        await fake.group(-100).adds_the_bot(by=amina)
        await until(lambda: fake.left)
    assert fake.messages(-100) == []


async def test_the_webhook_takes_an_update_only_with_the_secret(
    intake: TelegramIntake, reception: FakeReception, fake: FakeTelegram, amina: Person
) -> None:
    body = json.dumps(fake.history[await amina.says("hello")]).encode()
    assert await intake.webhook(None, body) == 403
    assert await intake.webhook("", body) == 403
    assert await intake.webhook("s3cres", body) == 403
    assert reception.received == []
    assert await intake.webhook(SECRET, body) == 200
    assert heard(reception) == ["hello"]


async def test_without_a_secret_of_our_own_nobody_is_let_in(channel: TelegramChannel, reception: FakeReception) -> None:
    for secret in (None, ""):
        assert await TelegramIntake(channel, reception, secret).webhook("", b'{"update_id": 1}') == 403


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b'"x"', b"{}", b'{"update_id": "1"}'])
async def test_a_body_that_is_no_update_is_a_bad_request(intake: TelegramIntake, body: bytes) -> None:
    assert await intake.webhook(SECRET, body) == 400


async def test_an_unknown_update_is_taken_so_that_it_does_not_come_for_ever(intake: TelegramIntake) -> None:
    assert await intake.webhook(SECRET, b'{"update_id": 1, "telepathy": {}}') == 200
    assert await intake.webhook(SECRET, b'{"update_id": 2, "message": {"text": "x"}}') == 200


async def test_an_update_that_cannot_be_kept_now_comes_again(
    intake: TelegramIntake, reception: FakeReception, fake: FakeTelegram, amina: Person
) -> None:
    async with webhook_at(intake) as url:
        await intake.register_webhook(url)
        reception.failures = [OSError("the disk is full")]
        await amina.says("hello")
        assert (fake.webhook_statuses, reception.received) == ([503], [])
        await fake.push()
        assert (fake.webhook_statuses, heard(reception)) == ([503, 200], ["hello"])
    await intake.close()


async def test_telegram_calls_the_webhook_with_our_secret_once_it_is_registered(
    intake: TelegramIntake, channel: TelegramChannel, reception: FakeReception, fake: FakeTelegram, amina: Person
) -> None:
    async with webhook_at(intake) as url:
        await intake.register_webhook(url)
        await channel.send(AMINA, Reply("Shall I book it?", "en", (Choice("yes", "Yes"),)))
        await amina.taps("Yes")
        await intake.close()
    assert [message.tap for message in reception.received] == ["yes"]
    assert len(fake.answered) == 1
    (call,) = fake.called("setWebhook")
    assert call["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]


async def test_a_webhook_that_telegram_refuses_is_said(intake: TelegramIntake) -> None:
    with pytest.raises(SendError, match="https url must be provided"):
        await intake.register_webhook("http://sportello.test/telegram/webhook")


@asynccontextmanager
async def webhook_at(intake: TelegramIntake) -> AsyncIterator[str]:
    async def take(request: Request) -> Response:
        header = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        return Response(status_code=await intake.webhook(header, await request.body()))

    async with serving(Starlette(routes=[Route("/hook", take, methods=["POST"])])) as base:
        yield f"{base}/hook"


async def test_the_fake_refuses_what_telegram_refuses(fake: FakeTelegram, amina: Person) -> None:
    text = {"chat_id": amina.id, "text": "x"}
    refused = {
        "chat not found": {"chat_id": 5, "text": "x"},
        "message text is empty": {"chat_id": amina.id, "text": "  "},
        "message is too long": {"chat_id": amina.id, "text": "x" * 4097},
        "BUTTON_DATA_INVALID": {
            **text,
            "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x" * 65}]]},
        },
        "Wrong HTTP URL": {**text, "reply_markup": {"inline_keyboard": [[{"text": "x", "url": "http://localhost"}]]}},
        "object expected": {**text, "reply_markup": {"inline": []}},
        "Can't find end tag": {**text, "text": "<b>x", "parse_mode": "HTML"},
        "Unsupported start tag": {**text, "text": "2 < 3", "parse_mode": "HTML"},
        "unknown parameter": {**text, "colour": "red"},
    }
    async with httpx.AsyncClient(base_url=f"{fake.url}/bot{fake.token}/") as client:
        for description, call in refused.items():
            answer = await client.post("sendMessage", json=call)
            assert answer.status_code == 400
            assert description in answer.json()["description"]
        sent = (
            await client.post("sendMessage", data={"chat_id": "42", "text": "<b>x</b>", "parse_mode": "HTML"})
        ).json()
        edit = {"chat_id": 42, "message_id": sent["result"]["message_id"]}
        assert (await client.get("editMessageText", params={**edit, "text": "y"})).json()["ok"]
        again = await client.post("editMessageText", json={**edit, "text": "y"})
        assert "message is not modified" in again.json()["description"]
    assert [message["text"] for message in fake.messages(amina.id)] == ["y"]
