"""The tables of metrics hold every number and fit a terminal."""

import io

import pytest
from rich.console import Console

from mtl_rec.cli.display import metrics_table
from mtl_rec.evaluation.report import Metrics

CLICK = {
    "rows": 12_345_678,
    "positives": 1_234_567,
    "label_rate": 0.1,
    "mean_prediction": 0.11,
    "auc": 0.71234,
    "pr_auc": 0.25,
    "log_loss": 0.3214567,
    "normalised_entropy": 0.98765,
    "calibration_ratio": 1.1,
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


def rendered(metrics: Metrics, width: int = 100, *, styled: bool = False) -> list[str]:
    output = io.StringIO()
    console = Console(
        width=width,
        file=output,
        force_terminal=styled,
        color_system="standard" if styled else None,
    )
    console.print(metrics_table(metrics))
    return output.getvalue().splitlines()


def test_an_event_is_a_row_of_its_metrics():
    heading, click = rendered({"click": CLICK})

    assert heading.split() == [
        *("output", "rows", "positives", "rate", "AUC", "PR-AUC"),
        *("log", "loss", "NE", "calibration"),
    ]
    assert click.split() == [
        *("click", "12,345,678", "1,234,567", "10%", "0.7123", "0.2500"),
        *("0.32146", "0.9877", "1.100"),
    ]


def test_values_have_a_table_of_their_own_below_the_events():
    lines = rendered({"order_value": ORDER_VALUE, "click": CLICK})

    assert lines[1].startswith("click ")
    assert not lines[2].strip()
    assert lines[3].split() == [
        *("output", "rows", "mean", "predicted", "RMSE", "MAE", "R²", "calibration")
    ]
    assert lines[4].split() == [
        *("order_value", "1,000", "0.0123", "1,234.50", "20.00", "3.00"),
        *("-0.5000", "0.900"),
    ]


def test_a_model_of_values_has_one_table():
    assert len(rendered({"order_value": ORDER_VALUE})) == 2


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

    lines = rendered({"click": joint, "purchase_given_click": given}, styled=True)

    assert len(lines) == 4
    assert "all but the counts describe the 987,654,321 rows" in lines[3]
    assert lines[3].startswith("\x1b[2m")
    assert len(rendered({"click": joint})) == len(rendered({"click": CLICK})) + 1
    assert all(len(line) <= 100 for line in rendered({"click": joint}))


@pytest.mark.parametrize("rate", [0.5, 0.0123, 0.000123, 0.0, 1.0])
def test_rates_of_rare_events_keep_their_digits(rate):
    cell = rendered({"click": {**CLICK, "label_rate": rate}})[1].split()[3]

    assert float(cell.removesuffix("%")) / 100 == pytest.approx(rate)


def test_long_names_and_large_counts_fit_in_100_columns():
    names = ("add_to_cart", "purchase", "purchase_given_add_to_cart")

    lines = rendered(dict.fromkeys(names, CLICK))

    assert len(lines) == 1 + len(names)
    assert not [line for line in lines if "…" in line or len(line) > 100]


def test_a_name_that_does_not_fit_is_folded_and_no_number_is_cut():
    nothing = {**dict.fromkeys(CLICK), "rows": 100_000_000, "positives": 100_000_000}

    lines = rendered({"subscription_renewed_given_add_to_cart": nothing}, width=95)

    assert "log loss" in lines[0]
    assert lines[1].split().count("undefined") == 6
    assert "100,000,000" in lines[1]
    assert "…" not in "".join(lines)
    folded = "".join(line.split()[0] for line in lines[1:])
    assert folded == "subscription_renewed_given_add_to_cart"
