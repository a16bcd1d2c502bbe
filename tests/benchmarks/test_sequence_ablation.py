"""What the ablation of encoders changes, and what it leaves alone."""

import pytest
from ablation.encoders import ALONG, ENCODERS, schema_with
from ablation.shop_of_sequences import OVERRIDES, with_time_gaps
from contenders.datasets import CONFIGS

from mtl_rec.config import load_config
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


def test_the_shop_differs_from_the_quickstart_in_its_time_gaps_and_source_alone():
    shipped = load_config(CONFIGS / "quickstart.yaml", ())
    changed = with_time_gaps(load_config(CONFIGS / "quickstart.yaml", OVERRIDES))

    assert changed.data.source.taste_half_life_days is not None
    by_name = {feature.name: feature for feature in changed.features}
    assert by_name.pop("history_time_gaps").max_length == 20
    history = by_name["history_items"]
    assert history.along == ("history_time_gaps",)
    by_name["history_items"] = history.model_copy(update={"along": ()})
    assert list(by_name.values()) == list(shipped.features)
    for section in ("tasks", "model", "training"):
        assert getattr(changed, section) == getattr(shipped, section)
