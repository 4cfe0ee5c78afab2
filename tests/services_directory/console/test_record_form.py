"""A record's form: begun from nothing, its parts in rows, its choices in words."""

from __future__ import annotations

import pytest

from services_directory.console.record_form import beginning
from services_directory.desk.revisions import Name, current, open_ones
from tests.services_directory.console.forms import fields
from tests.services_directory.console.records import an_office, sends, version_of, words
from tests.services_directory.console.room import BARI, EDITOR, NETWORK, Room

NEW = "/console/directory/new"


async def test_a_service_is_begun_from_nothing_and_told(any_room: Room) -> None:
    office = (await an_office(any_room)).split("/")[-1]
    async with any_room.signed_in(EDITOR) as browser:
        await browser.opens(f"{NEW}?kind=service&city=bari&name=Aiuto+per+lo+SPID+è")
        form = fields(browser.page)
        assert (form["name"], form["city"]) == ("Aiuto per lo SPID è", "bari")
        address = "/console/directory/service/bari-aiuto-per-lo-spid-e"
        form |= {"deed": "publish", "all_true": "yes", "name@en": "Help with SPID"}
        answer = await browser.client.post(address, data=form)
        assert answer.status_code == 422
        assert "This is missing." in words(answer.text)
        assert "Choose at least one topic" not in words(answer.text), "said when the rest is right"
        form = fields(answer.text) | {
            "about": "Creiamo con te la tua identità digitale.",
            "topics.registration_tax_id": "yes",
            "offices.0.office": office,
            "offices.0.hours.Tu": "yes",
            "offices.0.hours.from": "15",
            "offices.0.hours.to": "17.30",
            "deed": "publish",
        }
        answer = await browser.client.post(address, data=form)
        assert answer.status_code == 303, words(answer.text)
        await browser.opens(address.replace("directory", "preview") + "?language=en")
        told = words(browser.page)
        assert "Help with SPID" in told
        assert "When: Tue 15:00-17:30" in told
    document = await version_of(any_room, "service/bari-aiuto-per-lo-spid-e")
    assert document["offices"] == [{"office": office, "hours": "Tu 15:00-17:30"}]
    assert (document["verified_on"], document["verified_by"]) == ("2026-11-25", EDITOR)


async def test_a_new_record_is_a_draft_until_it_is_published(room: Room) -> None:
    async with room.signed_in(NETWORK) as browser:
        await browser.opens(f"{NEW}?kind=guide&city=&name=Patente+di+guida")
        form = fields(browser.page) | {
            "answer": "Serve la patente italiana.", "topic": "papers", "intents.permit": "yes",
            "review_by": "2027-11-01", "deed": "draft", "steps": "Vai in motorizzazione.\nPorta i documenti.",
        }  # fmt: skip
        answer = await browser.client.post("/console/directory/guide/patente-di-guida", data=form)
        assert answer.status_code == 303, words(answer.text)
        await browser.opens(answer.headers["location"])
        assert "Nobody sees it yet" in browser.page
        again = await browser.client.get(f"{NEW}?kind=guide&name=Patente+di+guida")
        assert "/console/directory/guide/patente-di-guida-2" in again.text
    async with room.database.reading() as session:
        (draft,) = [one for one in await open_ones(session) if one.name.key == "patente-di-guida"]
        assert await current(session, draft.name) is None
    assert [step["texts"]["it"] for step in draft.document["steps"]] == ["Vai in motorizzazione.", "Porta i documenti."]


@pytest.mark.parametrize(
    ("who", "asked", "status"),
    [
        (EDITOR, "kind=service&city=taranto&name=x", 422), (EDITOR, "kind=guide&name=x", 422),
        (NETWORK, "kind=service&city=&name=x", 422), (NETWORK, "kind=poem&city=bari&name=x", 422),
        (BARI, "kind=service&city=bari&name=x", 403), (EDITOR, "", 200),
    ],
)  # fmt: skip
async def test_nothing_begins_where_one_may_not_edit(room: Room, who: str, asked: str, status: int) -> None:
    async with room.signed_in(who) as browser:
        assert (await browser.client.get(f"{NEW}?{asked}")).status_code == status


async def test_nobody_writes_into_another_city_by_naming_it(room: Room) -> None:
    async with room.signed_in(EDITOR) as browser:
        await browser.opens(f"{NEW}?kind=service&city=bari&name=x")
        form = fields(browser.page) | {"city": "taranto", "about": "x", "topics.health": "yes", "deed": "draft"}
        answer = await browser.client.post("/console/directory/service/bari-x", data=form)
        assert answer.status_code == 404
    async with room.database.reading() as session:
        assert await current(session, Name("service", "bari-x")) is None


async def test_languages_counters_and_stops_are_edited_in_rows(any_room: Room) -> None:
    address = await an_office(any_room)
    async with any_room.signed_in(EDITOR) as browser:
        await browser.opens(address)
        form = fields(browser.page)
        spare = next(at for at in range(99) if not form.get(f"languages.{at}.language"))
        desk = next(at for at in range(99) if not form.get(f"counters.{at}.key"))
        changed = {
            f"languages__{spare}__language": "so", f"languages__{spare}__mediator": "yes",
            f"languages__{spare}__hours__Mo": "yes", f"languages__{spare}__hours__We": "yes",
            f"languages__{spare}__hours__from": "09:00", f"languages__{spare}__hours__to": "12:00",
            f"counters__{desk}__key": "bari-new-desk", f"counters__{desk}__name": "Stanza 9",
            f"counters__{desk}__grid": "10",
            "stops__0__starts__day": "2026-11-28", "stops__0__starts__time": "10:00",
            "stops__0__ends__day": "2026-11-28", "stops__0__ends__time": "12:30", "stops__0__place": "Piazza Umberto",
        }  # fmt: skip
        answer = await sends(browser, address, "publish", **changed)
        assert answer.status_code == 303, words(answer.text)
        await browser.opens(address.replace("directory", "preview") + "?language=so")
        assert "Isn 09:00-12:00; Arbc 09:00-12:00" in words(browser.page)
        answer = await sends(browser, address, "publish", stops__0__ends__time="09:00")
        assert "It ends before it starts." in words(answer.text)
        answer = await sends(browser, address, "publish", **{f"languages__{spare}__hours__to": ""})
        assert answer.status_code == 422
        assert "Write from when until when" in words(answer.text)
    document = await version_of(any_room, address)
    assert {"language": "so", "hours": "Mo,We 09:00-12:00", "mediator": True} in document["languages"]  # type: ignore[operator]
    assert document["stops"] == [
        {"starts": "2026-11-28T10:00:00+01:00", "ends": "2026-11-28T12:30:00+01:00", "place": "Piazza Umberto"}
    ]
    desks = {one["key"]: one for one in document["counters"]}  # type: ignore[attr-defined]
    assert desks["bari-new-desk"]["grid"] == 10


async def test_saving_a_form_as_it_is_changes_nothing(room: Room) -> None:
    async with room.signed_in(NETWORK) as browser:
        for kind in ("office", "service", "activity", "guide", "contact", "organization"):
            await browser.opens(f"/console/directory?kind={kind}")
            key = browser.page.split(f'href="/console/directory/{kind}/')[1].split('"')[0]
            before = await version_of(room, f"{kind}/{key}")
            answer = await sends(browser, f"/console/directory/{kind}/{key}", "publish")
            assert answer.status_code == 303, words(answer.text)
            assert await version_of(room, f"{kind}/{key}") == before, kind


async def test_what_is_wrong_is_said_in_the_language_of_who_reads_it(room: Room) -> None:
    address = await an_office(room)
    async with room.signed_in(EDITOR) as browser:
        browser.client.headers["accept-language"] = "it"
        answer = await sends(browser, address, "publish", latitude="nord", hours__0__0__from="25:99")
        assert "Scrivi un numero, non “nord”." in words(answer.text)
        assert "Scrivi da che ora a che ora" in words(answer.text)
        assert 'aria-describedby="fault-hours.0.0.from"' in answer.text


def test_a_key_is_made_of_a_name() -> None:
    assert beginning("office", "bari", "Città Vecchia — sportello")["key"] == "bari-citta-vecchia-sportello"
    assert beginning("office", "bari", "Bari centro")["key"] == "bari-centro"
    assert beginning("guide", None, "移民")["key"] == "guide"
    assert len(beginning("service", "bari", "x" * 90)["key"]) <= 36
