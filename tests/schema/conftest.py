"""A small schema of every kind of field."""

import pytest

from mtl_rec.schema import Schema
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.schema.schema import LabelScale


@pytest.fixture
def schema(features, tasks) -> Schema:
    """The shared features and tasks with sizes as if they had been learned."""
    vocabularies = {
        name: Vocabulary(name, num_unknown, num_values, None)
        for name, num_unknown, num_values in [
            ("user_id", 1, 70),
            ("item_id", 3, 50),
            ("brand", 50, 0),
            ("tags", 1, 3),
            ("title", 1, 20),
            ("hour", 1, 4),
        ]
    }
    return Schema(
        features, tasks, vocabularies, {"order_value": LabelScale(40.0, 30.0)}
    )
