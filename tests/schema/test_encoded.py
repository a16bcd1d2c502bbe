"""Encoded exposures: what a task learns from, and whether two are the same."""

import numpy as np
import pytest

from mtl_rec.config.tasks import Task
from mtl_rec.schema import EncodedExposures, Schema

NAN = float("nan")


@pytest.fixture
def encode(features):
    """Exposures with these labels of these tasks, and one input."""

    def with_labels(tasks, **labels) -> EncodedExposures:
        columns = {
            name: np.array([column], np.float32).T for name, column in labels.items()
        }
        ids = np.arange(len(next(iter(columns.values()))), dtype=np.int32)
        schema = Schema(features, tasks, {}, {})
        return EncodedExposures(schema, {"user_ids": ids[:, None]}, columns)

    return with_labels


def training_labels(exposures, name) -> list[float]:
    labels = exposures.training_labels()[name]
    assert labels.dtype == np.float32
    assert labels.shape == (len(exposures), 1)
    return labels[:, 0].tolist()


def test_an_event_is_learned_from_all_exposures(encode):
    tasks = (Task(name="click"), Task(name="buy", after="click"))
    exposures = encode(tasks, click=[0, 1, 1], buy=[0, 0, 1])

    assert training_labels(exposures, "click") == [0, 1, 1]
    assert training_labels(exposures, "buy") == [0, 0, 1]


def test_an_event_trained_where_its_parent_happened_has_no_label_elsewhere(encode):
    tasks = (Task(name="click"), Task(name="buy", after="click", train_on="parent"))
    exposures = encode(tasks, click=[0, 1, 1], buy=[0, 0, 1])

    np.testing.assert_equal(training_labels(exposures, "buy"), [NAN, 0, 1])


def test_a_value_has_no_label_where_its_event_did_not_happen(encode):
    tasks = (Task(name="buy"), Task(name="value", kind="regression", after="buy"))
    exposures = encode(tasks, buy=[0, 0, 1], value=[NAN, 7, 9])

    np.testing.assert_equal(training_labels(exposures, "value"), [NAN, NAN, 9])


def test_a_value_learned_from_all_exposures_is_0_where_it_did_not_come_to_be(encode):
    value = Task(name="value", kind="regression", after="buy", train_on="exposures")
    exposures = encode((Task(name="buy"), value), buy=[0, 0, 1], value=[NAN, 7, 9])

    assert training_labels(exposures, "value") == [0, 0, 9]


def test_a_value_without_a_parent_is_learned_from_all_exposures(encode):
    exposures = encode((Task(name="rating", kind="regression"),), rating=[3, 5])

    assert training_labels(exposures, "rating") == [3, 5]


def test_training_labels_leave_the_labels_alone(encode):
    tasks = (Task(name="buy"), Task(name="value", kind="regression", after="buy"))
    exposures = encode(tasks, buy=[0, 1], value=[7, 9])

    exposures.training_labels()

    assert exposures.labels["value"][:, 0].tolist() == [7, 9]


def test_the_length_is_the_number_of_rows(encode):
    assert len(encode((Task(name="click"),), click=[0, 1, 0])) == 3


CLICK = (Task(name="click"),)


def test_equal_data_has_an_equal_fingerprint(encode):
    first, second = (encode(CLICK, click=[0, 1, 0]) for _ in range(2))

    assert first.fingerprint() == second.fingerprint()


def test_the_order_of_inputs_does_not_change_the_fingerprint(encode):
    exposures = encode(CLICK, click=[0, 1])
    two = {**exposures.inputs, "context_ids": exposures.inputs["user_ids"]}
    turned = dict(reversed(two.items()))

    first = EncodedExposures(exposures.schema, two, exposures.labels)
    second = EncodedExposures(exposures.schema, turned, exposures.labels)

    assert first.fingerprint() == second.fingerprint()


def _with_another_input(exposures):
    exposures.inputs["user_ids"][1, 0] += 1
    return exposures


def _with_another_label(exposures):
    exposures.labels["click"][2, 0] = 1
    return exposures


def _with_another_name(exposures):
    inputs = {"item_ids": exposures.inputs["user_ids"]}
    return EncodedExposures(exposures.schema, inputs, exposures.labels)


def _with_another_shape(exposures):
    inputs = {"user_ids": exposures.inputs["user_ids"].T}
    return EncodedExposures(exposures.schema, inputs, exposures.labels)


def _with_another_type(exposures):
    inputs = {"user_ids": exposures.inputs["user_ids"].view(np.float32)}
    return EncodedExposures(exposures.schema, inputs, exposures.labels)


@pytest.mark.parametrize(
    "changed",
    [
        *(_with_another_input, _with_another_label, _with_another_name),
        *(_with_another_shape, _with_another_type),
    ],
)
def test_the_fingerprint_changes_with(encode, changed):
    before = encode(CLICK, click=[0, 1, 0]).fingerprint()

    assert changed(encode(CLICK, click=[0, 1, 0])).fingerprint() != before
