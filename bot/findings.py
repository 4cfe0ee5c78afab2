"""What `sportello doctor` finds, thing by thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is in order, and in a sentence what was found or what to do."""

    what: str
    ok: bool
    told: str
