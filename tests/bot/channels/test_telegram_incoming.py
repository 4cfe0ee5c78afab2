"""What an update of Telegram's says."""

from __future__ import annotations

import pytest

from bot.channels.telegram import incoming, read_update
from bot.incoming import Attachment, IncomingMessage, Sender
from tests.fakes.telegram import KINDS, POINT, FakeTelegram, Person

AMINA = Sender("telegram", "chat", "42")


@pytest.fixture
def unserved() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
def amina(unserved: FakeTelegram) -> Person:
    return unserved.person(42, language="fr", name="Amina")


def read(fake: FakeTelegram, number: int) -> IncomingMessage | None:
    return incoming(read_update(fake.history[number]))


async def test_words_arrive_with_their_sender_key_and_the_phones_language(
    unserved: FakeTelegram, amina: Person
) -> None:
    assert read(unserved, await amina.says("Bonjour !")) == IncomingMessage(
        AMINA, "m1", words="Bonjour !", language="fr"
    )


async def test_a_person_whose_phone_tells_no_language_is_heard(unserved: FakeTelegram) -> None:
    silent = unserved.person(7, language=None)
    assert read(unserved, await silent.says("x")) == IncomingMessage(Sender("telegram", "chat", "7"), "m1", words="x")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("/start", ""),
        ("/start taranto", "taranto"),
        ("/start@sportello_test_bot bari-1_a", "bari-1_a"),
        ("/start two words", ""),
        (f"/start {'x' * 65}", ""),
    ],
)
async def test_start_carries_the_parameter_of_the_link(
    unserved: FakeTelegram, amina: Person, text: str, start: str
) -> None:
    message = read(unserved, await amina.says(text))
    assert message is not None
    assert (message.start, message.words) == (start, "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/menu", "menu"),
        ("/STOP", "stop"),
        ("/language@sportello_test_bot", "language"),
        ("/city bari", "city bari"),
        ("/ what", "/ what"),
        ("9/10/2026", "9/10/2026"),
    ],
)
async def test_other_commands_are_words_without_the_slash(
    unserved: FakeTelegram, amina: Person, text: str, words: str
) -> None:
    message = read(unserved, await amina.says(text))
    assert message is not None
    assert (message.words, message.start) == (words, None)


async def test_a_location_and_a_venue_are_places(unserved: FakeTelegram, amina: Person) -> None:
    sent = read(unserved, await amina.sends_location(40.5, 17.25))
    venue = read(unserved, await amina.sends("venue"))
    assert sent is not None
    assert venue is not None
    assert (sent.location, sent.attachment) == ((40.5, 17.25), None)
    assert (venue.location, venue.attachment) == ((POINT["latitude"], POINT["longitude"]), None)


async def test_a_live_location_is_a_place_once_however_far_its_owner_walks(
    unserved: FakeTelegram, amina: Person
) -> None:
    message = read(unserved, await amina.sends("live_location"))
    assert message is not None
    assert message.location == (POINT["latitude"], POINT["longitude"])
    assert read(unserved, await amina.moves(40.1, 17.1)) is None


@pytest.mark.parametrize(
    ("kind", "attachment"),
    [
        ("voice", "voice"),
        ("audio", "voice"),
        ("video_note", "voice"),
        ("photo", "photo"),
        ("video", "video"),
        ("animation", "video"),
        ("document", "document"),
        ("sticker", "sticker"),
        ("contact", "contact"),
        ("dice", "other"),
        ("something_new", "other"),
    ],
)
async def test_what_we_cannot_read_is_named(
    unserved: FakeTelegram, amina: Person, kind: str, attachment: Attachment
) -> None:
    assert kind in KINDS
    message = read(unserved, await amina.sends(kind))
    assert message == IncomingMessage(AMINA, "m1", attachment=attachment, language="fr")


async def test_a_photos_caption_is_words_as_well(unserved: FakeTelegram, amina: Person) -> None:
    message = read(unserved, await amina.sends("photo", caption="Is this my permit?"))
    assert message is not None
    assert (message.attachment, message.words) == ("photo", "Is this my permit?")


async def test_an_edited_message_is_a_message_with_a_key_of_its_own(unserved: FakeTelegram, amina: Person) -> None:
    await amina.says("tomorow")
    number = await amina.edits("tomorrow")
    edited = unserved.history[number]["edited_message"]
    message = read(unserved, number)
    assert message is not None
    assert (message.key, message.words) == (f"e1.{edited['edit_date']}", "tomorrow")


async def test_what_only_happened_in_the_chat_is_not_a_message(unserved: FakeTelegram, amina: Person) -> None:
    assert read(unserved, await amina.sends("timer")) is None
    assert read(unserved, await amina.blocks()) is None


async def test_groups_and_channels_are_not_listened_to(unserved: FakeTelegram, amina: Person) -> None:
    group = unserved.group(-100)
    assert read(unserved, await group.hears(amina, "/start")) is None


async def test_a_kind_of_update_that_is_not_known_is_no_message(unserved: FakeTelegram) -> None:
    assert read(unserved, await unserved.happen("telepathy", {"thought": "?"})) is None
