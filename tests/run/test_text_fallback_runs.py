"""A run whose file lacks some items, from training to a server; needs `[text]`."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from tiny_bert import write_tiny_bert

from mtl_rec.config import load_config
from mtl_rec.export.scoring import open_version
from mtl_rec.run import train_run
from mtl_rec.schema.rows import canonical

RUN = """
name: fallback
data:
  source: {kind: table, path: exposures.parquet}
  split: {kind: time, column: time, validation_fraction: 0.2, test_fraction: 0.2}
features:
  - {kind: categorical, name: user_id, side: user}
  - {kind: sequence, name: history, side: user, max_length: 3, shares: item_text}
  - kind: vector
    name: item_text
    side: item
    column: item_id
    path: some.parquet
    fallback: {kind: encode, text: title}
  - kind: text
    name: title
    side: item
    encoder: {kind: pretrained, source: tiny}
tasks: [{name: click, label: clicked}, {name: buy, after: click}]
model:
  embedding_dim: 6
  architecture: {kind: mmoe, num_experts: 2, expert_units: [8], tower_units: [4]}
training: {batch_size: 50, epochs: 2}
export: {verify_rows: 100}
"""
TWINS = {"i35": "t1", "i38": "t2"}
"""By item that the file lacks, one in it that is called the same."""
WORDS = ("red", "blue", "shoe", "tea-pot", "über", "漂亮", "word")


@pytest.fixture
def place(monkeypatch, tmp_path):
    """Exposures whose newest items are new, and vectors of the others."""
    pytest.importorskip("keras_hub", reason="needs the extra `text`")
    pytest.importorskip("tensorflow_text", reason="needs the extra `text`")
    from mtl_rec.pretrained import load_text_encoder
    from mtl_rec.pretrained.encoding_items import encode_items

    monkeypatch.chdir(tmp_path)
    texts = {f"i{n}": f"{WORDS[n % 7]} {WORDS[n % 5]} {n}" for n in range(40)}
    encoder = load_text_encoder(str(write_tiny_bert(tmp_path / "tiny")))
    some = {own: text for own, text in texts.items() if own not in TWINS}
    twins = {twin: texts[own] for own, twin in TWINS.items()}
    encode_items(some | twins, encoder, tmp_path / "some.parquet")
    random = np.random.default_rng(0)
    items = random.choice(list(some), 600)
    items[-200::5], items[-198::5] = TWINS
    clicks = random.random(600) < 0.4
    pd.DataFrame(
        {
            "time": range(600),
            "user_id": random.integers(0, 20, 600),
            "item_id": items,
            "title": [texts[own] for own in items],
            "history": list(random.choice(list(some), (600, 2))),
            "clicked": clicks.astype(float),
            "buy": (clicks & (random.random(600) < 0.4)).astype(float),
        }
    ).to_parquet(tmp_path / "exposures.parquet")
    return tmp_path


@pytest.mark.slow
def test_what_a_file_lacks_is_served_as_if_it_were_there(place):
    rows = pd.read_parquet(place / "exposures.parquet").tail(100)
    (place / "run.yaml").write_text(RUN)
    config = load_config(place / "run.yaml", ["training.backend=jax"])

    result = train_run(config)

    version = result.version.path
    rows.to_parquet(place / "rows.parquet")
    command = [sys.executable, "-m", "mtl_rec", "predict", str(version)]
    # A process that has cut no text yet.
    subprocess.run([*command, "rows.parquet", "--output", "out.parquet"], check=True)
    served = pd.read_parquet(place / "out.parquet")
    known = rows.assign(item_id=rows["item_id"].replace(TWINS), title="")
    expected = open_version(version).score(canonical(known, config.features))
    assert 30 < rows["item_id"].isin(TWINS).sum() < 50
    for name, values in expected.items():
        np.testing.assert_allclose(served[name], values, atol=1e-5)
    by_text = np.abs(np.diff(served["buy"][rows["item_id"].isin(TWINS).to_numpy()]))
    assert by_text.max() > 1e-5
