"""What the comparison with DeepCTR keeps, pairs and claims."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from contenders.columns import columns_of, described
from contenders.comparing import NO_SEED, Difference, aucs, difference
from contenders.datasets import CONFIGS, DataSet
from contenders.runs import Place, Run, write_run
from contenders.scored import Scored, joint_and_conditional, raw_column
from contenders.table import true_columns
from contenders.verdicts import (
    FEWEST_POSITIVES,
    LOGISTIC,
    POPULARITY,
    Comparison,
    bars_of,
    comparisons_of,
    sentences,
    unclaimed,
)

from mtl_rec.config import load_config
from mtl_rec.config.features import Categorical, IdSequence, Numeric
from mtl_rec.config.tasks import Task
from mtl_rec.data import open_exposures
from mtl_rec.metrics.binary import auc
from mtl_rec.metrics.resampling import Resamples
from mtl_rec.schema import EncodedExposures, Schema
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.schema.sampling import SamplingCorrection

ROWS = 2000
ALL = ("mmoe", "DeepCTR MMOE", LOGISTIC, POPULARITY, "single_task")


@pytest.fixture
def random():
    return np.random.default_rng(7)


@pytest.fixture
def output(random):
    labels = (random.random(ROWS) < 0.3).astype(np.float32)
    draws = Resamples.of(random.integers(200, size=ROWS), 200)
    everything = np.ones(ROWS, bool)
    return Scored("quickstart", "click", None, everything, labels, None, draws, None)


@pytest.fixture
def guesses(output, random):
    """Predictions of a stated skill, others for every call."""
    return lambda skill: sigmoid(skill * output.labels + random.normal(size=ROWS))


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


def test_a_contender_is_not_ahead_of_itself(output, guesses):
    own = aucs(output, {1: guesses(1.0), 2: guesses(1.0)})

    assert difference(own, own) == Difference(0.0, 0.0, 0.0, 2)


def test_the_interval_is_around_a_clear_difference(output, guesses):
    better = aucs(output, {seed: guesses(1.5) for seed in (1, 2, 3)})
    worse = aucs(output, {seed: guesses(0.5) for seed in (1, 2, 3)})

    measured = difference(better, worse)

    assert 0 < measured.low < measured.mean < measured.high < 0.5
    assert measured.mean == pytest.approx(
        np.mean([better.exact[s] - worse.exact[s] for s in (1, 2, 3)])
    )


def test_seeds_that_disagree_widen_the_interval(output, guesses):
    good, bad = guesses(2.0), guesses(0.5)
    ours = aucs(output, {1: good, 2: bad})
    theirs = aucs(output, {1: bad, 2: good})

    measured = difference(ours, theirs)

    one_seed = difference(aucs(output, {1: good}), aucs(output, {1: bad}))
    assert measured.low < -one_seed.low < 0 < one_seed.low < measured.high


def test_what_has_no_seed_is_paired_with_every_seed(output, guesses):
    ours = aucs(output, {1: guesses(1.0), 2: guesses(1.0)})
    baseline = aucs(output, {NO_SEED: guesses(0.5)})

    assert difference(ours, baseline).seeds == 2


def test_without_a_seed_in_common_there_is_no_difference(output, guesses):
    ours, theirs = aucs(output, {1: guesses(1.0)}), aucs(output, {2: guesses(1.0)})

    assert difference(ours, theirs) is None


def test_a_sampled_row_counts_as_all_that_it_stands_for(output, guesses, random):
    own, weights = guesses(1.0), random.integers(1, 4, ROWS)
    sampled = replace(output, weights=weights.astype(np.float64))

    repeated = [np.repeat(values, weights) for values in (output.labels, own)]
    assert aucs(sampled, {1: own}).exact[1] == pytest.approx(auc(*repeated))


def test_raw_columns_are_in_the_order_of_the_encoded_rows():
    shop = load_config(CONFIGS / "quickstart.yaml", ["data.source.num_exposures=3000"])
    splits = open_exposures(shop.data, shop.features, shop.tasks)
    data_set = DataSet("quickstart", (), shop, splits, None, {})

    column = partial(raw_column, data_set)

    streamed = np.concatenate([rows["click"].to_numpy() for rows in splits.test])
    assert 0 < streamed.sum() < len(streamed)
    assert np.array_equal(column("click"), streamed)
    assert len(column("user_id")) == len(streamed)
    assert np.all(column("true_purchase") <= column("true_click"))
    assert column("no_such_column") is None


@pytest.fixture
def place(tmp_path):
    settings = {"rows": "first", "epochs": 3}
    return Place(tmp_path, "quickstart", "DeepCTR MMOE", settings)


def kept(place, seed, value):
    about = {"settings": place.settings, "seed": seed, "cpu_seconds": 1.0}
    run = Run({"click": np.full(3, value, np.float32)}, about)
    write_run(place.file(seed), run)


def test_a_run_is_found_by_its_settings_and_seed(place):
    kept(place, 1, 0.25)

    assert place.found(1).predictions["click"].tolist() == [0.25] * 3
    assert place.found(1).about["settings"] == place.settings
    assert place.found(2) is None
    assert replace(place, settings={"rows": "first", "epochs": 4}).found(1) is None


def test_other_settings_are_taken_on_the_same_rows_alone(place):
    kept(place, 1, 0.25)

    others = {"rows": "first", "epochs": 4}
    assert replace(place, settings=others).found(1, any_settings=True) is not None
    others = {"rows": "second", "epochs": 3}
    assert replace(place, settings=others).found(1, any_settings=True) is None


FUNNEL = (Task(name="click"), Task(name="cart", after="click"))


def test_a_conditional_output_is_the_ratio_and_at_most_one():
    joint = {"click": np.array([0.5, 0.2]), "cart": np.array([0.1, 0.3])}

    outputs = joint_and_conditional(Schema((), FUNNEL, {}, {}), joint)

    assert outputs["cart"].tolist() == [0.1, 0.3]
    assert outputs["cart_given_click"] == pytest.approx([0.2, 1.0])


def test_sampling_is_corrected_in_the_odds_of_the_first_event_alone():
    rate = 0.25
    sampling = SamplingCorrection(float(np.log(rate)), varies=False)
    joint = {"click": np.array([0.5]), "cart": np.array([0.1])}

    outputs = joint_and_conditional(Schema((), FUNNEL, {}, {}, sampling), joint)

    assert outputs["click"] == pytest.approx([rate / (1 + rate)])
    assert outputs["cart_given_click"] == pytest.approx([0.2])
    assert outputs["cart"] == pytest.approx(0.2 * outputs["click"])


def limits_of(output, scores):
    comparisons = comparisons_of(output, scores, ALL)
    return {(own.ours, own.theirs): own.limit for own in comparisons}


def test_an_event_of_the_shop_must_beat_baselines_and_keep_up_with_its_peer(output):
    limits = {
        "DeepCTR MMOE": -0.002,
        LOGISTIC: 0.0,
        POPULARITY: 0.0,
        "single_task": None,
    }

    assert limits_of(output, {}) == {("mmoe", other): x for other, x in limits.items()}


def test_an_event_of_other_data_must_keep_up_with_its_peer_alone(output):
    limits = limits_of(replace(output, data_set="census_income"), {})

    claimed = {pair for pair, limit in limits.items() if limit is not None}
    assert claimed == {("mmoe", "DeepCTR MMOE")}


def test_a_conditional_output_must_keep_up_with_logistic_regression_alone(output):
    limits = limits_of(replace(output, given="click"), {})

    claimed = {pair: limit for pair, limit in limits.items() if limit is not None}
    assert claimed == {("mmoe", LOGISTIC): -0.002}


def test_nothing_is_compared_on_few_positives(output):
    few = np.zeros(ROWS)
    few[: FEWEST_POSITIVES - 1] = 1

    assert comparisons_of(replace(output, labels=few), {}, ALL) == []


def test_a_claim_that_could_not_be_measured_is_missed(output):
    bars = bars_of(comparisons_of(output, {}, ("mmoe", "DeepCTR MMOE")))

    assert [bar.holds for bar in bars] == [False]
    assert "AUC of mmoe less that of DeepCTR MMOE not measured" in str(bars[0])


@pytest.mark.parametrize(("low", "holds"), [(-0.0019, True), (-0.0021, False)])
def test_the_lower_end_of_the_interval_decides(output, low, holds):
    measured = Difference(0.003, low, 0.01, 5)

    (bar,) = bars_of([Comparison(output, "mmoe", "DeepCTR MMOE", -0.002, measured)])

    assert bar.holds is holds


def test_what_is_not_claimed_is_told_all_the_same(output):
    measured = Difference(0.001, -0.01, 0.01, 5)

    text = unclaimed([Comparison(output, "mmoe", "DeepCTR MMOE", None, measured)])

    line = "- quickstart, click: AUC of mmoe less that of DeepCTR MMOE +0.0010"
    assert line in text


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.001, 0.003, "mmoe is better than `single_task`: click of quickstart"),
        (-0.001, 0.003, "mmoe did not help, as its AUC can't be told from that of"),
        (-0.003, -0.001, "mmoe did not help, as it is worse than `single_task`"),
    ],
)
def test_a_sentence_says_whether_multi_task_helped(output, low, high, expected):
    measured = Difference((low + high) / 2, low, high, 5)

    (line,) = sentences([Comparison(output, "mmoe", "single_task", None, measured)])

    assert line.startswith(expected)


def test_true_probabilities_are_their_own_ceiling(output, random):
    truth = random.random(ROWS) ** 3
    output = replace(output, truth=truth)

    assert true_columns(output, [truth])["of the ceiling"] == "100.0%"
    noisy = sigmoid(truth + random.normal(size=ROWS))
    assert 0 < float(true_columns(output, [noisy])["of the ceiling"][:-1]) < 50
    assert true_columns(output, [np.zeros(ROWS)])["true AUC"] == "0.5000"


def test_logged_data_has_no_true_columns(output):
    assert set(true_columns(output, [output.labels]).values()) == {""}


def test_columns_are_those_of_the_packed_inputs_by_name():
    features = (
        Categorical(kind="categorical", name="item", side="item"),
        Numeric(kind="numeric", name="price", side="item", missing_flag=True),
        Categorical(kind="categorical", name="brand", side="item"),
        IdSequence(
            kind="sequence", name="history", side="user", max_length=2, shares="item"
        ),
    )
    vocabularies = {
        "item": Vocabulary("item", 1, 5, None),
        "brand": Vocabulary("brand", 1, 3, None),
    }
    schema = Schema(features, FUNNEL, vocabularies, {})
    packed = {
        "item_ids": np.array([[1, 2], [3, 4]]),
        "item_numbers": np.array([[0.5, 0.0], [1.5, 1.0]]),
        "history": np.array([[2, 0], [3, 4]]),
    }

    columns = columns_of(EncodedExposures(schema, packed, {}))

    as_lists = {name: column.tolist() for name, column in columns.items()}
    assert as_lists == {
        "item": [2, 4],
        "brand": [1, 3],
        "price": [0.5, 1.5],
        "price_is_missing": [0.0, 1.0],
        "history": [[2, 0], [3, 4]],
    }
    assert described(schema)["history"] == {
        "kind": "list",
        "length": 2,
        "vocabulary": "item",
        "num_ids": 7,
    }
