"""Replies onto WhatsApp: laid out, paced, as a template where nothing else may go out."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, Self

from aiolimiter import AsyncLimiter

from bot.channels.errands import Errands
from bot.channels.halfway import Halfway
from bot.channels.whatsapp_client import CloudApi
from bot.channels.whatsapp_errors import is_too_fast, template_is_missing
from bot.channels.whatsapp_layout import Media, Message, layout, media_content, upload_type
from bot.channels.whatsapp_templates import CODES, content
from bot.channels.whatsapp_webhook import NAME
from bot.clock import Clock
from bot.incoming import Sender
from bot.outgoing import UNKNOWN, Posting, Reply, SendError, UndeliverableError

WINDOW = timedelta(hours=24)
"""How long after a person's last message anything may be written to them."""
A_SECOND = 80
"""Messages that one telephone number may send in a second, theirs and ours together (Meta's default)."""
QUIET = 2.0
"""Seconds for which nothing more is sent when Meta says that it was too much."""
ANSWERED = 1000
"""Messages of which it is remembered that their ticks are blue."""

log = logging.getLogger(__name__)


class WhatsAppChannel:
    """Replies onto WhatsApp, as `async with WhatsAppChannel(...)`; nothing is asked of Meta before it is needed."""

    name = NAME
    template_languages = frozenset(CODES)

    def __init__(self, api: CloudApi, clock: Clock, a_second: float = A_SECOND) -> None:
        self.api, self._clock = api, clock
        self._pace = AsyncLimiter(a_second, 1)
        self._halfway = Halfway()
        self._answered: dict[str, None] = {}
        self._errands = Errands()
        self._quiet_until = 0.0

    async def send(self, to: Sender, reply: Reply, posting: Posting = UNKNOWN) -> str:
        """Send one reply within WhatsApp's limits; the id of its last message.

        Within 24 hours of the person's last message: as it is, in as many messages as it takes; when a later one
        fails, the next attempt begins at that one (as on Telegram). Else: as the template that says the same.

        Raises SendError or one of its kinds.
        """
        if self._is_closed(posting):
            return await self._send_template(to, reply, posting)
        steps = [partial(self._send_part, to, part, posting) for part in layout(reply)]
        last = ""
        async for position, wamid in self._halfway.through(to, reply, steps):
            self._show_as_read(posting, typing=position + 1 < len(steps))
            last = wamid
        return last

    async def __aenter__(self) -> Self:
        await self.api.__aenter__()
        return self

    async def __aexit__(self, *_trouble: object) -> None:
        await self._errands.close()
        await self.api.__aexit__()

    def _is_closed(self, posting: Posting) -> bool:
        heard = posting.heard_at
        return posting.only_template or (heard is not None and self._clock.now() - heard >= WINDOW)

    async def _send_template(self, to: Sender, reply: Reply, posting: Posting) -> str:
        """The first of the reply's templates that Meta has approved. Raises UndeliverableError when there is none."""
        if not reply.templates:
            raise UndeliverableError("WhatsApp: more than 24 hours, and no template says this")
        missing: SendError | None = None
        for template in reply.templates:
            try:
                return await self._post(to, "template", content(template), posting)
            except SendError as refused:
                if not template_is_missing(refused):
                    raise
                log.warning("WhatsApp: the template %s (%s) is not approved", template.name, template.language)
                missing = refused
        raise UndeliverableError(f"WhatsApp: no approved template {reply.templates[0].name}") from missing

    async def _send_part(self, to: Sender, part: Message | Media, posting: Posting) -> str:
        if isinstance(part, Message):
            return await self._post(to, part.kind, part.content, posting)
        file = part.file
        await self._wait()
        media = await self.api.upload(file.name, upload_type(file), file.data)
        kind, shown = media_content(file, media)
        return await self._post(to, kind, shown, posting)

    async def _post(self, to: Sender, kind: str, content: Any, posting: Posting) -> str:  # noqa: ANN401, see CloudApi.send
        await self._wait()
        try:
            return await self.api.send(_address(to), kind, content, str(posting.number) if posting.number else None)
        except SendError as refused:
            if is_too_fast(refused):
                self._quiet_until = asyncio.get_running_loop().time() + QUIET
            raise

    async def _wait(self) -> None:
        """Until the telephone number may send again."""
        quiet = self._quiet_until - asyncio.get_running_loop().time()
        if quiet > 0:
            await asyncio.sleep(quiet)
        await self._pace.acquire()

    def _show_as_read(self, posting: Posting, *, typing: bool) -> None:
        """Turn the ticks of the answered message blue: only now does somebody see to it. Nothing waits for that."""
        wamid = posting.answers
        if wamid is None or wamid in self._answered:
            return
        self._answered[wamid] = None
        if len(self._answered) > ANSWERED:
            del self._answered[next(iter(self._answered))]
        self._errands.run(self._mark_read(wamid, typing=typing))

    async def _mark_read(self, wamid: str, *, typing: bool) -> None:
        # Blue ticks are a courtesy: without them the answer is there all the same.
        with suppress(SendError):
            await self.api.mark_read(wamid, typing=typing)


def _address(to: Sender) -> dict[str, str]:
    """A number is `to`, a scoped id is the `recipient`."""
    return {"to": to.value} if to.kind == "wa_id" else {"recipient": to.value}
