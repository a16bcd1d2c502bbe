"""The tables of metrics hold every number and fit a terminal."""

import io

import pytest
from rich.console import Console, Group

from mtl_rec.cli.evaluation_tables import evaluation_tables, slice_tables
from mtl_rec.evaluation.evaluation import Evaluation, Slice
from mtl_rec.evaluation.report import Metrics

CLICK = {
    "rows": 12_345_678,
    "positives": 1_234_567,
    "label_rate": 0.1,
    "mean_prediction": 0.11,
    "auc": 0.71234,
    "gauc": 0.65,
    "pr_auc": 0.25,
    "log_loss": 0.3214567,
    "normalised_entropy": 0.98765,
    "calibration_ratio": 1.1,
    "ece": 0.0123,
}
ORDER_VALUE = {
    "rows": 1000,
    "label_mean": 0.01234,
    "mean_prediction": 1234.5,
    "rmse": 20.0,
    "mae": 3.0,
    "r_squared": -0.5,
    "calibration_ratio": 0.9,
}


def evaluation(metrics: Metrics, intervals=None, slices=None) -> Evaluation:
    none = {name: dict.fromkeys(entry) for name, entry in metrics.items()}
    return Evaluation(metrics, intervals or none, slices or {}, {}, 4000, 1000)


def rendered(
    metrics: Metrics, width: int = 100, *, styled: bool = False, intervals=None
) -> list[str]:
    return written(evaluation_tables(evaluation(metrics, intervals)), width, styled)


def written(tables, width: int = 100, styled: bool = False) -> list[str]:
    output = io.StringIO()
    console = Console(
        width=width,
        file=output,
        force_terminal=styled,
        color_system="standard" if styled else None,
    )
    console.print(Group(*tables))
    return output.getvalue().splitlines()


def test_an_event_is_a_row_in_a_table_of_ranks_and_one_of_probabilities():
    intervals = {"click": {**dict.fromkeys(CLICK), "auc": (0.7023, 0.7225)}}

    heading, click, _, second, probabilities, *_ = rendered(
        {"click": CLICK}, intervals=intervals
    )

    assert heading.split() == [
        *("output", "rows", "positives", "rate", "AUC", "GAUC", "PR-AUC")
    ]
    assert click.split() == [
        *("click", "12,345,678", "1,234,567", "10%", "0.7123", "±.0101"),
        *("0.6500", "±?", "0.2500", "±?"),
    ]
    assert second.split() == ["output", "log", "loss", "NE", "calibration", "ECE"]
    assert probabilities.split()[1::2] == ["0.32146", "0.9877", "1.100", "0.01230"]


def test_values_have_a_table_of_their_own_below_the_events():
    lines = rendered({"order_value": ORDER_VALUE, "click": CLICK})

    assert lines[1].startswith("click ")
    assert lines[6].split() == [
        *("output", "rows", "mean", "predicted", "RMSE", "MAE", "R²", "calibration")
    ]
    assert lines[7].split()[:3] == ["order_value", "1,000", "0.0123"]


def test_conditional_outputs_come_last_and_are_dim():
    lines = rendered(
        {"purchase_given_click": CLICK, "click": CLICK, "purchase": CLICK}, styled=True
    )

    dim = "\x1b[2m"
    assert lines[1].startswith("click ")
    assert lines[2].startswith("purchase ")
    assert lines[3].startswith(f"{dim}purchase_given_click")
    assert dim not in lines[1] + lines[2]


def test_a_metric_that_is_not_defined_says_so():
    line = rendered({"click": {**CLICK, "auc": None}})[1]

    assert line.split()[4] == "undefined"


def test_metrics_of_sampled_rows_say_what_they_describe():
    joint = {**CLICK, "population_rows": 987_654_321.4}
    given = {**CLICK, "population_rows": 1_234.0}

    last = rendered({"click": joint, "purchase_given_click": given}, styled=True)[-1]

    assert "all but the counts describe the 987,654,321 rows" in last
    assert last.startswith("\x1b[2m")


@pytest.mark.parametrize("rate", [0.5, 0.0123, 0.000123, 0.0, 1.0])
def test_rates_of_rare_events_keep_their_digits(rate):
    cell = rendered({"click": {**CLICK, "label_rate": rate}})[1].split()[3]

    assert float(cell.removesuffix("%")) / 100 == pytest.approx(rate)


def test_long_names_and_large_counts_fit_in_100_columns():
    names = ("add_to_cart", "purchase", "purchase_given_add_to_cart")
    intervals = {n: dict.fromkeys(CLICK, (0.1, 0.2)) for n in names}

    lines = rendered(dict.fromkeys(names, CLICK), intervals=intervals)

    assert not [line for line in lines if "…" in line or len(line) > 100]


def test_every_slice_of_an_output_given_the_exposure_is_a_row():
    some = Slice(10, 2, {**CLICK}, dict.fromkeys(CLICK, (0.5, 0.75)))
    outputs = {"click": {"20": some, "21": some}, "purchase_given_click": {"20": some}}

    lines = written(
        slice_tables(evaluation({"click": CLICK}, slices={"hour": outputs}))
    )

    assert [line.split()[0] for line in lines if line.strip()] == ["click", "20", "21"]
    assert lines[1].startswith("click by hour")
    assert "0.7123 ±.1250" in lines[2]
