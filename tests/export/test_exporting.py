"""Export: two versions of one model, and what is refused before anything is written."""

import json

import keras
import numpy as np
import pandas as pd
import pytest

from mtl_rec.config.features import Categorical, Text
from mtl_rec.config.model import Model, SharedBottom
from mtl_rec.config.tasks import Task
from mtl_rec.errors import ArtifactError, SchemaError, VerificationError
from mtl_rec.export import export_model, exporting
from mtl_rec.export.manifest import read_manifest
from mtl_rec.export.verification import climb_by_itself
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor

RUNG_NAMES = ["files", "structure", "session_loader", "c_library", "warm_up"]
FEATURES = (
    Categorical(kind="categorical", name="item", side="item", column="item id"),
    Text(kind="text", name="title", side="item", max_tokens=3),
)
TASKS = (
    Task(name="click"),
    Task(name="order_value", after="click", kind="regression"),
)
ROWS = pd.DataFrame(
    {
        "item id": ["a", "b", "a", "", None, "new\x00", "日本 😀"] * 4,
        "title": ["Red shoes", "", "漂亮", "x" * 5000, None, "a\nb", "ÜBER"] * 4,
        "click": [1, 0, 1, 1] * 7,
        "order_value": [90.0, np.nan, 130.0, 105.0] * 7,
    }
)


@pytest.fixture(scope="module")
def preprocessor():
    return Preprocessor.fit(FEATURES, TASKS, ROWS.head(4))


@pytest.fixture(scope="module")
def model(preprocessor):
    keras.utils.set_random_seed(0)
    bottom = SharedBottom(kind="shared_bottom", bottom_units=[4], tower_units=[4])
    config = Model(architecture=bottom, embedding_dim=3)
    return build_model(config, preprocessor.schema)


@pytest.fixture(scope="module")
def exported(model, preprocessor, tmp_path_factory):
    """The same model, exported twice into a folder that was not there."""
    directory = tmp_path_factory.mktemp("export") / "saved_models" / "shop"
    return [export_model(model, preprocessor, ROWS, directory) for _ in range(2)]


def test_each_export_is_the_next_version(exported):
    assert [version.path.name for version in exported] == ["1", "2"]
    directory = exported[0].path.parent
    assert sorted(path.name for path in directory.iterdir()) == ["1", "2"]


def test_every_rung_was_climbed_and_large_values_agree(exported):
    for version in exported:
        names = [rung.name for rung in version.rungs]
        assert names == RUNG_NAMES
        assert all((rung.max_difference or 0.0) <= 1e-6 for rung in version.rungs)


def test_a_version_has_the_files_that_a_server_and_a_reader_need(exported):
    for version in exported:
        files = {
            str(path.relative_to(version.path))
            for path in version.path.rglob("*")
            if path.is_file()
        }
        assert files == {
            "assets.extra/SHA256SUMS",
            "assets.extra/manifest.json",
            "assets.extra/schema.json",
            "assets.extra/tf_serving_warmup_requests",
            "assets/vocabulary.txt",
            "fingerprint.pb",
            "saved_model.pb",
            "variables/variables.data-00000-of-00001",
            "variables/variables.index",
        }
        schema = json.loads((version.path / "assets.extra/schema.json").read_text())
        assert [feature["name"] for feature in schema["features"]] == ["item", "title"]
        assert [task["name"] for task in schema["tasks"]] == ["click", "order_value"]


def test_the_manifest_says_what_the_version_is(exported):
    first, second = (read_manifest(version.path) for version in exported)

    assert first["name"] == exported[0].path.parent.name
    assert first["tasks"] == ["click", "order_value"]
    assert [feature["name"] for feature in first["schema"]["features"]] == [
        "item",
        "title",
    ]
    assert first["golden"].keys() == {
        "serving_default",
        "packed",
        "rank",
        "tf_example",
        "classify",
        "regress_click",
        "regress_order_value",
    }
    assert first["weights_sha256"] == second["weights_sha256"]
    assert (first["config"], first["data"], first["metrics"]) == (None, None, None)


def test_a_version_can_be_verified_by_itself(exported):
    results = list(climb_by_itself(exported[0].path))

    assert [rung.name for rung in results] == RUNG_NAMES


def test_another_backend_is_refused_before_anything_is_written(
    model, preprocessor, tmp_path, monkeypatch
):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")

    with pytest.raises(ArtifactError) as error:
        export_model(model, preprocessor, ROWS, tmp_path / "shop")

    assert "Received: KERAS_BACKEND=jax." in str(error.value)
    assert "in a process with KERAS_BACKEND=tensorflow." in str(error.value)
    assert not (tmp_path / "shop").exists()


def test_rows_without_a_feature_are_refused(model, preprocessor, tmp_path):
    with pytest.raises(SchemaError, match="no column 'item id' for feature 'item'"):
        export_model(
            model, preprocessor, ROWS.drop(columns="item id"), tmp_path / "shop"
        )

    assert not (tmp_path / "shop").exists()


def test_a_version_that_answers_otherwise_is_not_published(
    model, preprocessor, tmp_path, monkeypatch
):
    def other(model, exposures):
        answers = predict(model, exposures)
        return {**answers, "click": answers["click"] + np.float32(1e-4)}

    predict = exporting.predict
    monkeypatch.setattr(exporting, "predict", other)

    with pytest.raises(VerificationError, match=r"Output '\w+' of '\w+' is"):
        export_model(model, preprocessor, ROWS, tmp_path / "shop")

    assert not (tmp_path / "shop").exists()
