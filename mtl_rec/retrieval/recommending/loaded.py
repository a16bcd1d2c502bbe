"""A signature of an exported version, run in this process."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import numpy as np
import tensorflow as tf

from mtl_rec.errors import ArtifactError
from mtl_rec.serving.client.signatures import TensorType


class LoadedSignature:
    """Arrays by input to arrays by output.

    Args:
        loaded: The version.
        name: Of the signature.
        path: Of the version, for errors.
        advice: What to do if it has no such signature.
    """

    def __init__(
        self, loaded: tf.Module, name: str, path: Path, advice: str = ""
    ) -> None:
        signatures = loaded.signatures  # pyright: ignore[reportAttributeAccessIssue]
        if name not in signatures:
            raise ArtifactError(
                f"'{path}' must have a signature '{name}'. Received: "
                f"{sorted(signatures)}.{advice}"
            )
        # The signature's variables live as long as the object they were loaded with.
        self._loaded, self._run = loaded, signatures[name]
        self._specs = self._run.structured_input_signature[1]

    @cached_property
    def inputs(self) -> dict[str, TensorType]:
        """Type of every input by its name."""
        return {
            name: TensorType(spec.dtype.name, tuple(spec.shape))
            for name, spec in self._specs.items()
        }

    def __call__(self, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Runs it on the arrays of its inputs; others are ignored."""
        tensors = {n: tf.constant(arrays[n], s.dtype) for n, s in self._specs.items()}
        return {name: values.numpy() for name, values in self._run(**tensors).items()}
