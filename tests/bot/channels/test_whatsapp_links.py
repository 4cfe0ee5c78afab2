"""Links that open the chat on WhatsApp: what they write, and what we read in it when it comes back."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.channels.whatsapp_links import FirstMessage, digits, first_message, link, read_first_message, slugs, told_apart
from locales.languages import SOURCE, SPOKEN
from nlu.cities import cities_in

NUMBER = "+39 099 458 1111"
ENGLISH = "Hello! I would like some information."
TRANSLATED = {language for language in SPOKEN if first_message(language) != ENGLISH}


def told(language: str) -> str | None:
    """What its greeting tells: nothing while the catalogue has English words in place of its own."""
    alone = language in TRANSLATED or (language == SOURCE and len(TRANSLATED) == len(SPOKEN) - 1)
    return language if alone else None


def test_there_are_nineteen_cities_and_twenty_one_languages() -> None:
    assert len(slugs()) == 19
    assert len(SPOKEN) == 21
    assert all(cities_in(slug) == [slug] for slug in slugs()), "understanding knows them by the same slugs"


@pytest.mark.parametrize("language", SPOKEN)
def test_every_link_is_read_as_the_city_and_the_language_it_was_made_for(language: str) -> None:
    for city in slugs():
        address = urlsplit(link(NUMBER, language, city))
        assert (address.scheme, address.netloc, address.path) == ("https", "wa.me", "/390994581111")
        (words,) = parse_qs(address.query, strict_parsing=True)["text"]
        assert words == first_message(language, city)
        read = read_first_message(words)
        assert (read.city, read.language) == (city, told(language))
        assert read.words == ("" if told(language) else words)


@pytest.mark.parametrize("language", SPOKEN)
def test_a_link_is_plain_ascii_without_anything_that_a_browser_would_change(language: str) -> None:
    address = link(NUMBER, language, "taranto")
    assert address.isascii()
    assert not set(address) & set(" +#'\"<>")
    assert "\u200f" not in first_message(language)


@pytest.mark.parametrize("language", SPOKEN)
def test_without_the_hashtag_only_the_language_is_known(language: str) -> None:
    read = read_first_message(first_message(language))
    assert (read.city, read.language) == (None, told(language))


@pytest.mark.parametrize("language", sorted(TRANSLATED) or [SOURCE])
def test_case_punctuation_and_spaces_may_change_on_the_way(language: str) -> None:
    words = f"  #TARANTO\n{first_message(language).upper()}!! \u200f"
    read = read_first_message(words)
    assert (read.city, read.language) == ("taranto", told(language))


@pytest.mark.parametrize(
    ("words", "city", "asked"),
    [
        ("Ciao, a che ora aprite? #taranto", "taranto", "Ciao, a che ora aprite?"),
        ("#Milano please, I need a lawyer", "milano", "please, I need a lawyer"),
        ("مرحبا ＃roma", "roma", "مرحبا"),
        ("information.#bari", "bari", "information."),
        ("Hello #taranto #taranto", "taranto", "Hello"),
        ("Hello #taranto #help", "taranto", "Hello   #help"),
    ],
)
def test_a_hashtag_among_other_words_tells_the_city_and_the_words_stay(words: str, city: str, asked: str) -> None:
    assert read_first_message(words) == FirstMessage(city, None, asked)


@pytest.mark.parametrize(
    "words", ["Hello #taranto #milano", "Hello #atlantis", "Hello #tarantola", "taranto", "a#taranto", "Hello #"]
)
def test_words_without_one_city_are_only_words(words: str) -> None:
    assert read_first_message(words) == FirstMessage(None, None, words)


def test_a_hashtag_alone_asks_nothing() -> None:
    assert read_first_message(" #Taranto!") == FirstMessage("taranto", None, "")


def test_two_languages_with_the_same_greeting_tell_none() -> None:
    apart = told_apart({"it": "Ciao!", "en": ENGLISH, "so": ENGLISH.upper(), "fr": "Bonjour !"})
    assert apart == {"ciao": "it", "bonjour": "fr"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("+39 333 123 4567", "393331234567"),
        ("+39 099.458-1111", "390994581111"),
        ("+1 (555) 617-2531", "15556172531"),
        (" +393331234567 ", "393331234567"),
    ],
)
def test_a_number_is_written_in_digits_only(written: str, read: str) -> None:
    assert digits(written) == read


@pytest.mark.parametrize(
    "written", ["", "+", "333 1234567", "0039 333 1234567", "+0039333", "+39 33", "+39 CALL ME", "https://wa.me/39"]
)
def test_what_is_no_international_number_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"with its country code"):
        link(written, "it", "taranto")


def test_a_city_that_is_not_ours_is_refused() -> None:
    with pytest.raises(ValueError, match="atlantis"):
        link(NUMBER, "it", "atlantis")
