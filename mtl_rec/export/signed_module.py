"""A module whose functions are the signatures of a SavedModel."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import tensorflow as tf

from mtl_rec.config.served_names import SCHEMA_FILE
from mtl_rec.schema.schema import Schema

Specs = dict[str, tf.TensorSpec]
Calls = Mapping[str, tuple[Callable[[Any], Any], Specs]]
"""By signature, what it runs and its inputs."""


class SignedModule(tf.Module):
    """Functions that are written as signatures, and what they need beside.

    What is an attribute is tracked, and written. Functions that are tracked are written
    once more than their signatures.

    Attributes:
        specs: By signature, name, shape and type of every input.
    """

    specs: dict[str, Specs]

    def sign(self, calls: Calls, schema: Schema) -> None:
        """Makes a function of every signature, once all that they need is there."""
        self._schema = schema
        self.specs = {name: specs for name, (_, specs) in calls.items()}
        functions = {
            name: tf.function(call, input_signature=[specs], autograph=False)
            for name, (call, specs) in calls.items()
        }
        # A function, unlike a dict of them, is not tracked.
        self._function = functions.__getitem__

    def write(self, folder: Path) -> None:
        """Writes a SavedModel with every signature, and the schema."""
        signatures = {n: self._function(n).get_concrete_function() for n in self.specs}
        tf.saved_model.save(self, str(folder), signatures=signatures)
        schema_path = folder / SCHEMA_FILE
        schema_path.parent.mkdir()
        schema_path.write_text(self._schema.to_json(), encoding="utf-8")
