"""R20, R22, R24: unseen values, no numbers and one class, in one run to its end."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from told_stages import telling

from mtl_rec.config import load_config
from mtl_rec.config.features import Categorical
from mtl_rec.data import open_exposures
from mtl_rec.errors import SchemaError
from mtl_rec.evaluation import predict
from mtl_rec.models import load_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.run import train_run

CONFIG = """
name: odd
data:
  source: {kind: table, path: exposures.parquet}
  split: {kind: column, column: part}
features:
  - {kind: categorical, name: user_id, side: user, min_count: 10_000}
  - {kind: sequence, name: history, side: user, max_length: 4, shares: item_id}
  - {kind: categorical, name: item_id, side: item}
  - {kind: hashed, name: brand, side: item, num_buckets: 30}
  - {kind: text, name: title, side: item, max_tokens: 8}
  - {kind: numeric, name: age, side: user}
  - {kind: numeric, name: price, side: item, transform: log}
  - {kind: numeric, name: hour, side: context, transform: quantiles, num_buckets: 4}
tasks: [{name: click}, {name: purchase, after: click}]
model: {architecture: {kind: shared_bottom, bottom_units: [8], tower_units: [4]}}
training: {batch_size: 100, epochs: 2, jit: false}
export: {verify_rows: 50}
"""
ROWS = {"train": 600, "validation": 200, "test": 200}


def odd_rows(shop):
    rows = shop.assign(part=np.repeat([*ROWS], [*ROWS.values()]))
    validation, test = (rows["part"] == name for name in ("validation", "test"))
    rows.loc[validation | test, "purchase"] = 0
    rows.loc[validation, "price"] = np.resize([np.nan, np.inf, -np.inf], 200)
    rows.loc[rows.index[:300], "age"] = np.resize([np.nan, np.inf, -np.inf], 300)
    rows.loc[test, "item_id"] = [f"new {number}" for number in range(200)]
    return rows


@pytest.fixture(scope="module")
def place(tmp_path_factory, make_shop):
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("odd")
        patch.chdir(place)
        odd_rows(make_shop(1000)).to_parquet("exposures.parquet")
        (place / "odd.yaml").write_text(CONFIG)
        yield place


@pytest.fixture(scope="module")
def odd(place):
    """The finished run, and the stages that were told."""
    told = []
    return train_run(load_config(place / "odd.yaml"), stage=telling(told)), told


def test_what_was_missing_and_unknown_is_counted_by_feature_and_split(odd):
    about = json.loads(odd[0].folder.data_path.read_text())

    shares = {name: split["features"] for name, split in about.items()}
    assert {name: split["rows"] for name, split in about.items()} == ROWS
    assert shares["train"]["age"]["missing"] == 0.5
    assert shares["validation"]["price"] == {"missing": 1.0}
    assert shares["test"]["item_id"] == {"missing": 0.0, "unknown": 1.0}
    assert shares["train"]["item_id"]["unknown"] == 0.0
    assert shares["train"]["user_id"]["unknown"] == 1.0
    assert 0.2 < shares["train"]["brand"]["missing"] < 0.5
    assert 0.1 < shares["test"]["title"]["missing"] < 0.4
    assert 0.1 < shares["train"]["history"]["missing"] < 0.3
    assert 0 < shares["train"]["history"]["unknown"] < 0.3


def test_a_split_of_unknown_values_is_warned_of_before_training(odd):
    assert [text for text in odd[1] if text.startswith("warning")] == [
        *(
            f"warning: 100% of the '{feature}' values of the {split} split are "
            "unknown, not in the vocabulary that was learned"
            for feature, split in [("user_id", "train"), ("user_id", "validation")]
        ),
        "warning: no validation row has a value of 'price'",
        *(
            f"warning: 100% of the '{feature}' values of the test split are unknown, "
            "not in the vocabulary that was learned"
            for feature in ("user_id", "item_id")
        ),
    ]


def test_weights_and_predictions_are_numbers(odd, place):
    model = load_model(odd[0].folder.model_path)
    rows = pd.read_parquet(place / "exposures.parquet")
    encoded = Preprocessor.load(odd[0].folder.preprocessor).encode(rows)

    assert all(np.isfinite(weight).all() for weight in model.get_weights())
    assert all(np.isfinite(p).all() for p in predict(model, encoded).values())
    assert encoded.counts["age"].missing == 300


def test_unseen_values_are_the_declared_row(odd, place):
    model = load_model(odd[0].folder.model_path)
    preprocessor = Preprocessor.load(odd[0].folder.preprocessor)
    rows = pd.read_parquet(place / "exposures.parquet").tail(50)
    other = rows.assign(item_id="another", user_id=-1)

    one, two = (preprocessor.encode(r, with_labels=False) for r in (rows, other))

    np.testing.assert_array_equal(one.inputs["item_ids"], two.inputs["item_ids"])
    assert set(one.inputs["item_ids"][:, 1]) == {1}
    for name, predicted in predict(model, one).items():
        np.testing.assert_array_equal(predicted, predict(model, two)[name])


def test_one_class_has_no_auc_and_the_version_is_verified(odd):
    result, _ = odd
    history = json.loads(result.folder.history_path.read_text())

    assert result.metrics["purchase"]["auc"] is None
    assert result.metrics["purchase"]["positives"] == 0
    assert result.metrics["click"]["auc"] > 0
    assert [epoch["val_purchase_auc"] for epoch in history] == [None, None]
    assert [rung.name for rung in result.version.rungs][-1] == "warm_up"


def test_stopping_on_an_auc_that_is_undefined_trains_nothing(place):
    metric = "training.early_stopping.metric=val_purchase_auc"
    config = load_config(place / "odd.yaml", [metric, "name=stopped"])

    with pytest.raises(SchemaError, match="`purchase` is 0 on all 200 rows"):
        train_run(config)

    assert not (place / "runs" / "stopped").exists()


def test_a_label_that_training_never_has_is_refused(place, make_shop):
    rows = odd_rows(make_shop(1000)).assign(purchase=0)
    rows.to_parquet(place / "none.parquet")
    config = load_config(place / "odd.yaml", ["data.source.path=none.parquet"])

    says = "`purchase` must be 0 on some training rows and 1 on others. Received: 0 on"
    with pytest.raises(SchemaError, match=re.escape(says)):
        train_run(config)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_whole_numbers_of_any_size_are_ids(place, ending):
    """R21: as raw values they are hashed: -1, 2^62 and unseen ones are no exception."""
    numbers = np.array([-1, 0, 10**6, 2**31, 2**62, -(2**63)] * 100)
    rows = pd.DataFrame({"item_id": numbers, "click": [0, 1, 1, 0, 1] * 120})
    path = place / f"ids.{ending}"
    rows.to_csv(path, index=False) if ending == "csv" else rows.to_parquet(path)
    overrides = [f"data.source.path={path}", "data.split={kind: random}"]
    config = load_config(place / "odd.yaml", overrides)
    features = [Categorical(kind="categorical", name="item_id", side="item")]

    splits = open_exposures(config.data, features, config.tasks[:1])
    preprocessor = Preprocessor.fit(features, config.tasks[:1], splits.train)
    seen = preprocessor.encode(splits.test)
    unseen = preprocessor.encode(
        pd.DataFrame({"item_id": [-2, 7, 2**62 + 1]}), with_labels=False
    )

    assert set(seen.inputs["item_ids"][:, 0]) <= set(range(2, 8))
    assert len(set(seen.inputs["item_ids"][:, 0])) == 6
    assert unseen.inputs["item_ids"][:, 0].tolist() == [1, 1, 1]
