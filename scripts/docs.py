"""Checks the links of the documentation: every file that is named exists, every heading that is pointed at is there."""

# ruff: noqa: T201, a script speaks by printing

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).parent.parent
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
"""Addresses on the web are not followed."""


def main() -> int:
    """Say every broken link; 1 when there is any."""
    pages = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")})
    if not pages:
        print("No page of documentation was found.", file=sys.stderr)
        return 1
    faults = [f"{page.relative_to(ROOT)}: {fault}" for page in pages for fault in faults_of(page)]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"docs: {len(pages)} pages, {len(faults)} broken links")
    return 1 if faults else 0


def faults_of(page: Path) -> Iterator[str]:
    """The links of a page that lead nowhere."""
    for match in LINK.finditer(CODE.sub("", page.read_text(encoding="utf-8"))):
        link = match[1] or match[2]
        if ELSEWHERE.match(link):
            continue
        name, _hash, heading = unquote(link).partition("#")
        target = page if not name else (ROOT / name[1:] if name.startswith("/") else page.parent / name)
        if not target.exists():
            yield f"{link} does not exist"
        elif heading and target.suffix == ".md" and heading not in headings(target):
            yield f"{link}: no such heading"


def headings(page: Path) -> set[str]:
    """The anchors that forges make of a page's headings."""
    anchors: set[str] = set()
    text = re.sub(r"^(```|~~~).*?^\1", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for title in HEADING.findall(text):
        anchor = re.sub(r"[^\w\s-]", "", title.replace("`", "").lower()).strip().replace(" ", "-")
        number = sum(re.fullmatch(rf"{re.escape(anchor)}(-\d+)?", known) is not None for known in anchors)
        anchors.add(f"{anchor}-{number}" if number else anchor)
    return anchors


if __name__ == "__main__":
    sys.exit(main())
