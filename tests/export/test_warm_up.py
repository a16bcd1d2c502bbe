"""Warm-up files are small, and nothing is in them that a server would refuse."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

from mtl_rec.errors import ArtifactError, VerificationError
from mtl_rec.export.verification import RUNGS, verify_signatures
from mtl_rec.export.warm_up import (
    MOST_BYTES,
    MOST_RECORDS,
    WARM_UP_FILE,
    read_warm_up,
    warm_up_records,
    warm_up_requests,
    write_warm_up,
)
from mtl_rec.export.warm_up_records import WarmUpRecord

WARM_UP = RUNGS[-1]


@pytest.fixture
def folder(many_version, tmp_path):
    """A copy of the version with many signatures, to write to."""
    return Path(shutil.copytree(many_version, tmp_path / "1"))


@pytest.fixture
def records(many_proofs):
    return warm_up_records({name: proof.rows for name, proof in many_proofs.items()})


def prices(count, kind=np.float32):
    return WarmUpRecord("serving_default", "predict", {"price": np.zeros(count, kind)})


def assert_equal(record, other):
    assert (record.signature, record.method) == (other.signature, other.method)
    assert record.inputs.keys() == other.inputs.keys()
    for name, values in record.inputs.items():
        np.testing.assert_array_equal(values, other.inputs[name])


def test_every_signature_is_asked_by_its_own_method_and_by_predict(records):
    asked = {(record.signature, record.method) for record in records}

    assert asked == {
        ("serving_default", "predict"),
        ("rank", "predict"),
        ("classify", "classify"),
        ("classify", "predict"),
        ("regress_click", "regress"),
        ("regress_click", "predict"),
    }


def test_every_signature_is_asked_with_a_batch_of_one_before_larger_ones(records):
    sizes = [len(next(iter(record.inputs.values()))) for record in records]

    assert sizes == [1] * 6 + [4] * 6
    assert {record.signature for record in records[:6]} == {
        record.signature for record in records[6:]
    }


def test_a_batch_has_as_many_rows_as_there_are_and_no_more_than_64():
    rows = {
        "rank": {"price": np.zeros((3, 7), np.float32)},
        "serving_default": {"price": np.zeros(1000, np.float32)},
    }

    sizes = [(r.signature, len(r.inputs["price"])) for r in warm_up_records(rows)]

    assert [size for name, size in sizes if name == "rank"] == [1, 3]
    assert [size for name, size in sizes if name != "rank"] == [1, 4, 16, 64]


def test_records_come_back_as_they_were(folder, records):
    plain = [record for record in records if record.signature != "rank"]

    write_warm_up(folder, records)
    read = [r for r in read_warm_up(folder) if r.signature != "rank"]

    assert len(read) == len(plain)
    for record, other in zip(read, plain, strict=True):
        assert_equal(record, other)


def test_a_server_s_own_messages_are_written(folder, records):
    write_warm_up(folder, records)

    logs = tf.data.TFRecordDataset(str(folder / WARM_UP_FILE)).as_numpy_iterator()
    kinds = {PredictionLog.FromString(log).WhichOneof("log_type") for log in logs}
    assert kinds == {"predict_log", "classify_log", "regress_log"}


def test_1001_records_are_refused(folder):
    with pytest.raises(ValueError, match=r"must be 1000 or fewer.*Received: 1001\."):
        write_warm_up(folder, [prices(1)] * 1001)


def test_what_is_beyond_100_records_is_left_out(folder, records):
    write_warm_up(folder, [*records, *[prices(2)] * 300])

    assert len(read_warm_up(folder)) == MOST_RECORDS


def test_what_is_beyond_a_megabyte_is_left_out(folder, records):
    large, small = prices(150_000), prices(3)
    write_warm_up(folder, [*records, large, large, small])

    read = read_warm_up(folder)
    assert (folder / WARM_UP_FILE).stat().st_size <= MOST_BYTES
    assert [len(r.inputs["price"]) for r in read[-2:]] == [150_000, 3]


def test_a_signature_without_a_record_is_refused(folder, records):
    others = [record for record in records if record.signature != "rank"]

    with pytest.raises(ValueError, match=re.escape("Without one: ['rank'].")):
        write_warm_up(folder, others)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (
            replace(prices(1), signature="score"),
            "its signature must be one of ['classify', 'rank', 'regress_click', 'servi",
        ),
        (
            replace(prices(1), inputs={"cost": np.zeros(1, np.float32)}),
            "the inputs of 'serving_default' must be ['price']. Received: ['cost'].",
        ),
        (
            replace(prices(1), inputs={"price": np.array(["1"], object)}),
            "'price' of 'serving_default' must be float32 [-1] (-1 is any size). "
            "Received: object [1].",
        ),
        (
            replace(prices(1), inputs={"price": np.zeros((1, 1), np.float32)}),
            "'price' of 'serving_default' must be float32 [-1] (-1 is any size). "
            "Received: float32 [1, 1].",
        ),
        (prices(0), "its inputs must have one size of batch, not 0. Received: {0}."),
        (
            replace(prices(1), method="regress"),
            "'serving_default' does not answer regress: its inputs are ['price'] and",
        ),
        (
            WarmUpRecord("classify", "regress", {"inputs": np.array([b""], object)}),
            "'classify' does not answer regress: ",
        ),
    ],
    ids=["signature", "name", "type", "rank", "empty", "method", "another method"],
)
def test_what_a_server_would_refuse_is_not_written(record, reason, folder, records):
    before = (folder / WARM_UP_FILE).read_bytes()

    with pytest.raises(ValueError, match=re.escape(f"Warm-up record 1: {reason}")):
        write_warm_up(folder, [records[0], record, *records])

    assert (folder / WARM_UP_FILE).read_bytes() == before


def refused(reason):
    message = f"Verification failed at rung 'warm_up': {reason}"
    return pytest.raises(VerificationError, match=re.escape(message))


def test_a_missing_warm_up_file_is_refused(folder):
    (folder / WARM_UP_FILE).unlink()

    with refused(f"File '{WARM_UP_FILE}' is missing."):
        warm_up_requests(folder)


def test_every_changed_byte_of_a_warm_up_file_is_noticed(folder):
    path = folder / WARM_UP_FILE
    content = path.read_bytes()

    for place in range(0, len(content), 29):
        damaged = bytearray(content)
        damaged[place] ^= 4
        path.write_bytes(damaged)
        with pytest.raises(ArtifactError, match="is damaged at record"):
            read_warm_up(folder)


def write_logs(folder, *logs):
    with tf.io.TFRecordWriter(str(folder / WARM_UP_FILE)) as file:
        for log in logs:
            file.write(log)


def test_a_record_that_asks_nothing_is_refused(folder):
    write_logs(folder, PredictionLog().SerializeToString())

    with refused(f"'{WARM_UP_FILE}' is damaged at record 0: it must ask for one pred"):
        warm_up_requests(folder)


def test_a_warm_up_file_without_records_is_refused(folder):
    write_logs(folder)

    with refused("Every signature must have a warm-up record"):
        warm_up_requests(folder)


def test_a_record_that_the_graph_can_not_answer_is_refused(
    folder, records, many_proofs
):
    garbage = np.array([b"no example"], object)
    write_warm_up(
        folder, [*records, WarmUpRecord("classify", "predict", {"inputs": garbage})]
    )

    with refused(f"'classify' fails on warm-up record {len(records)}: "):
        verify_signatures(folder, many_proofs, rungs=[WARM_UP])


def test_a_file_of_1001_records_is_refused(folder):
    path = str(folder / WARM_UP_FILE)
    first = next(iter(tf.data.TFRecordDataset(path).as_numpy_iterator()))
    write_logs(folder, *[first] * 1001)

    with refused("A server takes 1000 records. Received: 1001."):
        warm_up_requests(folder)
