import numpy as np

from mtl_rec.training import Batches


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
        assert inputs["user_ids"][row] == exposures.inputs["user_ids"][source]


def test_all_batches_have_one_size(exposures):
    batches = Batches(exposures, 256)

    assert {len(batches[i][1]["click"]) for i in range(len(batches))} == {256}
    assert Batches(exposures, 10_000).batch_size == 600


def test_rows_that_a_task_does_not_learn_from_have_no_label(exposures):
    _, labels = Batches(exposures, 600)[0]

    clicked = labels["click"][:, 0] == 1
    assert np.isnan(labels["buy"][~clicked]).all()
    assert not np.isnan(labels["buy"][clicked]).any()
