"""Which flow a message belongs to: words that always work, danger, the open question, then what is meant."""

from __future__ import annotations

import pytest

from bot.always import _commands, command_in
from bot.expectations import OF_LAST_TOPIC, OF_OPEN_QUESTION, expected
from flows.conversation import Conversation, Frame
from locales.languages import SPOKEN
from tests.town import Person, Town

WELCOME = "In which city are you? Choose it, write its name or send your location."


async def booking(town: Town, language: str = "en") -> Person:
    """Somebody who is being asked for the service to book."""
    person = town.person(language)
    await person.taps_key("go=book_appointment")
    return person


async def test_a_first_message_that_is_clear_is_answered_at_once_after_who_answers(town: Town) -> None:
    person = town.person()
    await person.says("when is the one-stop shop open tomorrow?")
    assert person.intent == "office_hours"
    assert person.replies[0].text.startswith("Hello! I am the helper of the one-stop shop")
    assert "I never ask for your documents" in person.replies[1].text
    assert "Thursday 26 November: open 09:00-13:00 and 15:00-19:30." in person.text


async def test_somebody_new_is_asked_for_the_language_by_its_own_name_then_for_the_city(town: Town) -> None:
    person = town.person(language="", city="")
    person.language = person.city = None
    await person.starts()
    assert person.labels == [language.own_name for language in SPOKEN.values()]
    await person.taps("English")
    assert person.replies[-1].text == WELCOME
    assert person.replies[-1].wants_location
    await person.says("I live in taranto")
    assert "We are in Taranto." in person.text
    assert "📅 Appointments" in person.labels


async def test_the_city_may_come_as_a_location_or_by_a_deep_link(town: Town) -> None:
    person = town.person(city="")
    person.city = None
    await person.starts()
    await person.sends_location(41.1, 16.8)
    assert "We are in Bari." in person.text
    other = town.person(city="")
    other.city = None
    await other.starts("milano")
    assert "We are in Milan." in other.text


async def test_back_at_the_city_question_leads_to_the_language(town: Town) -> None:
    person = town.person(language="", city="")
    person.language = person.city = None
    await person.starts()
    await person.taps("English")
    await person.says("back")
    assert "Italiano" in person.labels
    await person.taps("Italiano")
    assert person.replies[-1].language == "it"


async def test_a_city_changed_in_the_middle_of_another_flow_stays_changed(town: Town) -> None:
    person = await booking(town)
    await person.says("change city")
    await person.taps("Bari")
    await person.says("stop")
    await person.says("what is the address of the office?")
    assert "Bari" in person.text


async def test_a_location_without_a_question_changes_the_city(town: Town) -> None:
    person = town.person()
    await person.says("hello")
    await person.sends_location(38.1, 13.3)
    assert "Palermo" in person.text


@pytest.mark.parametrize(
    ("words", "flow"),
    [
        ("menu", "menu"),
        ("Menù!", "menu"),
        ("القائمة", "menu"),
        ("মেনু", "menu"),
        ("language", "change-language"),
        ("lingua", "change-language"),
        ("a person", "talk-to-a-person"),
        ("شخص", "talk-to-a-person"),
        ("stop", "stopped"),
        ("basta", "stopped"),
        ("forget me", "forget-me"),
        ("olvídame", "forget-me"),
        ("আমার তথ্য মুছুন", "forget-me"),
        ("indietro", "menu"),
    ],
)
async def test_some_words_always_work_in_every_language(town: Town, words: str, flow: str) -> None:
    person = town.person()
    await person.says("hello")
    await person.says(words)
    assert person.flow == flow


@pytest.mark.parametrize("words", ["menu", "stop", "القائمة"])
async def test_menu_and_stop_end_what_was_underway(town: Town, words: str) -> None:
    person = await booking(town)
    await person.says(words)
    await person.says("thank you")
    assert person.flow == "thanks"
    assert "What do you need help with?" not in person.text


async def test_back_asks_the_question_before_and_at_the_first_one_leaves(town: Town) -> None:
    person = await booking(town)
    await person.taps("Legal desk")
    assert "Which day suits you?" in person.text
    await person.says("back")
    assert "What do you need help with?" in person.text
    await person.says("back")
    assert person.flow == "menu"


async def test_a_question_in_the_middle_of_another_flow_is_answered_and_the_open_question_put_again(town: Town) -> None:
    person = await booking(town)
    await person.taps("Legal desk")
    await person.says("where is the office exactly?")
    assert "Address: Via dell'Esempio 1, Taranto" in person.text
    assert person.replies[-1].text == "Which day suits you?"


async def test_one_word_that_fits_the_open_question_is_its_answer(town: Town) -> None:
    person = await booking(town)
    await person.taps("Work desk")
    await person.says("tomorrow")
    assert "Thursday 26 November: about what time?" in person.text
    await person.says("10")
    assert "What name shall we call?" in person.text


async def test_a_name_is_a_name_whatever_else_it_may_mean(town: Town) -> None:
    person = await booking(town)
    for answer in ("Work desk", "tomorrow", "10:00", "Hope"):
        await person.says(answer)
    assert "for Hope. Shall I book it?" in person.text


async def test_yes_and_no_are_understood_in_words(town: Town) -> None:
    person = await booking(town)
    for answer in ("Work desk", "tomorrow", "10:00", "Amina"):
        await person.says(answer)
    await person.says("maybe")
    assert "Please answer yes or no." in person.text
    await person.says("sì")
    assert "Booked! Your code is" in person.text


async def test_what_the_first_message_said_is_not_asked_again(town: Town) -> None:
    person = town.person()
    await person.says("I want to book an appointment tomorrow at 10")
    await person.taps("Work desk")
    assert "What name shall we call?" in person.text


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("my husband is hitting me help me please", "1522"),
        ("call an ambulance my friend is not breathing", "112"),
        ("i want to die", "+39 02 2327 2327"),
    ],
)
async def test_danger_is_answered_first_whatever_is_open_and_nothing_is_asked_after_it(
    town: Town, words: str, number: str
) -> None:
    person = await booking(town)
    await person.says(words)
    assert number in person.text
    assert "What do you need help with?" not in person.text


async def test_an_open_question_survives_danger(town: Town) -> None:
    person = await booking(town)
    await person.says("i want to die")
    await person.says("work desk")
    assert "Which day suits you?" in person.text


async def test_what_is_not_understood_is_said_so_with_the_nearest_meanings(town: Town) -> None:
    person = town.person()
    await person.says("hello")
    await person.says("qwrt zxcv bnmk")
    assert person.flow in {"not-understood", "out-of-scope"}
    assert "Menu" in person.labels


async def test_two_needs_in_one_message_are_answered_one_after_the_other(town: Town) -> None:
    person = town.person()
    await person.says("hello")
    await person.says("My boss has not paid me for two months. Where can I learn Italian in the evening?")
    texts = [reply.text for reply in person.replies]
    wages, course = await alone(town, "work_unpaid_wages"), await alone(town, "italian_course_find")
    assert texts in ([*wages, *course], [*course, *wages])


async def alone(town: Town, intent: str) -> list[str]:
    """What is answered to one need."""
    person = town.person()
    await person.says("hello")
    await person.taps_key(f"go={intent}")
    return [reply.text for reply in person.replies]


async def test_a_second_need_waits_until_the_questions_of_the_first_are_over(town: Town) -> None:
    person = town.person()
    await person.says("hello")
    await person.says("I want to book an appointment. When is the one-stop shop open?")
    assert "What do you need help with?" in person.text
    await person.says("stop")
    assert person.flow == "stopped"


async def test_an_appointment_about_something_is_with_who_deals_with_it(town: Town) -> None:
    person = town.person()
    await person.says("hello")
    await person.says("I need an appointment to talk about work")
    assert "Work desk" in person.labels
    about_work = set(person.labels)
    await person.taps_key("go=book_appointment")
    assert about_work < set(person.labels)


async def test_a_language_asked_for_by_its_name_is_spoken_at_once(town: Town) -> None:
    person = town.person()
    await person.says("hello")
    await person.says("can you speak arabic please?")
    assert person.replies[-1].language == "ar"


def test_what_was_talked_of_and_what_is_asked_make_some_meanings_likelier() -> None:
    conversation = Conversation(last_intent="italian_course_find")
    assert expected(conversation) == {
        "italian_course_find": OF_LAST_TOPIC,
        "italian_course_enrol": OF_LAST_TOPIC,
        "italian_certificate": OF_LAST_TOPIC,
    }
    conversation = Conversation(frames=[Frame("choose-city", "1")], offered=[["at=1.agreed=yes", "Yes"]])
    assert expected(conversation) == {"choose_city": OF_OPEN_QUESTION}


async def test_a_button_of_an_earlier_question_says_that_it_is_over(town: Town) -> None:
    person = await booking(town)
    old = person.button("Legal desk").key
    await person.says("stop")
    await person.taps_key(old)
    assert person.flow == "earlier-button"


async def test_a_button_that_nobody_made_changes_nothing(town: Town) -> None:
    person = town.person()
    for key in ("go=drop_tables", "at=x.y=z", "nonsense", "go=", "at="):
        await person.taps_key(key)
        assert person.flow == "earlier-button"


@pytest.mark.parametrize(
    ("attachment", "words"),
    [
        ("voice", "I cannot listen to voice messages yet"),
        ("photo", "I cannot open photos"),
        ("sticker", "What can I do"),
    ],
)
async def test_what_we_cannot_open_is_answered_with_what_the_person_can_do(
    town: Town, attachment: str, words: str
) -> None:
    person = town.person()
    await person.says("hello")
    await person.sends(attachment)
    assert words in person.text
    assert "Menu" in person.labels


async def test_the_language_chosen_is_kept_even_when_somebody_writes_in_another(town: Town) -> None:
    person = town.person("ar")
    await person.says("when is the office open?")
    assert person.replies[-1].language == "ar"


async def test_before_a_choice_we_answer_in_the_language_in_which_somebody_writes(town: Town) -> None:
    person = town.person()
    person.language = None
    await person.says("¿dónde puedo aprender italiano gratis?")
    assert person.replies[-1].language == "es"


def test_no_word_stands_for_two_commands_and_every_language_has_them() -> None:
    assert len(_commands()) > 100
    assert command_in("something else") is None
