"""The door through which saved models come back."""

import os
from pathlib import Path

import keras

import mtl_rec.models.encoders
import mtl_rec.models.layers  # noqa: F401 - registers what saved models hold
from mtl_rec.errors import ArtifactError


def load_model(path: str | os.PathLike[str]) -> keras.Model:
    """Loads a `.keras` file with this package's layers, on any backend.

    Raises:
        ArtifactError: There is no such file, or it is not a saved model.
    """
    if not Path(path).is_file():
        raise ArtifactError(f"There is no saved model at '{path}'.")
    try:
        return keras.saving.load_model(path)
    except (ValueError, TypeError, OSError, KeyError) as error:
        raise ArtifactError(f"'{path}' can't be loaded as a model: {error}") from error
