"""What somebody without script can do with a page: read it, follow its links, fill in and send its forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx


class Page(HTMLParser):
    """Links and buttons by their words, and the fields of the forms."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._link: str | None = None
        self._button: dict[str, str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a":
            self._link = said["href"]
        elif tag == "form":
            self.forms.append(Form(said["action"]))
        elif tag == "input" and (said.get("type") != "radio" or "checked" in said):
            self.forms[-1].fields[said["name"]] = said["value"]
        elif tag == "button":
            self._button = {said["name"]: said["value"]} if "name" in said else {}

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if not words:
            return
        self.words.append(words)
        if self._link is not None:
            self.links[words] = self._link
        if self._button is not None:
            self.forms[-1].buttons[words] = self._button

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = None
        elif tag == "button":
            self._button = None


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, dict[str, str]] = field(default_factory=dict)


class Visitor:
    """Somebody at a page."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.at = "/"
        self.answer = httpx.Response(200)

    @property
    def page(self) -> Page:
        return Page(self.answer.text)

    @property
    def text(self) -> str:
        return "\n".join(self.page.words)

    def form(self, button: str) -> Form:
        """The form with that button."""
        form = next((form for form in self.page.forms if button in form.buttons), None)
        assert form is not None, f"no button {button!r} on {self.text}"
        return form

    async def opens(self, address: str) -> None:
        self._arrived(await self.client.get(urljoin(self.at, address), follow_redirects=True))

    async def follows(self, words: str) -> None:
        links = self.page.links
        assert words in links, f"no link {words!r} among {list(links)}"
        await self.opens(links[words])

    async def sends(self, button: str, **typed: str) -> None:
        form = self.form(button)
        data = {**form.fields, **form.buttons[button], **typed}
        self._arrived(await self.client.post(urljoin(self.at, form.action), data=data, follow_redirects=True))

    async def chooses_a_time(self, *, clock: str = "10:00", city: str = "taranto") -> None:
        """Up to the name: the work desk, the first day, that time."""
        await self.opens(f"/book/{city}")
        await self.follows("Work desk")
        await self.follows("Thursday 26 November")
        await self.follows(clock)

    async def books(self, name: str = "Amina", *, clock: str = "10:00") -> str:
        """Up to the receipt; its address."""
        await self.chooses_a_time(clock=clock)
        await self.sends("Continue", name=name)
        await self.sends("Yes, book it")
        assert "Booked!" in self.text, self.text
        return self.at.partition("?")[0]

    def _arrived(self, answer: httpx.Response) -> None:
        self.answer, self.at = answer, str(answer.url.raw_path, "ascii")
