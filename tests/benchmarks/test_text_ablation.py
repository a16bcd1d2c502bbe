"""What the ablation of texts changes, and how it scores what nobody has seen."""

from itertools import permutations

import numpy as np
import pytest
from ablation.cold import (
    band_rows,
    merged,
    pairs_of_rows,
    restricted,
    shares_of_gap,
    within_users,
)
from ablation.texts import LORA, VARIANTS, read_by
from contenders.comparing import Aucs
from contenders.datasets import CONFIGS
from contenders.scored import Scored
from shop.readable import readable_probabilities

from mtl_rec.config.loading import load_config
from mtl_rec.data.synthetic_shop.simulation import simulate
from mtl_rec.metrics.resampling import Resamples

NUM_ROWS = 60


@pytest.fixture
def output():
    random = np.random.default_rng(0)
    users = random.integers(8, size=NUM_ROWS)
    truth = random.random(NUM_ROWS)
    draws = Resamples.of(users, 50)
    labels = (truth > 0.5).astype(np.float32)
    rows = np.arange(NUM_ROWS)
    return Scored("shop", "click", None, rows, labels, None, draws, truth)


def test_pairs_are_of_one_user_each_as_likely_as_its_labels():
    random = np.random.default_rng(1)
    users = random.integers(4, size=20)
    truth, scores = random.random(20), random.integers(5, size=20).astype(float)

    wins, pairs = pairs_of_rows(truth, scores, users)

    right = whole = 0.0
    for one, other in permutations(range(20), 2):
        if users[one] == users[other]:
            likely = truth[one] * (1 - truth[other])
            whole += likely
            right += likely * (1 + np.sign(scores[one] - scores[other])) / 2
    assert wins.sum() == pytest.approx(right)
    assert pairs.sum() == pytest.approx(whole)


def test_within_users_the_level_of_a_user_counts_for_nothing(output):
    levels = 10.0 * output.draws.users

    plain, shifted = (
        within_users(output, 1, values)
        for values in (output.truth, output.truth + levels)
    )

    assert plain.exact == pytest.approx(shifted.exact)
    np.testing.assert_allclose(plain.resampled[1], shifted.resampled[1])
    assert 0.5 < plain.exact[1] < 1.0


def test_of_a_restricted_output_the_other_rows_count_for_nothing(output):
    chosen = np.arange(NUM_ROWS) % 3 == 0
    predicted = np.random.default_rng(2).random(NUM_ROWS)
    other = np.where(chosen, predicted, -predicted)

    part = restricted(output, chosen)

    assert within_users(part, 1, predicted).exact == within_users(part, 1, other).exact
    np.testing.assert_array_equal(part.rows, np.flatnonzero(chosen))


def test_bands_are_those_of_the_packages_slices():
    bands = band_rows(np.array([0, 1, 5, 6, 20, 21]))

    assert {label: rows.tolist().count(True) for label, rows in bands.items()} == {
        "0": 1,
        "1-5": 2,
        "6-20": 2,
        ">20": 1,
    }


def test_the_way_to_a_ceiling_begins_at_the_base():
    def aucs(*values):
        return merged([Aucs({n: v}, {n: np.ones(2)}) for n, v in enumerate(values)])

    scores = {"base": aucs(0.6, 0.6), "half": aucs(0.6, 0.8), "base again": aucs(0.6)}

    shares = shares_of_gap(scores, "base", {"top": aucs(0.8, 0.8)})

    assert shares == {"top": pytest.approx({"half": 0.5, "base again": 0.0})}


def test_who_lacks_nothing_knows_the_truth_and_who_lacks_taste_does_not():
    shop = simulate(2_000, 100, 200, 10, seed=3)

    known = readable_probabilities(shop, ())
    read = readable_probabilities(shop)

    truth = dict(zip(known, shop.behaviour.probabilities, strict=True))
    for event, values in truth.items():
        np.testing.assert_allclose(known[event], values, rtol=1e-4)
        assert np.abs(read[event] - values).max() > 0.05
    assert (read["purchase"] <= read["click"]).all()


@pytest.mark.parametrize("variant", [*VARIANTS, LORA])
def test_models_differ_in_how_the_text_is_read_alone(variant, tmp_path):
    config = load_config(CONFIGS / "quickstart.yaml")
    features = {feature.name: feature.model_dump() for feature in config.features}
    text = features["title"]

    own = read_by(variant, text, tmp_path, tmp_path / "vectors.parquet")

    match variant:
        case "ids only":
            assert own == []
        case "frozen":
            assert [(f["kind"], f["column"]) for f in own] == [("vector", "item_id")]
        case _:
            assert own == [{**text, "encoder": own[0]["encoder"]}]
