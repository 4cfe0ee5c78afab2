"""How a reply goes out onto Telegram, and what its refusals mean."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import CallbackQuery
from telegram.error import ChatMigrated

from bot.channels.telegram import TelegramChannel, TelegramRequest, incoming, read_update, refusals
from bot.channels.telegram_words import COMMANDS
from bot.incoming import Sender
from bot.outgoing import Channel, Choice, File, Pin, Reply, SendError, UndeliverableError, UnreachableError
from locales.languages import SPOKEN
from locales.rendering import RLM, render
from tests.fakes.telegram import FakeTelegram, Person
from tests.fakes.telegram_wire import Status

AMINA = Sender("telegram", "chat", "42")
HALL = Pin(40.4644, 17.247, "One-stop shop", "Via Roma 1")


@pytest.fixture
def amina(fake: FakeTelegram) -> Person:
    return fake.person(42, language="en")


def reply(text: str = "Hello", **parts: Any) -> Reply:
    return Reply(text, parts.pop("language", "en"), **parts)


def rows(message: dict[str, Any]) -> list[list[str]]:
    return [[button["text"] for button in row] for row in message["reply_markup"]["inline_keyboard"]]


async def test_words_are_sent_as_they_are(channel: TelegramChannel, fake: FakeTelegram, amina: Person) -> None:
    wire: Channel = channel
    sent = await wire.send(AMINA, reply("Rent < 400 € & *no* <b>fee</b>_"))
    (message,) = await amina.hears()
    assert message["text"] == "Rent < 400 € & *no* <b>fee</b>_"
    assert sent == str(message["message_id"])
    (call,) = fake.called("sendMessage")
    assert "parse_mode" not in call
    assert call["link_preview_options"] == {"is_disabled": True}


async def test_a_long_text_is_cut_between_paragraphs(channel: TelegramChannel, amina: Person) -> None:
    paragraphs = [f"{number} " + "word " * 300 for number in range(5)]
    buttons = (Choice("go=help", "Menu"),)
    await channel.send(AMINA, reply("\n\n".join(paragraphs), options=buttons))
    first, *_middle, last = messages = await amina.hears()
    assert [message["text"][0] for message in messages] == ["0", "2", "4"]
    assert " ".join(message["text"] for message in messages).split() == " ".join(paragraphs).split()
    assert "reply_markup" not in first
    assert rows(last) == [["Menu"]]


async def test_a_cut_right_to_left_text_goes_on_from_the_right(channel: TelegramChannel, amina: Person) -> None:
    await channel.send(AMINA, reply(RLM + "كلمة " * 2000, language="ar"))
    messages = await amina.hears()
    assert len(messages) > 2
    assert all(message["text"].startswith(RLM) for message in messages)


async def test_short_labels_share_a_row_and_long_ones_are_cut(channel: TelegramChannel, amina: Person) -> None:
    labels = ["09:00", "09:30", "10:00", "Help with the rent of a home", "Housing", "L" * 61]
    options = tuple(Choice(f"k{number}", label) for number, label in enumerate(labels))
    await channel.send(AMINA, reply(options=options))
    (message,) = await amina.hears()
    assert rows(message) == [
        ["09:00", "09:30"],
        ["10:00"],
        ["Help with the rent of a home"],
        ["Housing"],
        ["L" * 59 + "…"],
    ]


async def test_descriptions_of_buttons_are_lines_of_the_text(channel: TelegramChannel, amina: Person) -> None:
    options = (Choice("a", "Italian A1", "Mondays at 18:00"), Choice("b", "Italian A2"))
    await channel.send(AMINA, reply("Which one?", options=options))
    (message,) = await amina.hears()
    assert message["text"] == "Which one?\nItalian A1: Mondays at 18:00"


async def test_a_tapped_button_comes_back_as_its_key(
    channel: TelegramChannel, fake: FakeTelegram, amina: Person
) -> None:
    await channel.send(AMINA, reply(options=(Choice("k" * 64, "Yes"),)))
    update = read_update(fake.history[await amina.taps("Yes")])
    message = incoming(update)
    assert message is not None
    assert isinstance(update.callback_query, CallbackQuery)
    assert (message.sender, message.tap, message.key) == (AMINA, "k" * 64, f"c{update.callback_query.id}")


@pytest.mark.parametrize(
    "options",
    [
        (Choice("k" * 65, "Yes"),),
        (Choice("è" * 33, "Yes"),),
        (Choice("", "Yes"),),
        tuple(Choice(f"k{number}", "Yes") for number in range(101)),
    ],
)
async def test_buttons_beyond_the_limits_are_refused_before_anything_is_sent(
    channel: TelegramChannel, fake: FakeTelegram, amina: Person, options: tuple[Choice, ...]
) -> None:
    with pytest.raises(UndeliverableError):
        await channel.send(AMINA, reply("word " * 2000, options=options))
    assert fake.messages(amina.id) == []


async def test_a_hundred_buttons_are_sent(channel: TelegramChannel, amina: Person) -> None:
    await channel.send(AMINA, reply(options=tuple(Choice(f"k{number}", "Yes") for number in range(100))))
    (message,) = await amina.hears()
    assert sum(map(len, rows(message))) == 100


@pytest.mark.parametrize("nothing", [reply(""), reply(" ", options=(Choice("a", "Yes"),))])
async def test_a_reply_without_words_is_undeliverable(channel: TelegramChannel, amina: Person, nothing: Reply) -> None:
    with pytest.raises(UndeliverableError):
        await channel.send(AMINA, nothing)
    assert amina.fake.messages(amina.id) == []


async def test_a_place_with_an_address_is_a_venue(channel: TelegramChannel, amina: Person) -> None:
    await channel.send(AMINA, reply(location=HALL))
    words, place = await amina.hears()
    assert words["text"] == "Hello"
    assert (place["venue"]["title"], place["venue"]["address"]) == ("One-stop shop", "Via Roma 1")
    assert place["location"] == {"latitude": 40.4644, "longitude": 17.247}


async def test_a_place_without_an_address_is_a_point(channel: TelegramChannel, amina: Person) -> None:
    await channel.send(AMINA, reply(location=Pin(40.4644, 17.247, "The van")))
    _words, place = await amina.hears()
    assert "venue" not in place
    assert place["location"] == {"latitude": 40.4644, "longitude": 17.247}


async def test_a_document_arrives_with_its_name_and_content(
    channel: TelegramChannel, fake: FakeTelegram, amina: Person
) -> None:
    file = File("appuntamento-città.ics", "text/calendar", "BEGIN:VCALENDAR\r\nSUMMARY:Città\r\n")
    await channel.send(AMINA, reply(document=file))
    _words, message = await amina.hears()
    document = message["document"]
    assert (document["file_name"], document["mime_type"]) == ("appuntamento-città.ics", "text/calendar")
    assert fake.files[document["file_id"]].decode() == file.content


async def test_a_link_is_a_button_after_the_others(channel: TelegramChannel, amina: Person) -> None:
    await channel.send(AMINA, reply(options=(Choice("a", "Menu"),), link="https://comune.example.it/book"))
    (message,) = await amina.hears()
    assert rows(message) == [["Menu"], ["🔗 Open the link"]]
    assert message["reply_markup"]["inline_keyboard"][1][0]["url"] == "https://comune.example.it/book"


@pytest.mark.parametrize("link", ["tel:+390994581111", "http://localhost:8000/book/bari", "http://[broken"])
async def test_a_link_that_no_button_can_hold_is_in_the_text(
    channel: TelegramChannel, amina: Person, link: str
) -> None:
    await channel.send(AMINA, reply(link=link))
    (message,) = await amina.hears()
    assert message["text"] == f"Hello\n{link}"
    assert "reply_markup" not in message


async def test_the_button_for_the_location_is_below_the_question(
    channel: TelegramChannel, fake: FakeTelegram, amina: Person
) -> None:
    await channel.send(AMINA, reply("Where are you?", wants_location=True))
    assert len(await amina.hears()) == 1
    (call,) = fake.called("sendMessage")
    assert call["reply_markup"] == {
        "keyboard": [[{"text": "📍 Send my location", "request_location": True}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }


async def test_beside_other_buttons_the_one_for_the_location_has_a_message_of_its_own(
    channel: TelegramChannel, amina: Person
) -> None:
    await channel.send(AMINA, reply("Where?", wants_location=True, options=(Choice("a", "Bari"),)))
    question, second = await amina.hears()
    assert rows(question) == [["Bari"]]
    assert "keyboard" in second["reply_markup"]


@pytest.mark.parametrize(
    ("status", "description", "raised"),
    [
        (403, "", UnreachableError),
        (403, "Forbidden: user is deactivated", UnreachableError),
        (400, "Bad Request: chat not found", UnreachableError),
        (400, "Bad Request: PEER_ID_INVALID", UnreachableError),
        (400, "Bad Request: can't parse something", UndeliverableError),
        (401, "Unauthorized", SendError),
        (409, "", SendError),
        (500, "", SendError),
        (502, "", SendError),
        ("timeout", "", SendError),
    ],
)
async def test_every_failure_has_its_meaning(
    channel: TelegramChannel, fake: FakeTelegram, amina: Person, status: Status, description: str, raised: type
) -> None:
    fake.fail_next("sendMessage", status, description=description)
    with pytest.raises(SendError) as caught:
        await channel.send(AMINA, reply())
    assert caught.type is raised
    assert caught.value.retry_after is None
    assert len(caught.value.reason) <= 200
    await channel.send(AMINA, reply())
    assert len(await amina.hears()) == 1


async def test_too_many_requests_say_when_to_come_back(
    channel: TelegramChannel, fake: FakeTelegram, amina: Person
) -> None:
    fake.fail_next("sendMessage", 429, retry_after=7)
    with pytest.raises(SendError) as caught:
        await channel.send(AMINA, reply())
    assert (caught.type, caught.value.retry_after) == (SendError, 7)
    assert fake.messages(amina.id) == []


async def test_who_blocked_us_or_never_wrote_is_unreachable(channel: TelegramChannel, amina: Person) -> None:
    with pytest.raises(UnreachableError):
        await channel.send(Sender("telegram", "chat", "77"), reply())
    await amina.blocks()
    with pytest.raises(UnreachableError):
        await channel.send(AMINA, reply())


def test_a_chat_that_became_another_is_not_written_to_again() -> None:
    with pytest.raises(UndeliverableError), refusals():
        raise ChatMigrated(-1001)


async def test_a_server_that_is_not_there_is_tried_later() -> None:
    async with TelegramChannel("1:x", "http://127.0.0.1:9", TelegramRequest(connect_timeout=1)) as channel:
        with pytest.raises(SendError) as caught:
            await channel.send(AMINA, reply())
    assert caught.type is SendError


async def test_a_retry_does_not_repeat_what_went_out(
    channel: TelegramChannel, fake: FakeTelegram, amina: Person
) -> None:
    fake.fail_next("sendVenue", 500)
    with pytest.raises(SendError):
        await channel.send(AMINA, reply(location=HALL))
    await channel.send(AMINA, reply(location=HALL))
    assert ["venue" in message for message in await amina.hears()] == [False, True]
    await channel.send(AMINA, reply(location=HALL))
    assert len(await amina.hears(2)) == 2


async def test_commands_and_descriptions_are_told_in_every_language(
    channel: TelegramChannel, fake: FakeTelegram
) -> None:
    await channel.set_commands()
    assert {code for method, code in fake.profile if method == "setMyCommands"} == {"", *SPOKEN}
    for code in ("", *SPOKEN):
        told = [(command["command"], command["description"]) for command in fake.profile["setMyCommands", code]]
        assert told == [(name, render(words, code or "it")) for name, words in COMMANDS.items()]
        assert fake.profile["setMyDescription", code]
        assert fake.profile["setMyShortDescription", code]
    assert fake.profile["setMyShortDescription", "ar"].startswith(RLM)


async def test_commands_that_telegram_does_not_take_now_can_be_told_later(
    channel: TelegramChannel, fake: FakeTelegram
) -> None:
    fake.fail_next("setMyDescription", 429, retry_after=60)
    with pytest.raises(SendError):
        await channel.set_commands()
    await channel.set_commands()
    assert fake.profile["setMyDescription", "bn"]


async def test_the_bots_own_name_is_asked_once(channel: TelegramChannel, fake: FakeTelegram) -> None:
    assert await channel.username() == await channel.username() == "sportello_test_bot"
    assert len(fake.called("getMe")) == 1


async def test_a_wrong_token_is_said(fake: FakeTelegram) -> None:
    async with TelegramChannel("1:wrong", fake.url) as channel:
        with pytest.raises(SendError, match="Not Found"):
            await channel.username()
