"""`--warm-start`: refused early, and told in a table."""

import pytest
from rich.console import Console

from mtl_rec.cli.output import PLAIN_WIDTH
from mtl_rec.cli.warm_start_table import warm_start_table
from mtl_rec.training.warm_start import PartReport, WarmStartReport

from .conftest import BY_PART, YAML


@pytest.fixture
def config(write, tmp_path):
    """Of data that is there and would be refused if it was read."""
    data = write("data.csv", "nothing\n")
    return write("run.yaml", YAML.format(path=data, split=BY_PART))


@pytest.mark.parametrize("name", ["nowhere", "with: a, 'colon'", ""])
def test_a_run_that_is_none_is_refused_before_the_data_is_read(run, config, name):
    outcome = run("train", config, "--warm-start", name)

    assert outcome.code == 1
    assert "`training.warm_start`: '" in outcome.error
    assert "must be the folder of a finished run" in outcome.error
    assert outcome.left_behind == []


def test_check_looks_for_the_run_as_well(run, config):
    outcome = run("check", config, "--set", "training.warm_start=nowhere")

    assert outcome.code == 1
    assert "'nowhere' must be the folder of a finished run" in outcome.error


def shown(*parts):
    console = Console(width=PLAIN_WIDTH)
    with console.capture() as capture:
        console.print(warm_start_table(WarmStartReport("runs/a/b", parts)))
    return [" ".join(line.split()) for line in capture.get().splitlines()]


def test_parts_that_differ_are_named_and_the_others_counted():
    lines = shown(
        PartReport("embedding", "item_id", 1600, 160, 80, "10 of 110 values are new"),
        PartReport("first layer", "price", 8, 0, 0, ""),
        PartReport("tower", "click", 30, 0, 0, ""),
        PartReport("tower", "old", 0, 0, 30, "gone"),
    )

    assert lines == [
        "91.1% of the weights are those of runs/a/b",
        "part taken new left behind why",
        "embedding item_id 1,600 160 80 10 of 110 values are new",
        "tower old 30 gone",
        "2 others 38 the same",
    ]


def test_all_is_said_only_where_nothing_is_new():
    same = PartReport("embedding", "item_id", 10**6, 0, 0, "")

    assert shown(same)[0] == "All of the weights are those of runs/a/b"
    assert shown(same)[2:] == ["1 part 1,000,000 the same"]
    new = PartReport("tower", "click", 0, 1, 0, "new")
    assert shown(same, new)[0].startswith("99.9% of")
