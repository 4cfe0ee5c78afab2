"""Taxonomies and terms of others: read into records, and written as they came. Ours are code, and stay as they are.

A term that a service carries becomes a record too, as its organization and its place do. It may come in short, so it
holds only where nobody tells the term itself; and one that only names its taxonomy stays in its service alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from locales.text import Verbatim
from services_directory.exchange.attributes import HSDS
from services_directory.exchange.found import Found
from services_directory.exchange.hsds import Entry, Exporter, patched
from services_directory.exchange.identity import hsds_id
from services_directory.exchange.terms import taxonomies, terms
from services_directory.store import records

TAXONOMY, TERM = "taxonomy", "term"
OF_A_TAXONOMY = frozenset({"id", "name", "description", "uri", "version", "metadata"})
TELLING = frozenset({"uri", "version"})
"""Beside a name and a description, these make a taxonomy of what could be an organization, if nothing else is said."""
OF_A_TERM = frozenset({"code", "taxonomy", "taxonomy_detail", "taxonomy_id", "term_uri", "parent_id"})


def kind_said(said: Mapping[str, Any]) -> str | None:
    """Whether an object that stands alone is a taxonomy or a term; None: neither."""
    if str(said.get("id")) in _our_taxonomies() or (said.keys() <= OF_A_TAXONOMY and said.keys() & TELLING):
        return TAXONOMY
    return TERM if "name" in said and said.keys() & OF_A_TERM else None


def keep(kind: str, said: object, place: str, found: Found) -> None:
    """Keep a taxonomy or a term as its file tells it; ours are passed over."""
    identifier = said.get("id") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(identifier, str) or not identifier:
        found.faults.append((place or kind, Verbatim("has no id: every object of HSDS needs one (a UUID)")))
    elif not _is_ours(identifier):
        found.documents[kind, _key(identifier)] = _document(kind, said)


def mention(content: object, found: Found) -> None:
    """Keep every term that something carries, and every taxonomy that a term brings along, as mentioned."""
    waiting = [content]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(one.values())
            term = _named(one.get("taxonomy_term"))
            if term is not None and not leans(term):
                _mentioned(TERM, term, found)
            if (taxonomy := _named(one.get("taxonomy_detail"))) is not None:
                _mentioned(TAXONOMY, taxonomy, found)


def leans(term: Mapping[str, Any]) -> bool:
    """Whether a term only names its taxonomy, so that the taxonomy and its parent must be told elsewhere."""
    return "taxonomy_id" in term and _named(term.get("taxonomy_detail")) is None


def taxonomy_of(term: Mapping[str, Any]) -> str | None:
    """The identifier of the taxonomy of a term, in whichever way it is said."""
    detail = _named(term.get("taxonomy_detail"))
    return detail["id"] if detail is not None else term.get("taxonomy_id")


def all_taxonomies(exporter: Exporter) -> list[HSDS]:
    """Our taxonomies, then those of others."""
    return [*taxonomies(), *(taxonomy(one) for one in exporter.entries if isinstance(one.record, records.Taxonomy))]


def all_terms(exporter: Exporter) -> list[HSDS]:
    """Our terms, then those of others."""
    return [*terms().values(), *(term(one) for one in exporter.entries if isinstance(one.record, records.Term))]


def taxonomy(entry: Entry) -> HSDS:
    """A taxonomy of others."""
    one = cast("records.Taxonomy", entry.record)
    written: HSDS = {
        "id": hsds_id("taxonomy", one.key),
        "name": one.name,
        "description": one.description,
        "uri": one.uri,
        "version": one.version,
    }
    return patched(one, written)


def term(entry: Entry) -> HSDS:
    """A term of others."""
    one = cast("records.Term", entry.record)
    written: HSDS = {
        "id": hsds_id("term", one.key),
        "code": one.code,
        "name": one.name,
        "description": one.description,
        "parent_id": one.parent,
        "taxonomy_id": one.taxonomy,
        "language": one.language,
        "term_uri": one.uri,
    }
    return patched(one, written)


def _document(kind: str, said: HSDS) -> HSDS:
    document: HSDS = {
        "key": _key(said["id"]),
        "name": said.get("name"),
        "description": said.get("description") or said.get("name"),
        "hsds": {"original": said},
    }
    if kind == TAXONOMY:
        document |= {"uri": said.get("uri"), "version": said.get("version")}
    else:
        document |= {
            "taxonomy": _reference(taxonomy_of(said)),
            "parent": _reference(said.get("parent_id")),
            "code": said.get("code"),
            "language": said.get("language"),
            "uri": said.get("term_uri"),
        }
    return {name: value for name, value in document.items() if value not in (None, "")}


def _mentioned(kind: str, said: HSDS, found: Found) -> None:
    if _is_ours(said["id"]):
        return
    name = (kind, _key(said["id"]))
    earlier = found.mentioned.get(name, {}).get("hsds", {}).get("original", {})
    if len(said) > len(earlier):  # here whole, and there in short
        found.mentioned[name] = _document(kind, said)


def _named(said: object) -> HSDS | None:
    """An object, when it says at least what it is and what it is called."""
    if isinstance(said, dict) and all(isinstance(said.get(name), str) and said[name] for name in ("id", "name")):
        return said
    return None


def _reference(identifier: object) -> object:
    """The key of another record; ours are none. What is no text is left for the record to refuse."""
    if not isinstance(identifier, str):
        return identifier
    return _key(identifier) if identifier and not _is_ours(identifier) else None


def _key(identifier: str) -> str:
    """Some count their terms in other ways than UUIDs ("external:50"): the record has a UUID made from that."""
    return hsds_id("of others", identifier)


def _is_ours(identifier: str) -> bool:
    return identifier in _our_taxonomies() or identifier in terms()


@lru_cache(maxsize=1)
def _our_taxonomies() -> frozenset[str]:
    return frozenset(one["id"] for one in taxonomies())
