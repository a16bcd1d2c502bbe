"""Scores rows with an exported version, as a server would."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import tensorflow as tf

from mtl_rec.config.served_names import ROWS
from mtl_rec.errors import ArtifactError
from mtl_rec.export.loading import load_saved_model, read_schema
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.schema.schema import Schema


@dataclass(frozen=True)
class Scorer:
    """A model that scores raw rows.

    Attributes:
        schema: Says which columns the rows must have.
        score: Canonical rows to predictions by name of the output.
        keep_alive: What `score` needs but does not hold itself.
    """

    schema: Schema
    score: Callable[[pa.Table], dict[str, np.ndarray]]
    keep_alive: object = None


def open_version(path: Path) -> Scorer:
    """Opens an exported version.

    Raises:
        ArtifactError: A file of it is missing or damaged.
    """
    schema, loaded = read_schema(path), load_saved_model(path)
    signature = loaded.signatures.get(ROWS)
    answered = {} if signature is None else signature.structured_outputs
    missing = [
        output.name for output in schema.funnel.outputs() if output.name not in answered
    ]
    if signature is None or missing:
        raise ArtifactError(
            f"'{path}' has no output '{missing[0]}', so it is no ranker. One that "
            "retrieves items is asked by `mtl-rec recommend`."
        )

    def score(rows: pa.Table) -> dict[str, np.ndarray]:
        raw = {
            name: tf.constant(
                values, signature.structured_input_signature[1][name].dtype
            )
            for name, values in raw_tensors(schema, rows).items()
        }
        outputs = signature(**raw)
        return {o.name: outputs[o.name].numpy() for o in schema.funnel.outputs()}

    # The signature's variables live as long as the object they were loaded with.
    return Scorer(schema, score, keep_alive=loaded)
