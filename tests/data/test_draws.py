"""Draws that depend on nothing but the seed and what they are for."""

import numpy as np
import pyarrow as pa

from mtl_rec.data.draws import draws_for_names, draws_for_rows


def splitmix64(state: int) -> int:
    """The published algorithm on Python's integers."""
    mask = 2**64 - 1
    mixed = state & mask
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & mask
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
    return mixed ^ (mixed >> 31)


def test_rows_get_the_numbers_of_splitmix64(monkeypatch):
    monkeypatch.setattr("mtl_rec.data.draws._seed_bytes", lambda _: bytes(8))

    draws = draws_for_rows(0, 3, seed=0)

    expected = [splitmix64((n + 1) * 0x9E3779B97F4A7C15) >> 11 for n in range(3)]
    np.testing.assert_array_equal(draws * 2**53, expected)
    assert splitmix64(0x9E3779B97F4A7C15) == 0xE220A8397B1DCDAF  # as published


def test_a_row_is_drawn_the_same_from_any_start():
    draws = draws_for_rows(0, 10, seed=7)

    np.testing.assert_array_equal(draws_for_rows(4, 6, seed=7), draws[4:])


def test_draws_are_spread_evenly():
    for draws in (
        draws_for_rows(0, 100_000, seed=1),
        draws_for_names(pa.array([f"u{n}" for n in range(100_000)]), seed=1),
    ):
        counts = np.histogram(draws, bins=10, range=(0, 1))[0]
        assert np.abs(counts - 10_000).max() < 400  # 4 standard deviations


def test_seeds_draw_independently():
    names = pa.array([f"u{n}" for n in range(10_000)])

    for a, b in (
        (draws_for_rows(0, 10_000, seed=1), draws_for_rows(0, 10_000, seed=2)),
        (draws_for_names(names, seed=1), draws_for_names(names, seed=2)),
    ):
        assert abs(np.corrcoef(a, b)[0, 1]) < 0.04


def test_equal_names_have_equal_draws():
    draws = draws_for_names(pa.array(["a", "b", "a"]), seed=1)

    assert draws[0] == draws[2] != draws[1]


def test_users_stay_where_they_are_from_version_to_version():
    # If this fails, users of published results have moved between training and test.
    draws = draws_for_names(pa.array(["u1", "u2", "跑鞋"]), seed=1)
    rows = draws_for_rows(0, 2, seed=1)

    np.testing.assert_allclose(draws, [0.0857694321, 0.8623765948, 0.6468524977])
    np.testing.assert_allclose(rows, [0.0675561785, 0.1010460396])
