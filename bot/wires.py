"""The channels that the settings switch on, onto which replies are pushed: how each is made, opened and called."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, TypeAlias

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse

from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_intake import TelegramIntake
from bot.clock import SystemClock
from bot.only_one import only_one
from bot.outgoing import Channel, SendError
from bot.settings import Settings
from bot.workers import Workers

if TYPE_CHECKING:
    from bot.channels.whatsapp import WhatsAppChannel

log = logging.getLogger(__name__)

Background: TypeAlias = Callable[[asyncio.Event], Coroutine[None, None, None]]
A_MINUTE = 60


class Wires:
    """Telegram and WhatsApp, each only when it has its keys."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        token = settings.telegram_token
        self.telegram = TelegramChannel(token.get_secret_value(), settings.telegram_api_base) if token else None
        self.whatsapp = _whatsapp(settings)

    @property
    def channels(self) -> Mapping[str, Channel]:
        """By name."""
        return {channel.name: channel for channel in (self.telegram, self.whatsapp) if channel is not None}

    async def open(self, stack: AsyncExitStack) -> None:
        """Open the wires; they are closed with the stack."""
        if self.telegram is not None:
            await stack.enter_async_context(self.telegram)
        if self.whatsapp is not None:
            await stack.enter_async_context(self.whatsapp)

    def attach(self, app: FastAPI, workers: Workers) -> Background | None:
        """Add the addresses that are called from outside; what Telegram has to be told or asked meanwhile."""
        if self.whatsapp is not None:
            _add_whatsapp(app, self._settings, workers)
        if self.telegram is None:
            return None
        secret = self._settings.telegram_webhook_secret
        intake = TelegramIntake(self.telegram, workers, secret.get_secret_value() if secret else None)
        if secret is not None:
            _add_telegram(app, intake)
        return lambda stop: _speak_for_the_bot(self._settings, intake, stop)


def _whatsapp(settings: Settings) -> WhatsAppChannel | None:
    if settings.whatsapp_token is None:
        return None
    from bot.channels.whatsapp import WhatsAppChannel  # noqa: PLC0415, pywa takes half a second and 15 MB
    from bot.channels.whatsapp_client import cloud_api  # noqa: PLC0415, as above

    api = cloud_api(settings)
    return WhatsAppChannel(api, SystemClock()) if api else None


async def _speak_for_the_bot(settings: Settings, intake: TelegramIntake, stop: asyncio.Event) -> None:
    """Have updates called in, or poll for them in one process, whichever the settings ask for; say who we are."""
    called_in = settings.telegram_webhook_secret is not None
    try:
        async with only_one(intake.channel.bot.token, stop) as ours:
            if ours:
                polling = [] if called_in else [intake.poll(stop)]
                await asyncio.gather(_announce(settings, intake, stop, called_in=called_in), *polling)
    finally:
        await intake.close()


async def _announce(settings: Settings, intake: TelegramIntake, stop: asyncio.Event, *, called_in: bool) -> None:
    # Telegram may be away when we start: the other channels do not wait for it.
    while not stop.is_set():
        try:
            if called_in:
                await intake.register_webhook(f"{settings.public_url}/telegram/webhook")
            await intake.channel.set_commands()
        except SendError as problem:
            log.warning("Telegram was not told who we are, next try in a minute: %s", problem.reason)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), A_MINUTE)
        else:
            return


def _add_telegram(app: FastAPI, intake: TelegramIntake) -> None:
    @app.post("/telegram/webhook", include_in_schema=False)
    async def telegram_webhook(request: Request) -> Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        return Response(status_code=await intake.webhook(secret, await request.body()))


def _add_whatsapp(app: FastAPI, settings: Settings, workers: Workers) -> None:
    from bot.channels.whatsapp_intake import LARGEST, PATH, SIGNATURE, WhatsAppIntake  # noqa: PLC0415, as above

    secret, token = settings.whatsapp_app_secret, settings.whatsapp_verify_token
    intake = WhatsAppIntake(
        workers,
        settings.whatsapp_phone_id or "",
        secret.get_secret_value() if secret else "",
        token.get_secret_value() if token else "",
    )

    @app.get(PATH, include_in_schema=False)
    async def whatsapp_subscribed(request: Request) -> Response:
        challenge = intake.verify(request.query_params)
        return Response(status_code=403) if challenge is None else PlainTextResponse(challenge)

    @app.post(PATH, include_in_schema=False)
    async def whatsapp_webhook(request: Request) -> Response:
        length = request.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > LARGEST:
            return Response(status_code=413)
        return Response(status_code=await intake.webhook(request.headers.get(SIGNATURE), await request.body()))
