"""What is counted for whoever watches over the service: no words, no persons."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

TURNS = Histogram(
    "sportello_turn_seconds",
    "How long a message took from its lock to its saved answer.",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5),
)
MESSAGES = Counter("sportello_messages_total", "Messages answered, by channel and flow.", ("channel", "flow"))
FAILURES = Counter("sportello_failed_turns_total", "Turns that ended in an error of ours.")
REPLIES = Counter(
    "sportello_replies_total", "Replies pushed onto a channel, by what became of them.", ("channel", "outcome")
)
