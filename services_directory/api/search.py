"""`GET /api/search`: services and activities by free words in any language, and by what else people need."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, model_validator

from locales.dates import in_rome
from locales.languages import FALLBACK, SPOKEN
from services_directory.desk.directory import Shelf
from services_directory.desk.search import Hit, Wanted, index_of
from services_directory.exchange.identity import hsds_id
from services_directory.facts import Audience, Service
from services_directory.store.session import Database
from services_directory.taxonomy import TERMS

Code = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class SearchAsked(BaseModel):
    """What is looked for; what is left out does not matter."""

    q: Annotated[
        str, Field(max_length=200, description="Words, in any language; misspelt ones too.", examples=["dove dormire"])
    ] = ""
    city: Annotated[str | None, Field(max_length=20, description="Slug of a city.")] = None
    topic: Annotated[str | None, Field(max_length=40, description=f"One of: {', '.join(TERMS)}.")] = None
    latitude: Annotated[float | None, Field(ge=-90, le=90, description="Nearest first.")] = None
    longitude: Annotated[float | None, Field(ge=-180, le=180, description="Of the same point.")] = None
    open_now: Annotated[bool, Field(description="Only where somebody is now.")] = False
    spoken: Annotated[Code | None, Field(description="Only where this language is spoken.")] = None
    audience: Annotated[Audience | None, Field(description="What is for these people, and for everybody.")] = None
    language: Annotated[Code, Field(description="Of the names and descriptions in the answer.")] = FALLBACK
    limit: Annotated[int, Field(ge=1, le=50, description="Hits at most.")] = 10

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("give both latitude and longitude, or neither")
        return self


class Found(BaseModel):
    """One hit; `id` is the HSDS identifier of the service."""

    id: str
    kind: str
    city: str
    name: str
    about: str
    language: str = Field(description="The one that name and description are in.")
    score: float
    kilometres: float | None


def search_router(database: Database, shelf: Shelf, now: Callable[[], datetime]) -> APIRouter:
    """The address of the search."""
    router = APIRouter(prefix="/api", tags=["Search"])

    @router.get("/search", summary="Services and activities for somebody")
    async def search(asked: Annotated[SearchAsked, Query()]) -> list[Found]:
        moment = now()
        async with database.reading() as session:
            directory = await shelf.newest(session, in_rome(moment).date())
        here = None
        if asked.latitude is not None and asked.longitude is not None:
            here = (asked.latitude, asked.longitude)
        wanted = Wanted(asked.q, asked.city, asked.topic, here, asked.open_now, asked.spoken, asked.audience)
        language = asked.language if asked.language in SPOKEN else FALLBACK
        return [_told(hit, language) for hit in index_of(directory).find(wanted, moment, asked.limit)]

    return router


def _told(hit: Hit, language: str) -> Found:
    about, spoken = hit.item.about.best(language)
    return Found(
        id=hsds_id("service", hit.item.key),
        kind="service" if isinstance(hit.item, Service) else "activity",
        city=hit.item.city,
        name=hit.item.label.best(language)[0],
        about=about,
        language=spoken,
        score=round(hit.score, 3),
        kilometres=None if hit.kilometres is None else round(hit.kilometres, 3),
    )
