"""Every encoder is trained, exported, and answers on a server as it was trained."""

import numpy as np
import pytest

from mtl_rec.config import load_config
from mtl_rec.run import train_run

from .conftest import write_exposures

SEQUENCES = {
    "mean": "{kind: mean}",
    "last": "{kind: last}",
    "cnn": "{kind: cnn}",
    "gru": "{kind: gru, units: 4}",
    "din": "{kind: din, units: [5]}",
    "dien": "{kind: dien, units: 4}",
    "earlier": "{kind: transformer, num_layers: 2, dropout: 0.1}",
    "candidate": "{kind: transformer, sees: candidate}",
    "rotary": "{kind: transformer, sees: candidate, positions: rotary}",
}
TEXTS = {
    "bag": "{kind: bag}",
    "attention": "{kind: bag, pooling: attention}",
    "cnn": "{kind: cnn}",
    "gru": "{kind: gru, units: 4}",
    "transformer": "{kind: transformer}",
    "rotary": "{kind: transformer, positions: rotary}",
}
SEQUENCE = (
    "  - {kind: sequence, name: history_%s, column: history, side: user, "
    "max_length: 4, shares: item_id, encoder: %s%s}\n"
)
TEXT = "  - {kind: text, name: title_%s, column: title, side: item, max_tokens: 8, "
TEXT += "encoder: %s}\n"
RUN = """
name: encoders
data:
  source: {kind: table, path: exposures.parquet}
  split: {kind: time, column: time, validation_fraction: 0.2, test_fraction: 0.2}
features:
  - {kind: categorical, name: user_id, side: user}
  - {kind: categorical, name: item_id, side: item}
  - {kind: sequence, name: times, column: history, side: user, max_length: 4}
%stasks: [{name: click, label: clicked}, {name: purchase, after: click}]
model:
  embedding_dim: 6
  architecture: {kind: mmoe, num_experts: 2, expert_units: [8], tower_units: [4]}
training: {batch_size: 100, epochs: 1}
export: {verify_rows: 200}
"""
LISTS = "".join(
    SEQUENCE % (name, own, ", along: [times]" if name == "din" else "")
    for name, own in SEQUENCES.items()
) + "".join(TEXT % pair for pair in TEXTS.items())


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        ["training.group_requests=true", "training.jit=false"],
        ["training.backend=jax", "training.precision=mixed_bfloat16"],
    ],
    ids=["tensorflow", "jax"],
)
def test_every_encoder_is_served_as_it_was_trained(
    settings, monkeypatch, tmp_path, make_shop
):
    monkeypatch.chdir(tmp_path)
    write_exposures(make_shop(1200), tmp_path / "exposures.parquet")
    (tmp_path / "run.yaml").write_text(RUN % LISTS)

    result = train_run(load_config(tmp_path / "run.yaml", settings))

    # An export is verified before it is there: in the C library, without XLA.
    assert result.version.path.is_dir()
    assert np.isfinite(result.metrics["click"]["log_loss"])
