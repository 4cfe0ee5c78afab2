"""Runs the migrations on the connection that `migrating.upgrade` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from services_directory.store.localized import LocalizedText, LocalizedTexts
from services_directory.store.session import Base, Instant


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:  # noqa: ANN401, Alembic's signature
    """Plain types in new migrations: what a column was does not change when our code does."""
    if kind == "type" and isinstance(item, LocalizedText | LocalizedTexts):
        return "sa.JSON()"
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter most things in place
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
