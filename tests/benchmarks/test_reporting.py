"""What benchmarks say of their bars, and when they fail."""

import importlib.util
import json
import math
from pathlib import Path

import pytest

FILE = Path(__file__).parents[2] / "benchmarks" / "reporting.py"
TABLE = [{"contender": "ours", "rows/s": 1234.5}]


@pytest.fixture
def reporting(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("reporting", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "RESULTS", tmp_path / "results")
    return module


@pytest.fixture
def report(reporting):
    def run(measured, *arguments):
        options = reporting.argument_parser("A benchmark.").parse_args(arguments)
        bars = [reporting.Bar("speed", measured, limit=2.0)]
        return reporting.report("speed", TABLE, bars, {"rounds": [1]}, options)

    return run


@pytest.mark.parametrize(
    ("measured", "at_least", "holds"),
    [
        (2.0, True, True),
        (1.9, True, False),
        (2.0, False, True),
        (2.1, False, False),
    ],
)
def test_a_bar_holds_on_its_own_side_of_the_limit(reporting, measured, at_least, holds):
    assert reporting.Bar("speed", measured, 2.0, at_least).holds is holds


@pytest.mark.parametrize("at_least", [True, False])
def test_what_was_not_measured_never_holds(reporting, at_least):
    assert not reporting.Bar("speed", math.nan, 2.0, at_least).holds


def test_a_bar_says_its_figure_spread_and_verdict(reporting):
    held = reporting.Bar("speed", 2.5, 2.0, interval=(2.25, 3.0))
    missed = reporting.Bar("memory", 2.5, 2.0, at_least=False)

    assert str(held) == "holds: speed 2.5 (2.25 to 3), at least 2"
    assert str(missed) == "MISSED: memory 2.5, at most 2"


@pytest.mark.parametrize(
    ("measured", "arguments", "status"),
    [
        (1.0, ["--check"], 1),
        (math.nan, ["--check"], 1),
        (3.0, ["--check"], 0),
        (1.0, [], 0),
        (1.0, ["--check", "--quick"], 0),
    ],
)
def test_only_a_checked_full_run_fails_on_a_missed_bar(
    report, measured, arguments, status
):
    assert report(measured, *arguments) == status


def test_a_full_run_leaves_json_and_markdown(report, reporting):
    report(3.0)

    content = json.loads((reporting.RESULTS / "speed.json").read_text())
    assert content["table"] == TABLE
    assert content["details"] == {"rounds": [1]}
    markdown = (reporting.RESULTS / "speed.md").read_text()
    assert "| contender | rows/s |" in markdown
    assert "- holds: speed 3, at least 2" in markdown


def test_a_quick_run_writes_nothing_unless_told_where(report, reporting, tmp_path):
    report(3.0, "--quick")

    assert not reporting.RESULTS.exists()

    report(3.0, "--quick", "--output", str(tmp_path / "here"))

    assert (tmp_path / "here" / "speed.json").exists()


def test_the_figures_of_bars_are_printed_last(report, capsys):
    report(1.0, "--check")

    assert capsys.readouterr().out.splitlines()[-1] == ("MISSED: speed 1, at least 2")


def test_sentences_are_kept_beside_the_table(reporting):
    options = reporting.argument_parser("A benchmark.").parse_args([])

    reporting.report("speed", TABLE, [], {}, options, notes=["Ours did not help."])

    assert "\n\nOurs did not help.\n" in (reporting.RESULTS / "speed.md").read_text()
    content = json.loads((reporting.RESULTS / "speed.json").read_text())
    assert content["notes"] == ["Ours did not help."]
