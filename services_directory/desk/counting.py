"""How requests of people whom nobody knows are counted: by the network they come from, within a window of time."""

from __future__ import annotations

import ipaddress
from typing import Protocol

A_MINUTE, A_DAY = 60, 86_400
"""Windows, in seconds."""
HOUSEHOLD = 64
"""Bits of an IPv6 address that one household shares; it changes the rest as it likes."""


class Counting(Protocol):
    """Counts what somebody does within a window of so many seconds."""

    async def wait(self, subject: str, most: int, window: int = A_MINUTE) -> int:
        """Count one of `subject`; 0, or the seconds to wait when it is one too many."""


def network_of(address: str) -> str:
    """The address itself, or of IPv6 the household's network; what is no address stays as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, HOUSEHOLD), strict=False)) if parsed.version == 6 else address  # noqa: PLR2004, IPv6


def caller_of(client: tuple[str, int] | None) -> str:
    """The network of a request's `client`, its host and port; empty when the server does not tell it."""
    return "" if client is None else network_of(client[0])
