"""What `sportello doctor` says of WhatsApp, with a Meta and an address of ours that stand on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.doctor_whatsapp import examine_whatsapp
from bot.findings import Finding
from bot.settings import Settings
from tests.fakes.serving import serving

PHONE, ACCOUNT, VERIFY = "106540352242922", "102290129340398", "verify-me"
JSON = dict[str, Any]


def refusal(code: int, message: str, status: int = 400) -> JSONResponse:
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return JSONResponse({"error": error}, status_code=status)


@dataclass
class Stub:
    """Meta's answers, and our own webhook's, as a test wants them."""

    url: str = ""
    number: JSON = field(default_factory=dict)
    subscribed: list[JSON] = field(default_factory=lambda: [{"whatsapp_business_api_data": {"id": "1", "name": "S"}}])
    statuses: list[str] = field(default_factory=lambda: ["APPROVED"])
    refuses: dict[str, JSONResponse] = field(default_factory=dict)
    webhook: Response | None = None
    tokens: list[str] = field(default_factory=list)

    async def graph(self, request: Request) -> Response:
        path = request.path_params["path"]
        self.tokens.append(request.headers["Authorization"])
        if path in self.refuses:
            return self.refuses[path]
        if path == PHONE:
            asked = request.query_params["fields"].split(",")
            return JSONResponse({"id": PHONE, **{name: self.number[name] for name in asked}})
        if path == f"{ACCOUNT}/subscribed_apps":
            return JSONResponse({"data": self.subscribed})
        assert path == f"{ACCOUNT}/message_templates"
        return self.page(int(request.query_params.get("after", 0)), int(request.query_params["limit"]))

    def page(self, start: int, limit: int) -> JSONResponse:
        end = start + limit
        shown = [
            {"name": f"t{n}", "language": "it", "status": s} for n, s in enumerate(self.statuses[start:end], start)
        ]
        paging: JSON = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(self.statuses):
            paging["next"] = f"{self.url}/next"
        return JSONResponse({"data": shown, "paging": paging})

    async def ours(self, request: Request) -> Response:
        if self.webhook is not None:
            return self.webhook
        if request.query_params["hub.verify_token"] != VERIFY or request.query_params["hub.mode"] != "subscribe":
            return Response(status_code=403)
        return PlainTextResponse(request.query_params["hub.challenge"])


@pytest.fixture
async def meta() -> AsyncIterator[Stub]:
    stub = Stub()
    routes = [Route("/whatsapp/webhook", stub.ours), Route("/{version}/{path:path}", stub.graph)]
    async with serving(Starlette(routes=routes)) as stub.url:
        stub.number = {
            "display_phone_number": "+39 099 458 1111",
            "verified_name": "Sportello Taranto",
            "quality_rating": "GREEN",
            "webhook_configuration": {"application": f"{stub.url}/whatsapp/webhook"},
        }
        yield stub


def settings(meta: Stub, **other: Any) -> Settings:
    return Settings(
        **{
            "public_url": meta.url,
            "secret_key": SecretStr("k" * 32),
            "whatsapp_token": SecretStr("EAAB-secret"),
            "whatsapp_phone_id": PHONE,
            "whatsapp_app_secret": SecretStr("app-secret"),
            "whatsapp_verify_token": SecretStr(VERIFY),
            "whatsapp_account_id": ACCOUNT,
            "whatsapp_api_base": meta.url,
            **other,
        },
    )


async def found(meta: Stub, what: str, **other: Any) -> Finding:
    findings = await examine_whatsapp(settings(meta, **other))
    for finding in findings:
        assert "secret" not in finding.told.replace("app secret", "")
        assert VERIFY not in finding.told
    (one,) = [finding for finding in findings if finding.what == what]
    return one


async def test_all_in_order_is_five_findings_in_order(meta: Stub) -> None:
    findings = await examine_whatsapp(settings(meta))
    assert [finding.what for finding in findings] == [
        "WhatsApp",
        "WhatsApp webhook",
        "WhatsApp address",
        "WhatsApp account",
        "WhatsApp templates",
    ]
    assert all(finding.ok for finding in findings), findings
    assert findings[0].told == "answers as +39 099 458 1111 (Sportello Taranto); its quality is high"
    assert set(meta.tokens) == {"Bearer EAAB-secret"}


async def test_switched_off_it_says_how_to_switch_it_on() -> None:
    (finding,) = await examine_whatsapp(Settings())
    assert finding.ok
    assert "docs/whatsapp.md" in finding.told
    assert "SPORTELLO_WHATSAPP_TOKEN" in finding.told


@pytest.mark.parametrize(
    ("code", "status", "advice"),
    [
        (190, 401, "make a new token"),
        (0, 401, "make a new token"),
        (200, 403, "whatsapp_business_management"),
        (10, 403, "whatsapp_business_messaging"),
        (100, 400, "SPORTELLO_WHATSAPP_PHONE_ID"),
        (131031, 400, "the table in docs/whatsapp.md"),
    ],
)
async def test_what_meta_refuses_is_told_with_what_to_do(meta: Stub, code: int, status: int, advice: str) -> None:
    meta.refuses[PHONE] = refusal(code, "No", status)
    finding = await found(meta, "WhatsApp")
    assert not finding.ok
    assert str(code) in finding.told
    assert advice in finding.told


async def test_a_token_that_meta_does_not_know_does_not_hide_the_other_findings(meta: Stub) -> None:
    meta.refuses = {path: refusal(190, "No", 401) for path in (PHONE, f"{ACCOUNT}/subscribed_apps")}
    assert not (await found(meta, "WhatsApp account")).ok
    assert (await found(meta, "WhatsApp address")).ok


async def test_a_network_that_fails_is_told(meta: Stub) -> None:
    finding = await found(meta, "WhatsApp", whatsapp_api_base="http://127.0.0.1:9")
    assert not finding.ok
    assert "SPORTELLO_WHATSAPP_API_BASE" in finding.told


@pytest.mark.parametrize(
    ("rating", "ok", "told"),
    [("YELLOW", True, "medium"), ("RED", False, "low"), ("UNKNOWN", True, "not rated"), (None, True, "not rated")],
)
async def test_quality_is_told_and_low_quality_is_to_mend(meta: Stub, rating: str | None, ok: bool, told: str) -> None:  # noqa: FBT001, a case
    meta.number["quality_rating"] = rating
    finding = await found(meta, "WhatsApp")
    assert (finding.ok, told in finding.told) == (ok, True)


@pytest.mark.parametrize(
    ("configured", "told"),
    [
        (None, "none is entered"),
        ({}, "none is entered"),
        ({"application": "https://old.example/hook"}, "Meta sends to https://old.example/hook"),
        ({"application": "OURS", "phone_number": "https://other.example/"}, "override of the phone_number"),
        (
            {"application": "OURS", "whatsapp_business_account": "https://b.example"},
            "override of the whatsapp_business",
        ),
    ],
)
async def test_another_webhook_at_meta_is_told_with_what_to_enter(
    meta: Stub, configured: dict[str, str] | None, told: str
) -> None:
    wanted = f"{meta.url}/whatsapp/webhook"
    meta.number["webhook_configuration"] = configured and {
        level: address.replace("OURS", wanted) for level, address in configured.items()
    }
    finding = await found(meta, "WhatsApp webhook")
    assert not finding.ok
    assert told in finding.told
    assert wanted in finding.told


async def test_an_override_that_leads_to_us_is_in_order(meta: Stub) -> None:
    meta.number["webhook_configuration"]["phone_number"] = f"{meta.url}/whatsapp/webhook"
    assert (await found(meta, "WhatsApp webhook")).ok


async def test_without_an_address_outside_meta_cannot_reach_us(meta: Stub) -> None:
    finding = await found(meta, "WhatsApp webhook", public_url=None)
    assert not finding.ok
    assert "SPORTELLO_PUBLIC_URL" in finding.told
    findings = await examine_whatsapp(settings(meta, public_url=None))
    assert "WhatsApp address" not in {finding.what for finding in findings}


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Response(status_code=403), "SPORTELLO_WHATSAPP_VERIFY_TOKEN"),
        (Response(status_code=404), "is not there"),
        (Response(status_code=502), "answers 502"),
        (RedirectResponse("https://elsewhere.example/"), "leads elsewhere"),
        (PlainTextResponse("<html>Welcome</html>"), "something else"),
    ],
)
async def test_our_own_address_is_asked_as_meta_asks_it(meta: Stub, answer: Response, told: str) -> None:
    meta.webhook = answer
    finding = await found(meta, "WhatsApp address")
    assert not finding.ok
    assert told in finding.told


async def test_an_address_where_nobody_listens_is_told(meta: Stub) -> None:
    finding = await found(meta, "WhatsApp address", public_url="http://127.0.0.1:9")
    assert not finding.ok
    assert "does not answer (ConnectError)" in finding.told


async def test_an_account_that_no_app_listens_to_is_to_mend(meta: Stub) -> None:
    meta.subscribed = []
    finding = await found(meta, "WhatsApp account")
    assert not finding.ok
    assert "subscribes" in finding.told


async def test_without_an_account_it_says_what_does_not_work(meta: Stub) -> None:
    finding = await found(meta, "WhatsApp account", whatsapp_account_id=None)
    assert finding.ok
    assert "SPORTELLO_WHATSAPP_ACCOUNT_ID" in finding.told


@pytest.mark.parametrize(
    ("statuses", "ok", "told"),
    [
        (["APPROVED"] * 12 + ["PENDING"] * 3, True, "12 approved, 3 waiting"),
        (["APPROVED"] * 12 + ["PENDING"] * 3 + ["REJECTED"] * 2, False, "12 approved, 3 waiting, 2 refused"),
        (["APPROVED", "PAUSED", "LIMIT_EXCEEDED"], False, "1 approved, 1 paused, 1 limit exceeded"),
        (["PENDING", "IN_APPEAL"], False, "2 waiting"),
        (["APPROVED"] * 450, True, "450 approved"),
    ],
)
async def test_templates_are_counted_by_status(meta: Stub, statuses: list[str], ok: bool, told: str) -> None:  # noqa: FBT001, a case
    meta.statuses = statuses
    finding = await found(meta, "WhatsApp templates")
    assert finding == Finding("WhatsApp templates", ok, f"{told}: sportello whatsapp templates")


async def test_no_templates_are_to_be_submitted(meta: Stub) -> None:
    meta.statuses = []
    finding = await found(meta, "WhatsApp templates")
    assert (finding.ok, "--submit" in finding.told) == (False, True)


async def test_the_command_asks_meta_for_our_number(
    meta: Stub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in settings(meta).model_dump(exclude_none=True).items():
        if name.startswith(("whatsapp", "public", "secret")):
            written = value.get_secret_value() if isinstance(value, SecretStr) else value
            monkeypatch.setenv(f"SPORTELLO_{name.upper()}", written)
    monkeypatch.chdir(tmp_path)
    command = ["whatsapp", "links", "--city", "taranto", "--language", "it"]
    result = await asyncio.to_thread(run, command)
    assert result.exit_code == 0
    assert result.stdout.startswith("taranto it https://wa.me/390994581111?text=")
    meta.refuses[PHONE] = refusal(190, "Expired", 401)
    result = await asyncio.to_thread(run, command)
    assert result.exit_code == 1
    assert "WhatsApp 190" in result.stderr
    assert "--number" in result.stderr


def run(command: list[str]) -> Result:
    return CliRunner().invoke(app, command)


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SPORTELLO_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_links_need_no_account_when_the_number_is_given(nowhere: Path) -> None:
    result = run(["whatsapp", "links", "--number", "+39 333 123 4567"])
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert len(lines) == len(set(lines)) == 19 * 21
    assert lines[0].startswith("agrigento it https://wa.me/393331234567?text=")
    assert list(nowhere.iterdir()) == []


def test_each_link_may_be_a_picture_too(nowhere: Path) -> None:
    folder = nowhere / "new" / "posters"
    number = ["--number", "+393331234567", "--city", "taranto", "--qr", str(folder)]
    assert run(["whatsapp", "links", *number]).exit_code == 0
    pictures = sorted(folder.iterdir())
    assert len(pictures) == 21
    assert pictures[0].name == "taranto-am.svg"
    assert "<svg" in pictures[0].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "status", "told"),
    [
        (["--number", "333 1234567"], 2, "with its country code"),
        (["--number", "+393331234567", "--city", "atlantis"], 2, "agrigento bari"),
        (["--number", "+393331234567", "--language", "xx"], 2, "it en fr"),
        ([], 1, "--number +39"),
    ],
)
def test_wrong_input_ends_in_a_sentence(nowhere: Path, options: list[str], status: int, told: str) -> None:
    result = run(["whatsapp", "links", *options])
    assert nowhere.is_dir()
    assert result.exit_code == status
    assert told in " ".join(result.stderr.replace("│", " ").split())
    assert "Traceback" not in result.stderr
