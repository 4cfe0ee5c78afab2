"""Real servers for tests: found on this machine or in a wheel, started once a session, thrown away at its end."""

from __future__ import annotations


class ServiceMissingError(Exception):
    """A program that tests need is nowhere on this machine; the message says what to run."""

    def __init__(self, what: str, how: str) -> None:
        self.what = what
        self.how = how
        super().__init__(f"{what} is not on this machine. Run `make test`, which gets it, or: {how}")
