"""Our topics and audiences as HSDS taxonomy terms, each with its counterpart in Open Eligibility."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from services_directory.exchange.identity import hsds_id
from services_directory.facts import Audience
from services_directory.taxonomy import GROUPS, OPEN_ELIGIBILITY, OPEN_ELIGIBILITY_URI, TAXONOMY, TERMS, Term

AUDIENCES = "Sportello audiences"
HSDS = dict[str, Any]


@lru_cache(maxsize=1)
def taxonomies() -> tuple[HSDS, ...]:
    """The taxonomies of which we use terms."""
    told = {
        TAXONOMY: "What people come to a one-stop shop for",
        AUDIENCES: "Whom an offer is meant for",
        OPEN_ELIGIBILITY: "Human services, by Aunt Bertha (findhelp), CC BY-SA 3.0",
    }
    found = [{"id": hsds_id("taxonomy", name), "name": name, "description": about} for name, about in told.items()]
    found[-1]["uri"] = OPEN_ELIGIBILITY_URI
    return tuple(found)


@lru_cache(maxsize=1)
def terms() -> dict[str, HSDS]:
    """Every term that a record may carry, by its identifier."""
    found = [_term(code, term, None) for code, term in GROUPS.items()]
    found += [_term(code, term, term.group) for code, term in TERMS.items()]
    found += [audience_term(audience) for audience in Audience]
    found += [_open_eligibility(*term.open_eligibility) for term in TERMS.values() if term.open_eligibility]
    return {term["id"]: term for term in found}


def topic_terms(topic: str) -> list[HSDS]:
    """A topic, and its counterpart where there is one."""
    term = TERMS[topic]
    ours = _term(topic, term, term.group)
    return [ours, _open_eligibility(*term.open_eligibility)] if term.open_eligibility else [ours]


def audience_term(audience: Audience) -> HSDS:
    """An audience."""
    name = audience.value.replace("_", " ").capitalize()
    identifier = hsds_id("term", AUDIENCES, audience.value)
    return _in(
        AUDIENCES, {"id": identifier, "code": audience.value, "name": name, "description": f"For {name.lower()}"}
    )


def topics_of(said: Iterable[Mapping[str, Any]]) -> list[str]:
    """Our topics among these terms; of another taxonomy's, the topic that names it as its counterpart."""
    counterparts = {
        term.open_eligibility[1].casefold(): topic for topic, term in reversed(TERMS.items()) if term.open_eligibility
    }
    found = []
    for term in said:
        code, name = str(term.get("code") or ""), str(term.get("name") or "").casefold()
        topic = code if term.get("taxonomy") == TAXONOMY and code in TERMS else counterparts.get(name)
        if topic is not None and topic not in found:
            found.append(topic)
    return found


def _term(code: str, term: Term, group: str | None) -> HSDS:
    said = {"id": hsds_id("term", TAXONOMY, code), "code": code, "name": term.name, "description": term.covers}
    return _in(TAXONOMY, said | {"parent_id": hsds_id("term", TAXONOMY, group)} if group else said)


def _open_eligibility(code: str, name: str) -> HSDS:
    said = {"id": hsds_id("term", OPEN_ELIGIBILITY, code), "code": code, "name": name, "description": name}
    return _in(OPEN_ELIGIBILITY, said)


def _in(taxonomy: str, term: HSDS) -> HSDS:
    detail = next(one for one in taxonomies() if one["name"] == taxonomy)
    return term | {"taxonomy": taxonomy, "taxonomy_detail": detail, "taxonomy_id": detail["id"], "language": "en"}
