"""Pages in the reader's language, the headers that go with every one of them, and the files they use."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from locales.languages import FALLBACK, SPOKEN, STAFF
from locales.rendering import is_rtl
from services_directory.console.words import in_language

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
"""What is served; licences and notes beside them are for readers of the repository."""
POLICY = (
    # Bootstrap Italia's own style sheet holds small images and a font as `data:`; nothing comes from elsewhere.
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self' data:; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    # Not `no-referrer`: with it browsers send `Origin: null`, and a forged form could not be told from ours.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    # People's names: not on the disk of a shared computer, not behind "back" after signing out.
    "Cache-Control": "no-store",
}


def _served() -> dict[str, Path]:
    found = sorted(path for path in STATIC.rglob("*") if path.suffix in KINDS)
    return {path.relative_to(STATIC).as_posix(): path for path in found}


def _digest(files: dict[str, Path]) -> str:
    digest = hashlib.sha256()
    for name, path in files.items():
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


FILES = _served()
VERSION = _digest(FILES)
ADDRESS = f"/console/static/{VERSION}"
"""Holds a digest of all the files, so what is below it may be kept for ever."""


_TEMPLATES = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def add_static(router: APIRouter) -> None:
    """Serve the files, and nothing else, below `/console/static/<digest>/`."""

    @router.get("/static/{version}/{name:path}")
    async def static(version: str, name: str) -> Response:
        path = FILES.get(name)
        if path is None:
            return Response(status_code=404)
        # An old address (a page opened before an upgrade) gets the file of today, but is not told to keep it.
        kept = "public, max-age=31536000, immutable" if version == VERSION else "no-cache"
        headers = {"Cache-Control": kept, "X-Content-Type-Options": "nosniff"}
        return FileResponse(path, media_type=KINDS[path.suffix], headers=headers)


def page(name: str, language: str, /, *, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401, a template takes anything
    """The page, or the fragment of one, with its headers."""
    html = _TEMPLATES.get_template(name).render(
        w=in_language(language),
        language=language,
        direction="rtl" if is_rtl(language) else "ltr",
        static=ADDRESS,
        **values,
    )
    return HTMLResponse(html, status_code=status, headers=HEADERS)


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """A file to keep, with the headers of a page."""
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def staff_language_of(request: Request) -> str:
    """As `language_of`, among the languages into which the pages of staff are translated."""
    return language_of(request, STAFF)


def language_of(request: Request, among: Collection[str] = SPOKEN) -> str:
    """The language of ours that the browser asks for first; Italian when it asks for none of them."""
    asked = []
    for position, part in enumerate(request.headers.get("accept-language", "")[:400].split(",")):
        tag, _semicolon, weight = part.strip().partition(";")
        code = tag.split("-")[0].lower()
        if code in among and (odds := _weight(weight)) > 0:
            asked.append((-odds, position, code))
    return min(asked)[2] if asked else FALLBACK


def _weight(parameter: str) -> float:
    name, _equals, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
