"""What goes out onto WhatsApp, before a Cloud API that refuses what the real one refuses."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.channels.whatsapp import WhatsAppChannel
from bot.channels.whatsapp_client import CloudApi
from bot.channels.whatsapp_templates import CODES, definition
from bot.incoming import Sender
from bot.outgoing import (
    Choice,
    File,
    Pin,
    Posting,
    Reply,
    SendError,
    SuspendedError,
    Template,
    UndeliverableError,
    UnreachableError,
    WindowClosedError,
)
from bot.templates import TEMPLATES
from locales.dates import ROME
from tests.fakes.whatsapp import FakeWhatsApp, Person
from tests.fakes.whatsapp_wire import Trouble
from tests.town import FakeClock

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=ROME)
BSUID = "IT.13491208655302741918"
TO = Sender("whatsapp", "wa_id", "393331112223")
REMINDER = next(name for name in TEMPLATES if "reminder" in name)
PICTURE = base64.b64encode(b"\x89PNG...").decode()


@pytest.fixture
async def fake() -> AsyncIterator[FakeWhatsApp]:
    fake = FakeWhatsApp()
    fake.clock = lambda: NOW
    async with fake.served():
        yield fake


@pytest.fixture
async def amina(fake: FakeWhatsApp) -> Person:
    amina = fake.person("393331112223", bsuid=BSUID)
    await amina.says("ciao")
    return amina


@pytest.fixture
async def channel(fake: FakeWhatsApp, amina: Person) -> AsyncIterator[WhatsAppChannel]:
    assert amina.wrote
    api = CloudApi(fake.token, fake.phone_id, fake.account_id, fake.url)
    async with WhatsAppChannel(api, FakeClock(NOW)) as channel:
        yield channel


def reply(text: str = "Ciao", **parts: object) -> Reply:
    return Reply(text, "it", **parts)  # type: ignore[arg-type]


def approve(fake: FakeWhatsApp, language: str) -> None:
    fake.create_template(definition(TEMPLATES[REMINDER], language))
    fake.approve()


def reminder(*languages: str) -> Reply:
    """What is said in full, and the templates that say the same."""
    form = definition(TEMPLATES[REMINDER], "it")
    names = [one["param_name"] for one in form["components"][0]["example"]["body_text_named_params"]]
    keys = tuple(f"go=help:{number}" for number in range(len(form["components"][1]["buttons"])))
    values = tuple((name, f"value of {name}") for name in names)
    return reply(templates=tuple(Template(REMINDER, language, values, keys) for language in languages))


async def test_a_text_carries_our_number_of_it_and_goes_to_the_number(
    fake: FakeWhatsApp, channel: WhatsAppChannel
) -> None:
    wamid = await channel.send(TO, reply(), Posting(17, NOW))
    (body,) = fake.sent
    told = (body["id"], body["to"], body["text"]["body"], body["biz_opaque_callback_data"])
    assert told == (wamid, TO.value, "Ciao", "17")


async def test_who_has_no_number_is_reached_by_the_scoped_id(fake: FakeWhatsApp, channel: WhatsAppChannel) -> None:
    await channel.send(Sender("whatsapp", "bsuid", BSUID), reply())
    assert fake.sent[0]["recipient"] == BSUID
    assert "to" not in fake.sent[0]


async def test_words_buttons_place_picture_and_file_are_one_reply(fake: FakeWhatsApp, channel: WhatsAppChannel) -> None:
    options = tuple(Choice(f"go={number}", f"Scelta numero {number}") for number in range(12))
    await channel.send(TO, reply("Ecco. " * 400, options=options, location=Pin(40.5, 17.2, "Ufficio", "Via 1")))
    await channel.send(TO, reply(document=File("A1.png", "image/png", PICTURE)))
    await channel.send(TO, reply(document=File("A1.ics", "text/calendar", "BEGIN:VCALENDAR")))
    kinds = [body["type"] for body in fake.sent]
    assert kinds == ["text", "interactive", "interactive", "location", "text", "image", "text", "document"]
    assert fake.sent[-1]["document"]["filename"] == "A1.ics"
    assert {(name, kind) for name, kind, _content in fake.media.values()} == {
        ("A1.png", "image/png"),
        ("A1.ics", "text/plain"),
    }


async def test_ticks_turn_blue_once_and_only_with_the_answer(
    fake: FakeWhatsApp, amina: Person, channel: WhatsAppChannel
) -> None:
    wamid = await amina.says("ciao")
    fake.fail_next(500)
    with pytest.raises(SendError):
        await channel.send(TO, reply(), Posting(1, NOW, wamid))
    assert fake.read == []
    await channel.send(TO, reply(document=File("A1.png", "image/png", PICTURE)), Posting(1, NOW, wamid))
    await channel.send(TO, reply("E poi"), Posting(2, NOW, wamid))
    await channel.__aexit__()
    assert fake.read == [(wamid, True)]


async def test_a_reply_goes_on_where_it_failed(fake: FakeWhatsApp, channel: WhatsAppChannel) -> None:
    picture = reply(document=File("A1.png", "image/png", PICTURE))
    fake.fail_next(500, path="media")
    with pytest.raises(SendError):
        await channel.send(TO, picture)
    await channel.send(TO, picture)
    assert [body["type"] for body in fake.sent] == ["text", "image"]


async def test_after_a_day_the_template_goes_out(fake: FakeWhatsApp, channel: WhatsAppChannel) -> None:
    approve(fake, "it")
    await channel.send(TO, reminder("it", "en"), Posting(5, NOW - timedelta(hours=24)))
    (body,) = fake.sent
    assert (body["type"], body["template"]["language"]["code"]) == ("template", "it")
    assert "value of when" in fake.words(body)
    await channel.send(TO, reminder("it"), Posting(6, NOW - timedelta(hours=23, minutes=59)))
    assert fake.sent[1]["type"] == "text"


async def test_a_template_that_is_not_approved_leaves_it_to_the_next_language(
    fake: FakeWhatsApp, channel: WhatsAppChannel
) -> None:
    approve(fake, "en")
    await channel.send(TO, reminder("it", "en"), Posting(5, NOW, only_template=True))
    assert fake.sent[0]["template"]["language"]["code"] == "en"
    with pytest.raises(UndeliverableError):
        await channel.send(TO, reminder("it", "fr"), Posting(5, NOW, only_template=True))
    with pytest.raises(UndeliverableError):
        await channel.send(TO, reply(), Posting(5, NOW, only_template=True))


async def test_a_window_that_meta_sees_closed_is_our_own_error(
    fake: FakeWhatsApp, amina: Person, channel: WhatsAppChannel
) -> None:
    amina.wrote = NOW - timedelta(hours=25)
    with pytest.raises(WindowClosedError):
        await channel.send(TO, reply(), Posting(5, NOW))
    assert fake.sent == []


@pytest.mark.parametrize(
    ("failure", "code", "kind"),
    [
        (429, 130429, SendError),
        (400, 131056, SendError),
        (500, 0, SendError),
        (503, 131016, SendError),
        ("drop", 0, SendError),
        (400, 131026, UnreachableError),
        (400, 131050, UnreachableError),
        (400, 131049, UndeliverableError),
        (400, 131009, UndeliverableError),
        (403, 131031, SuspendedError),
        (400, 133010, SuspendedError),
        (400, 131042, SuspendedError),
    ],
)
async def test_each_refusal_has_its_consequence(
    fake: FakeWhatsApp, channel: WhatsAppChannel, failure: Trouble, code: int, kind: type[SendError]
) -> None:
    fake.fail_next(failure, code or None)
    with pytest.raises(SendError) as refused:
        await channel.send(TO, reply())
    assert type(refused.value) is kind
    assert TO.value not in refused.value.reason


@pytest.mark.parametrize("failure", ["timeout", "accepted_then_timeout"])
async def test_an_answer_that_does_not_come_is_not_waited_for(
    fake: FakeWhatsApp, amina: Person, failure: Trouble
) -> None:
    assert amina.wrote
    api = CloudApi(fake.token, fake.phone_id, fake.account_id, fake.url, patience=0.5)
    async with WhatsAppChannel(api, FakeClock(NOW)) as impatient:
        fake.fail_next(failure)
        with pytest.raises(SendError) as refused:
            await impatient.send(TO, reply())
    assert refused.type is SendError


async def test_when_meta_says_how_long_to_wait_we_wait_so_long(fake: FakeWhatsApp, channel: WhatsAppChannel) -> None:
    fake.fail_next(429, 80007, retry_after=17)
    with pytest.raises(SendError) as refused:
        await channel.send(TO, reply())
    assert refused.value.retry_after == 17


async def test_an_expired_token_suspends_the_channel(fake: FakeWhatsApp) -> None:
    async with WhatsAppChannel(CloudApi("old", fake.phone_id, None, fake.url), FakeClock(NOW)) as channel:
        with pytest.raises(SuspendedError, match="190"):
            await channel.send(TO, reply())


async def test_the_number_sends_no_faster_than_it_may(fake: FakeWhatsApp) -> None:
    api = CloudApi(fake.token, fake.phone_id, None, fake.url)
    amina = fake.person("39555")
    await amina.says("ciao")
    async with WhatsAppChannel(api, FakeClock(NOW), a_second=2) as slow:
        waits: list[float] = []
        sleeping = slow._pace  # noqa: SLF001, what it waits for is all there is to see
        for _message in range(4):
            waits.append(0.0 if sleeping.has_capacity() else 1.0)
            await slow.send(Sender("whatsapp", "wa_id", "39555"), reply())
    assert waits[:2] == [0.0, 0.0]
    assert 1.0 in waits


def test_every_language_of_the_house_has_its_templates_name() -> None:
    assert {"it", "ar", "bn"} <= set(CODES)
