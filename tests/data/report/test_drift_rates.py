"""R19: over many data sets, every shift of the threshold's size is flagged, and of the
data sets without one no more than a hundredth."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

from mtl_rec.config.features import (
    Categorical,
    Hashed,
    MultiCategorical,
    Numeric,
    Text,
)
from mtl_rec.data.report.comparing import compared_features
from mtl_rec.data.report.counting import PartCounts

FEATURES = (
    Categorical(kind="categorical", name="user", side="user"),
    Categorical(kind="categorical", name="city", side="user"),
    Numeric(kind="numeric", name="age", side="user"),
    Categorical(kind="categorical", name="brand", side="item"),
    Numeric(kind="numeric", name="price", side="item"),
    MultiCategorical(kind="multi_categorical", name="tags", side="item", max_values=4),
    Text(kind="text", name="title", side="item"),
    Hashed(kind="hashed", name="device", side="context", num_buckets=9),
)
WORDS = np.array([f"word{number}" for number in range(300)])
MEAN_SHIFT = 0.33534
"""Standard deviations that a normal number moves for a divergence of .0200 bits."""


def drawn(random, size, num_values):
    """Values of which some are much more frequent than others."""
    shares = 1 / np.arange(1, num_values + 1)
    return random.choice(num_values, size, p=shares / shares.sum())


def rows_of(random, num_rows, num_users, is_shifted):
    """A part of its own users; what is theirs is the same on all their rows."""
    user = random.integers(0, num_users, num_rows) if num_users else np.arange(num_rows)
    size = num_users or num_rows
    own_device = random.random(num_rows) < 0.8
    rows = {
        "user": user + random.integers(1, 10**9) * 10**6,
        "city": drawn(random, size, 40)[user],
        "age": random.normal(40, 12, size)[user],
        "brand": drawn(random, num_rows, 30),
        "price": random.lognormal(2, 1, num_rows),
        "tags": WORDS[drawn(random, (num_rows, 3), 20)].tolist(),
        "title": [
            " ".join(words) for words in WORDS[drawn(random, (num_rows, 5), 300)]
        ],
        "device": np.where(
            own_device, drawn(random, size, 5)[user], drawn(random, num_rows, 5)
        ),
    }
    rows["price"][random.random(num_rows) < 0.1] = np.nan
    # A twentieth of the rows, to the row: what is left to chance is the other part.
    moved = random.permutation(num_rows) < 0.05 * num_rows
    if is_shifted:
        rows["age"] += 12 * MEAN_SHIFT
        rows["brand"] = np.where(moved, 99, rows["brand"])
        rows["price"] = np.where(moved, 5.0, rows["price"])
        for row in np.flatnonzero(moved):
            rows["tags"][row].append("new")
            rows["title"][row] += " Sale!"
    texts = ("user", "city", "brand", "device")
    rows |= {name: [f"{name} {value}" for value in rows[name]] for name in texts}
    counts = PartCounts(FEATURES)
    counts.add(pa.table(rows), random.random(num_rows))
    return counts


def verdicts(seed, num_rows, num_users, is_shifted=False) -> dict[str, str]:
    random = np.random.default_rng(seed)
    parts = [rows_of(random, num_rows, num_users, own) for own in (False, is_shifted)]
    shifts = compared_features(parts[0], {"test": parts[1]}, lambda *progress: None)
    return {found.feature: found.distance.verdict for found in shifts}


@pytest.mark.slow
@pytest.mark.parametrize(("num_rows", "num_users"), [(3000, 0), (3000, 300)])
def test_of_the_reports_without_a_shift_hardly_one_raises_an_alarm(num_rows, num_users):
    seeds = 100
    alarms = [
        name
        for seed in range(seeds)
        for name, verdict in verdicts(seed, num_rows, num_users).items()
        if verdict == "shifted"
    ]

    assert len(alarms) <= 0.01 * seeds, alarms


@pytest.mark.slow
def test_every_shift_of_the_size_of_the_threshold_is_flagged():
    seeds = 30
    found = Counter(
        item
        for seed in range(seeds)
        for item in verdicts(seed, 8000, 0, is_shifted=True).items()
    )

    for name in ("age", "brand", "price", "tags", "title"):
        assert found[name, "shifted"] == seeds
    for name in ("user", "city", "device"):
        assert found[name, "shifted"] == 0
