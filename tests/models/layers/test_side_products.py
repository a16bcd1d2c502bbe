"""Products of the user's fields with the item's."""

import keras
import numpy as np
import pytest

from mtl_rec.models.layers import SideProducts


def test_every_user_field_is_multiplied_with_every_item_field():
    random = np.random.default_rng(0)
    users, items = random.normal(size=(5, 2, 4)), random.normal(size=(5, 3, 4))
    flat = [part.reshape(5, -1).astype("float32") for part in (users, items)]
    products = np.array(SideProducts(4)(*flat))
    expected = np.einsum("bjd,bkd->bjk", users, items).reshape(5, 6)
    np.testing.assert_allclose(products, expected, rtol=1e-5)


@pytest.mark.parametrize("num_fields", [(1, 1), (2, 3)])
def test_its_shape_is_known_without_a_batch(num_fields):
    users, items = (keras.Input((count * 4,)) for count in num_fields)
    layer = SideProducts(4)
    assert layer(users, items).shape == (None, num_fields[0] * num_fields[1])
    assert SideProducts.from_config(layer.get_config()).embedding_dim == 4
