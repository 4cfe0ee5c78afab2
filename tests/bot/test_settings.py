"""Settings: wrong and missing values are named at once, all together, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError, accounts_in, read_settings


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No .env, no environment of ours."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SPORTELLO_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_any_setting_everything_runs_on_this_machine(nowhere: Path) -> None:
    settings = read_settings()
    assert settings.database_url == "sqlite+aiosqlite:///var/sportello.db"
    key = settings.key()
    assert len(key) >= 32
    assert read_settings().key() == key
    assert (nowhere / "var" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_all_mistakes_are_named_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPORTELLO_DATABASE_URL", "mysql://localhost/x")
    monkeypatch.setenv("SPORTELLO_REDIS_URL", "localhost:6379")
    monkeypatch.setenv("SPORTELLO_SECRET_KEY", "short")
    with pytest.raises(SettingsError) as problem:
        read_settings()
    lines = str(problem.value).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("SPORTELLO_DATABASE_URL must begin with sqlite+aiosqlite:// or postgresql+asyncpg://")
    assert lines[1].startswith("SPORTELLO_REDIS_URL must begin with redis://")
    assert "openssl rand -hex 32" in lines[2]
    assert "short" not in lines[2]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"TELEGRAM_WEBHOOK_SECRET": "s"}, "needs PUBLIC_URL and TELEGRAM_TOKEN"),
        ({"PUBLIC_URL": "https://sportello.example.org"}, "SECRET_KEY must be set too"),
        ({"PUBLIC_URL": "sportello.example.org"}, "must begin with https://"),
    ],
)
def test_settings_that_belong_together_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], complaint: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"SPORTELLO_{name}", value)
    with pytest.raises(SettingsError, match=complaint):
        read_settings()


def test_a_file_named_env_is_read(nowhere: Path) -> None:
    (nowhere / ".env").write_text("SPORTELLO_REDIS_URL=redis://localhost\n", encoding="utf-8")
    assert read_settings().redis_url == "redis://localhost"


def test_every_setting_is_documented() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if name.upper() not in readme and name != "demo"]
    assert missing == []


@pytest.mark.parametrize("written", ["sportello:secret", '["https://a.example"]', '{"https://a.example": "secret"}'])
def test_accounts_that_cannot_be_read_are_named_without_what_is_written(
    monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.setenv("SPORTELLO_CALENDAR_ACCOUNTS", written)
    with pytest.raises(SettingsError) as problem:
        read_settings()
    assert str(problem.value).startswith("SPORTELLO_CALENDAR_ACCOUNTS must be JSON:")
    assert "secret" not in str(problem.value)


def test_accounts_are_read_by_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPORTELLO_CALENDAR_ACCOUNTS", '{"https://a.example": "user:with:colons"}')
    assert accounts_in(read_settings().calendar_accounts) == {"https://a.example": ("user", "with:colons")}
    assert accounts_in(None) == {}
