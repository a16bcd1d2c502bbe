"""Six exposures whose metrics can be worked out on paper."""

import numpy as np
import pytest

from mtl_rec.config.tasks import Task
from mtl_rec.schema import EncodedExposures, Schema

NAN = float("nan")


@pytest.fixture
def encode():
    """Exposures of a schema without features, from tasks and their labels."""

    def encode(tasks: tuple[Task, ...], **labels: list[float]) -> EncodedExposures:
        columns = {
            name: np.array(values, np.float32)[:, None]
            for name, values in labels.items()
        }
        schema = Schema(features=(), tasks=tasks, vocabularies={}, label_scales={})
        rows = len(next(iter(columns.values())))
        return EncodedExposures(schema, {"item_ids": np.zeros((rows, 1))}, columns)

    return encode


@pytest.fixture
def exposures(encode):
    """Three clicks, two purchases, order values of 10 and 30."""
    tasks = (
        Task(name="click"),
        Task(name="purchase", after="click"),
        Task(name="order_value", after="purchase", kind="regression"),
    )
    return encode(
        tasks,
        click=[1, 1, 1, 0, 0, 0],
        purchase=[1, 1, 0, 0, 0, 0],
        order_value=[10, 30, NAN, NAN, NAN, NAN],
    )


@pytest.fixture
def predictions():
    """An array for every output of `exposures`."""
    return {
        "click": np.array([0.9, 0.6, 0.3, 0.5, 0.1, 0.1]),
        "purchase": np.array([0.4, 0.1, 0.2, 0.1, 0.0, 0.0]),
        "order_value": np.array([8.0, 9.0, 1.0, 2.0, 0.0, 0.0]),
        "purchase_given_click": np.array([0.5, 0.2, 0.4, 0.9, 0.9, 0.9]),
        "order_value_given_click": np.array([12.0, 20.0, 4.0, 99.0, 99.0, 99.0]),
        "order_value_given_purchase": np.array([20.0, 30.0, 99.0, 99.0, 99.0, 99.0]),
    }
