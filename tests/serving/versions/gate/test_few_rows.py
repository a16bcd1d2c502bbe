"""R24: without rows, or with one class alone, no number of chance is judged by."""

import io

import pyarrow as pa
import pytest
from rich.console import Console

from mtl_rec.cli.version_tables import gate_table
from mtl_rec.errors import SchemaError
from mtl_rec.serving.versions.gate import compare
from mtl_rec.serving.versions.thresholds import GateThresholds


def with_label(chunk, value):
    for name in ("click", "purchase"):
        column = pa.array([value] * len(chunk))
        chunk = chunk.set_column(chunk.column_names.index(name), name, column)
    return chunk


@pytest.mark.parametrize("num_chunks", [0, 1, 2])
def test_a_file_without_rows_is_refused(good, rows, num_chunks):
    empty = [rows[0].slice(0, 0)] * num_chunks

    with pytest.raises(SchemaError, match="rows to compare on must not be empty"):
        compare(good, (3, good), empty, GateThresholds())


def test_chunks_without_rows_change_nothing(good, rows):
    with_empty_ones = [rows[0].slice(0, 0), *rows, rows[0].slice(0, 0)]

    assert compare(good, None, with_empty_ones, GateThresholds()) == compare(
        good, None, rows, GateThresholds()
    )


def test_without_an_event_the_auc_is_undefined_and_nothing_is_judged(good, rows):
    report = compare(good, (3, good), [with_label(rows[0], 0)], GateThresholds())

    assert report.problems == []
    for task in report.tasks:
        assert (task.new["auc"], task.auc_change) == (None, None)
        assert task.new["calibration_ratio"] is None
        assert task.note == "0 positives: not judged"


def test_with_events_alone_the_auc_is_undefined_and_calibration_is_judged(good, rows):
    report = compare(good, (3, good), [with_label(rows[0], 1)], GateThresholds())

    click, _ = report.tasks
    assert (click.new["auc"], click.auc_change) == (None, None)
    assert click.problem.startswith("the mean prediction is 0.")


def test_undefined_is_said(good, rows):
    report = compare(good, (3, good), [with_label(rows[0], 0)], GateThresholds())
    output = io.StringIO()

    Console(file=output, width=120).print(gate_table(report))

    _, click, _ = output.getvalue().splitlines()
    assert click.split()[:6] == ["click", "0", *["undefined"] * 4]
