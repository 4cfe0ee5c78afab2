"""The search page over HTTP: what is asked is found and told in the person's language, and nothing breaks it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from bot.finding.pages import finding_router
from bot.finding.words import TOPICS, in_language
from flows.wording import AUDIENCES, EXAMPLE
from locales.languages import SPOKEN
from locales.names import GROUPS
from locales.rendering import render
from locales.text import LanguageName, _
from services_directory import taxonomy
from services_directory.desk.directory import Shelf
from services_directory.facts import Audience
from services_directory.store.session import Database
from tests.town import FakeClock

LOOKED_FOR = "looking for a bed <script>alert(1)</script> \"'&"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def browser(example_sqlite_url: str, clock: FakeClock) -> AsyncIterator[httpx.AsyncClient]:
    database = Database(example_sqlite_url)
    app = FastAPI()
    app.include_router(finding_router(database, Shelf(), clock.now))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sportello.test") as client:
        yield client
    await database.close()


class Links(HTMLParser):
    """The addresses of a page by the words that they are under."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._open: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = dict(attrs)["href"]

    def handle_data(self, data: str) -> None:
        if self._open is not None and data.strip():
            self.found[data.strip()] = self._open

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = None


def names(page: str) -> list[str]:
    return re.findall(r"<h3[^>]*>([^<]+)</h3>", page)


async def test_words_find_what_the_city_has_with_where_when_and_trust(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/find/taranto", params={"q": "dormire", "language": "it"})).text
    assert 1 <= len(names(page)) <= 10
    assert render(EXAMPLE, "it") in page
    assert "mercoledì 25 novembre: " in page
    assert "/?city=taranto" in page
    assert 'value="dormire"' in page


async def test_a_city_begins_with_its_topics_and_each_of_them_leads_to_something(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/find/taranto?language=en")).text
    assert names(page) == []
    topics = [link for link in Links(page).found.values() if "topic=" in link]
    assert len(topics) > 5
    for link in topics:
        assert names((await browser.get(link)).text), link


async def test_without_a_city_the_whole_network_is_searched_and_cities_are_offered(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/find?language=it")).text
    cities = [link for link in Links(page).found.values() if re.fullmatch(r"/find/[a-z]+\?language=it", link)]
    assert len(cities) == 19
    found = (await browser.get("/find?q=italiano&language=it")).text
    assert len(set(re.findall(r'class="city">([^<]+)<', found))) > 1


async def test_the_city_of_the_form_is_the_one_of_the_path(browser: httpx.AsyncClient) -> None:
    by_form = await browser.get("/find?city=taranto&q=casa")
    by_path = await browser.get("/find/Taranto?q=casa")
    assert by_form.text == by_path.text


async def test_more_leads_on_and_no_result_comes_twice(browser: httpx.AsyncClient) -> None:
    link, seen = "/find?q=corso+italiano&language=en", list[str]()
    pages = 0
    while link and pages < 30:
        page = (await browser.get(link)).text
        assert len(names(page)) <= 10
        seen += re.findall(r"<li>\s*<h3.*?</li>", page, re.DOTALL)
        link = Links(page).found.get("Show more", "")
        pages += 1
    assert pages > 1
    assert len(seen) == len(set(seen)) > 10


async def test_open_now_leaves_out_what_is_closed(browser: httpx.AsyncClient, clock: FakeClock) -> None:
    clock.passes(hours=2)
    by_day = names((await browser.get("/find/taranto?open_now=1")).text)
    clock.passes(hours=16)
    by_night = names((await browser.get("/find/taranto?open_now=1")).text)
    assert len(by_day) > len(by_night)


async def test_near_says_how_far_and_keeps_only_about_a_hundred_metres(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/find/taranto?q=casa&latitude=40.4711111&longitude=17.2433333&language=en")).text
    assert re.search(r"\d(\.\d)? km from you", page)
    assert 'value="40.471"' in page
    assert "40.4711" not in page
    assert "latitude" not in Links(page).found["Search without my location"]


async def test_a_spoken_language_is_looked_for(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/find/taranto?spoken=ar&language=en")).text
    everything = (await browser.get("/find/taranto?spoken=it&language=en")).text
    assert names(page) != names(everything)
    assert 'value="ar" selected' in page
    assert "Arabic (العربية)" in page


async def test_what_is_only_in_another_language_says_so_and_is_marked(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/find/taranto?q=casa&language=ti")).text
    note = render(_("I have this text only in {language} for now:", language=LanguageName("en")), "ti")
    assert note in page
    assert '<p lang="en" dir="ltr">' in page
    own = (await browser.get("/find/taranto?q=casa&language=fr")).text
    assert '<p lang="fr" dir="ltr">' in own
    assert 'class="note"' not in own


@pytest.mark.parametrize("language", list(SPOKEN))
async def test_the_page_speaks_every_language_in_its_direction(browser: httpx.AsyncClient, language: str) -> None:
    page = (await browser.get("/find/taranto", params={"language": language})).text
    direction = "rtl" if SPOKEN[language].rtl else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert in_language(language)["title"] in unescape(page)
    for code, one in SPOKEN.items():
        assert parse_qs(urlsplit(Links(page).found[one.own_name]).query)["language"] == [code]


async def test_without_a_choice_the_browser_is_heard(browser: httpx.AsyncClient) -> None:
    heard = (await browser.get("/find", headers={"Accept-Language": "xx, ar-MA;q=0.8, en;q=0.3"})).text
    assert '<html lang="ar" dir="rtl">' in heard
    assert '<html lang="it"' in (await browser.get("/find")).text
    chosen = await browser.get("/find?language=fr", headers={"Accept-Language": "ar"})
    assert '<html lang="fr"' in chosen.text


async def test_nothing_found_is_said_kindly_with_the_shop_and_the_topics(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/find/taranto?q=zzzzqqqq&language=en")).text
    assert names(page) == []
    assert "I found nothing that fits." in page
    assert 'class="shop"' in page
    assert 'href="tel:+39' in page
    assert "topic=" in page
    elsewhere = (await browser.get("/find/latina?q=zzzzqqqq&language=en")).text
    assert 'class="shop"' in elsewhere or "I do not have the address" in elsewhere


async def test_an_unknown_city_is_not_found_and_others_are_offered(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/find/atlantis?q=casa&language=en")
    assert answer.status_code == 404
    assert Links(answer.text).found["Bari"] == "/find/bari?q=casa&language=en"


@pytest.mark.parametrize(
    "asked",
    [
        "topic=cats", "spoken=klingon", "audience=cats", "language=xx1", "page=-3", "page=²", "page=" + "9" * 30,
        "page=" + "9" * 5000, "latitude=nan&longitude=inf", "latitude=40", "latitude=91&longitude=1e400",
        "open_now=perhaps", "city=atlantis", "q=" + "a" * 3000, "q=%00%ff%ed%a0%80", "q=a&q=b&topic=&topic=permit",
    ],
)  # fmt: skip
async def test_what_makes_no_sense_counts_as_not_asked(browser: httpx.AsyncClient, asked: str) -> None:
    answer = await browser.get(f"/find/taranto?{asked}")
    assert answer.status_code == 200
    assert "cats" not in answer.text
    assert "atlantis" not in answer.text


async def test_what_was_typed_is_never_markup(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/find/taranto", params={"q": LOOKED_FOR})).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &#34;&#39;&amp;" in page
    path = await browser.get("/find/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert "<script>alert" not in path.text


async def test_nothing_comes_from_elsewhere_runs_inline_or_is_kept(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/find/taranto?q=casa")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    sources = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', answer.text)
    assert len(sources) >= 3
    assert all(source.startswith(("/find/static/", "/chat/static/")) for source in sources)
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=|<style", answer.text)


@pytest.mark.parametrize("name", ["find.css", "find.js"])
async def test_its_files_are_served_and_no_other(browser: httpx.AsyncClient, name: str) -> None:
    assert (await browser.get(f"/find/static/{name}")).status_code == 200
    assert (await browser.get(f"/find/static/..%2f{name}")).status_code == 404
    assert (await browser.get("/find/static/find.html")).status_code == 404


async def test_a_search_leaves_nothing_in_the_log(browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await browser.get("/find/taranto?q=segretissimo")
    ours = [record for record in caplog.records if not record.name.startswith("httpx")]
    assert "segretissimo" not in " ".join(record.getMessage() for record in ours)


def test_every_group_topic_and_audience_has_a_name() -> None:
    assert set(taxonomy.GROUPS) <= set(GROUPS)
    assert {topic for topics in TOPICS.values() for topic in topics} == set(taxonomy.TERMS)
    assert set(AUDIENCES) == set(Audience)
