"""Answers of the API: one thing or a page of many, with what lets a reader keep it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from services_directory.api.asked import Asked
from services_directory.api.catalogue import Catalogue, Catalogues, etag
from services_directory.exchange.attributes import HSDS
from services_directory.store.session import Database

MINUTE = "public, max-age=60"


class Page(BaseModel):
    """A page of a list, as HSDS describes it."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[dict[str, Any]]


class Problem(BaseModel):
    """Why not."""

    detail: Any = Field(description="A sentence, or what is wrong with each parameter.")


class Answers:
    """Answers from the newest catalogue. `now` gives an aware time."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self.database, self.now, self.catalogues = database, now, Catalogues()

    async def catalogue(self) -> Catalogue:
        """What is published now."""
        async with self.database.reading() as session:
            return await self.catalogues.newest(session, self.now())

    def one(self, request: Request, catalogue: Catalogue, write: Callable[[], HSDS] | None) -> Response:
        """One thing. Raises HTTPException (404) when there is none."""
        if write is None:
            raise HTTPException(404, "There is nothing with this id; the lists name those that there are.")
        return self._unless_known(request, catalogue) or JSONResponse(write(), headers=_headers(request, catalogue))

    def many(
        self, request: Request, catalogue: Catalogue, asked: Asked, found: Sequence[Any], write: Callable[[Any], HSDS]
    ) -> Response:
        """A page of what was found, or all of it, one a line."""
        if (known := self._unless_known(request, catalogue)) is not None:
            return known
        headers = _headers(request, catalogue)
        if asked.format == "ndjson":
            lines = (json.dumps(write(one), ensure_ascii=False) + "\n" for one in found)
            return StreamingResponse(lines, media_type="application/x-ndjson", headers=headers)
        pages = max(1, ceil(len(found) / asked.per_page))
        start = (asked.page - 1) * asked.per_page
        contents = [write(one) for one in found[start : start + asked.per_page]]
        page = Page(
            total_items=len(found),
            total_pages=pages,
            page_number=asked.page,
            size=len(contents),
            first_page=asked.page == 1,
            last_page=asked.page >= pages,
            empty=not contents,
            contents=contents,
        )
        return JSONResponse(page.model_dump(), headers=headers)

    @staticmethod
    def _unless_known(request: Request, catalogue: Catalogue) -> Response | None:
        headers = _headers(request, catalogue)
        known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
        return Response(status_code=304, headers=headers) if headers["ETag"] in known else None


def _headers(request: Request, catalogue: Catalogue) -> dict[str, str]:
    tag = etag(catalogue.etag_base, (request.url.path, sorted(request.query_params.multi_items())))
    return {"ETag": tag, "Cache-Control": MINUTE, "Access-Control-Allow-Origin": "*"}
