"""A wire onto which replies are pushed, and which fails as it is told to."""

from __future__ import annotations

from bot.incoming import Sender
from bot.outgoing import UNKNOWN, Posting, Reply, SendError


class FakeChannel:
    """Remembers what it sent; the next sends fail with the errors in `failures`, first come first."""

    name = "fake"
    template_languages: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.failures: list[SendError | None] = []

    async def send(self, to: Sender, reply: Reply, _posting: Posting = UNKNOWN) -> str | None:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        self.sent.append((to.value, reply.text))
        return f"sent-{len(self.sent)}"

    def to(self, value: str) -> list[str]:
        """The texts sent to one person, in order."""
        return [text for receiver, text in self.sent if receiver == value]
