"""Gets what the tests need from outside Python: by apt where this user may, else from wheels; what is missing is said.

Exit status 0 when every service can be started, 1 otherwise.
"""

# ruff: noqa: T201, a script speaks by printing

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.services import ServiceMissingError, browser, postgresql, redis

FONTS = (Path("/usr/share/fonts"), Path.home() / ".local/share/fonts", Path.home() / ".fonts")
NEEDED_FONT = "NotoSansBengali-Regular*"
"""One of fonts-noto-core: without them Bengali, Urdu and Amharic are boxes in pictures of pages."""


def installed_fonts() -> Path | None:
    """A font that only the Noto package brings."""
    return next((font for folder in FONTS for font in folder.rglob(NEEDED_FONT)), None)


PACKAGES: dict[str, Callable[[], Path | None]] = {
    "postgresql": postgresql.installed,
    "redis-server": redis.installed,
    "chromium": browser.installed,
    "fonts-noto-core": installed_fonts,
}
"""Debian's packages, and how to see that each is there."""


def main() -> int:
    """Install what is missing, then look at what there is."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # in order with what comes on stderr
    missing = [package for package, installed in PACKAGES.items() if installed() is None]
    if missing:
        root = as_root()
        if root is not None:
            apt_install(root, missing)
        else:
            print(f"apt-get needs a password or is not there: going on without Debian's {' '.join(missing)}")
    if browser.installed() is None:
        print("Fetching Playwright's own Chromium")
        run([sys.executable, "-m", "playwright", "install", "chromium"])
    return report()


def as_root() -> list[str] | None:
    """What comes before apt-get; None when this user may not run it, or there is none."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "--non-interactive"]
    return sudo if shutil.which("sudo") and run([*sudo, "true"], quiet=True) else None


def apt_install(root: list[str], packages: list[str]) -> None:
    """Install Debian packages; what apt says is shown only when it fails."""
    print(f"Installing Debian's {' '.join(packages)} (some minutes)")
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    run([*apt, "update"])
    run([*apt, "install", "--no-install-recommends", "--yes", *packages])


def report() -> int:
    """Say what cannot be started, and how to get it."""
    finds: tuple[Callable[[], Path], ...] = (postgresql.find, redis.find, lambda: browser.find(playwrights_own))
    problems = []
    for find in finds:
        try:
            find()
        except ServiceMissingError as missing:
            problems.append(f"{missing.what} is not on this machine and could not be got. Run: {missing.how}")
    if installed_fonts() is None:
        problems.append(
            "Noto's fonts are not on this machine and could not be got. Run: sudo apt-get install fonts-noto-core"
        )
    for problem in problems:
        print(f"make test: {problem}", file=sys.stderr)
    return 1 if problems else 0


def playwrights_own() -> str:
    """Where Playwright keeps its browser, whether or not it has fetched it."""
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def run(command: list[str], *, quiet: bool = False) -> bool:
    """Whether the command did what it should; if not, its words are shown unless they do not matter."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603, written in this file
    if done.returncode and not quiet:
        print(f"{' '.join(command)}:\n{done.stdout[-500:]}{done.stderr[-500:]}", file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
