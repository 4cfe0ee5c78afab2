"""The identifiers under which HSDS knows what we know by keys."""

from __future__ import annotations

from uuid import UUID, uuid5

NAMESPACE = UUID("7b2f3b2e-6f0a-5d0e-9a51-0f6f8f6c1c5e")
"""Of Sportello: the same key has the same identifier on every installation."""


def hsds_id(*names: str) -> str:
    """The identifier of a thing by its kind and key; what was imported keeps the one it came with."""
    if len(names) == 2 and is_uuid(names[1]):  # noqa: PLR2004, kind and key
        return names[1]
    return str(uuid5(NAMESPACE, "/".join(names)))


def is_uuid(words: str) -> bool:
    """Whether these words are an identifier already."""
    try:
        return str(UUID(words)) == words
    except ValueError:
        return False
