import numpy as np
import pytest

from mtl_rec.models.layers import RequestRows
from mtl_rec.models.layers.request_rows import RequestGrid, requests_of_rows

ROWS = np.array([[1.0, 2.0], [3.0, 4.0]], "float32")


def test_rows_of_requests_are_repeated_inside_the_context_only():
    layer = RequestRows()

    with requests_of_rows(np.array([[1], [0], [1]], "int32")):
        inside = layer(ROWS)

    np.testing.assert_array_equal(inside, [[3, 4], [1, 2], [3, 4]])
    np.testing.assert_array_equal(layer(ROWS), ROWS)


@pytest.mark.parametrize(
    "requests",
    [np.array([[0], [0], [0], [1], [1], [1]], "int32"), RequestGrid(2, 3)],
    ids=["rows", "grid"],
)
def test_each_exposure_adds_its_own_to_the_row_of_its_request(requests):
    own = np.arange(12, dtype="float32").reshape(6, 2)
    repeated = np.repeat(ROWS, 3, axis=0)

    with requests_of_rows(requests):
        alone, added = RequestRows()(ROWS), RequestRows()(ROWS, own)

    np.testing.assert_array_equal(alone, repeated)
    np.testing.assert_array_equal(added, repeated + own)
    np.testing.assert_array_equal(RequestRows()(repeated, own), repeated + own)


def test_config_round_trip_is_json(round_trip):
    round_trip(RequestRows(name="rows"))
