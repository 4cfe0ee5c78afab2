"""How a reply is laid out for WhatsApp: within Meta's limits, and with nothing lost."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.cutting import units
from bot.channels.whatsapp_layout import Media, Message, Part, layout, media_content, upload_type
from bot.channels.whatsapp_words import CHOOSE, WORD_JOINER, plain
from bot.channels.words import OPEN_LINK
from bot.outgoing import Choice, File, Pin, Reply, UndeliverableError
from locales.languages import SPOKEN
from locales.rendering import FSI, LRI, PDI, RLM, is_rtl, render
from locales.text import Phone, _

INVISIBLE = f"{FSI}{LRI}{PDI}{RLM}{WORD_JOINER}\u2067"
CALENDAR = File("appuntamento.ics", "text/calendar", "BEGIN:VCALENDAR")
PICTURE = File("qr.png", "image/png", "aGFsbG8=")
LINK = "https://comune.example.it/_book_"
HALL = Pin(40.4644, 17.247, "One-stop shop", "Via Roma 1")
ASK = "You can send me your location with the button below."


def reply(text: str = "Hello", **parts: Any) -> Reply:
    return Reply(text, parts.pop("language", "en"), **parts)


def labels(*words: str) -> tuple[Choice, ...]:
    return tuple(Choice(f"k{number}", label) for number, label in enumerate(words))


def contents(parts: list[Part]) -> list[dict[str, Any]]:
    found = [part.content for part in parts if isinstance(part, Message)]
    assert len(found) == len(parts)
    return found


def body(part: Part) -> str:
    """The words of a message; none of a place or a file."""
    if not isinstance(part, Message) or part.kind == "location":
        return ""
    return str(part.content["body"] if part.kind == "text" else part.content["body"]["text"])


def rows(part: Part) -> list[dict[str, str]]:
    """What can be chosen in a message, whatever it looks like."""
    if not isinstance(part, Message) or part.kind != "interactive":
        return []
    action = part.content["action"]
    return [
        *(button["reply"] for button in action.get("buttons", ())),
        *(row for section in action.get("sections", ()) for row in section["rows"]),
    ]


def bare(words: str) -> str:
    """What is read, without what is not seen and without white space."""
    return "".join(words.translate({ord(mark): None for mark in INVISIBLE}).split())


def readable(parts: list[Part]) -> str:
    return bare(
        "\n".join([*map(body, parts), *(value for part in parts for row in rows(part) for value in row.values())])
    )


def check(parts: list[Part], language: str) -> None:
    """Every limit of Meta's reference."""
    assert parts
    for part in parts:
        if isinstance(part, Media) or part.kind == "location":
            continue
        words = body(part)
        assert bare(words)
        assert words.startswith(RLM) or not is_rtl(language)
        if part.kind == "text":
            assert part.content == {"body": words, "preview_url": False}
            assert units(words) <= 4096
            continue
        assert part.kind == "interactive"
        assert set(part.content) == {"type", "body", "action"}
        assert units(words) <= 1024
        check_action(part.content["type"], part.content["action"])
        check_rows(part.content["type"], rows(part))


def check_action(kind: str, action: dict[str, Any]) -> None:
    if kind == "list":
        assert set(action) == {"button", "sections"}
        assert 1 <= units(action["button"]) <= 20
        assert len(action["sections"]) == 1
    elif kind == "cta_url":
        assert action["name"] == "cta_url"
        assert set(action["parameters"]) == {"display_text", "url"}
        assert 1 <= units(action["parameters"]["display_text"]) <= 20
    elif kind == "location_request_message":
        assert action == {"name": "send_location"}
    else:
        assert kind == "button"
        assert all(button["type"] == "reply" for button in action["buttons"])


def check_rows(kind: str, found: list[dict[str, str]]) -> None:
    if kind == "button":
        assert 1 <= len(found) <= 3
        assert all(set(row) == {"id", "title"} for row in found)
        assert all(units(row["id"]) <= 256 and units(row["title"]) <= 20 for row in found)
        assert len({row["title"] for row in found}) == len(found)
    elif kind == "list":
        assert 1 <= len(found) <= 10
        assert all(units(row["id"]) <= 200 and units(row["title"]) <= 24 for row in found)
        assert all(1 <= units(row["description"]) <= 72 for row in found if "description" in row)
    assert all(bare(row["title"]) and not re.search(r"[\n\r\t]", "".join(row.values())) for row in found)


def test_words_are_one_message_without_a_preview() -> None:
    assert layout(reply("Rent < 400 €")) == [Message("text", {"body": "Rent < 400 €", "preview_url": False})]


def test_up_to_three_short_options_are_buttons() -> None:
    (content,) = contents(layout(reply("Is it right?", options=labels("Yes", "No", "T" * 20))))
    assert content == {
        "type": "button",
        "body": {"text": "Is it right?"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": "k0", "title": "Yes"}},
                {"type": "reply", "reply": {"id": "k1", "title": "No"}},
                {"type": "reply", "reply": {"id": "k2", "title": "T" * 20}},
            ]
        },
    }


@pytest.mark.parametrize(
    "options",
    [
        labels("a", "b", "c", "d"),
        labels("a", "T" * 21),
        labels("a", "😀" * 11),
        labels("same", "same"),
        (Choice("k", "Italian A1", "Mondays at 18:00"),),
    ],
)
def test_other_options_are_a_list(options: tuple[Choice, ...]) -> None:
    (message,) = layout(reply(options=options))
    assert isinstance(message, Message)
    assert message.content["type"] == "list"
    assert message.content["action"]["button"] == "Choose"
    assert [row["id"] for row in rows(message)] == [option.key for option in options]
    check([message], "en")


def test_more_than_ten_options_are_several_lists() -> None:
    parts = layout(reply("Which?", options=labels(*(f"Choice {number}" for number in range(25)))))
    assert [len(rows(part)) for part in parts] == [10, 10, 5]
    assert [body(part) for part in parts] == ["Which?", "More choices (2 of 3)", "More choices (3 of 3)"]
    assert [row["id"] for part in parts for row in rows(part)] == [f"k{number}" for number in range(25)]


def test_a_long_label_is_whole_in_the_description() -> None:
    label = "Help with the rent of a home"
    options = (Choice("a", label), Choice("b", label, "Mondays"), Choice("c", "Short", "Tuesdays"))
    (message,) = layout(reply("Which?", options=options))
    assert rows(message) == [
        {"id": "a", "title": "Help with the rent of a…", "description": label},
        {"id": "b", "title": "Help with the rent of a…", "description": f"{label}: Mondays"},
        {"id": "c", "title": "Short", "description": "Tuesdays"},
    ]
    assert body(message) == "Which?"


def test_what_no_row_has_room_for_is_in_the_text_too() -> None:
    label, long_label = "Help with the rent of a home", "A very long name of an office " * 3 + "here"
    said = "every Monday and every Thursday from nine to one in the morning, ask for the *desk*"
    (message,) = layout(reply("Which?", options=(Choice("a", label, said), Choice("b", long_label))))
    first, second = rows(message)
    assert first["description"] == f"{label}: every Monday and every Thursday from nine…"
    assert second["description"].endswith("…")
    assert body(message).replace(WORD_JOINER, "") == f"Which?\n*{label}*: {said}\n*{long_label}*"
    assert f"*desk{WORD_JOINER}" not in body(message)
    tight = "L" * 72
    (message,) = layout(reply("Which?", options=(Choice("a", tight, said), Choice("b", "Short", said))))
    short = "every Monday and every Thursday from nine to one in the morning, ask…"
    assert [row["description"] for row in rows(message)] == [tight, short]
    assert f"*Short*: {said}" in body(message).replace(WORD_JOINER, "")


def test_a_long_text_goes_before_its_buttons_and_its_end_is_above_them() -> None:
    paragraphs = [f"{number} " + "word " * 150 for number in range(9)] + ["Which one?"]
    parts = layout(reply("\n\n".join(paragraphs), options=labels("One", "Two")))
    assert [part.kind for part in parts if isinstance(part, Message)] == ["text", "text", "interactive"]
    check(parts, "en")
    assert body(parts[-1]).startswith("8 word")
    assert body(parts[-1]).endswith("\n\nWhich one?")
    assert " ".join(map(body, parts)).split() == " ".join(paragraphs).split()


@pytest.mark.parametrize(
    "key", ["", " ", "k" * 257, " k", "k "], ids=["empty", "blank", "long", "space before", "space behind"]
)
def test_keys_beyond_the_limits_are_refused(key: str) -> None:
    with pytest.raises(UndeliverableError):
        layout(reply(options=(Choice(key, "Yes"),)))


def test_keys_of_rows_are_shorter_and_no_key_comes_twice() -> None:
    check(layout(reply(options=(Choice("k" * 256, "Yes"),))), "en")
    check(layout(reply(options=(Choice("k" * 200, "Yes", "It is"),))), "en")
    with pytest.raises(UndeliverableError):
        layout(reply(options=(Choice("k" * 201, "Yes", "It is"),)))
    with pytest.raises(UndeliverableError):
        layout(reply(options=(Choice("k", "Yes"), Choice("k", "No"))))
    with pytest.raises(UndeliverableError):
        layout(reply(options=(Choice("k", " "),)))


@pytest.mark.parametrize("text", ["", " \n", RLM])
def test_buttons_without_words_and_nothing_at_all_are_refused(text: str) -> None:
    with pytest.raises(UndeliverableError, match="buttons without words"):
        layout(reply(text, options=labels("Yes")))
    with pytest.raises(UndeliverableError, match="buttons without words"):
        layout(reply(text, options=(Choice("k", "L" * 100, "said"),)))
    with pytest.raises(UndeliverableError, match="nothing to say"):
        layout(reply(text))


def test_a_place_comes_after_the_words() -> None:
    _words, place = layout(reply(location=HALL))
    wanted = {"latitude": "40.4644", "longitude": "17.247", "name": "One-stop shop", "address": "Via Roma 1"}
    assert place == Message("location", wanted)
    (place,) = layout(reply("", location=Pin(40.4644, 17.247, "The van")))
    assert place == Message("location", {"latitude": "40.4644", "longitude": "17.247", "name": "The van"})
    (place,) = layout(reply("", location=Pin(1, 2, "N" * 2000, "a " * 2000)))
    assert isinstance(place, Message)
    assert [units(place.content[name]) <= 1000 for name in ("name", "address")] == [True, True]


def test_a_question_for_the_location_has_its_button() -> None:
    assert layout(reply("Where are you?", wants_location=True)) == [
        Message(
            "interactive",
            {
                "type": "location_request_message",
                "body": {"text": "Where are you?"},
                "action": {"name": "send_location"},
            },
        )
    ]
    first, second = layout(reply("Where?", wants_location=True, options=labels("Bari")))
    assert [row["title"] for row in rows(first)] == ["Bari"]
    assert isinstance(second, Message)
    assert second.content["type"] == "location_request_message"
    assert body(second) == ASK
    (only,) = layout(reply("", wants_location=True))
    assert body(only) == ASK


def test_a_link_is_a_button() -> None:
    assert layout(reply("Book here.", link=LINK)) == [
        Message(
            "interactive",
            {
                "type": "cta_url",
                "body": {"text": "Book here."},
                "action": {"name": "cta_url", "parameters": {"display_text": "Open the link", "url": LINK}},
            },
        )
    ]
    first, second = layout(reply("Book?", link=LINK, options=labels("No")))
    assert (body(first), body(second)) == ("Book?", "🔗 Open the link")
    (only,) = layout(reply("", link=LINK))
    assert body(only) == "🔗 Open the link"


@pytest.mark.parametrize("link", ["tel:+390994581111", "http://localhost:8000/book/bari", "http://[broken"])
def test_a_link_that_no_button_can_hold_is_in_the_text(link: str) -> None:
    (message,) = layout(reply("Book *here*.", link=link, options=labels("No")))
    assert body(message) == f"Book *{WORD_JOINER}here*.\n{link}"
    assert layout(reply("", link=link)) == [Message("text", {"body": link, "preview_url": False})]


def test_everything_at_once_comes_in_one_order() -> None:
    options = labels(*map(str, range(12)))
    parts = layout(reply("Words", options=options, link=LINK, location=HALL, document=CALENDAR, wants_location=True))
    kinds = ["file" if isinstance(part, Media) else part.content.get("type", part.kind) for part in parts]
    assert kinds == ["list", "list", "cta_url", "location", "file", "location_request_message"]
    parts = layout(reply("Words", location=HALL, document=CALENDAR, wants_location=True))
    kinds = ["file" if isinstance(part, Media) else part.content.get("type", part.kind) for part in parts]
    assert kinds == ["location_request_message", "location", "file"]


def test_files_are_uploaded_and_sent_under_their_names() -> None:
    assert layout(reply(document=CALENDAR))[1:] == [Media(CALENDAR)]
    assert layout(reply("", document=PICTURE)) == [Media(PICTURE)]
    assert upload_type(CALENDAR) == "text/plain"
    assert upload_type(replace(CALENDAR, media_type="text/calendar; charset=utf-8")) == "text/plain"
    assert upload_type(PICTURE) == "image/png"
    assert upload_type(File("notice.pdf", "application/pdf", "")) == "application/pdf"
    assert media_content(PICTURE, "7") == ("image", {"id": "7"})
    assert media_content(CALENDAR, "7") == ("document", {"id": "7", "filename": "appuntamento.ics"})


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("*a* b *c*", "*|a* b *|c*"),
        ("_a b_, ~c~", "_|a b_, ~|c~"),
        ("`code` and ```more```", "`|code`| and `|`|`|more`|`|`"),
        ("**b**", "*|*|b**"),
        ("503***63", "503*|**63"),
        ("_*x*_", "_|*|x*_"),
        (f"{LINK} _x_", f"{LINK} _|x_"),
        (f"*{LINK}*", f"*|{LINK}*"),
        ("(*x*)", "(*|x*)"),
        ("*একটি*", "*|একটি*"),
    ],
)
def test_what_would_be_bold_by_chance_is_shown_as_it_is(words: str, shown: str) -> None:
    assert plain(words).replace(WORD_JOINER, "|") == shown


@pytest.mark.parametrize(
    "words",
    [
        "snake_case_name",
        "2*3*4 = 24",
        "5 * 3 * 2",
        "Rent* is low",
        "*one\ntwo*",
        LINK,
        "www.comune.it/_a_/*b*",
        "comune.it/_a_",
        "_info_@comune.it",
        "Dial *123*4# now",
        "a - b",
    ],
)
def test_words_without_formatting_stay_as_they_are(words: str) -> None:
    assert plain(words) == words


@pytest.mark.parametrize("language", SPOKEN)
def test_the_words_of_every_language_are_within_the_limits(language: str) -> None:
    assert units(render(CHOOSE, language)) <= 20
    place = _("{label}: {description}", label="Via Roma 22, *Taranto*", description=Phone("+39 099 458 1111"))
    text = "\n\n".join([render(place, language)] * 90)
    options = tuple(
        Choice(f"k{number}", render(OPEN_LINK, language) + " … " * number, render(place, language) * (number % 3))
        for number in range(14)
    )
    for some in (options, options[:1], ()):
        whole = reply(text, language=language, options=some, link=LINK, wants_location=True)
        parts = layout(whole)
        check(parts, language)
        nothing_is_lost(whole, parts)
    (message,) = layout(reply(render(place, language), language=language, link=LINK))
    assert isinstance(message, Message)
    assert "…" not in message.content["action"]["parameters"]["display_text"]


def test_titles_from_the_right_have_a_mark_only_where_they_need_it() -> None:
    options = labels(f"{RLM}نعم", f"{RLM}09:30", f"{RLM}Bari", f"{RLM}📍 مكاني", f"{FSI}Bari{PDI} مكان")
    (message,) = layout(reply("أين؟", language="ar", options=options))
    titles = [row["title"] for row in rows(message)]
    assert titles == ["نعم", f"{RLM}09:30", f"{RLM}Bari", "📍 مكاني", f"{FSI}Bari{PDI} مكان"]
    assert body(message) == f"{RLM}أين؟"


WORDS = {
    "en": ["home", "*bold*", "_a", "b_", "rent.", "😀", "👩🏽‍👧🏽", LINK, "~5", "`x`", "Aufenthaltserlaubnis"],
    "ar": ["سكن", "*بيت*", "إيجار،", f"{FSI}Via Roma 12{PDI}", f"{LRI}+39 099{PDI}", "09:30", "مُحَمَّد"],
    "fa": ["می‌خواهم", "خانه", f"{FSI}Bari{PDI}", "_کار_", "؟"],
    "bn": ["বাড়ি", "ক্ষিপ্ত", "*ভাড়া*", "।", "🇮🇹"],
    "pa": ["ਪ੍ਰੇਮ", "ਘਰ", "ਕਿਰਾਇਆ", "।"],
    "am": ["ቤት", "ኪራይ።", "*ሥራ*", "ቢሮው፡ዛሬ"],
    "zh": ["住房", "租金，", "我们今天开门，欢迎您来。", "*工作*"],
}


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    language = draw(st.sampled_from(sorted(WORDS)))
    word = st.sampled_from(WORDS[language])
    label = st.lists(word, min_size=1, max_size=draw(st.sampled_from([1, 3, 12]))).map(" ".join)
    text = st.lists(
        st.lists(word, min_size=1, max_size=60).map(" ".join), min_size=1, max_size=draw(st.sampled_from([1, 30]))
    ).map(draw(st.sampled_from(["\n", "\n\n"])).join)
    keys = draw(st.lists(st.text("abc=:0", min_size=1, max_size=64), max_size=25, unique=True))
    described = draw(st.booleans())
    options = tuple(Choice(key, draw(label), draw(st.none() | label) if described else None) for key in keys)
    return Reply(
        draw(text),
        language,
        options,
        location=draw(st.none() | st.just(HALL)),
        link=draw(st.sampled_from([None, LINK, "tel:112"])),
        document=draw(st.sampled_from([None, CALENDAR, PICTURE])),
        wants_location=draw(st.booleans()),
    )


def nothing_is_lost(whole: Reply, parts: list[Part]) -> None:
    keys = [row["id"] for part in parts for row in rows(part)]
    assert keys == [option.key for option in whole.options]
    assert bare("".join(map(body, parts))).startswith(bare(whole.text))
    read = readable(parts)
    assert all(bare(option.label) in read for option in whole.options)
    assert all(bare(option.description) in read for option in whole.options if option.description)
    for words in map(body, parts):
        assert sum(words.count(mark) for mark in (FSI, LRI)) == words.count(PDI)


@settings(max_examples=150, deadline=None)
@given(replies())
def test_every_reply_is_within_every_limit_and_nothing_is_lost(whole: Reply) -> None:
    parts = layout(whole)
    check(parts, whole.language)
    nothing_is_lost(whole, parts)
    assert sum(isinstance(part, Media) for part in parts) == (whole.document is not None)
    buttons = [part.content["type"] for part in parts if isinstance(part, Message) and part.kind == "interactive"]
    assert buttons.count("cta_url") == (whole.link == LINK)
    assert buttons.count("location_request_message") == whole.wants_location
