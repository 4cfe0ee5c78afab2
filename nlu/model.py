"""The trained model: one file, read at start, never changed by what people write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from nlu.linear import Linear

SHIPPED = Path(__file__).parent / "model" / "sportello.npz"


class ModelError(Exception):
    """The model file is missing or not one; the message says how to make it."""


@dataclass(frozen=True)
class Model:
    """Three classifiers: what is meant, whether somebody is in danger, which language it is."""

    intents: Linear
    dangers: Linear
    languages: Linear

    def save(self, path: Path) -> None:
        """Write the file; the same model gives the same bytes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays = {
            **self.intents.arrays("intents"),
            **self.dangers.arrays("dangers"),
            **self.languages.arrays("languages"),
        }
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Model:
        """Read a model file. Raises ModelError."""
        if not path.is_file():
            raise ModelError(f"{path}: no model there. Make it: sportello nlu train")
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return cls(*(Linear.from_arrays(name, arrays) for name in ("intents", "dangers", "languages")))
        except (BadZipFile, KeyError, ValueError, OSError) as problem:
            raise ModelError(f"{path}: not a model file ({problem}). Make it anew: sportello nlu train") from None
