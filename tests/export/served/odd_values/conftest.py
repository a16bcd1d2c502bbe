"""Rows asked of every signature."""

import numpy as np
import pytest

from mtl_rec.export.expectations import serialized_rows
from mtl_rec.preprocess.arrays import raw_tensors
from mtl_rec.preprocess.raw_columns import packed_rows
from mtl_rec.schema.rows import canonical

TASKS = ("click", "purchase", "order_value")


@pytest.fixture(scope="module")
def known(make_shop):
    """Rows that were trained on."""
    return make_shop(1500).head(40)


@pytest.fixture(scope="module")
def everywhere(answer, preprocessor):
    """Rows to what every signature answers: by signature and task, `(rows,)`."""
    features = preprocessor.schema.features
    users = {feature.name for feature in features if feature.side == "user"}

    def ask(rows):
        table = canonical(rows, features)
        raw = raw_tensors(preprocessor.schema, table)
        examples = serialized_rows(table)
        one_candidate = {n: v if n in users else v[:, None] for n, v in raw.items()}
        answers = {
            "serving_default": answer("serving_default", raw),
            "packed": answer("packed", packed_rows(features, raw)),
            "tf_example": answer("tf_example", {"examples": examples}),
        }
        answers = {name: {t: own[t] for t in TASKS} for name, own in answers.items()}
        ranked = answer("rank", one_candidate)
        answers["rank"] = {task: ranked[task][:, 0] for task in TASKS}
        scores = answer("classify", {"inputs": examples})["scores"]
        answers["classify"] = dict(zip(TASKS, scores.T, strict=True))
        answers["regress"] = {
            task: answer(f"regress_{task}", {"inputs": examples})["outputs"]
            for task in TASKS
        }
        return answers

    return ask


@pytest.fixture(scope="session")
def assert_same():
    """Compares two answers of `everywhere`: finite, and equal in every bit or nearly.

    Args:
        tolerance: Absolute up to 1, relative beyond.
    """

    def compare(received, expected, tolerance=0.0):
        assert received.keys() == expected.keys()
        for signature, outputs in received.items():
            for task, values in outputs.items():
                wanted = expected[signature][task]
                assert np.isfinite(values).all(), (signature, task)
                distance = np.abs(values - wanted) / np.maximum(1, np.abs(wanted))
                assert distance.max(initial=0) <= tolerance, (signature, task)

    return compare
