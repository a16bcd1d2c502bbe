import numpy as np
from keras import ops

from mtl_rec.models.layers import MaskedMean

EMBEDDINGS = np.array([[[1.0, 2.0], [3.0, 4.0], [100.0, 100.0]]], "float32")


def pool(ids, embeddings=EMBEDDINGS):
    return ops.convert_to_numpy(MaskedMean()(embeddings, np.array(ids, "int32")))


def test_padding_is_left_out_of_the_mean():
    np.testing.assert_allclose(pool([[7, 5, 0]]), [[2.0, 3.0]])


def test_all_padding_gives_zeros():
    np.testing.assert_array_equal(pool([[0, 0, 0]]), [[0.0, 0.0]])


def test_the_order_of_ids_does_not_matter():
    turned = EMBEDDINGS[:, [2, 0, 1]]

    np.testing.assert_allclose(pool([[0, 7, 5]], turned), pool([[7, 5, 0]]))


def test_config_round_trip_is_json(round_trip):
    round_trip(MaskedMean(name="history_mean"))
