"""A user who comes up again in a batch is encoded once, and nothing else changes."""

import numpy as np
import pytest
from compilation import JIT, SLOW_ON_TENSORFLOW
from keras import ops

from mtl_rec.models.layers.request_rows import REQUEST_OF_ROW
from mtl_rec.optimizers import LazyAdam
from mtl_rec.schema import EncodedExposures
from mtl_rec.schema.encoded_files import open_encoded, write_encoded
from mtl_rec.training import Batches
from mtl_rec.training import batches as training_batches
from mtl_rec.training.requests import (
    MOST_TOGETHER,
    by_request,
    mixed_order,
    request_numbers,
    requests_per_row,
    usual_capacity,
)

ROWS_OF_A_REQUEST = 5
USER_INPUTS = ("user_ids", "history")


@pytest.fixture
def visits(exposures):
    """Five exposures of each user, in random order, numbered by price."""
    random = np.random.default_rng(0)
    order = random.permutation(len(exposures))
    inputs = {name: array[order] for name, array in exposures.inputs.items()}
    for name in USER_INPUTS:
        inputs[name] = exposures.inputs[name][order // ROWS_OF_A_REQUEST]
    inputs["item_numbers"] = np.arange(len(order), dtype="float32")[:, None]
    return EncodedExposures(exposures.schema, inputs, exposures.labels)


def expanded(inputs):
    """Inputs of one batch with a row for each exposure."""
    rows = inputs[REQUEST_OF_ROW][:, 0]
    return {
        name: array[rows] if name in USER_INPUTS else array
        for name, array in inputs.items()
        if name != REQUEST_OF_ROW
    }


def test_rows_whose_user_is_the_same_are_of_one_request(visits):
    numbers = request_numbers(visits.inputs, visits.schema)

    users = np.concatenate([visits.inputs[name] for name in USER_INPUTS], axis=1)
    same_user = (users[:, None] == users).all(axis=2)
    np.testing.assert_array_equal(numbers[:, None] == numbers, same_user)
    assert set(numbers) == set(range(len(visits) // ROWS_OF_A_REQUEST))


def test_many_rows_are_several_requests(visits):
    inputs = {name: np.repeat(a[:3], 100, axis=0) for name, a in visits.inputs.items()}

    numbers = request_numbers(inputs, visits.schema)

    sizes = np.bincount(numbers)
    assert sizes.max() <= MOST_TOGETHER
    assert len(sizes) == 3 * -(-100 // MOST_TOGETHER)


def test_rows_that_only_share_a_hash_are_not_of_one_request(visits, monkeypatch):
    class NoRandom:
        def integers(self, low, high, size, dtype):
            return np.full(size, 2**63 - 1, dtype)  # As odd factors: all -1.

    monkeypatch.setattr(np.random, "default_rng", lambda seed: NoRandom())
    inputs = dict(visits.inputs)
    inputs["user_ids"] = np.array([[1, 2], [2, 1], [1, 2]] * 2, "int32")
    inputs["history"] = np.zeros((6, 4), "int32")

    numbers = request_numbers(inputs, visits.schema)

    assert numbers[0] == numbers[2] == numbers[3] == numbers[5]
    assert len({numbers[0], numbers[1], numbers[4]}) == 3


def test_the_order_is_random_and_keeps_requests_together():
    numbers = np.arange(1000) % 250

    orders = [mixed_order(np.random.default_rng(seed), numbers) for seed in (1, 1, 2)]

    np.testing.assert_array_equal(orders[0], orders[1])
    assert not np.array_equal(orders[0], orders[2])
    for order in orders:
        np.testing.assert_array_equal(np.sort(order), np.arange(1000))
        by_four = numbers[order].reshape(250, 4)
        assert (by_four == by_four[:, :1]).all()
    assert abs(np.corrcoef(numbers[orders[0]], np.arange(1000))[0, 1]) < 0.2


@pytest.mark.parametrize("capacity", [3, 16])
def test_requests_expand_to_the_rows_they_were_made_of(capacity, visits):
    """Of three batches one has more requests than the smaller capacity."""
    numbers = request_numbers(visits.inputs, visits.schema)
    order = mixed_order(np.random.default_rng(0), numbers)[:60]
    rows = {name: array[order] for name, array in visits.inputs.items()}

    packed = by_request(rows, numbers[order], visits.schema, 3, capacity)

    assert packed["history"].shape == (3, capacity if capacity == 16 else 20, 4)
    for batch in range(3):
        back = expanded({name: array[batch] for name, array in packed.items()})
        for name, array in rows.items():
            own = array[20 * batch : 20 * (batch + 1)]
            np.testing.assert_array_equal(back[name], own)


@pytest.mark.parametrize("stored", [False, True])
def test_every_epoch_has_every_row_once(stored, visits, tmp_path):
    if stored:
        write_encoded(tmp_path / "train", [visits])
        visits = open_encoded(tmp_path / "train", visits.schema)
    batches = Batches(visits, 60, steps_per_call=2, groups_requests=True)
    batches.on_epoch_begin()

    seen = []
    for index in range(len(batches)):
        inputs, labels = batches[index]
        assert inputs["history"].shape[1] < 60
        for step in range(2):
            own = expanded({name: array[step] for name, array in inputs.items()})
            places = own["item_numbers"][:, 0].astype(int)
            for name, array in visits.inputs.items():
                np.testing.assert_array_equal(own[name], array[places])
            np.testing.assert_array_equal(
                labels["click"][step], visits.labels["click"][places]
            )
            seen += places.tolist()

    assert sorted(seen) == list(range(len(visits)))


@pytest.mark.parametrize(
    "whole_table_rows", [pytest.param(1000, marks=SLOW_ON_TENSORFLOW), 0]
)
def test_training_is_that_of_the_rows_one_by_one(whole_table_rows, make_model, visits):
    results = []
    for is_grouped in (True, False):
        model = make_model()
        model.compile(
            LazyAdam(0.01),
            model.loss,
            jit_compile=JIT,
            whole_table_rows=whole_table_rows,
        )
        batches = Batches(visits, 60, groups_requests=True)
        for index in range(len(batches)):
            inputs, labels = batches[index]
            inputs = inputs if is_grouped else expanded(inputs)
            model.train_on_batch(inputs, labels)
        weights = [*model.weights, *model.optimizer.variables]
        results.append([ops.convert_to_numpy(weight) for weight in weights])

    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-6, rtol=2e-5)


def test_fit_takes_several_grouped_batches_in_a_call(make_model, visits):
    losses = []
    for steps_per_call in (1, 5):
        model = make_model()
        batches = Batches(
            visits, 60, steps_per_call=steps_per_call, groups_requests=True
        )
        history = model.fit(batches, epochs=2, shuffle=False, verbose=0)
        losses.append(history.history["loss"])

    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-5)


def test_requests_of_a_row_are_judged_from_the_first_rows(visits, exposures):
    assert requests_per_row(visits) == pytest.approx(1 / ROWS_OF_A_REQUEST)
    assert requests_per_row(exposures) == 1.0


def test_a_capacity_is_a_little_more_than_the_usual_and_at_most_a_batch():
    assert 128 < usual_capacity(2048, 1 / 16) <= 240
    assert usual_capacity(64, 1.0) == 64


@pytest.mark.parametrize(
    "steps_per_call", [pytest.param(1, marks=SLOW_ON_TENSORFLOW), 2]
)
def test_fit_goes_on_where_a_batch_has_more_requests_than_places(
    steps_per_call, make_model, visits, exposures, monkeypatch
):
    """As where the first rows of a log said little of the others."""
    inputs = dict(visits.inputs)
    for name in USER_INPUTS:  # Half of the rows are alone.
        own, alone = inputs[name], exposures.inputs[name]
        inputs[name] = np.where(np.arange(len(own))[:, None] % 2, own, alone)
    mixed = EncodedExposures(visits.schema, inputs, visits.labels)

    def batches():
        return Batches(mixed, 20, steps_per_call=steps_per_call, groups_requests=True)

    first = batches()
    most = [
        int(first.item(0, number)[0][REQUEST_OF_ROW].max()) + 1
        for number in range(first.num_items)
    ]
    places = max(most[:2])
    assert places < max(most)
    monkeypatch.setattr(training_batches, "usual_capacity", lambda *_: places)

    own = batches()
    history = make_model().fit(own, epochs=2, shuffle=False, verbose=0)

    assert np.isfinite(history.history["loss"]).all()
    sizes = {
        own.item(0, number)[0]["user_ids"].shape[-2] for number in range(own.num_items)
    }
    assert sizes == {places, 20}
