import re

import keras
import pytest

from mtl_rec.models import probability_model


def test_a_model_without_a_funnel_is_refused():
    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
    text = "`model` must have one `FunnelLogProbabilities` layer."
    with pytest.raises(ValueError, match=re.escape(text)):
        probability_model(model)
