"""What the ablation of encoders changes, and what it leaves alone."""

import pytest
from ablation.encoders import ALONG, ENCODERS, schema_with

from mtl_rec.config.features import IdSequence


@pytest.fixture
def data_set(features, tasks, make_shop):
    from contenders.datasets import DataSet

    from mtl_rec.preprocess import Preprocessor
    from mtl_rec.schema.rows import canonical

    rows = canonical(make_shop(50), features, tasks)
    preprocessor = Preprocessor.fit(features, tasks, [rows])
    return DataSet("shop", (), None, None, preprocessor, {})


@pytest.fixture
def features(features):
    """With a second history."""
    (history,) = (f for f in features if isinstance(f, IdSequence))
    again = history.model_copy(update={"name": "again", "column": "history"})
    return (*features, again)


@pytest.mark.parametrize("encoder", ENCODERS)
def test_rows_differ_in_how_histories_are_encoded_alone(encoder, data_set):
    changed = schema_with(data_set, encoder)

    for own, other in zip(data_set.schema.features, changed.features, strict=True):
        if isinstance(own, IdSequence):
            is_led = encoder == ALONG and own.name == "again"
            settings = other.encoder.model_dump()
            assert is_led or settings.items() >= ENCODERS[encoder].items()
            leads = encoder == ALONG and own.name == "history"
            assert other.along == (("again",) if leads else ())
            other = other.model_copy(update={"encoder": own.encoder, "along": ()})
        assert other == own
    assert changed.vocabularies == data_set.schema.vocabularies
