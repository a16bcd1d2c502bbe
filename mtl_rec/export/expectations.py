"""What every signature of a servable must answer, by the model that was trained."""

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import tensorflow as tf

from mtl_rec.config.features import Numeric
from mtl_rec.config.served_names import (
    CLASSIFY,
    EXAMPLES,
    ORDER,
    PACKED,
    RANK,
    ROWS,
    SCORE,
    regress_signature,
)
from mtl_rec.export.proofs import SignatureProof
from mtl_rec.export.scores import fused_scores
from mtl_rec.export.servable import Servable
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.preprocess.examples import serialized_example
from mtl_rec.preprocess.raw_columns import packed_rows
from mtl_rec.schema.schema import Schema

RANKED_REQUESTS, RANKED_CANDIDATES = 4, 12
EXAMPLE_ROWS = 200
SCORE_RATIO = 1e-4
"""Powers and prices multiply what little the outputs differ by."""

Outputs = dict[str, np.ndarray]
Predict = Callable[[pa.Table], Outputs]

_FLOATS = tf.TensorSpec([None], tf.float32)


def expected_proofs(
    servable: Servable, schema: Schema, rows: pa.Table, predict: Predict
) -> dict[str, SignatureProof]:
    """Proofs of all signatures on real rows.

    Args:
        servable: Declares the inputs.
        schema: Features and funnel.
        rows: Canonical rows, two or more.
        predict: Offline predictions of canonical rows, by name of the output.
    """
    expected = predict(rows)
    inputs = servable.specs
    raw, floats = raw_tensors(schema, rows), dict.fromkeys(expected, _FLOATS)
    proofs = {
        ROWS: SignatureProof(inputs[ROWS], floats, raw, expected),
        PACKED: SignatureProof(
            inputs[PACKED], floats, packed_rows(schema.features, raw), expected
        ),
    }
    if RANK in inputs:
        proofs[RANK] = _ranking_proof(servable, schema, rows, predict)
    some = rows.slice(0, EXAMPLE_ROWS)
    examples = serialized_rows(some)
    own = {name: values[: len(some)] for name, values in expected.items()}
    proofs[EXAMPLES] = SignatureProof(
        inputs[EXAMPLES], floats, {"examples": examples}, own
    )
    tasks = list(schema.funnel.names)
    answers = {CLASSIFY: _classified(tasks, own)}
    answers |= {regress_signature(task): {"outputs": own[task]} for task in tasks}
    for name, outputs in answers.items():
        specs = {key: _spec_of(values) for key, values in outputs.items()}
        proofs[name] = SignatureProof(
            inputs[name], specs, {"inputs": examples}, outputs
        )
    return {name: proofs[name] for name in inputs}


def serialized_rows(rows: pa.Table) -> np.ndarray:
    """Canonical rows as serialized `tf.Example`s, `(rows,)` objects of bytes."""
    examples = [serialized_example(row) for row in rows.to_pylist()]
    return np.array([*examples, None], object)[:-1]


def _ranking_proof(
    servable: Servable, schema: Schema, rows: pa.Table, predict: Predict
) -> SignatureProof:
    """A few requests whose candidates are the items of other rows."""
    requests, candidates = min(RANKED_REQUESTS, len(rows)), RANKED_CANDIDATES
    shape = (requests, candidates)
    of_user = np.repeat(np.arange(requests), candidates)
    of_item = np.arange(requests * candidates) % len(rows)
    chosen = pa.table(
        {
            feature.name: rows[feature.name].take(
                pa.array(of_user if feature.side == "user" else of_item)
            )
            for feature in schema.features
        }
    ).replace_schema_metadata(rows.schema.metadata)
    outputs = {name: v.reshape(shape) for name, v in predict(chosen).items()}
    numbers = {
        f.name: chosen[f.name].to_numpy().reshape(shape)
        for f in schema.features
        if isinstance(f, Numeric)
    }
    ranking = servable.ranking
    outputs[SCORE] = fused_scores(ranking, schema.funnel, outputs, numbers)
    best = np.argsort(-outputs[SCORE], axis=1, kind="stable").astype(np.int32)
    outputs[ORDER] = best[:, : ranking.top_k]
    users = {feature.name for feature in schema.features if feature.side == "user"}
    raw = {
        name: values[::candidates]
        if name in users
        else values.reshape(*shape, *values.shape[1:])
        for name, values in raw_tensors(schema, chosen).items()
    }
    specs = {
        name: tf.TensorSpec([None, None], values.dtype)
        for name, values in outputs.items()
    }
    inputs = servable.specs[RANK]
    return SignatureProof(
        inputs, specs, raw, outputs, orders={ORDER: SCORE}, ratios={SCORE: SCORE_RATIO}
    )


def _classified(tasks: list[str], outputs: Mapping[str, np.ndarray]) -> Outputs:
    scores = np.stack([outputs[task] for task in tasks], axis=1)
    names = np.array([task.encode() for task in tasks], object)
    return {"scores": scores, "classes": np.tile(names, (len(scores), 1))}


def _spec_of(values: np.ndarray) -> tf.TensorSpec:
    dtype = tf.string if values.dtype == object else values.dtype
    return tf.TensorSpec([None, *values.shape[1:]], dtype)
