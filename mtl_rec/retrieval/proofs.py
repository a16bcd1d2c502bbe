"""What every signature of a retrieval version must answer, by the trained model."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import tensorflow as tf

from mtl_rec.config.served_names import (
    EXCLUDED,
    EXCLUDING,
    ITEM_VECTORS,
    ROWS,
    USER_VECTORS,
    VECTOR,
)
from mtl_rec.export.proofs import SignatureProof
from mtl_rec.export.rungs.rung_protocol import Arrays
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.retrieval.expected_items import ExpectedItems
from mtl_rec.retrieval.model import RetrievalModel, Tensors
from mtl_rec.retrieval.servable import RetrievalServable

SHARE = 1e-5
"""How exact a dot product is, as a share of the largest: float32 has seven digits, of
which the layers before it and the order of its terms take some."""

_MOST_ROWS, _FEWEST_ROWS, _MOST_SCORES = 100, 4, 10_000_000
_EXCLUDED = 20


def retrieval_proofs(
    servable: RetrievalServable, model: RetrievalModel, rows: pa.Table
) -> dict[str, SignatureProof]:
    """Proofs of all signatures on real rows.

    Args:
        servable: Declares the inputs.
        model: What it was made of; its own scores are searched by NumPy.
        rows: Canonical rows, two or more; the first are asked, fewer if there are many
            items.
    """
    most = max(_FEWEST_ROWS, _MOST_SCORES // len(model.catalogue))
    rows = rows.slice(0, min(_MOST_ROWS, most))
    schema = model.preprocessor.schema
    raw = raw_tensors(schema, rows)
    encoded = model.preprocessor.encode(rows, with_labels=False)
    packed = encoded.inputs_of(schema.inputs())
    inputs = servable.specs
    users = {name: raw[name] for name in inputs[ROWS]}
    of_users = _of_side(packed, servable.packed("user"))
    scores = np.asarray(model.score(of_users), np.float32)
    expected = ExpectedItems(model.catalogue.item_ids, servable.width, SHARE)
    excluded, without = expected.exclusions(scores, _EXCLUDED)
    asked = {**users, EXCLUDED: excluded}
    proofs = {
        ROWS: expected.proof(inputs[ROWS], users, scores),
        EXCLUDING: expected.proof(inputs[EXCLUDING], asked, without),
    }
    if model.encode_users is not None:
        vectors = model.encode_users(of_users)
        proofs[USER_VECTORS] = _vector_proof(inputs[USER_VECTORS], raw, vectors)
    if model.encode_items is not None:
        vectors = model.encode_items(_of_side(packed, servable.packed("item")))
        proofs[ITEM_VECTORS] = _vector_proof(inputs[ITEM_VECTORS], raw, vectors)
    return proofs


def _of_side(packed: Arrays, names: Iterable[str]) -> Tensors:
    return {name: tf.constant(packed[name]) for name in names}


def _vector_proof(
    inputs: dict[str, tf.TensorSpec], raw: Arrays, vectors: tf.Tensor
) -> SignatureProof:
    expected = np.asarray(vectors, np.float32)
    return SignatureProof(
        inputs,
        {VECTOR: tf.TensorSpec([None, expected.shape[1]], tf.float32)},
        {name: raw[name] for name in inputs},
        {VECTOR: expected},
        shares={VECTOR: SHARE},
    )
