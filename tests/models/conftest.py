import numpy as np
import pytest

from mtl_rec.schema import Schema
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.schema.schema import LabelScale


@pytest.fixture
def schema(features, tasks):
    """What a preprocessor would have learned; two embedding widths."""
    sizes = {
        "user_id": (1, 10, 4),
        "item_id": (3, 20, None),
        "brand": (50, 0, None),
        "tags": (1, 3, None),
        "title": (1, 30, 4),
        "hour": (1, 4, None),
    }
    vocabularies = {name: Vocabulary(name, *own) for name, own in sizes.items()}
    return Schema(features, tasks, vocabularies, {"order_value": LabelScale(40.0, 9.0)})


@pytest.fixture
def batch(schema):
    """32 encoded rows: ids within their vocabularies, some padding."""
    return make_batch(schema, 32)


def make_batch(schema, num_rows, seed=0):
    random = np.random.default_rng(seed)
    smallest = min(v.num_ids for v in schema.vocabularies.values())
    inputs = {}
    for name, packed in schema.inputs().items():
        shape = (num_rows, packed.width)
        if packed.dtype == "int32":
            inputs[name] = random.integers(0, smallest, shape).astype("int32")
        else:
            inputs[name] = random.normal(size=shape).astype("float32")
    return inputs
