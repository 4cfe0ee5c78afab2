"""What is in order and what is not with WhatsApp: token, number, webhook, account and templates."""

from __future__ import annotations

import secrets
from collections import Counter
from http import HTTPStatus

import httpx

from bot.channels.whatsapp_client import CloudApi, cloud_api
from bot.channels.whatsapp_errors import code_of
from bot.channels.whatsapp_intake import PATH
from bot.findings import Finding
from bot.outgoing import SendError
from bot.settings import Settings

PATIENCE = 5.0
"""Seconds that our own address has to answer."""
AUTHENTICATION = (0, 190)
NOT_ALLOWED = (3, 10, *range(200, 300))
NOT_THERE = 100

QUALITY = {
    "GREEN": (True, "its quality is high"),
    "YELLOW": (True, "its quality is medium: people have blocked or reported it (docs/whatsapp.md, Quality)"),
    "RED": (False, "its quality is low, and Meta may restrict it: docs/whatsapp.md, Quality, says what to do"),
}
"""What Meta thinks of the number, by its word: whether nothing need be done, and what is said."""
UNRATED = (True, "its quality is not rated yet")
STATUSES = {
    "APPROVED": "approved",
    "PENDING": "waiting",
    "IN_APPEAL": "waiting",
    "REJECTED": "refused",
    "PAUSED": "paused",
    "DISABLED": "disabled",
}
"""How each status of a template is told; others by Meta's own word."""
LOST = ("refused", "paused", "disabled")


async def examine_whatsapp(settings: Settings) -> list[Finding]:
    """Everything between Meta and us; one finding when WhatsApp is switched off."""
    api = cloud_api(settings)
    if api is None:
        told = "switched off: docs/whatsapp.md leads to the settings that switch it on (SPORTELLO_WHATSAPP_TOKEN...)"
        return [Finding("WhatsApp", ok=True, told=told)]
    async with api:
        return [
            *await _number(settings, api),
            *await _own_address(settings),
            *await _account(api),
        ]


async def _number(settings: Settings, api: CloudApi) -> list[Finding]:
    asked = "display_phone_number,verified_name,quality_rating,webhook_configuration"
    try:
        found = await api.get(api.phone_id, fields=asked)
    except SendError as problem:
        return [Finding("WhatsApp", ok=False, told=_why(problem, "SPORTELLO_WHATSAPP_PHONE_ID"))]
    ok, quality = QUALITY.get(str(found.get("quality_rating")), UNRATED)
    number = found.get("display_phone_number", "a number without a name")
    told = f"answers as {number} ({found.get('verified_name', 'no display name')}); {quality}"
    return [Finding("WhatsApp", ok=ok, told=told), _entered(settings, found.get("webhook_configuration"))]


def _entered(settings: Settings, configured: object) -> Finding:
    """Whether Meta sends what people write to our address, and to no other."""
    what = "WhatsApp webhook"
    if settings.public_url is None:
        told = "Meta cannot reach this machine: set SPORTELLO_PUBLIC_URL to its https:// address"
        return Finding(what, ok=False, told=told)
    wanted = f"{settings.public_url}{PATH}"
    addresses = configured if isinstance(configured, dict) else {}
    # One of the number goes before one of the account, which goes before that of the app.
    for level in ("phone_number", "whatsapp_business_account"):
        if (other := addresses.get(level)) and other != wanted:
            told = f"what people write goes to {other}, an override of the {level}: remove it, or make it {wanted}"
            return Finding(what, ok=False, told=told)
    if not (entered := addresses.get("application")):
        told = f"none is entered: in the app's WhatsApp > Configuration enter {wanted} and your verify token"
        return Finding(what, ok=False, told=f"{told}, then subscribe to `messages`")
    if entered != wanted:
        told = f"Meta sends to {entered}: in the app's WhatsApp > Configuration enter {wanted}"
        return Finding(what, ok=False, told=told)
    return Finding(what, ok=True, told=f"Meta sends to {wanted}")


async def _own_address(settings: Settings) -> list[Finding]:
    """Our webhook asked from outside as Meta asks it, when we have an address there."""
    if settings.public_url is None or settings.whatsapp_verify_token is None:
        return []
    address, challenge = f"{settings.public_url}{PATH}", secrets.token_hex(8)
    asked = {
        "hub.mode": "subscribe",
        "hub.verify_token": settings.whatsapp_verify_token.get_secret_value(),
        "hub.challenge": challenge,
    }
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.get(address, params=asked)
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        # Only its kind: what it says may hold the address, and so the verify token.
        wrong = f"does not answer ({type(problem).__name__}): name, proxy, certificate, and is `sportello run` running?"
    else:
        wrong = _wrong_with(answer, challenge)
    told = f"{address} {wrong}" if wrong else f"{address} answers as Meta asks"
    return [Finding("WhatsApp address", ok=not wrong, told=told)]


def _wrong_with(answer: httpx.Response, challenge: str) -> str:
    if answer.status_code == HTTPStatus.OK:
        return "" if answer.text.strip() == challenge else "answers, but something else than Sportello: see the proxy"
    if answer.status_code == HTTPStatus.FORBIDDEN:
        return "refuses SPORTELLO_WHATSAPP_VERIFY_TOKEN: does the running program have the same? Restart it"
    if answer.status_code == HTTPStatus.NOT_FOUND:
        return "is not there: does the proxy pass it on, and does the running program have the settings of WhatsApp?"
    if answer.is_redirect:
        return "leads elsewhere: SPORTELLO_PUBLIC_URL must be where that ends, Meta follows no redirect"
    return f"answers {answer.status_code}: see the log of the program and of the proxy"


async def _account(api: CloudApi) -> list[Finding]:
    what = "WhatsApp account"
    if api.account_id is None:
        told = "not set, so nothing can be sent to who has not written for a day (SPORTELLO_WHATSAPP_ACCOUNT_ID)"
        return [Finding(what, ok=True, told=told)]
    try:
        subscribed = (await api.get(f"{api.account_id}/subscribed_apps")).get("data")
    except SendError as problem:
        return [Finding(what, ok=False, told=_why(problem, "SPORTELLO_WHATSAPP_ACCOUNT_ID"))]
    told = (
        "an app hears what people write to it"
        if subscribed
        else "no app hears what people write to it: docs/whatsapp.md, The webhook, has the command that subscribes ours"
    )
    return [Finding(what, ok=bool(subscribed), told=told), await _templates(api)]


async def _templates(api: CloudApi) -> Finding:
    """How many templates Meta has approved, is looking at, and has refused."""
    what = "WhatsApp templates"
    try:
        found = await api.every(f"{api.account_id}/message_templates", fields="name,language,status")
    except SendError as problem:
        return Finding(what, ok=False, told=_why(problem, "SPORTELLO_WHATSAPP_ACCOUNT_ID"))
    counts = Counter(_told(one.get("status")) for one in found)
    if not counts:
        return Finding(what, ok=False, told="none: sportello whatsapp templates --submit")
    order = list(dict.fromkeys((*STATUSES.values(), *sorted(counts))))
    told = ", ".join(f"{counts[word]} {word}" for word in order if counts[word])
    ok = bool(counts["approved"]) and not any(counts[word] for word in LOST)
    return Finding(what, ok=ok, told=f"{told}: sportello whatsapp templates")


def _told(status: object) -> str:
    return STATUSES.get(str(status), str(status).lower().replace("_", " "))


def _why(problem: SendError, setting: str) -> str:
    """What Meta, or the network, says, and what to do about it."""
    code = code_of(problem)
    if code in AUTHENTICATION:
        return (
            f"{problem.reason}: make a new token for the system user (docs/whatsapp.md, The token) "
            "and set SPORTELLO_WHATSAPP_TOKEN"
        )
    if code in NOT_ALLOWED:
        return (
            f"{problem.reason}: the token needs whatsapp_business_messaging and whatsapp_business_management, "
            "and its system user the app and the account (docs/whatsapp.md, The token)"
        )
    if code == NOT_THERE:
        return f"{problem.reason}: is {setting} the number that Meta gives it (not a telephone number)?"
    if code is None:
        return f"{problem.reason}: does this machine reach SPORTELLO_WHATSAPP_API_BASE?"
    return f"{problem.reason}: see the table in docs/whatsapp.md"
