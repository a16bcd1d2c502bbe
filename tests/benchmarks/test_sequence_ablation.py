"""What the ablation of encoders changes, and what it leaves alone."""

import pytest
from ablation.encoders import ENCODERS, schema_with

from mtl_rec.config.features import IdSequence


@pytest.fixture
def data_set(features, tasks, make_shop):
    from contenders.datasets import DataSet

    from mtl_rec.preprocess import Preprocessor
    from mtl_rec.schema.rows import canonical

    rows = canonical(make_shop(50), features, tasks)
    preprocessor = Preprocessor.fit(features, tasks, [rows])
    return DataSet("shop", (), None, None, preprocessor, {})


@pytest.mark.parametrize("encoder", ENCODERS)
def test_rows_differ_in_how_histories_are_encoded_alone(encoder, data_set):
    changed = schema_with(data_set, encoder)

    for own, other in zip(data_set.schema.features, changed.features, strict=True):
        if isinstance(own, IdSequence):
            settings = other.encoder.model_dump()
            assert settings.items() >= ENCODERS[encoder].items()
            other = other.model_copy(update={"encoder": own.encoder})
        assert other == own
    assert changed.vocabularies == data_set.schema.vocabularies
