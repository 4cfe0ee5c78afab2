"""The engine of flows: what a person answered stands, whatever happens between two messages."""

from __future__ import annotations

from typing import cast

import pytest

from flows.desk import Desk
from flows.offers import NothingOnOfferError
from flows.questions import UnreadableError
from flows.talk import Talk
from locales.text import Verbatim, _
from tests.flows.citizen import Citizen, Shelf

NO_DESK = cast("Desk", None)
TAKEN = "I am sorry, what you chose is no longer available. Please choose again."


def short(words: str) -> str:
    if len(words) > 5:
        raise UnreadableError(_("Shorter, please."))
    return words


class Barber:
    """A flow with every kind of question, and a deed at its end."""

    def __init__(self) -> None:
        self.cuts, self.days = Shelf("short", "long"), Shelf("monday", "tuesday")
        self.booked: list[tuple[str, str, str]] = []

    async def flow(self, talk: Talk) -> None:
        talk.say(Verbatim("Welcome."))
        cut = await talk.choose("cut", Verbatim("Which cut?"), self.cuts)
        day = await talk.choose("day", Verbatim("Which day?"), self.days, heard=talk.heard.get("day"))
        name = await talk.ask("name", Verbatim("Your name?"), read=short)
        if not await talk.confirm("agreed", Verbatim(f"{cut.key} on {day.key} for {name}?")):
            talk.say(Verbatim("Nothing was booked."))
            return
        self.booked.append((cut.key, day.key, name))
        talk.say(Verbatim("Booked."))

    async def longer_flow(self, talk: Talk) -> None:
        """The next release: it asks one more question, before all the others."""
        await talk.choose("shop", Verbatim("Which shop?"), Shelf("centre", "station"))
        await self.flow(talk)


@pytest.fixture
def barber() -> Barber:
    return Barber()


async def up_to_the_confirmation(barber: Barber) -> Citizen:
    citizen = Citizen(barber.flow, NO_DESK)
    await citizen.opens()
    citizen.is_told("Welcome.")
    citizen.is_asked("Which cut?")
    await citizen.taps("short")
    await citizen.taps("monday")
    await citizen.says("Amina")
    citizen.is_asked("short on monday for Amina?")
    return citizen


async def test_the_straight_path_asks_each_question_once(barber: Barber) -> None:
    citizen = await up_to_the_confirmation(barber)
    await citizen.says("yes")
    citizen.is_told("Booked.")
    citizen.is_done()
    assert barber.booked == [("short", "monday", "Amina")]


async def test_what_was_said_before_an_answered_question_is_not_said_again(barber: Barber) -> None:
    citizen = Citizen(barber.flow, NO_DESK)
    await citizen.opens()
    await citizen.taps("long")
    citizen.is_told()


async def test_options_are_listed_only_for_the_open_question(barber: Barber) -> None:
    await up_to_the_confirmation(barber)
    assert (barber.cuts.listed, barber.days.listed) == (1, 1)


async def test_a_no_changes_nothing(barber: Barber) -> None:
    citizen = await up_to_the_confirmation(barber)
    await citizen.says("no")
    citizen.is_told("Nothing was booked.")
    assert barber.booked == []


async def test_words_that_fit_nothing_are_asked_again_kindly(barber: Barber) -> None:
    citizen = Citizen(barber.flow, NO_DESK)
    await citizen.opens()
    await citizen.says("a beard")
    citizen.is_told("Welcome.", "Sorry, I did not find that. Please choose one of these.")
    citizen.is_asked("Which cut?")


async def test_a_name_that_cannot_be_read_is_asked_again_with_a_hint(barber: Barber) -> None:
    citizen = Citizen(barber.flow, NO_DESK)
    await citizen.opens()
    await citizen.taps("short")
    await citizen.taps("monday")
    await citizen.says("Bartholomew")
    citizen.is_told("Shorter, please.")
    citizen.is_asked("Your name?")


async def test_back_asks_the_last_question_again_and_a_stale_yes_does_not_count(barber: Barber) -> None:
    citizen = await up_to_the_confirmation(barber)
    await citizen.goes_back()
    citizen.is_asked("Your name?")
    await citizen.says("yes")
    citizen.is_asked("short on monday for yes?")
    assert barber.booked == []


async def test_an_option_retired_meanwhile_is_asked_again_and_then_the_confirmation(barber: Barber) -> None:
    citizen = await up_to_the_confirmation(barber)
    barber.cuts.keys.remove("short")
    await citizen.says("yes")
    citizen.is_told("Welcome.", TAKEN)
    citizen.is_asked("Which cut?")
    citizen.may_choose("long")
    assert barber.booked == []
    await citizen.taps("long")
    citizen.is_asked("long on monday for Amina?")
    await citizen.says("yes")
    assert barber.booked == [("long", "monday", "Amina")]


async def test_an_option_taken_before_it_is_tapped_is_told_as_such(barber: Barber) -> None:
    citizen = Citizen(barber.flow, NO_DESK)
    await citizen.opens()
    await citizen.taps("short")
    barber.days.keys.remove("monday")
    await citizen.taps("monday")
    citizen.is_told(TAKEN)
    citizen.may_choose("tuesday")


async def test_a_question_deployed_before_the_open_one_is_asked_and_the_stale_yes_books_nothing(barber: Barber) -> None:
    before = await up_to_the_confirmation(barber)
    citizen = Citizen(barber.longer_flow, NO_DESK, before.saved)
    await citizen.says("yes")
    citizen.is_asked("Which shop?")
    assert barber.booked == []
    await citizen.taps("station")
    citizen.is_asked("short on monday for Amina?")
    await citizen.says("yes")
    assert barber.booked == [("short", "monday", "Amina")]


async def test_what_was_understood_at_the_start_prefills_an_answer_that_is_on_offer(barber: Barber) -> None:
    citizen = Citizen(barber.flow, NO_DESK, heard={"day": "tuesday"})
    await citizen.opens()
    await citizen.taps("short")
    citizen.is_asked("Your name?")


async def test_what_was_understood_but_is_not_on_offer_is_asked(barber: Barber) -> None:
    citizen = Citizen(barber.flow, NO_DESK, heard={"day": "sunday"})
    await citizen.opens()
    await citizen.taps("short")
    citizen.is_asked("Which day?")


async def test_an_entity_heard_in_an_answer_prefills_a_later_question(barber: Barber) -> None:
    citizen = Citizen(barber.flow, NO_DESK)
    await citizen.opens()
    await citizen.says("short", day="tuesday")
    citizen.is_asked("Your name?")


async def test_back_does_not_prefill_again(barber: Barber) -> None:
    citizen = Citizen(barber.flow, NO_DESK, heard={"day": "tuesday"})
    await citizen.opens()
    await citizen.taps("short")
    await citizen.goes_back()
    citizen.is_asked("Which day?")


@pytest.mark.parametrize("tries", [1, 3])
async def test_two_questions_of_one_name_are_a_mistake_of_the_flow(tries: int) -> None:
    async def flow(talk: Talk) -> None:
        for _try in range(tries + 1):
            await talk.choose("same", Verbatim("?"), Shelf("a"), single=True)

    with pytest.raises(ValueError, match="two questions of test are named 'same'"):
        await Citizen(flow, NO_DESK).opens()


async def test_the_only_offer_is_taken_and_back_skips_it() -> None:
    async def flow(talk: Talk) -> None:
        await talk.choose("first", Verbatim("First?"), Shelf("a", "b"))
        await talk.choose("only", Verbatim("Only?"), Shelf("x"), single=True)
        await talk.choose("last", Verbatim("Last?"), Shelf("y", "z"))

    citizen = Citizen(flow, NO_DESK)
    await citizen.opens()
    await citizen.taps("a")
    citizen.is_asked("Last?")
    await citizen.goes_back()
    citizen.is_asked("First?")


async def test_nothing_on_offer_is_for_the_flow_to_explain() -> None:
    async def flow(talk: Talk) -> None:
        try:
            await talk.choose("day", Verbatim("Which day?"), Shelf())
        except NothingOnOfferError:
            talk.say(Verbatim("There is no free day."))

    citizen = Citizen(flow, NO_DESK)
    await citizen.opens()
    citizen.is_told("There is no free day.")
    citizen.is_done()


async def test_a_deed_refused_at_the_last_moment_asks_again_only_what_lapsed_and_says_why() -> None:
    shop, days, booked = Shelf("centre"), Shelf("monday", "tuesday"), []

    async def flow(talk: Talk) -> None:
        await talk.choose("shop", Verbatim("Which shop?"), shop)
        while True:
            day = await talk.choose("day", Verbatim("Which day?"), days)
            name = await talk.ask("name", Verbatim("Your name?"), read=short)
            await talk.confirm("agreed", Verbatim(f"{day.key} for {name}?"))
            if day.key == "tuesday":
                booked.append((day.key, name))
                return
            days.keys.remove(day.key)
            talk.say(Verbatim("Somebody was quicker."))
            talk.forget("day", "agreed", again=("name",))

    citizen = Citizen(flow, NO_DESK)
    await citizen.opens()
    await citizen.taps("centre")
    await citizen.taps("monday")
    await citizen.says("Amina")
    await citizen.says("yes")
    citizen.is_told("Somebody was quicker.")
    citizen.is_asked("Which day?")
    await citizen.taps("tuesday")
    citizen.is_asked("tuesday for Amina?")
    await citizen.says("yes")
    assert booked == [("tuesday", "Amina")]
