import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtl_rec.preprocess import learning
from mtl_rec.preprocess.learning import Moments, Quantiles, ValueCounts
from mtl_rec.schema.number_statistics import NumberStatistics

HUGE = float(np.finfo(np.float32).max)


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks and samples of a few values, so that streams of a hundred overflow."""
    monkeypatch.setattr(learning, "_COMPACT_ABOVE", 5)
    monkeypatch.setattr(learning, "_BLOCK_SIZE", 7)
    monkeypatch.setattr(learning, "_SAMPLE_SIZE", 20)


def counted(*chunks):
    counts = ValueCounts()
    for chunk in chunks:
        counts.add(pa.array(chunk, pa.string()))
    return counts


def cut(values, ends):
    """The values in pieces; some may be empty."""
    return np.split(values, sorted(end % (len(values) + 1) for end in ends))


def learned(learner, chunks):
    for chunk in chunks:
        learner.add(chunk)
    return learner.statistics()


def test_frequent_values_come_first_and_equal_ones_in_their_order():
    counts = counted(["b", "c", "b"], ["a", "日", "c", "B"])

    assert counts.most_frequent(1, None) == [
        b"b", b"c", b"B", b"a", "日".encode()
    ]  # fmt: skip


def test_rare_values_and_those_beyond_the_size_are_left_out():
    counts = counted(["a"] * 3 + ["b"] * 2 + ["c"] * 2 + ["d"])

    assert counts.most_frequent(2, None) == [b"a", b"b", b"c"]
    assert counts.most_frequent(1, 2) == [b"a", b"b"]
    assert counts.most_frequent(4, 2) == []


def test_values_with_a_line_break_are_left_out_and_take_no_place():
    counts = counted(["a\nb", "a\nb", "c\r", "\n", "d", "\u2028"])

    assert counts.most_frequent(1, 2) == [b"d", "\u2028".encode()]


def test_values_that_are_not_unicode_are_counted_as_their_bytes():
    counts = ValueCounts()
    counts.add(pa.array([b"\xff", b"\xff", b"a"], pa.binary()))

    assert counts.most_frequent(1, None) == [b"\xff", b"a"]


def test_values_count_as_often_as_they_are_said_to():
    counts = ValueCounts()
    counts.add(pa.array(["a", "b", "a"]), np.array([1, 5, 3]))

    assert counts.most_frequent(4, None) == [b"b", b"a"]


def test_nothing_counted_is_no_value():
    assert ValueCounts().most_frequent(1, None) == []
    assert counted([], []).most_frequent(1, None) == []


@settings(max_examples=50, deadline=None)
@given(
    values=st.lists(st.sampled_from("abcdef日"), min_size=1, max_size=60),
    ends=st.lists(st.integers(0, 60), max_size=8),
    shuffle=st.randoms(use_true_random=False),
)
def test_cuts_and_order_do_not_change_a_vocabulary(values, ends, shuffle):
    shuffled = shuffle.sample(values, len(values))

    cut_up = counted(*(piece.tolist() for piece in cut(np.array(shuffled), ends)))

    assert cut_up.most_frequent(2, 3) == counted(values).most_frequent(2, 3)


def test_a_long_stream_is_put_together_now_and_then(small_blocks):
    counts = counted(*(["a", f"new {i}"] for i in range(50)), ["b"] * 9)

    assert len(counts._parts) < 5
    assert counts.most_frequent(2, None) == [b"a", b"b"]


def test_mean_and_deviation_are_those_of_all_values():
    statistics = learned(Moments(), [np.array([1.0, 2.0]), np.array([6.0])])

    assert statistics == NumberStatistics(3.0, pytest.approx(np.sqrt(14 / 3)))


def test_mean_and_deviation_span_blocks(small_blocks):
    values = np.random.default_rng(0).lognormal(2.0, 2.0, 100)

    statistics = learned(Moments(), np.split(values, 4))

    assert statistics.mean == pytest.approx(values.mean(), rel=1e-12)
    assert statistics.standard_deviation == pytest.approx(values.std(), rel=1e-12)


@pytest.mark.parametrize("value", [0.1, np.log1p(3.0), -1.7e9, 1e-30, HUGE])
@pytest.mark.parametrize("number", [1, 3, 7, 1000])
def test_equal_values_have_a_deviation_of_one(value, number, small_blocks):
    statistics = learned(Moments(), [np.full(number, value)])

    assert statistics.mean == pytest.approx(value, rel=1e-12)
    assert statistics.standard_deviation == 1.0


def test_nothing_has_mean_zero_and_deviation_one():
    assert learned(Moments(), [np.empty(0)]) == NumberStatistics(0.0, 1.0)


def test_values_far_from_zero_keep_their_deviation():
    values = 1.7e9 + np.array([-128.0, 0.0, 128.0, 0.0] * 500)

    statistics = learned(Moments(), [values])

    assert statistics.mean == pytest.approx(1.7e9)
    assert statistics.standard_deviation == pytest.approx(128 / np.sqrt(2))


def test_huge_values_have_finite_statistics():
    statistics = learned(Moments(), [np.array([HUGE, -HUGE] * 1000)])

    assert statistics.standard_deviation == pytest.approx(HUGE)


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 1000),
    length=st.integers(0, 100),
    ends=st.lists(st.integers(0, 100), max_size=8),
)
def test_cuts_do_not_change_a_bit_of_the_statistics(seed, length, ends):
    values = np.random.default_rng(seed).lognormal(3.0, 2.0, length)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learning, "_BLOCK_SIZE", 7)
        patch.setattr(learning, "_SAMPLE_SIZE", 20)

        assert learned(Moments(), cut(values, ends)) == learned(Moments(), [values])
        narrow = values.astype(np.float32)
        whole = learned(Quantiles(5), [narrow])
        assert learned(Quantiles(5), cut(narrow, ends)) == whole


def test_buckets_are_filled_equally():
    values = np.random.default_rng(0).permutation(1000).astype(np.float32)

    statistics = learned(Quantiles(4), [values])

    assert statistics.boundaries == (250.0, 500.0, 750.0)


def test_repeated_values_leave_fewer_boundaries():
    values = np.array([1.0] * 97 + [2.0, 3.0, 4.0], np.float32)

    assert learned(Quantiles(4), [values]).boundaries == (1.0,)


def test_nothing_has_no_boundaries():
    assert learned(Quantiles(4), []).boundaries == ()
    assert learned(Quantiles(4), [np.empty(0, np.float32)]).boundaries == ()


def test_a_long_stream_is_sampled_evenly(monkeypatch):
    monkeypatch.setattr(learning, "_SAMPLE_SIZE", 2000)
    ascending = np.arange(40_000, dtype=np.float32)
    quantiles = Quantiles(4)

    boundaries = learned(quantiles, np.split(ascending, 100)).boundaries

    assert sum(len(part) for part in quantiles._values) == 2000
    np.testing.assert_allclose(boundaries, [10_000, 20_000, 30_000], atol=1500)
