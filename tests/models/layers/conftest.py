import json

import keras
import pytest


@pytest.fixture
def round_trip():
    """Serializes a layer to JSON and back."""

    def restore(layer):
        text = json.dumps(keras.saving.serialize_keras_object(layer))
        restored = keras.saving.deserialize_keras_object(json.loads(text))
        assert type(restored) is type(layer)
        assert restored.get_config() == layer.get_config()
        return restored

    return restore
