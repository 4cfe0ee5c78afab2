"""What may be asked of the API: the parameters of HSDS 3.1, by the list they belong to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

MOST_ON_A_PAGE = 1_000
Identifier = Annotated[str | None, Field(max_length=60)]


class Asked(BaseModel):
    """Of every list."""

    search: Annotated[
        str | None, Field(max_length=200, description="Words, all of which must occur, in any language.")
    ] = None
    page: Annotated[int, Field(ge=1, le=1_000_000, description="Counted from 1.")] = 1
    per_page: Annotated[int, Field(ge=1, le=MOST_ON_A_PAGE, description="Items of a page.", examples=[5])] = 50
    format: Annotated[
        Literal["json", "ndjson"], Field(description="`ndjson`: all items, one a line, without pages.")
    ] = "json"


class ByTerm(Asked):
    """Of what carries terms."""

    taxonomy_term_id: Annotated[Identifier, Field(description="Only what carries this term.")] = None
    taxonomy_id: Annotated[Identifier, Field(description="Only what carries a term of this taxonomy.")] = None
    full: Annotated[bool, Field(description="Each item whole, with all that belongs to it.")] = False


class ServicesAsked(ByTerm):
    """Of services."""

    organization_id: Annotated[Identifier, Field(description="Only what this organization provides.")] = None
    modified_after: Annotated[
        AwareDatetime | None, Field(description="Changed on or after this time, with its offset.")
    ] = None
    minimal: Annotated[bool, Field(description="Only `id` and `last_modified`.")] = False


class PlacesAsked(ByTerm):
    """Of services at locations."""

    organization_id: Annotated[Identifier, Field(description="Only what this organization provides.")] = None
    modified_after: Annotated[
        AwareDatetime | None, Field(description="Changed on or after this time, with its offset.")
    ] = None
    postcode: Annotated[str | None, Field(max_length=10, description="Only places with this postcode.")] = None
    proximity: Annotated[
        float | None, Field(ge=0, le=1_000_000, description="Or at most so many metres from one that has it.")
    ] = None


class OrganizationsAsked(ByTerm):
    """Of organizations."""

    full_service: Annotated[bool, Field(description="With its services, each of them whole.")] = False


class TermsAsked(Asked):
    """Of terms."""

    taxonomy_id: Annotated[Identifier, Field(description="Only terms of this taxonomy.")] = None
    top_only: Annotated[bool, Field(description="Only terms without a parent.")] = False
    parent_id: Annotated[Identifier, Field(description="Only terms below this one.")] = None
