"""What each user had of lists is kept, and differences are over the same users."""

import numpy as np
import pytest

from mtl_rec.errors import ArtifactError
from mtl_rec.retrieval.judged_users import JudgedUsers

NUM_USERS = 200


def judged(seed=0, shift=0.0, ids="u"):
    """Recalls of all users, and of cold items those of every third."""
    random = np.random.default_rng(seed)
    recalls = random.random(NUM_USERS) + shift
    cold = np.where(np.arange(NUM_USERS) % 3 == 0, recalls / 2, np.nan)
    users = np.array([f"{ids}{number}" for number in range(NUM_USERS)], object)
    metrics = {"recall@20": recalls, "cold_recall@20": cold}
    return JudgedUsers(users, np.arange(NUM_USERS) % 5 + 1, metrics)


def test_what_is_written_is_read(tmp_path):
    own = judged()

    own.write(tmp_path / "users.parquet")
    read = JudgedUsers.read(tmp_path / "users.parquet")

    assert read.has_users_of(own)
    assert read.users.tolist() == own.users.tolist()
    assert list(read.metrics) == list(own.metrics)
    for name, values in own.metrics.items():
        np.testing.assert_array_equal(read.metrics[name], values)
    assert [path.name for path in tmp_path.iterdir()] == ["users.parquet"]


def test_a_difference_is_the_mean_over_users_who_have_a_value():
    first, second = judged(), judged(seed=1, shift=0.3)

    differences = second.less(first)

    for name, values in first.metrics.items():
        own = differences[name]["value"]
        wanted = np.nanmean(second.metrics[name]) - np.nanmean(values)
        assert own.value == pytest.approx(wanted)
        low, high = own.interval
        assert low < own.value < high
        turned = first.less(second)[name]["value"]
        assert turned.value == pytest.approx(-own.value)
        assert turned.interval == pytest.approx((-high, -low))


def test_what_all_users_gain_is_certain():
    own = judged(shift=0.01).less(judged())["recall@20"]["value"]

    assert own.interval == pytest.approx((0.01, 0.01))
    assert own.is_certain


def test_the_interval_is_as_wide_as_the_spread_over_users():
    """Of a mean of independent users, 1.96 standard errors to either side."""
    first, second = judged(), judged(seed=1)
    gains = second.metrics["recall@20"] - first.metrics["recall@20"]

    low, high = second.less(first)["recall@20"]["value"].interval

    wanted = 2 * 1.96 * gains.std() / NUM_USERS**0.5
    assert high - low == pytest.approx(wanted, rel=0.1)


def test_a_metric_of_one_alone_has_no_difference():
    first, second = judged(), judged(seed=1)
    fewer = JudgedUsers(
        first.users, first.wanted, {"recall@20": first.metrics["recall@20"]}
    )

    assert list(second.less(fewer)) == list(fewer.less(second)) == ["recall@20"]


def test_other_users_or_other_wishes_are_no_same_users():
    own = judged()

    assert own.has_users_of(judged(seed=1))
    assert not own.has_users_of(judged(ids="v"))
    assert not own.has_users_of(JudgedUsers(own.users, own.wanted + 1, own.metrics))
    fewer = JudgedUsers(own.users[1:], own.wanted[1:], {})
    assert not own.has_users_of(fewer)


def test_damage_is_an_error_that_names_the_file(tmp_path):
    path = tmp_path / "users.parquet"
    path.write_bytes(b"PAR1 nothing")

    with pytest.raises(ArtifactError, match=r"users\.parquet' can't be read"):
        JudgedUsers.read(path)
