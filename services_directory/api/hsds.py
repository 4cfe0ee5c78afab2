"""HSDS 3.1 over HTTP: every GET of the standard's API, read only, for anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services_directory.api.answers import Answers, Page, Problem
from services_directory.api.asked import Asked, ByTerm, OrganizationsAsked, PlacesAsked, ServicesAsked, TermsAsked
from services_directory.api.catalogue import Item, flat
from services_directory.desk.directory import kilometres
from services_directory.exchange.attributes import HSDS
from services_directory.exchange.taxonomies import taxonomy_of
from services_directory.store.session import Database

PREFIX = "/api/hsds/v3.1"
VERSION = "3.1"
PROFILE = "https://docs.openreferral.org/en/latest/hsds/"
LINKS = '</api/docs>; rel="service-doc", </api/openapi.json>; rel="service-desc"'
"""Where the API is described, for people and for machines (RFC 8631)."""
METRES = 1_000
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": Problem}}
LINES: dict[int | str, dict[str, Any]] = {200: {"content": {"application/x-ndjson": {}}}}


class About(BaseModel):
    """What this API is."""

    version: str
    profile: str
    openapi_url: str


def hsds_router(database: Database, now: Callable[[], datetime]) -> APIRouter:
    """Everything below `/api/hsds/v3.1`."""
    router = APIRouter(prefix=PREFIX, tags=["HSDS 3.1"])
    answers = Answers(database, now)
    _add_services(router, answers)
    _add_places(router, answers)
    _add_organizations(router, answers)
    _add_taxonomies(router, answers)

    @router.get("/", response_model=About, summary="What this API is")
    async def about(request: Request) -> JSONResponse:
        address = str(request.base_url).rstrip("/") + "/api/openapi.json"
        return JSONResponse({"version": VERSION, "profile": PROFILE, "openapi_url": address}, headers={"Link": LINKS})

    return router


def _add_services(router: APIRouter, answers: Answers) -> None:
    @router.get("/services", response_model=Page, responses=LINES, summary="Services and activities")
    async def services(request: Request, asked: Annotated[ServicesAsked, Query()]) -> Response:
        catalogue = await answers.catalogue()

        def write(item: Item) -> HSDS:
            if asked.minimal:
                return {"id": item.id, "last_modified": item.modified.isoformat()}
            service = catalogue.service(item.id)
            return service if asked.full else _listed(service, "organization", "program")

        return answers.many(request, catalogue, asked, _services(catalogue.services, asked), write)

    @router.get("/services/{id}", summary="A service, whole", responses=NOT_FOUND)
    async def service(request: Request, id: str) -> Response:  # noqa: A002, the standard's name
        catalogue = await answers.catalogue()
        known = id in catalogue.service_by_id
        return answers.one(request, catalogue, (lambda: catalogue.service(id)) if known else None)


def _add_places(router: APIRouter, answers: Answers) -> None:
    @router.get("/service_at_locations", response_model=Page, responses=LINES, summary="Services at their places")
    async def places(request: Request, asked: Annotated[PlacesAsked, Query()]) -> Response:
        catalogue = await answers.catalogue()
        items = _services(catalogue.services, asked)
        found = [place for item in items for place in catalogue.exporter.service_at_locations(item.entry)]
        if asked.postcode is not None:
            found = list(_near(found, asked.postcode, asked.proximity or 0.0))
        return answers.many(
            request, catalogue, asked, found, lambda place: place if asked.full else _listed(place, "location")
        )

    @router.get("/service_at_locations/{id}", summary="A service at a place, whole", responses=NOT_FOUND)
    async def place(request: Request, id: str, *, full: bool = False) -> Response:  # noqa: A002, the standard's name
        catalogue = await answers.catalogue()
        item = catalogue.at_location.get(id)
        if item is None:
            return answers.one(request, catalogue, None)
        found = catalogue.exporter.service_at_locations(item.entry, with_service=full)
        return answers.one(request, catalogue, lambda: next(one for one in found if one["id"] == id))


def _add_organizations(router: APIRouter, answers: Answers) -> None:
    @router.get("/organizations", response_model=Page, responses=LINES, summary="Organizations")
    async def organizations(request: Request, asked: Annotated[OrganizationsAsked, Query()]) -> Response:
        catalogue = await answers.catalogue()
        found = [item for item in catalogue.organizations if _has_words(item, asked)]
        if asked.taxonomy_term_id is not None or asked.taxonomy_id is not None:
            providing = {item.organization for item in catalogue.services if _has_terms(item, asked)}
            found = [item for item in found if item.id in providing]

        def write(item: Item) -> HSDS:
            whole = catalogue.organization(item, with_services=asked.full_service)
            return whole if asked.full or asked.full_service else flat(whole)

        return answers.many(request, catalogue, asked, found, write)

    @router.get("/organizations/{id}", summary="An organization, whole", responses=NOT_FOUND)
    async def organization(
        request: Request,
        id: str,  # noqa: A002, the standard's name
        *,
        full_service: bool = False,
    ) -> Response:
        catalogue = await answers.catalogue()
        item = catalogue.organization_by_id.get(id)
        if item is None:
            return answers.one(request, catalogue, None)
        return answers.one(request, catalogue, lambda: catalogue.organization(item, with_services=full_service))


def _add_taxonomies(router: APIRouter, answers: Answers) -> None:
    @router.get("/taxonomies", response_model=Page, responses=LINES, summary="Taxonomies")
    async def taxonomies(request: Request, asked: Annotated[Asked, Query()]) -> Response:
        catalogue = await answers.catalogue()
        found = [one for one in catalogue.taxonomies.values() if _says(one, asked.search)]
        return answers.many(request, catalogue, asked, found, dict)

    @router.get("/taxonomies/{id}", summary="A taxonomy", responses=NOT_FOUND)
    async def taxonomy(request: Request, id: str) -> Response:  # noqa: A002, the standard's name
        catalogue = await answers.catalogue()
        found = catalogue.taxonomies.get(id)
        return answers.one(request, catalogue, (lambda: found) if found else None)

    @router.get("/taxonomy_terms", response_model=Page, responses=LINES, summary="Terms of the taxonomies")
    async def terms(request: Request, asked: Annotated[TermsAsked, Query()]) -> Response:
        catalogue = await answers.catalogue()
        found = [
            term
            for term in catalogue.terms.values()
            if _says(term, asked.search)
            and asked.taxonomy_id in {None, taxonomy_of(term)}
            and not (asked.top_only and "parent_id" in term)
            and asked.parent_id in {None, term.get("parent_id")}
        ]
        return answers.many(request, catalogue, asked, found, dict)

    @router.get("/taxonomy_terms/{id}", summary="A term", responses=NOT_FOUND)
    async def term(request: Request, id: str) -> Response:  # noqa: A002, the standard's name
        catalogue = await answers.catalogue()
        found = catalogue.terms.get(id)
        return answers.one(request, catalogue, (lambda: found) if found else None)


def _services(items: Iterable[Item], asked: ServicesAsked | PlacesAsked) -> list[Item]:
    return [
        item
        for item in items
        if _has_words(item, asked)
        and _has_terms(item, asked)
        and asked.organization_id in {None, item.organization}
        and (asked.modified_after is None or item.modified >= asked.modified_after)
    ]


def _has_words(item: Item, asked: Asked) -> bool:
    return all(word in item.words for word in (asked.search or "").casefold().split())


def _has_terms(item: Item, asked: ByTerm) -> bool:
    if asked.taxonomy_term_id is not None and asked.taxonomy_term_id not in item.terms:
        return False
    return asked.taxonomy_id is None or asked.taxonomy_id in item.taxonomies


def _listed(one: HSDS, *inside: str) -> HSDS:
    """What a list shows: the object's own fields, and those of the objects it belongs to."""
    return flat(one) | {name: flat(one[name]) for name in inside if name in one}


def _says(one: HSDS, search: str | None) -> bool:
    said = f"{one['name']} {one.get('description', '')} {one.get('code', '')}".casefold()
    return all(word in said for word in (search or "").casefold().split())


def _near(places: Sequence[HSDS], postcode: str, metres: float) -> Iterable[HSDS]:
    """Places with that postcode, and those within so many metres of one that has it."""
    points = [point for place in places if _has_postcode(place, postcode) and (point := _point(place))]
    for place in places:
        here = _point(place)
        near = here is not None and any(kilometres(*here, *point) * METRES <= metres for point in points)
        if near or _has_postcode(place, postcode):
            yield place


def _point(place: HSDS) -> tuple[float, float] | None:
    here = place.get("location", {})
    return (here["latitude"], here["longitude"]) if "latitude" in here and "longitude" in here else None


def _has_postcode(place: HSDS, postcode: str) -> bool:
    return any(one.get("postal_code") == postcode for one in place.get("location", {}).get("addresses", ()))
