"""Exports TensorFlow Recommenders' exact index.

    python tfrs_export.py ITEMS DIM K EXCLUDED PATH

`serving_default` takes the user's vector, so that nothing is encoded before the search;
`excluding` takes items that are not to be answered as well, of a number that the graph
fixes.
"""

import os
import sys

os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np
import tensorflow as tf
import tensorflow_recommenders as tfrs


def main(num_items: int, dim: int, top_k: int, most: int, path: str) -> None:
    vectors = np.random.default_rng(0).normal(size=(num_items, dim)).astype(np.float32)
    ids = tf.constant([f"item-{number:010d}" for number in range(num_items)])
    index = tfrs.layers.factorized_top_k.BruteForce(k=top_k)
    index.index(tf.constant(vectors), ids)
    user = tf.TensorSpec([None, dim], tf.float32, name="vector")
    excluded = tf.TensorSpec([None, most], tf.string, name="excluded_items")

    @tf.function(input_signature=[user])
    def search(vector: tf.Tensor) -> dict[str, tf.Tensor]:
        scores, found = index(vector)
        return {"scores": scores, "item_ids": found}

    @tf.function(input_signature=[user, excluded])
    def search_others(vector: tf.Tensor, excluded_items: tf.Tensor) -> dict:
        scores, found = index.query_with_exclusions(vector, excluded_items)
        return {"scores": scores, "item_ids": found}

    signatures = {"serving_default": search, "excluding": search_others}
    tf.saved_model.save(index, path, signatures=signatures)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:5]), sys.argv[5])
