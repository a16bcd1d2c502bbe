"""Features that know the answer are found, by whatever of them; others are not."""

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.config.features import Categorical, IdSequence, Numeric
from mtl_rec.config.sampling import IS_SAMPLED, LOG_SAMPLING_RATE
from mtl_rec.config.tasks import Task
from mtl_rec.data.report.screening import best_views, screen
from mtl_rec.schema.rows import canonical

TASKS = (Task(name="click"), Task(name="buy", after="click"))
CATEGORY = Categorical(kind="categorical", name="x", side="item")
NUMBER = Numeric(kind="numeric", name="x", side="item")
LIST = IdSequence(kind="sequence", name="x", side="user", max_length=5)

random = np.random.default_rng(0)
CLICK = random.random(6000) < 0.3
BUY = CLICK & (random.random(6000) < 0.4)


def best_of(feature, values, **columns):
    """By output, the best ranking."""
    table = pa.table({"x": values, "click": CLICK, "buy": BUY, **columns})
    rows = canonical(table, [feature], TASKS)
    return {r.output: r for r in best_views(list(screen(feature, rows, TASKS)))}


noise = random.normal(size=6000)
codes = random.integers(0, 50, 6000)
LEAKS = {
    "numbers": (NUMBER, noise + 9 * BUY, "value"),
    "falling numbers": (NUMBER, noise - 9 * BUY, "value"),
    "middling numbers": (NUMBER, np.where(BUY, 0.01 * noise, np.sign(noise)), "value"),
    "missing numbers": (NUMBER, np.where(BUY, noise, np.nan), "missing"),
    "categories": (
        CATEGORY,
        [f"{c}{b}" for c, b in zip(codes, BUY, strict=True)],
        "value",
    ),
    "missing ids": (
        CATEGORY,
        [f"o{n}" if b else "" for n, b in enumerate(BUY)],
        "missing",
    ),
    "lengths": (LIST, [["a"] * (2 + b) for b in BUY], "length"),
    "ends": (LIST, [["a", "b" if b else "c"] for b in BUY], "last value"),
}


@pytest.mark.parametrize(("feature", "values", "by"), LEAKS.values(), ids=LEAKS)
def test_an_answer_is_found_jointly_and_given_the_parent(feature, values, by):
    table = pa.table({"x": values, "click": CLICK, "buy": BUY})
    rankings = list(screen(feature, canonical(table, [feature], TASKS), TASKS))

    telling = {(r.output, r.by) for r in rankings if r.is_too_good}
    assert {("buy", by), ("buy_given_click", by)} <= telling
    assert not any(output == "click" for output, _ in telling)


@pytest.mark.parametrize(
    ("feature", "values"),
    [
        (NUMBER, noise),
        (NUMBER, np.where(codes < 10, np.nan, noise)),
        (CATEGORY, [f"r{n}" for n in range(6000)]),
        (CATEGORY, [f"r{n // 2}" for n in range(6000)]),
        (CATEGORY, [f"c{c}" for c in codes]),
        (LIST, [["a"] * (c % 5) for c in codes]),
    ],
    ids=["number", "missing", "id", "pairs", "category", "list"],
)
def test_what_knows_nothing_ranks_like_chance(feature, values):
    for ranking in best_of(feature, values).values():
        assert ranking.auc == pytest.approx(0.5, abs=0.05)


def test_what_is_given_a_parent_is_ranked_among_its_rows():
    rankings = best_of(NUMBER, noise)

    assert rankings["buy"].rows == 6000
    assert rankings["buy_given_click"].rows == CLICK.sum()
    assert rankings["buy_given_click"].positives == BUY.sum()


def test_labels_of_one_class_are_left_out():
    table = pa.table({"x": noise, "click": CLICK, "buy": np.arange(6000) == 7})

    outputs = {
        ranking.output
        for ranking in screen(NUMBER, canonical(table, [NUMBER], TASKS), TASKS)
    }

    assert outputs == {"click"}


def test_it_says_whether_sampled_rows_were_ranked():
    rankings = best_of(
        NUMBER, noise, **{IS_SAMPLED: ~CLICK, LOG_SAMPLING_RATE: np.zeros(6000)}
    )

    assert rankings["click"].of_sampled
    assert not rankings["buy_given_click"].of_sampled


def test_a_value_is_ranked_by_whether_it_is_above_its_median():
    values = random.lognormal(size=6000)
    tasks = (Task(name="rating", kind="regression"),)
    table = pa.table({"x": np.log(values), "rating": values})

    rankings = best_views(
        list(screen(NUMBER, canonical(table, [NUMBER], tasks), tasks))
    )

    assert [(r.output, r.auc, r.positives) for r in rankings] == [("rating", 1.0, 3000)]
