"""A language model inside the model, from raw strings to a server; needs `[text]`."""

import shutil

import numpy as np
import pytest
from tiny_bert import write_tiny_bert

from mtl_rec.config import load_config
from mtl_rec.models import load_model
from mtl_rec.run import train_run

from .conftest import write_exposures

RUN = """
name: language_model
data:
  source: {kind: table, path: exposures.parquet}
  split: {kind: time, column: time, validation_fraction: 0.2, test_fraction: 0.2}
features:
  - {kind: categorical, name: user_id, side: user}
  - {kind: categorical, name: item_id, side: item}
  - kind: text
    name: title
    side: item
    max_tokens: 10
    encoder: {kind: pretrained, source: tiny, mode: %s}
  - kind: text
    name: query
    column: title
    side: user
    max_tokens: 8
    shares: title
    encoder: {kind: pretrained, source: tiny, mode: %s}
tasks: [{name: click, label: clicked}]
model:
  embedding_dim: 6
  architecture: {kind: mmoe, num_experts: 2, expert_units: [8], tower_units: [4]}
training: {batch_size: 100, epochs: 1}
export: {verify_rows: 200}
"""


@pytest.fixture
def place(monkeypatch, tmp_path, make_shop):
    pytest.importorskip("tensorflow_text", reason="needs the extra `text`")
    monkeypatch.chdir(tmp_path)
    write_exposures(make_shop(1200), tmp_path / "exposures.parquet")
    write_tiny_bert(tmp_path / "tiny")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "settings"),
    [
        ("{kind: frozen}", ["training.group_requests=true"]),
        (
            "{kind: lora, rank: 2}",
            [
                "training.backend=jax",
                "training.precision=mixed_bfloat16",
                "training.text_augmentation.dropout=0.1",
            ],
        ),
    ],
    ids=["frozen", "lora on jax"],
)
def test_a_language_model_is_served_as_it_was_trained(mode, settings, place):
    (place / "run.yaml").write_text(RUN % (mode, mode))

    result = train_run(load_config(place / "run.yaml", settings))

    # An export is verified before it is there: in the C library, without XLA.
    assert result.version.path.is_dir()
    assert np.isfinite(result.metrics["click"]["log_loss"])
    shutil.rmtree(place / "tiny")
    (path,) = place.glob("runs/**/model.keras")
    assert load_model(path).count_params() > 0
