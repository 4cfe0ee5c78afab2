"""How Meta calls a webhook: signed, alone or several at once, again when it was not taken."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from tests.fakes.whatsapp_bodies import APP_SECRET, Layout, encoded, envelope, ids, signed
from tests.fakes.whatsapp_checks import JSON

Hook = str | Callable[[dict[str, str], bytes], Awaitable[int]] | None
"""An address, or a function that takes the headers and the body and gives the HTTP status of its answer."""
NO_ANSWER = 0
OK = 200


class Webhook:
    """One application's webhook; without one, all that happens waits in `undelivered`."""

    app_secret = APP_SECRET
    verify_token = "words-of-verification"

    def __init__(self) -> None:
        self.webhook: Hook = None
        self.webhook_statuses: list[int] = []
        """The HTTP status of each answer, 0 where there was none."""
        self.undelivered: list[bytes] = []
        """What was not answered 200, until `retry`."""
        self.history: dict[str, bytes] = {}
        """The last body that told of each `wamid`."""
        self._batch: list[JSON] | None = None

    async def happen(self, value: JSON) -> None:
        """Something happened: it is told alone, or at the end of the batch."""
        if self._batch is None:
            await self.deliver(envelope([value]))
        else:
            self._batch.append(value)

    @asynccontextmanager
    async def batch(self, layout: Layout = "mixed") -> AsyncIterator[None]:
        """All that happens meanwhile is told in one POST at the end of the block."""
        assert self._batch is None, "a batch within a batch"
        collected: list[JSON] = []
        self._batch = collected
        try:
            yield
        finally:
            self._batch = None
        if collected:
            await self.deliver(envelope(collected, layout))

    async def deliver(self, body: JSON | bytes, *, sign: bool = True, secret: str | None = None) -> int:
        """POST that; the status of the answer. What is not signed as Meta signs is never kept for later."""
        raw = body if isinstance(body, bytes) else encoded(body)
        if not isinstance(body, bytes):
            self.history |= dict.fromkeys(ids(body), raw)
        headers = signed(raw, self.app_secret if secret is None else secret)
        if not sign:
            del headers["X-Hub-Signature-256"]
        status = await self._post(headers, raw)
        if status != OK and sign and secret is None:
            self.undelivered.append(raw)
        return status

    async def redeliver(self, wamid: str) -> int:
        """The same body once more, byte by byte, as when our answer was lost."""
        return await self.deliver(self.history[wamid])

    async def retry(self) -> list[int]:
        """Everything that was not taken once more, in its order; what is not taken now waits again."""
        waiting, self.undelivered = self.undelivered, []
        return [await self.deliver(raw) for raw in waiting]

    async def verifies(self, token: str | None = None) -> bool:
        """Whether the webhook's address gives back the challenge of somebody who knows that token."""
        assert isinstance(self.webhook, str), "only an address can be verified"
        challenge = str(secrets.randbelow(10**9))
        asked = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token or self.verify_token}
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(self.webhook, params=asked)
        return answer.status_code == OK and answer.text == challenge

    async def _post(self, headers: dict[str, str], raw: bytes) -> int:
        if self.webhook is None:
            return NO_ANSWER
        if isinstance(self.webhook, str):
            try:
                async with httpx.AsyncClient(trust_env=False) as client:
                    status = (await client.post(self.webhook, content=raw, headers=headers)).status_code
            except httpx.TransportError:
                status = NO_ANSWER
        else:
            status = await self.webhook(headers, raw)
        self.webhook_statuses.append(status)
        return status
