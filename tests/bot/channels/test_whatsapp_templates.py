"""Templates at Meta: what is submitted and sent, and how far each has got, read over the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from typer.testing import CliRunner

from bot.channels import whatsapp_templates
from bot.channels.whatsapp_client import CloudApi
from bot.channels.whatsapp_templates import CODES, Standing, State, content, definition, is_ready, states, submit
from bot.cli import app
from bot.outgoing import SendError, Template
from bot.settings import Settings
from bot.templates import TEMPLATES
from locales.languages import SPOKEN
from tests.fakes.serving import serving

REMINDER, CANCELLED = "appointment_reminder_1", "appointment_cancelled_1"
ACCOUNT = "102290129340398"
A_PAGE = 2
"""How many templates this Meta gives at once, whatever it is asked."""


class Meta:
    """Keeps the templates of one account; refuses those whose names are in `refuses`."""

    def __init__(self) -> None:
        self.templates: list[dict[str, Any]] = []
        self.refuses: dict[str, tuple[int, dict[str, Any]]] = {}
        self.asked = 0
        path = f"/{{version}}/{ACCOUNT}/message_templates"
        self.app = Starlette(routes=[Route(path, self.tell, methods=["GET"]), Route(path, self.make, methods=["POST"])])

    def has(self, name: str, language: str, status: str = "APPROVED", **other: Any) -> dict[str, Any]:
        made = {
            **definition(TEMPLATES[name], language),
            "id": "1",
            "status": status,
            "rejected_reason": "NONE",
            **other,
        }
        self.templates.append(made)
        return made

    async def tell(self, request: Request) -> JSONResponse:
        assert request.headers["Authorization"] == "Bearer token"
        self.asked += 1
        first = int(request.query_params.get("after", "0"))
        last = first + A_PAGE
        fields = {"id", *request.query_params["fields"].split(",")}
        page = [{key: value for key, value in one.items() if key in fields} for one in self.templates[first:last]]
        paging = {"cursors": {"before": str(first), "after": str(last)}}
        if last < len(self.templates):
            paging["next"] = f"{request.url}&after={last}"  # type: ignore[assignment]
        return JSONResponse({"data": page, "paging": paging} if page else {"data": []})

    async def make(self, request: Request) -> JSONResponse:
        asked = json.loads(await request.body())
        if asked["name"] in self.refuses:
            status, error = self.refuses[asked["name"]]
            return JSONResponse({"error": error}, status)
        self.templates.append({**asked, "status": "PENDING", "rejected_reason": "NONE"})
        return JSONResponse({"id": "594425479261596", "status": "PENDING", "category": asked["category"]})


BAD_FORM = (
    400,
    {
        "message": "Invalid parameter",
        "type": "OAuthException",
        "code": 100,
        "error_subcode": 2388299,
        "error_user_title": "Variables cannot be at the start or the end",
        "error_user_msg": "This template has variables at its start or its end.",
        "fbtrace_id": "A",
    },
)
TOO_MANY = (429, {"message": "Rate limit", "type": "OAuthException", "code": 80007, "fbtrace_id": "A"})


@asynccontextmanager
async def connected(meta: Meta) -> AsyncIterator[CloudApi]:
    async with serving(meta.app) as url, CloudApi("token", "1", ACCOUNT, url) as api:
        yield api


@pytest.fixture
def meta() -> Meta:
    return Meta()


@pytest.fixture
async def api(meta: Meta) -> AsyncIterator[CloudApi]:
    async with connected(meta) as api:
        yield api


def of(found: list[State], name: str, language: str) -> tuple[Standing, str]:
    return next((one.standing, one.remark) for one in found if (one.name, one.language) == (name, language))


def test_a_definition_is_what_meta_asks_for() -> None:
    assert definition(TEMPLATES[CANCELLED], "pt") == {
        "name": "appointment_cancelled_1",
        "language": "pt_PT",
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": [
            {
                "type": "BODY",
                "text": whatsapp_templates.body_of(TEMPLATES[CANCELLED], "pt"),
                "example": {
                    "body_text_named_params": [
                        {"param_name": "code", "example": "K7M2P4"},
                        {"param_name": "when", "example": "quinta-feira, 26 de novembro, 10:00"},
                    ]
                },
            },
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "QUICK_REPLY", "text": label}
                    for label in whatsapp_templates.labels_of(TEMPLATES[CANCELLED], "pt")
                ],
            },
        ],
    }
    body = definition(TEMPLATES[CANCELLED], "en")["components"][0]["text"]
    assert body.startswith("I am sorry: the office has to cancel your appointment {{code}} on {{when}}.")


def test_a_template_is_sent_with_its_values_by_name_and_its_keys_in_order() -> None:
    template = Template(REMINDER, "zh", (("when", "11月26日"), ("code", "K7M2P4")), ("go=a:1", "go=b"))
    assert content(template) == {
        "name": "appointment_reminder_1",
        "language": {"policy": "deterministic", "code": "zh_CN"},
        "components": [
            {
                "type": "body",
                "parameters": [
                    {"type": "text", "parameter_name": "when", "text": "11月26日"},
                    {"type": "text", "parameter_name": "code", "text": "K7M2P4"},
                ],
            },
            *(
                {
                    "type": "button",
                    "sub_type": "quick_reply",
                    "index": index,
                    "parameters": [{"type": "payload", "payload": key}],
                }
                for index, key in (("0", "go=a:1"), ("1", "go=b"))
            ),
        ],
    }


def test_meta_has_the_languages_of_the_house_but_four() -> None:
    assert set(SPOKEN) - set(CODES) == {"ps", "so", "am", "ti"}
    assert (CODES["it"], CODES["zh"], CODES["fa"]) == ("it", "zh_CN", "fa")


async def test_each_template_is_told_with_how_far_it_has_got(meta: Meta, api: CloudApi) -> None:
    meta.has(REMINDER, "en")
    meta.has(CANCELLED, "en", "PENDING")
    meta.has(CANCELLED, "fr", "REJECTED", rejected_reason="TAG_CONTENT_MISMATCH")
    meta.has(CANCELLED, "it", "PAUSED")
    meta.has(CANCELLED, "es", "DISABLED", category="MARKETING")
    meta.has(CANCELLED, "ar")["components"][0]["text"] += "!"
    meta.has(CANCELLED, "de", "FLAGGED")["components"][1]["buttons"].reverse()
    meta.has(CANCELLED, "pt", "FLAGGED")
    meta.templates.append({"name": "of_somebody_else", "language": "en", "status": "APPROVED", "category": "MARKETING"})
    found = await states(api)
    assert meta.asked == 5
    assert len(found) == len(TEMPLATES) * len(CODES)
    assert of(found, REMINDER, "en") == (Standing.APPROVED, "")
    assert of(found, CANCELLED, "en") == (Standing.PENDING, "")
    assert of(found, CANCELLED, "fr") == (Standing.REJECTED, "TAG_CONTENT_MISMATCH")
    assert of(found, CANCELLED, "it") == (Standing.PAUSED, "")
    assert of(found, CANCELLED, "es") == (Standing.PAUSED, "DISABLED, category MARKETING")
    assert of(found, CANCELLED, "ar") == (Standing.CHANGED, "")
    assert of(found, CANCELLED, "de") == (Standing.CHANGED, "FLAGGED")
    assert of(found, CANCELLED, "pt") == (Standing.APPROVED, "FLAGGED")
    assert of(found, "appointment_restored_1", "en") == (Standing.MISSING, "")


async def test_an_account_without_templates_lacks_all_that_are_written(api: CloudApi) -> None:
    found = await states(api)
    assert {one.standing for one in found} <= {Standing.MISSING, Standing.UNTRANSLATED}
    ready = {(form.name, language) for form in TEMPLATES.values() for language in CODES if is_ready(form, language)}
    assert {(one.name, one.language) for one in found if one.standing is Standing.MISSING} == ready


async def test_what_is_missing_is_submitted_and_only_that(meta: Meta, api: CloudApi) -> None:
    meta.has(REMINDER, "en", "REJECTED")
    wanted = [one for one in await states(api) if one.language == "en"]
    outcomes = [one async for one in submit(api, wanted)]
    assert [(one.name, one.accepted, one.told) for one in outcomes] == [
        (name, True, "PENDING") for name in TEMPLATES if name != REMINDER
    ]
    assert {of(await states(api), name, "en")[0] for name in TEMPLATES if name != REMINDER} == {Standing.PENDING}
    assert [one async for one in submit(api, [one for one in await states(api) if one.language == "en"])] == []


async def test_after_a_refusal_the_others_are_submitted_still(meta: Meta, api: CloudApi) -> None:
    meta.refuses[REMINDER] = BAD_FORM
    outcomes = [one async for one in submit(api, [one for one in await states(api) if one.language == "en"])]
    refused, *others = outcomes
    assert (refused.name, refused.accepted) == (REMINDER, False)
    assert refused.told == (
        "WhatsApp 100: Invalid parameter: Variables cannot be at the start or the end: "
        "This template has variables at its start or its end."
    )
    assert len(others) == len(TEMPLATES) - 1
    assert all(one.accepted for one in others)


async def test_when_meta_takes_no_more_nothing_more_is_asked(meta: Meta, api: CloudApi) -> None:
    meta.refuses[REMINDER] = TOO_MANY
    found = [one for one in await states(api) if one.language == "en"]
    with pytest.raises(SendError, match="80007"):
        _outcomes = [one async for one in submit(api, found)]
    assert meta.templates == []


async def test_no_more_are_submitted_than_meta_takes_in_an_hour(
    meta: Meta, api: CloudApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whatsapp_templates, "AN_HOUR", 3)
    outcomes = [one async for one in submit(api, await states(api))]
    assert len(outcomes) == len(meta.templates) == 3


@pytest.fixture
def in_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No setting, until a test makes one."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SPORTELLO_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def test_the_command_says_which_settings_are_missing(in_settings: pytest.MonkeyPatch) -> None:
    for name in ("TOKEN", "PHONE_ID", "APP_SECRET", "VERIFY_TOKEN"):
        in_settings.setenv(f"SPORTELLO_WHATSAPP_{name}", "1")
    told = CliRunner().invoke(app, ["whatsapp", "templates"])
    assert told.exit_code == 1
    assert "set SPORTELLO_WHATSAPP_ACCOUNT_ID (" in told.output


@pytest.mark.usefixtures("in_settings")
def test_the_command_writes_what_is_translated_to_files(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["whatsapp", "templates", "--write", str(tmp_path / "kept")])
    assert told.exit_code == 0
    written = {path.name for path in (tmp_path / "kept").iterdir()}
    assert f"{REMINDER}.en.json" in written
    assert f": {len(written)} templates" in told.output
    kept = json.loads((tmp_path / "kept" / f"{REMINDER}.en.json").read_text(encoding="utf-8"))
    assert kept == definition(TEMPLATES[REMINDER], "en")


async def test_the_command_shows_submits_and_fails_when_something_is_refused(
    meta: Meta, in_settings: pytest.MonkeyPatch
) -> None:
    for name in ("PHONE_ID", "APP_SECRET", "VERIFY_TOKEN"):
        in_settings.setenv(f"SPORTELLO_WHATSAPP_{name}", "1")
    in_settings.setenv("SPORTELLO_WHATSAPP_TOKEN", "token")
    in_settings.setenv("SPORTELLO_WHATSAPP_ACCOUNT_ID", ACCOUNT)
    meta.has(REMINDER, "en", "REJECTED", rejected_reason="INVALID_FORMAT")
    meta.refuses["place_withdrawn_1"] = BAD_FORM
    async with serving(meta.app) as url:
        in_settings.setenv("SPORTELLO_WHATSAPP_API_BASE", url)
        shown = await asyncio.to_thread(CliRunner().invoke, app, ["whatsapp", "templates"])
        told = await asyncio.to_thread(CliRunner().invoke, app, ["whatsapp", "templates", "--submit"])
    assert shown.exit_code == 0
    assert f"{REMINDER}: rejected en" in shown.output
    assert "  en rejected: INVALID_FORMAT" in shown.output
    assert told.exit_code == 1
    assert f"{CANCELLED} en: PENDING" in told.output
    refused = told.output.count("refused: WhatsApp 100")
    assert f"sportello: {refused} templates were refused" in told.output
