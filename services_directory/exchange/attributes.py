"""The attributes of an object of HSDS: its topics and audiences, its translations, and what HSDS has no field for."""

from __future__ import annotations

import json
from typing import Any

from locales.text import Localized
from services_directory.exchange.identity import hsds_id
from services_directory.exchange.terms import audience_term, topic_terms
from services_directory.store import records

EXTENSION = "sportello"
"""The label of the attribute that holds what HSDS has no field for."""
TRANSLATION = "translation"
HSDS = dict[str, Any]


def attributes_of(one: records.Keyed, entity: str) -> list[HSDS]:
    """Topics, audiences, translations, and the rest of the document."""
    link = {"link_id": hsds_id(entity, one.key), "link_entity": entity}
    found: list[HSDS] = []
    for topic in getattr(one, "topics", ()):
        found.extend(
            {"id": hsds_id("attribute", one.key, term["id"]), **link, "link_type": "topic", "taxonomy_term": term}
            for term in topic_terms(topic)
        )
    for audience in getattr(one, "audience", ()):
        term = audience_term(audience)
        found.append(
            {"id": hsds_id("attribute", one.key, term["id"]), **link, "link_type": "audience", "taxonomy_term": term}
        )
    for name in type(one).model_fields:
        text = getattr(one, name)
        if isinstance(text, Localized):
            found.extend(
                {
                    "id": hsds_id("translation", entity, one.key, name, language),
                    **link,
                    "link_type": TRANSLATION,
                    "label": f"{name}@{language}",
                    "value": words,
                }
                for language, words in text.texts.items()
                if language not in {text.source, "*"}
            )
    kept = {name: said for name, said in records.document(one).items() if name != "hsds"}
    extension = {"kind": records.kind_of(one), "document": kept}
    found.append(
        {
            "id": hsds_id("extension", entity, one.key),
            **link,
            "link_type": EXTENSION,
            "label": EXTENSION,
            "value": json.dumps(extension, ensure_ascii=False, sort_keys=True),
        }
    )
    return found
