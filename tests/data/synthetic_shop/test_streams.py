"""Every purpose draws from its own stream."""

import numpy as np

from mtl_rec.data.synthetic_shop.streams import PURPOSES, random_streams


def test_one_more_draw_for_a_purpose_does_not_shift_the_others():
    streams, others = random_streams(0), random_streams(0)
    streams["customers"].random(7)

    for purpose in set(PURPOSES) - {"customers"}:
        assert streams[purpose].random() == others[purpose].random()


def test_every_purpose_and_seed_draws_its_own_numbers():
    draws = [
        stream.random() for seed in (0, 1) for stream in random_streams(seed).values()
    ]

    assert len(np.unique(draws)) == 2 * len(PURPOSES)
