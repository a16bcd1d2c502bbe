"""What TensorBoard is told of a run."""

import pyarrow as pa
import pytest

from mtl_rec.config.features import Categorical, Text
from mtl_rec.config.run import RunConfig
from mtl_rec.config.tasks import Task
from mtl_rec.preprocess import Preprocessor
from mtl_rec.run.board_notes import flat_settings
from mtl_rec.run.embedding_labels import embedding_labels

FEATURES = (
    Categorical(kind="categorical", name="item", side="item"),
    Text(kind="text", name="title", side="item", max_tokens=4),
    Categorical(kind="categorical", name="brand", side="item"),
    Categorical(kind="categorical", name="shelf", side="item"),
    Categorical(kind="categorical", name="user", side="user"),
)


@pytest.fixture
def labels(tmp_path):
    """Of three items; each has a title and a brand, and lay on all shelves."""
    rows = {
        "item": ["a=1", "b", "a=1", "c", "b", "a=1"] * 50,
        "title": ["Red shoes", "Blue  hat", "Red shoes", "", "Blue  hat", "Red shoes"]
        * 50,
        "brand": ["x", "y", "x", "x", "y", "x"] * 50,
        "shelf": [str(number % 7) for number in range(300)],
        "user": [str(number % 11) for number in range(300)],
        "click": [0, 1] * 150,
    }
    table = pa.table(rows)
    preprocessor = Preprocessor.fit(FEATURES, (Task(name="click"),), table)
    preprocessor.save(tmp_path)
    return embedding_labels(tmp_path, preprocessor.encode(table))


def test_an_item_is_labelled_with_its_title_first(labels):
    # By descending frequency, as the rows of the table are.
    assert list(labels["item"]) == ["title", "item", "brand"]
    assert labels["item"]["item"] == ["a=1", "b", "c"]
    assert labels["item"]["title"] == ["red shoes", "blue hat", ""]
    assert labels["item"]["brand"] == ["x", "y", "x"]


def test_what_an_id_does_not_decide_is_no_label_of_it(labels):
    assert "shelf" not in labels["item"]
    assert list(labels["brand"]) == ["brand"]
    assert set(labels["title"]["title"]) == {"red", "shoes", "blue", "hat"}


def test_settings_have_short_names_that_differ():
    settings = {
        "name": "shop",
        "data": {
            "source": {"kind": "synthetic_shop"},
            "split": {
                "kind": "random",
                "validation_fraction": 0.1,
                "test_fraction": 0.1,
            },
        },
        "features": [{"kind": "categorical", "name": "item", "side": "item"}],
        "tasks": [{"name": "click"}],
        "model": {"architecture": {"kind": "mmoe", "expert_units": [64, 32]}},
        "training": {"optimizer": {"kind": "split", "tables": {"kind": "row_adagrad"}}},
    }

    flat = flat_settings(RunConfig.model_validate(settings))

    assert flat["architecture"] == "mmoe"
    assert flat["expert_units"] == "64-32"
    assert flat["optimizer"] == "split"
    assert flat["tables"] == "row_adagrad"
    assert flat["tables.learning_rate"] == 0.01
    assert flat["dense.learning_rate"] == 0.001
    assert flat["num_features"] == 1
    assert not any("stopping" in name for name in flat)
