"""Every row is in one slice, and slices say what they hold."""

import numpy as np

from mtl_rec.evaluation.slicing import (
    MISSING,
    OTHERS,
    by_band,
    by_novelty,
    by_training_count,
    by_value,
)


def labels_of(slicing) -> list[str]:
    return [slicing.labels[code] for code in slicing.codes]


def test_items_are_in_bands_of_their_rows_in_training():
    slicing = by_training_count("items", np.array([0, 1, 5, 6, 20, 21]))

    assert labels_of(slicing) == ["0", "1-5", "1-5", "6-20", "6-20", ">20"]


def test_users_are_new_or_returning():
    assert labels_of(by_novelty("users", np.array([True, False]))) == [
        *("returning", "new")
    ]


def test_values_are_in_the_order_of_their_frequency_and_missing_ones_apart():
    slicing = by_value("brand", np.array([1, 0, 1, -1]), ["acme", "bolt", "unseen"])

    assert labels_of(slicing) == ["bolt", "acme", "bolt", MISSING]
    assert slicing.labels == ("bolt", "acme", OTHERS, MISSING)


def test_numbers_of_hours_are_in_their_own_order():
    slicing = by_value("hour", np.array([0, 1, 1, 2]), ["10", "9", "23"])

    assert slicing.labels[:3] == ("9", "10", "23")


def test_of_many_values_the_ten_most_frequent_are_shown():
    codes = np.repeat(np.arange(40), np.arange(40, 0, -1))

    slicing = by_value("brand", codes, [f"b{n}" for n in range(40)])

    assert slicing.labels == (*(f"b{n}" for n in range(10)), OTHERS, MISSING)
    assert labels_of(slicing)[-1] == OTHERS


def test_numbers_are_in_five_bands_of_equal_size():
    prices = np.append(np.arange(1, 101), np.nan).astype(np.float32)

    slicing = by_band("price", prices)

    sizes = np.bincount(slicing.codes, minlength=6)
    assert sizes.tolist() == [20, 20, 20, 20, 20, 1]
    assert slicing.labels[0] == "to 20"
    assert slicing.labels[-2:] == ("over 80", MISSING)


def test_equal_numbers_are_in_one_band():
    slicing = by_band("price", np.array([5.0, 5.0, 5.0]))

    assert labels_of(slicing) == ["all"] * 3


def test_without_any_number_all_are_missing():
    assert labels_of(by_band("price", np.full(2, np.nan))) == [MISSING] * 2
