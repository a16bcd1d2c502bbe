import numpy as np

from mtl_rec.models.layers import RequestRows
from mtl_rec.models.layers.request_rows import requests_of_rows

ROWS = np.array([[1.0, 2.0], [3.0, 4.0]], "float32")


def test_rows_of_requests_are_repeated_inside_the_context_only():
    layer = RequestRows()

    with requests_of_rows(np.array([[1], [0], [1]], "int32")):
        inside = layer(ROWS)

    np.testing.assert_array_equal(inside, [[3, 4], [1, 2], [3, 4]])
    np.testing.assert_array_equal(layer(ROWS), ROWS)


def test_config_round_trip_is_json(round_trip):
    round_trip(RequestRows(name="rows"))
