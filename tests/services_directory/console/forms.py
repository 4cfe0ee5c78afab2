"""Forms as a browser sends them: every field of a page with what it holds."""

from __future__ import annotations

from html.parser import HTMLParser


class _Fields(HTMLParser):
    """Collects inputs, choices and textareas; boxes and radio buttons only where they are chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._open: str | None = None
        self._choice: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "option" and self._choice and ("selected" in said or self._choice not in self.fields):
            self.fields[self._choice] = said.get("value") or ""
        name = said.get("name")
        if name is None:
            return
        if tag == "select":
            self._choice = name
        elif tag == "textarea":
            self._open, self.fields[name] = name, ""
        elif tag == "input" and (said.get("type") not in {"checkbox", "radio"} or "checked" in said):
            self.fields[name] = said.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self.fields[self._open] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._open = None
        elif tag == "select":
            self._choice = None


def fields(page: str) -> dict[str, str]:
    """The fields of a page and what stands in them."""
    parser = _Fields()
    parser.feed(page)
    return parser.fields
