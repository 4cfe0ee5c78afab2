"""How WhatsApp calls in: checked on the raw bytes before anything is read, in keeping before it is answered."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from http import HTTPStatus

from bot.channels.whatsapp_webhook import arrivals
from bot.reception import BatchReception

PATH = "/whatsapp/webhook"
"""Where Meta calls us, below our public address."""
SIGNATURE = "X-Hub-Signature-256"
SCHEME = "sha256="
LARGEST = 4 * 1024 * 1024
"""Bytes of a call; Meta's batches have at most three million."""

log = logging.getLogger(__name__)


class WhatsAppIntake:
    """Hands what arrives to the reception. Logs name no one and none of their words."""

    def __init__(self, reception: BatchReception, phone_id: str, app_secret: str, verify_token: str) -> None:
        self._reception, self._phone_id = reception, phone_id
        self._secret, self._token = app_secret.encode(), verify_token.encode()

    def verify(self, asked: Mapping[str, str]) -> str | None:
        """The challenge, for whoever subscribes with our token; None for anybody else."""
        token = asked.get("hub.verify_token", "").encode()
        known = asked.get("hub.mode") == "subscribe" and hmac.compare_digest(token, self._token)
        return asked.get("hub.challenge", "") if known else None

    async def webhook(self, signature: str | None, body: bytes) -> int:
        """The HTTP status for a call: 200 once all of it is in keeping; after another one it comes again."""
        digest = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest((signature or "").encode(), f"{SCHEME}{digest}".encode()):
            return HTTPStatus.UNAUTHORIZED
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            return HTTPStatus.BAD_REQUEST
        if not isinstance(told, dict):
            return HTTPStatus.BAD_REQUEST
        found = arrivals(told, self._phone_id)
        if not found:
            return HTTPStatus.OK
        try:
            await self._reception.receive_all(found)
        except Exception as problem:  # noqa: BLE001, Meta keeps the call until it can be taken in
            # No traceback: a database error carries the row, and the row is what somebody wrote.
            log.error("WhatsApp: a call was not taken in (%s)", type(problem).__name__)  # noqa: TRY400
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK
