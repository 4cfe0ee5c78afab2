"""The Cloud API as pywa speaks it, with what it refuses as errors of ours. What pywa receives is not used (0016)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import httpx
from pywa.errors import WhatsAppError
from pywa_async.client import WhatsApp

from bot.channels.whatsapp_errors import as_send_error
from bot.outgoing import SendError
from bot.settings import Settings

API_BASE = "https://graph.facebook.com"
PATIENCE = 10.0
"""Seconds that Meta has for each step of an answer."""
A_PAGE = "100"
"""Things of a list that are asked for at once."""

# At DEBUG pywa logs whole messages and whom they went to.
logging.getLogger("pywa").setLevel(logging.WARNING)


@contextmanager
def refusals() -> Iterator[None]:
    """What Meta refuses, and a network that fails, as SendError and its kinds."""
    try:
        yield
    except WhatsAppError as refused:
        raise as_send_error(refused) from refused
    except httpx.TransportError as failed:
        raise SendError(f"WhatsApp: {type(failed).__name__}") from failed
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as odd:
        # A proxy's page of HTML, or JSON without what the documentation promises.
        raise SendError("WhatsApp: the answer cannot be read") from odd


class CloudApi:
    """One telephone number's side of the Cloud API, as `async with CloudApi(...)`. Every verb raises SendError."""

    def __init__(
        self,
        token: str,
        phone_id: str,
        account_id: str | None = None,
        base: str = API_BASE,
        *,
        patience: float = PATIENCE,
    ) -> None:
        self.phone_id, self.account_id = phone_id, account_id
        self._session = httpx.AsyncClient(timeout=patience)
        self._api = WhatsApp(phone_id=phone_id, token=token, session=self._session).api
        # pywa knows one address only; its version of the API stays.
        version = self._session.base_url.path.strip("/")
        self._session.base_url = httpx.URL(f"{base.rstrip('/')}/{version}")

    async def send(self, to: Mapping[str, str], kind: str, content: Any, tracker: str | None = None) -> str:  # noqa: ANN401, whatever that kind holds
        """Send one message of that kind to `{"to": wa_id}` or `{"recipient": business-scoped id}`; its `wamid`.

        `tracker` comes back with every status of the message.
        """
        with refusals():
            answer = await self._api.send_message(
                self.phone_id,
                to.get("to"),
                to.get("recipient"),
                "individual",
                kind,
                content,
                biz_opaque_callback_data=tracker,
            )
            return str(answer["messages"][0]["id"])

    async def upload(self, name: str, media_type: str, content: bytes) -> str:
        """Leave a file with Meta; its number, good for a message."""
        with refusals():
            return str((await self._api.upload_media(self.phone_id, content, media_type, name))["id"])

    async def mark_read(self, wamid: str, *, typing: bool = False) -> None:
        """Turn the ticks of a person's message blue, and perhaps show that an answer is being written."""
        more = {"typing_indicator": {"type": "text"}} if typing else {}
        content = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid, **more}
        with refusals():
            await self._api.send_raw_request("POST", f"/{self.phone_id}/messages", json=content)

    async def get(self, path: str, **fields: str) -> dict[str, Any]:
        """Anything else that Meta tells of `path` ("PHONE_ID", "ACCOUNT_ID/message_templates")."""
        with refusals():
            found: dict[str, Any] = await self._api.send_raw_request("GET", f"/{path}", params=fields)
            return found

    async def every(self, path: str, **fields: str) -> list[dict[str, Any]]:
        """All that Meta lists under `path` ("ACCOUNT_ID/message_templates"), page after page."""
        found: list[dict[str, Any]] = []
        more: dict[str, str] = {}
        with refusals():
            while True:
                page = await self.get(path, limit=A_PAGE, **fields, **more)
                found.extend(page["data"])
                paging = page.get("paging", {})
                after = {"after": paging["cursors"]["after"]} if "next" in paging else {}
                if not after or after == more:
                    return found
                more = after

    async def create_template(self, template: Mapping[str, Any]) -> dict[str, Any]:
        """Ask Meta to approve a template: `{"id", "status", "category"}`."""
        with refusals():
            made: dict[str, Any] = await self._api.send_raw_request(
                "POST", f"/{self.account_id}/message_templates", json=dict(template)
            )
            return made

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_trouble: object) -> None:
        await self._session.aclose()


def cloud_api(settings: Settings) -> CloudApi | None:
    """The side of the number in the settings, to be used as `async with`; None when WhatsApp is switched off."""
    if settings.whatsapp_token is None or settings.whatsapp_phone_id is None:
        return None
    return CloudApi(
        settings.whatsapp_token.get_secret_value(),
        settings.whatsapp_phone_id,
        settings.whatsapp_account_id,
        settings.whatsapp_api_base,
    )
