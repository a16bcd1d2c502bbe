"""Who is shown what follows activity, popularity, and what exists on the day."""

import numpy as np


def test_no_item_is_shown_before_it_exists(backstage):
    exposures = backstage.exposures

    assert (backstage.catalogue.first_day[exposures.item] <= exposures.day).all()


def test_new_items_are_shown_from_the_day_they_appear(backstage):
    exposures, first_day = backstage.exposures, backstage.catalogue.first_day
    is_first_day = first_day[exposures.item] == exposures.day

    assert set(exposures.day[is_first_day].tolist()) == {0, 24, 25, 26, 27, 28, 29}


def test_a_tenth_of_the_items_holds_more_than_half_of_the_exposures(backstage):
    counts = np.sort(np.bincount(backstage.exposures.item, minlength=1_000))[::-1]

    assert 0.5 < counts[:100].sum() / counts.sum() < 0.8


def test_shares_of_items_fall_as_a_power_of_their_rank(backstage):
    old = backstage.exposures.item[backstage.exposures.day < 24]
    counts = np.sort(np.bincount(old, minlength=1_000))[::-1][:300]

    slope = np.polyfit(np.log(np.arange(1, 301)), np.log(counts), deg=1)[0]

    assert -1.1 < slope < -0.8


def test_active_users_get_more_exposures(backstage):
    counts = np.bincount(backstage.exposures.user, minlength=2_000)

    assert np.corrcoef(counts, backstage.customers.activity)[0, 1] > 0.95


def test_evenings_are_busier_than_nights(backstage):
    counts = np.bincount(backstage.exposures.hour, minlength=24)

    assert counts[20:22].min() > 8 * counts[2:5].max()


def test_slices_by_day_cut_all_rows_by_their_day(backstage):
    exposures = backstage.exposures
    slices = exposures.slices_by_day(30)

    assert [slices[0].start, slices[-1].stop] == [0, len(exposures)]
    for day, rows in enumerate(slices):
        assert set(exposures.day[rows].tolist()) == {day}


def test_a_day_without_exposures_is_an_empty_slice(backstage):
    *_, beyond = backstage.exposures.slices_by_day(31)

    assert beyond.start == beyond.stop == len(backstage.exposures)
