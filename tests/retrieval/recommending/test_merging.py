"""Candidates of several sources become one list."""

import numpy as np

from mtl_rec.retrieval.recommending.merging import Origin, Retrieved, merge


def brought(source, quota, *items):
    scores = np.linspace(1, 0.5, len(items), dtype=np.float32)
    return Retrieved(source, quota, np.array(items, np.int64), scores)


def test_sources_take_turns_by_the_share_of_their_quota():
    merged = merge([brought("a", 4, 0, 1, 2, 3, 4), brought("b", 2, 10, 11, 12)])

    assert merged.items.tolist() == [0, 10, 1, 2, 11, 3]


def test_an_item_is_taken_once_and_all_its_sources_are_remembered():
    merged = merge([brought("a", 1, 5, 6), brought("b", 1, 5, 6)])

    assert merged.items.tolist() == [5, 6]
    assert merged.origins == {
        5: (Origin("a", 1, 1.0), Origin("b", 1, 1.0)),
        6: (Origin("a", 2, 0.5), Origin("b", 2, 0.5)),
    }


def test_what_another_source_brought_takes_nothing_of_a_quota():
    merged = merge([brought("a", 2, 0, 1, 2, 3), brought("b", 2, 0, 1, 2, 3)])

    assert merged.items.tolist() == [0, 1, 2, 3]


def test_a_source_that_runs_out_does_not_stop_the_others():
    merged = merge([brought("a", 9, 7), brought("b", 2, 1, 2), brought("c", 3)])

    assert merged.items.tolist() == [7, 1, 2]
    assert len(merge([]).items) == 0
