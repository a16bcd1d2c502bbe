"""What a model predicts of values that it shares with another, before it is trained."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from warm_starts import (
    BOTTOM,
    MMOE,
    NO_BOTTOM,
    SINGLE_TASK,
    assert_rest_is_fresh,
    assert_same_predictions,
    part,
    predictions,
)

from mtl_rec.config.features import Vector
from mtl_rec.run.folder import RunFolder
from mtl_rec.schema.given_vectors import GivenVectors, write_vectors
from mtl_rec.training.warm_start import WarmStartReport


@pytest.mark.parametrize(
    "model", [MMOE, BOTTOM, NO_BOTTOM, SINGLE_TASK], ids=["m", "b", "n", "s"]
)
def test_of_the_same_data_and_config_everything_is_taken(make_run, shop, model):
    source = make_run(shop, "source", model=model)

    run = make_run(shop, "run", start=source, model=model)

    theirs = predictions(source, shop)
    for name, ours in predictions(run, shop).items():
        np.testing.assert_array_equal(ours, theirs[name])
    assert (run.report.new, run.report.left_behind) == (0, 0)
    assert {p.why for p in run.report.parts} == {""}
    saved = RunFolder.read_json(run.folder.warm_start_path)
    assert WarmStartReport.from_json(saved) == run.report


@pytest.mark.parametrize("model", [MMOE, NO_BOTTOM], ids=["mmoe", "no bottom"])
def test_the_order_of_a_vocabulary_does_not_matter(make_run, shop, model):
    skewed = shop.assign(
        item_id=shop.item_id.where(shop.item_id > "i3", "i9"),
        user_id=shop.user_id.where(shop.user_id > 50, 7),
        title=shop.title.iloc[0],
    )
    source = make_run(shop, "source", model=model)

    run = make_run(pd.concat([shop, skewed]), "run", start=source, model=model)

    assert_same_predictions(run, source, shop)
    assert run.report.new == run.report.left_behind == 0
    orders = [
        (own.folder.preprocessor / "vocabulary.txt").read_text().split("\n")
        for own in (run, source)
    ]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1])


def test_new_values_keep_their_random_start_and_known_ones_their_meaning(
    make_run, shop
):
    new = shop.assign(tags=[[f"tag {i % 30}"] for i in range(len(shop))])
    new["item_id"] = [f"new {i % 40}" for i in range(len(shop))]
    source = make_run(shop, "source")

    # The tags outgrow the table of small vocabularies.
    run = make_run(pd.concat([shop, new]), "run", start=source)

    assert_same_predictions(run, source, shop)
    assert_rest_is_fresh(run)
    assert part(run, "embedding", "tags").why == "30 of 33 values are new"
    assert part(run, "embedding", "tags").new == 30 * 6
    # And a linear weight for each of five tasks.
    assert part(run, "embedding", "item_id").new == 40 * (6 + 5)
    assert run.report.left_behind == 0


def test_values_that_have_gone_are_left_behind(make_run, shop):
    source = make_run(shop, "source")
    fewer = shop.assign(item_id="i1", history=[["i1"]] * len(shop))

    run = make_run(fewer, "run", start=source)

    assert_same_predictions(run, source, fewer)
    gone = part(run, "embedding", "item_id")
    assert gone.why.endswith("values have gone")
    assert gone.new == 0
    assert gone.left_behind == run.report.left_behind > 0


def test_given_vectors_stay_and_their_projection_is_taken(
    make_run, shop, features, tmp_path
):
    path = tmp_path / "vectors.parquet"
    vector = Vector(
        kind="vector", name="text", side="item", column="item_id", path=str(path)
    )
    runs = []
    for seed, first in enumerate(["source", "run"]):
        values = np.random.default_rng(seed).normal(size=(40, 7)).astype("float32")
        ids = pa.array([f"i{number + 5 * seed}" for number in range(40)])
        write_vectors(path, GivenVectors(ids, values), "item", {})
        start = runs[0] if runs else None
        own = (*features, vector)
        runs.append(make_run(shop, first, features=own, start=start))
    run = runs[-1]

    projections = [r.model.get_layer("text_projection").get_weights()[0] for r in runs]
    np.testing.assert_array_equal(*projections)
    (table,) = run.model.get_layer("text_vectors").get_weights()
    np.testing.assert_array_equal(table[2:], values)
    assert part(run, "projection", "text").new == 0
    assert not [p for p in run.report.parts if p.kind == "given vectors"]


def test_numbers_on_another_scale_give_what_they_gave(make_run, shop):
    shop = shop.assign(price=np.linspace(0.0, 90.0, len(shop)))
    bought = shop.purchase == 1
    source = make_run(shop, "source")
    moved = shop.assign(
        age=shop.age * 3 + 500,
        price=shop.price * 2 + 10,
        order_value=(shop.order_value * 0.2 + 90).where(bought),
    )
    for model in (MMOE, BOTTOM, NO_BOTTOM, SINGLE_TASK):
        source = make_run(shop, "source", model=model)

        run = make_run(moved, "run", start=source, model=model)

        assert_same_predictions(run, source, shop, rtol=1e-3)
        assert_rest_is_fresh(run)
        assert part(run, "head", "order_value").why == "scaled anew"
        reasons = [p.why for p in run.report.parts]
        assert any("'price' is standardised anew" in why for why in reasons)


def test_unknown_values_keep_their_meaning_when_they_get_more_ids(
    make_run, shop, features
):
    more = {
        "item_id": {"oov_buckets": 6},
        "tags": {"oov_buckets": 5},
        "brand": {"num_buckets": 100},
    }
    wide = [f.model_copy(update=more.get(f.name, {})) for f in features]
    source = make_run(shop, "source")

    run = make_run(shop, "run", features=wide, start=source)

    unknown = shop.assign(
        item_id=[f"unknown {i}" for i in range(len(shop))],
        tags=[[f"unknown {i}"] for i in range(len(shop))],
    )
    assert_same_predictions(run, source, unknown)
    assert run.report.new == 0
    assert part(run, "embedding", "item_id").why == "3 ids of unknown values became 6"
