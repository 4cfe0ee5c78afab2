"""All that is remembered of a conversation between two messages; it survives restarts and deployments as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Frame:
    """One running flow: its lasting name, the run that makes its deeds idempotent, and the answers by step name."""

    flow: str
    run: str
    answers: dict[str, str] = field(default_factory=dict)
    agreed: dict[str, bool] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)
    waiting_for: str | None = None

    def step_back(self) -> bool:
        """Drop the last answer; False when there is none to drop."""
        for answers in (self.agreed, self.answers):
            if answers:
                answers.popitem()
                return True
        return False


@dataclass
class Profile:
    """What is known of the person: the language and city they chose, and whether they were welcomed."""

    language: str | None = None
    chosen: bool = False
    city: str | None = None
    welcomed: bool = False


@dataclass
class Conversation:
    """The flows underway (the last one has the floor), and the labels that the person sees on the buttons."""

    profile: Profile = field(default_factory=Profile)
    frames: list[Frame] = field(default_factory=list)
    offered: list[list[str]] = field(default_factory=list)
    last_intent: str | None = None

    @property
    def top(self) -> Frame | None:
        """The flow that has the floor."""
        return self.frames[-1] if self.frames else None

    def to_json(self) -> dict[str, Any]:
        """The saved form."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Conversation:
        """The conversation as it was saved, by this release or an earlier one (new fields take their defaults)."""
        return cls(
            profile=Profile(**saved.get("profile", {})),
            frames=[Frame(**frame) for frame in saved.get("frames", [])],
            offered=saved.get("offered", []),
            last_intent=saved.get("last_intent"),
        )
