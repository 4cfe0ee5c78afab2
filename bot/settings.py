"""The settings: read once, checked all at once, each mistake named with what to do."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SHORTEST_KEY = 32
DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class SettingsError(Exception):
    """One or more settings are wrong; the message has one line for each."""


def _database(url: str) -> str:
    try:
        driver = make_url(url).drivername
    except ArgumentError:
        driver = ""
    if driver not in DRIVERS:
        raise ValueError(f"must begin with {' or '.join(f'{driver}://' for driver in DRIVERS)}")
    return url


def _web(url: str | None) -> str | None:
    if url is not None and not url.startswith(("http://", "https://")):
        raise ValueError("must begin with https:// (or http:// on your own machine)")
    return url.rstrip("/") if url else None


def _redis(url: str | None) -> str | None:
    if url is not None and not url.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return url


def _key(key: SecretStr | None) -> SecretStr | None:
    if key is not None and len(key.get_secret_value()) < SHORTEST_KEY:
        raise ValueError(f"must have at least {SHORTEST_KEY} characters: openssl rand -hex 32 makes one")
    return key


def _accounts(written: SecretStr | None) -> SecretStr | None:
    """Refuses what `accounts_in` cannot read."""
    try:
        accounts_in(written)
    except ValueError:
        raise ValueError('must be JSON: {"https://address of the calendar": "user:password"}') from None
    return written


def accounts_in(written: SecretStr | None) -> dict[str, tuple[str, str]]:
    """(user, password) by the address of a calendar. Raises ValueError."""
    found = json.loads(written.get_secret_value()) if written else {}
    if not isinstance(found, dict) or not all(isinstance(one, str) and ":" in one for one in found.values()):
        raise ValueError("not an object of user:password")
    return {address: (user, password) for address, one in found.items() for user, _, password in [one.partition(":")]}


class Settings(BaseSettings):
    """What can be set, from the environment (`SPORTELLO_...`) or from a file named `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="SPORTELLO_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    database_url: Annotated[str, AfterValidator(_database)] = "sqlite+aiosqlite:///var/sportello.db"
    redis_url: Annotated[str | None, AfterValidator(_redis)] = None
    rasa_url: Annotated[str | None, AfterValidator(_web)] = None
    """A Rasa server to ask what messages mean; without it, or when it fails, the embedded engine understands them."""
    public_url: Annotated[str | None, AfterValidator(_web)] = None
    """Where people reach us from outside: needed for Telegram's webhook."""
    secret_key: Annotated[SecretStr | None, AfterValidator(_key)] = None
    telegram_token: SecretStr | None = None
    telegram_api_base: Annotated[str, AfterValidator(_web)] = "https://api.telegram.org"
    telegram_webhook_secret: SecretStr | None = None
    whatsapp_token: SecretStr | None = None
    whatsapp_phone_id: str | None = None
    """Meta's number of our telephone number, not the telephone number."""
    whatsapp_app_secret: SecretStr | None = None
    whatsapp_verify_token: SecretStr | None = None
    whatsapp_account_id: str | None = None
    """Meta's number of the WhatsApp Business Account: needed for templates."""
    whatsapp_api_base: Annotated[str, AfterValidator(_web)] = "https://graph.facebook.com"
    calendar_accounts: Annotated[SecretStr | None, AfterValidator(_accounts)] = None
    """Our accounts in the booking systems of the cities, as JSON: `{"address": "user:password"}`."""
    demo: bool = False
    """Example data: `sportello run --demo` sets it."""

    @model_validator(mode="after")
    def _belong_together(self) -> Settings:
        if self.telegram_webhook_secret and not (self.public_url and self.telegram_token):
            raise ValueError("TELEGRAM_WEBHOOK_SECRET needs PUBLIC_URL and TELEGRAM_TOKEN beside it")
        parts = {
            "WHATSAPP_TOKEN": self.whatsapp_token,
            "WHATSAPP_PHONE_ID": self.whatsapp_phone_id,
            "WHATSAPP_APP_SECRET": self.whatsapp_app_secret,
            "WHATSAPP_VERIFY_TOKEN": self.whatsapp_verify_token,
        }
        missing = [name for name, value in parts.items() if not value]
        if 0 < len(missing) < len(parts):
            raise ValueError(f"WhatsApp needs {' and '.join(missing)} too (docs/whatsapp.md says where they are)")
        if self.public_url and not self.secret_key:
            raise ValueError("PUBLIC_URL is set, so SECRET_KEY must be set too: openssl rand -hex 32 makes one")
        return self

    def key(self) -> str:
        """The secret key; on one's own machine it is made once and kept in `var/secret.key`."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        kept = Path("var/secret.key")
        if not kept.exists():
            kept.parent.mkdir(exist_ok=True)
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_hex(32), encoding="ascii")
        return kept.read_text(encoding="ascii")


def read_settings() -> Settings:
    """The settings of this process. Raises SettingsError, which names all that is wrong."""
    try:
        return Settings()
    except ValidationError as problem:
        lines = [
            f"{' '.join(f'SPORTELLO_{str(name).upper()}' for name in error['loc'])} {error['msg']}".replace(
                "Value error, ", ""
            ).strip()
            for error in problem.errors()
        ]
        raise SettingsError("\n".join(lines)) from None
