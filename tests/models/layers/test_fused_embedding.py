import re

import keras
import numpy as np
import pytest
from keras import ops

from mtl_rec.models.layers import FusedEmbedding
from mtl_rec.models.layers.fused_embedding import embeddings_given


@pytest.fixture
def layer():
    layer = FusedEmbedding(num_rows=5, embedding_dim=2, offsets=[0, 3])
    layer.build((None, 2))
    layer.table.assign(np.arange(10.0).reshape(5, 2))
    return layer


def test_each_column_reads_its_own_block_of_rows(layer):
    embedded = ops.convert_to_numpy(layer(ops.convert_to_tensor([[0, 0], [2, 1]])))

    np.testing.assert_array_equal(embedded, [[[0, 1], [6, 7]], [[4, 5], [8, 9]]])


def test_given_embeddings_replace_the_table_and_only_inside_the_context(layer):
    ids = ops.convert_to_tensor([[0, 0]])
    given = ops.ones((2, 2))

    with embeddings_given({layer: given}):
        inside = ops.convert_to_numpy(layer(ids))
    outside = ops.convert_to_numpy(layer(ids))

    np.testing.assert_array_equal(inside, np.ones((1, 2, 2)))
    np.testing.assert_array_equal(outside, [[[0, 1], [6, 7]]])


def test_batches_of_different_sizes_are_looked_up_in_one_call(layer):
    layer = FusedEmbedding(5, 2, [0, 3, 0], returns_table=True)
    one, many = np.array([[1, 1]], "int32"), np.array([[0], [2], [1]], "int32")

    first, second, table = layer([one, many])

    table = ops.convert_to_numpy(table)
    np.testing.assert_array_equal(layer.rows([one, many]), [1, 4, 0, 2, 1])
    np.testing.assert_array_equal(first, table[[[1, 4]]])
    np.testing.assert_array_equal(second, table[[[0], [2], [1]]])
    flat = np.arange(10.0, dtype="float32").reshape(5, 2)
    with embeddings_given({layer: ops.convert_to_tensor(flat)}):
        first, second, _ = layer([one, many])
    np.testing.assert_array_equal(first, flat[:2].reshape(1, 2, 2))
    np.testing.assert_array_equal(second, flat[2:].reshape(3, 1, 2))


def test_the_table_stays_float32_under_mixed_precision():
    layer = FusedEmbedding(4, 2, [0], dtype="mixed_bfloat16")

    embedded = layer(ops.convert_to_tensor([[1]]))

    assert layer.table.dtype == "float32"
    assert keras.backend.standardize_dtype(embedded.dtype) == "bfloat16"


def test_columns_that_do_not_match_the_offsets_are_refused():
    text = (
        "`ids` must have one column for each of the 2 `offsets`. Received: "
        "ids.shape=(None, 3)."
    )
    with pytest.raises(ValueError, match=re.escape(text)):
        FusedEmbedding(5, 2, [0, 3]).build((None, 3))


def test_config_round_trip_is_json(round_trip):
    round_trip(FusedEmbedding(5, 2, [0, 3], returns_table=True, name="embedding"))
