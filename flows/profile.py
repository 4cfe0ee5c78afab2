"""What is known of the person between two messages, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Profile:
    """The language and city they chose, and whether they were welcomed."""

    language: str | None = None
    chosen: bool = False
    city: str | None = None
    welcomed: bool = False
