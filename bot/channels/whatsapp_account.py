"""The Cloud API of the number in the settings."""

from __future__ import annotations

from bot.channels.whatsapp_client import CloudApi
from bot.settings import Settings


def cloud_api(settings: Settings) -> CloudApi | None:
    """Our number's side of the Cloud API, to be used as `async with`; None when WhatsApp is switched off."""
    if settings.whatsapp_token is None or settings.whatsapp_phone_id is None:
        return None
    return CloudApi(
        settings.whatsapp_token.get_secret_value(),
        settings.whatsapp_phone_id,
        settings.whatsapp_account_id,
        settings.whatsapp_api_base,
    )
