"""R22: NaN and infinities are missing numbers, whatever signature they come by."""

import numpy as np
import pandas as pd
import pytest

NO_NUMBERS = [np.nan, np.inf, -np.inf]
NUMBERS = ["age", "price", "hour"]  # standardised, its logarithm, in buckets


@pytest.mark.parametrize("value", NO_NUMBERS)
@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_no_number_is_answered_as_missing(
    everywhere, assert_same, known, name, value
):
    missing = known.assign(**{name: pd.Series([None] * len(known), dtype="Float32")})

    assert_same(everywhere(known.assign(**{name: value})), everywhere(missing))


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_a_missing_number_counts_as_the_training_mean(
    everywhere, assert_same, known, make_shop, value
):
    mean = np.float32(make_shop(1500)["age"].astype(np.float32).mean())

    answers = everywhere(known.assign(age=value))

    assert_same(answers, everywhere(known.assign(age=mean)), tolerance=1e-6)


def test_rows_without_any_number_are_answered(everywhere, assert_same, known):
    nowhere = known.assign(**dict.fromkeys(NUMBERS, np.nan))

    assert_same(everywhere(nowhere), everywhere(nowhere.assign(age=-np.inf)))
