"""Encoded once: in memory while it fits, else in files that later runs use again."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mtl_rec.config.data import Data, EncodedCache
from mtl_rec.config.features import Categorical, IdSequence, Numeric
from mtl_rec.config.tasks import Task
from mtl_rec.data import open_exposures
from mtl_rec.errors import SchemaError
from mtl_rec.preprocess import Preprocessor
from mtl_rec.run.encoding import SplitEncoder

FEATURES = (
    Categorical(kind="categorical", name="item", side="item"),
    IdSequence(kind="sequence", name="past", side="user", max_length=3, shares="item"),
    Numeric(kind="numeric", name="price", side="item"),
)
TASKS = (Task(name="click"),)
NUM_ROWS = 300


def write_rows(path, seed=0, **columns):
    random = np.random.default_rng(seed)
    names = np.array(["a", "b", "c"])
    table = {
        "item": names[random.integers(0, 3, NUM_ROWS)],
        "past": [list(names[: n % 4]) for n in range(NUM_ROWS)],
        "price": random.random(NUM_ROWS),
        "click": random.integers(0, 2, NUM_ROWS),
        "time": np.arange(NUM_ROWS),
    }
    pq.write_table(pa.table(table | columns), path, row_group_size=70)


@pytest.fixture
def encoder(tmp_path):
    """Opens `rows.parquet` of `tmp_path` with a cache beside it."""
    write_rows(tmp_path / "rows.parquet")

    def make(memory_gib=0.0, features=FEATURES, test_fraction=0.2):
        data = Data(
            source={"kind": "table", "path": str(tmp_path / "rows.parquet")},
            split={"kind": "time", "column": "time", "test_fraction": test_fraction},
            chunk_rows=64,
        )
        splits = open_exposures(data, features, TASKS)
        preprocessor = Preprocessor.fit(features, TASKS, splits.train)
        cache = EncodedCache(memory_gib=memory_gib, directory=str(tmp_path / "cache"))
        return SplitEncoder(preprocessor, splits, cache)

    return make


def folders(tmp_path):
    return sorted(p.name for p in (tmp_path / "cache").glob("*"))


def test_what_fits_stays_in_memory_and_leaves_no_files(encoder, tmp_path):
    assert not encoder(memory_gib=1.0).encode("train").is_stored
    assert not Path(tmp_path / "cache").exists()


def test_files_hold_what_memory_would(encoder):
    for name in ("train", "validation", "test"):
        stored, kept = encoder().encode(name), encoder(memory_gib=1.0)
        assert stored.is_stored
        assert (
            stored.fingerprint()
            == kept._preprocessor.encode(getattr(kept._splits, name)).fingerprint()
        )


def test_the_splits_share_the_memory(encoder):
    sizes = {n: encoder(memory_gib=1.0).encode(n).num_bytes for n in ("train", "test")}
    shared = encoder(memory_gib=(sizes["train"] + sizes["test"] - 1) / 2**30)

    assert not shared.encode("train").is_stored
    assert shared.encode("test").is_stored


def test_what_fits_is_in_memory_even_if_an_earlier_run_left_files(encoder):
    """Rows in files have another order of batches."""
    stored = encoder().encode("train")

    again = encoder(memory_gib=1.0).encode("train")

    assert stored.is_stored
    assert not again.is_stored
    assert again.fingerprint() == stored.fingerprint()


def test_a_later_run_reads_the_files_and_not_the_rows(encoder, monkeypatch):
    first = encoder().encode("train").fingerprint()
    later = encoder()
    monkeypatch.setattr(later._preprocessor, "encode_chunks", None)

    assert later.encode("train").fingerprint() == first


@pytest.mark.parametrize("changed", ["rows", "features", "split"])
def test_files_of_other_rows_or_features_are_not_used(encoder, tmp_path, changed):
    encoder().encode("train")
    before = folders(tmp_path)

    if changed == "rows":
        write_rows(tmp_path / "rows.parquet", seed=1)
    features = FEATURES[:2] if changed == "features" else FEATURES
    other = encoder(
        features=features, test_fraction=0.3 if changed == "split" else 0.2
    ).encode("train")

    assert len(before) == 1
    assert len(folders(tmp_path)) == 2
    assert ("item_numbers" in other.inputs) == (changed != "features")


def test_rows_that_are_refused_leave_no_files(encoder, tmp_path):
    later = encoder()
    write_rows(tmp_path / "rows.parquet", click=np.arange(NUM_ROWS) % 3)

    with pytest.raises(SchemaError, match="must be 0 or 1"):
        later.encode("train")

    assert not list((tmp_path / "cache").glob("*/train"))
