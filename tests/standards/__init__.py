"""Other people's standards, as they publish them: what ours is checked against."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

HSDS = Path(__file__).parent / "hsds-3.1"


def example(name: str) -> Any:
    """One of HSDS's own sample files."""
    return json.loads((HSDS / "examples" / f"{name}.json").read_text(encoding="utf-8"))


def faults(name: str, said: object) -> list[str]:
    """What HSDS's schema finds wrong, and what a strict copy of it, which takes no field that it does not name."""
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for strict in (False, True)
        for error in validator(name, strict=strict).iter_errors(said)
    ]


@lru_cache
def validator(name: str, *, strict: bool) -> Draft202012Validator:
    change: Callable[[Any], Any] = _strict if strict else _same
    schemas = {path.name: change(json.loads(path.read_text(encoding="utf-8"))) for path in _schemas()}
    resources = [(key, Resource.from_contents(one, DRAFT202012)) for key, one in schemas.items()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft202012Validator(schemas[f"{name}.json"], registry=registry, format_checker=FormatChecker())


def _schemas() -> Iterator[Path]:
    return (path for path in (HSDS / "schema").glob("*.json") if path.name != "openapi.json")


def _same(schema: Any) -> Any:
    return schema


def _strict(schema: Any) -> Any:
    if isinstance(schema, dict):
        changed = {name: _strict(value) for name, value in schema.items()}
        if "properties" in changed:
            changed["additionalProperties"] = False
        return changed
    return [_strict(one) for one in schema] if isinstance(schema, list) else schema
