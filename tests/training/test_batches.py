import time

import numpy as np
import pytest

from mtl_rec.training import Batches
from mtl_rec.training.batches import ROWS_PER_CALL, usual_steps_per_call


def order_of(batches):
    """The item numbers of one epoch, which tell the rows apart."""
    return np.concatenate(
        [batches[i][0]["item_numbers"][:, 0] for i in range(len(batches))]
    )


def test_an_epoch_holds_each_row_once(exposures):
    batches = Batches(exposures, 100)

    assert len(batches) == 6
    order = order_of(batches)
    np.testing.assert_array_equal(
        np.sort(order), np.sort(exposures.inputs["item_numbers"][:, 0])
    )


def test_the_order_is_a_function_of_seed_and_epoch(exposures):
    first, second = Batches(exposures, 100, seed=1), Batches(exposures, 100, seed=1)
    first.on_epoch_end()

    assert not np.array_equal(order_of(first), order_of(second))
    np.testing.assert_array_equal(
        order_of(first), order_of(Batches(exposures, 100, seed=1, first_epoch=1))
    )
    assert not np.array_equal(
        order_of(second), order_of(Batches(exposures, 100, seed=2))
    )


def test_inputs_and_labels_of_a_row_stay_together(exposures):
    inputs, labels = Batches(exposures, 64, seed=5)[2]
    numbers = exposures.inputs["item_numbers"][:, 0]

    for row, number in enumerate(inputs["item_numbers"][:, 0]):
        (source,) = np.flatnonzero(numbers == number)
        assert labels["click"][row] == exposures.labels["click"][source]
        assert inputs["item_ids"][row] == exposures.inputs["item_ids"][source]


def test_all_batches_have_one_size(exposures):
    batches = Batches(exposures, 256)

    assert {len(batches[i][1]["click"]) for i in range(len(batches))} == {256}
    assert Batches(exposures, 10_000).batch_size == 600


def test_rows_that_a_task_does_not_learn_from_have_no_label(exposures):
    _, labels = Batches(exposures, 600)[0]

    clicked = labels["click"][:, 0] == 1
    assert np.isnan(labels["buy"][~clicked]).all()
    assert not np.isnan(labels["buy"][clicked]).any()


def test_a_call_holds_the_batches_it_would_have_one_by_one(exposures):
    several, single = Batches(exposures, 50, steps_per_call=4), Batches(exposures, 50)

    assert len(several) == 3
    for index in range(3):
        inputs, labels = several[index]
        for step in range(4):
            alone, own = single[4 * index + step]
            np.testing.assert_array_equal(inputs["history"][step], alone["history"])
            np.testing.assert_array_equal(labels["buy"][step], own["buy"])


@pytest.mark.parametrize(
    ("num_rows", "batch_size"), [(59_801, 512), (10, 512), (10**7, 4096), (999, 10)]
)
def test_the_usual_call_leaves_few_batches_over(num_rows, batch_size):
    steps = usual_steps_per_call(num_rows, batch_size)

    num_batches = max(1, num_rows // batch_size)
    assert 1 <= steps <= num_batches
    assert num_batches % steps <= 0.03 * num_batches
    assert steps * batch_size <= max(2 * ROWS_PER_CALL, batch_size)


def test_a_batch_has_a_time_when_it_was_ready_in_its_epoch_alone(exposures):
    batches = Batches(exposures, 100)
    begun = time.perf_counter()

    for index in range(len(batches)):
        batches[index]

    times = [batches.ready_at(index) for index in range(len(batches))]
    assert begun < times[0]
    assert times == sorted(times)
    assert times[-1] < time.perf_counter()
    batches.on_epoch_end()
    assert batches.ready_at(1) is None
