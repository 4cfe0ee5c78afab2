"""The trained model: one file, read at start, never changed by what people write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from nlu.linear import Head, Linear

SHIPPED = Path(__file__).parent / "model" / "sportello.npz"
FORM = 2
HEADS = {FORM: ("intents", "dangers", "languages")}
"""By the form of a file, what is in it: a file of another form is made anew, never misread."""


class ModelError(Exception):
    """The model file is missing or not one; the message says how to make it."""


@dataclass(frozen=True)
class Model:
    """One table, three heads (what is meant, whether somebody is in danger, which language it is), and phrases.

    `phrases`: by kind of entity ("language", "number", "topic"), the words that name one, and its value.
    """

    linear: Linear
    intents: Head
    dangers: Head
    languages: Head
    phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write the file; the same model gives the same bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        about: dict[str, Any] = {
            "form": FORM,
            **{name: asdict(getattr(self, name)) for name in HEADS[FORM]},
            "phrases": self.phrases,
        }
        text = json.dumps(about, ensure_ascii=False, sort_keys=True)
        with path.open("wb") as file:
            np.savez_compressed(
                file, allow_pickle=False, about=np.frombuffer(text.encode(), dtype=np.uint8), **self.linear.arrays()
            )

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Model:
        """Read a model file. Raises ModelError."""
        if not path.is_file():
            raise ModelError(f"{path}: no model there. Make it: sportello nlu train")
        try:
            with np.load(path, allow_pickle=False) as arrays:
                about = json.loads(arrays["about"].tobytes())
                heads = {name: _head(about[name]) for name in HEADS[about["form"]]}
                return cls(Linear.from_arrays(arrays), **heads, phrases=about["phrases"])
        except (BadZipFile, KeyError, ValueError, OSError) as problem:
            raise ModelError(f"{path}: not a model file ({problem}). Make it anew: sportello nlu train") from None


def _head(saved: dict[str, Any]) -> Head:
    return Head(**{**saved, "classes": tuple(saved["classes"])})
