"""A version that is worse than the served one, or differs from it, is refused."""

import json
import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mtl_rec.errors import ArtifactError, SchemaError
from mtl_rec.serving.versions.gate import compare
from mtl_rec.serving.versions.thresholds import GateThresholds, thresholds_of


def problems(new, served, rows=None, thresholds=None, **how):
    return compare(
        new, (3, served), rows, thresholds or GateThresholds(), **how
    ).problems


def test_an_equal_version_passes_with_all_that_was_compared(good, rows):
    report = compare(good, (3, good), rows, GateThresholds())

    assert report.problems == []
    assert report.served == 3
    click, purchase = report.tasks
    assert (click.task, click.auc_change) == ("click", 0.0)
    assert click.new == click.served
    assert click.new["rows"] == 20_000
    assert abs(purchase.new["calibration_ratio"] - 1) < 0.1


def test_a_loss_of_auc_beyond_the_threshold_is_refused(export, good, rows):
    blind = export((2.0, 0.0, -0.9))

    (problem, *others) = problems(blind, good, rows)

    assert re.fullmatch(
        r"'click': the AUC falls by 0\.0\d{3}, and may by 0\.005", problem
    )
    assert [p.startswith("'purchase': the AUC falls") for p in others] == [True]
    assert problems(blind, good, rows, GateThresholds(max_auc_drop=0.2)) == []
    assert problems(good, blind, rows) == []


@pytest.mark.parametrize(("bias", "too"), [(0.0, "high"), (-2.0, "low")])
def test_a_calibration_beyond_the_threshold_is_refused(bias, too, export, good, rows):
    off = export((2.0, 1.0, bias))

    found = problems(off, good, rows)

    assert len(found) == 2
    ratio = float(re.search(r"is ([\d.]+) times the observed rate", found[0])[1])
    assert ratio > 1.1 if too == "high" else ratio < 0.9
    assert problems(off, good, rows, GateThresholds(max_calibration_error=2)) == []


def test_a_first_version_is_held_to_its_calibration(export, rows):
    off = export((2.0, 1.0, 1.0))

    report = compare(off, None, rows, GateThresholds())

    assert len(report.problems) == 2
    assert [task.served for task in report.tasks] == [None, None]


def test_a_task_with_few_positives_is_reported_and_not_judged(export, good, rows):
    blind = export((2.0, 0.0, 1.0))
    few = [rows[0].slice(0, 50)]

    report = compare(blind, (3, good), few, GateThresholds())

    assert report.problems == []
    assert [task.note for task in report.tasks] == [
        f"{task.new['positives']} positives: not judged" for task in report.tasks
    ]


def test_sampled_negatives_count_for_the_rows_they_stand_for(good, rows):
    table = pa.concat_tables(rows)
    click = table["click"].to_numpy() > 0
    kept = click | (np.arange(len(table)) % 5 == 0)
    sampled = table.append_column("is_sampled", pa.array(~click))
    log_rate = pa.array(np.full(len(table), np.log(0.2)))
    sampled = sampled.append_column("log_sampling_rate", log_rate)

    report = compare(good, None, [sampled.filter(pa.array(kept))], GateThresholds())

    assert report.problems == []


def test_weights_that_are_no_numbers_are_refused_whatever_is_asked(export, good):
    # No row needs the second weight, and its product with 0 is NaN all the same.
    broken = export((2.0, np.nan, -1.0))

    assert problems(broken, good, allow_schema_change=True) == [
        "1 values of the weight 'weights' are not finite"
    ]


def test_predictions_that_are_no_numbers_are_refused(export, good, rows):
    # exp overflows in neither weight, but the sum of the two is inf - inf.
    broken = export((3e38, 3e38, 0.0))
    large = [pd.DataFrame({"price": [1e3, 0], "age": [-1e3, 0], "click": [1, 0]})]
    large = [pa.Table.from_pandas(frame.assign(purchase=0)) for frame in large]

    found = problems(broken, good, large)

    assert found == [
        "1 predictions of 'click' are not finite",
        "1 predictions of 'purchase' are not finite",
    ]


def test_a_served_version_that_is_broken_is_no_bar(export, good, rows):
    broken = export((np.nan, 0.0, 0.0))

    report = compare(good, (3, broken), rows, GateThresholds())

    assert report.problems == []
    assert [task.served for task in report.tasks] == [None, None]


def test_a_change_of_the_inputs_is_refused_unless_allowed(export, good, rows):
    without_age = export((2.0, 0.0, -0.9), with_age=False)

    assert problems(without_age, good) == ["inputs of 'serving_default': 'age' is gone"]
    assert problems(good, without_age) == ["inputs of 'serving_default': 'age' is new"]
    assert problems(without_age, good, allow_schema_change=True) == []
    # And then quality is compared as always, each version with its own inputs.
    found = problems(without_age, good, rows, allow_schema_change=True)
    assert found[0].startswith("'click': the AUC falls")


def test_rows_without_labels_are_refused(good, rows):
    unlabelled = [rows[0].drop_columns(["click"])]

    with pytest.raises(SchemaError, match="no column 'click' for the label of task"):
        problems(good, good, unlabelled)


def test_thresholds_come_from_the_config_of_the_new_version():
    gate = {"max_auc_drop": 0.01, "max_calibration_error": 0.2, "min_positives": 5}
    manifest = json.loads(json.dumps({"config": {"export": {"gate": gate}}}))

    assert thresholds_of(manifest, {}) == GateThresholds(0.01, 0.2, 5)
    asked = thresholds_of(manifest, {"max_auc_drop": 0.0, "min_positives": None})
    assert asked == GateThresholds(0.0, 0.2, 5)
    assert thresholds_of({"config": None}, {}) == GateThresholds()


def test_a_threshold_below_nothing_is_refused():
    with pytest.raises(ArtifactError, match=r"`max_auc_drop` must be 0 or more"):
        GateThresholds(max_auc_drop=-0.1)
