"""The order of rows that are in files."""

import dataclasses

import numpy as np
import pytest

from mtl_rec.models.layers.request_rows import REQUEST_OF_ROW
from mtl_rec.schema.encoded_files import open_encoded, write_encoded
from mtl_rec.training import Batches
from mtl_rec.training.row_order import BlockShuffle, FullShuffle, order_rows

NUM_ROWS = 600


@pytest.fixture
def numbered(exposures):
    """The exposures with each row's number among the inputs."""
    numbers = np.arange(len(exposures), dtype=np.float32)[:, np.newaxis]
    return dataclasses.replace(
        exposures, inputs={**exposures.inputs, "item_numbers": numbers}
    )


@pytest.fixture
def stored(numbered, tmp_path):
    write_encoded(tmp_path / "train", numbered.chunks(70))
    return open_encoded(tmp_path / "train", numbered.schema)


def blocks_of(stored, seed=1):
    """Blocks of 64 rows, the last of 24; 4 in a buffer, so that one is in two."""
    return BlockShuffle(stored, seed, block_rows=64, buffer_blocks=4)


def numbers_of(order, epoch, size=50):
    parts = [
        order.rows(epoch, start, min(start + size, NUM_ROWS))[0]["item_numbers"]
        for start in range(0, NUM_ROWS, size)
    ]
    assert [len(part) for part in parts] == [size] * (NUM_ROWS // size)
    return np.concatenate(parts)[:, 0].astype(int)


def test_files_are_shuffled_in_blocks_and_memory_in_full(stored, numbered):
    assert isinstance(order_rows(stored, 1), BlockShuffle)
    assert isinstance(order_rows(numbered, 1), FullShuffle)


@pytest.mark.parametrize("epoch", range(5))
def test_an_epoch_holds_each_row_once(stored, epoch):
    numbers = numbers_of(blocks_of(stored), epoch)

    assert sorted(numbers) == list(range(NUM_ROWS))


def test_the_order_is_a_function_of_seed_and_epoch(stored):
    first = numbers_of(blocks_of(stored), 3)

    np.testing.assert_array_equal(first, numbers_of(blocks_of(stored), 3))
    assert not np.array_equal(first, numbers_of(blocks_of(stored), 4))
    assert not np.array_equal(first, numbers_of(blocks_of(stored, seed=2), 3))


def test_reading_ahead_does_not_change_the_order(stored):
    """Whatever was read before, and in batches of whatever size."""
    straight, jumping = blocks_of(stored), blocks_of(stored)
    expected = numbers_of(straight, 1)

    for epoch, start in [(0, 550), (1, 0), (1, 300), (0, 0), (1, 100)]:
        inputs, _ = jumping.rows(epoch, start, start + 50)

        if epoch == 1:
            numbers = inputs["item_numbers"][:, 0]
            np.testing.assert_array_equal(numbers, expected[start : start + 50])
    np.testing.assert_array_equal(expected, numbers_of(jumping, 1, size=300))


def test_rows_of_several_blocks_are_mixed(stored):
    numbers = numbers_of(blocks_of(stored), 0)

    assert len(np.unique(numbers[:50] // 64)) == 4
    assert np.abs(np.diff(numbers)).min() >= 1
    assert np.mean(np.diff(numbers) == 1) < 0.05


def test_inputs_and_labels_of_a_row_stay_together(stored, numbered):
    inputs, labels = blocks_of(stored).rows(0, 200, 500)
    rows = inputs["item_numbers"][:, 0].astype(int)

    np.testing.assert_array_equal(inputs["user_ids"], numbered.inputs["user_ids"][rows])
    for task, expected in numbered.training_labels().items():
        np.testing.assert_array_equal(labels[task], expected[rows])


def test_batches_of_files_have_one_size(stored):
    batches = Batches(stored, 256, seed=4)

    assert len(batches) == 2
    assert {len(batches[i][1]["click"]) for i in range(2)} == {256}


def test_requests_of_two_buffers_are_different_ones(stored):
    """A request of one buffer that is in the next too counts there once more."""
    order = BlockShuffle(stored, 1, True, block_rows=64, buffer_blocks=4)

    inputs, _ = order.rows(0, 0, NUM_ROWS)

    numbers = inputs[REQUEST_OF_ROW]
    buffers = np.split(numbers, [256, 512])
    assert not set(buffers[0]) & set(buffers[1])
    assert not set(buffers[1]) & set(buffers[2])
