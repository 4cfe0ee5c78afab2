"""All that is remembered of a conversation between two messages; it survives restarts and deployments as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from flows.profile import Profile


@dataclass
class Frame:
    """One running flow: its lasting name, the run that makes its deeds idempotent, and the answers by step name."""

    flow: str
    run: str
    heard: dict[str, str] = field(default_factory=dict)  # what was understood when it began; it may prefill answers
    answers: dict[str, str] = field(default_factory=dict)
    agreed: dict[str, bool] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)
    waiting_for: str | None = None

    def step_back(self) -> bool:
        """Drop the last answer that the person gave, and what was prefilled; False when there is none."""
        self.heard.clear()
        while self.answers:
            if self.done.pop(self.answers.popitem()[0], None) is None:
                return True
        return False


@dataclass
class Conversation:
    """The flows underway (the last one has the floor), and the keys and labels of the buttons last shown."""

    profile: Profile = field(default_factory=Profile)
    frames: list[Frame] = field(default_factory=list)
    offered: list[list[str]] = field(default_factory=list)
    listening: str = ""  # what the open question takes beside its buttons: "words", "location" or nothing
    last_intent: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The saved form."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Conversation:
        """The conversation as it was saved, by this release or an earlier one (new fields take their defaults)."""
        frames = [Frame(**frame) for frame in saved.get("frames", [])]
        return cls(**{**saved, "profile": Profile(**saved.get("profile", {})), "frames": frames})
