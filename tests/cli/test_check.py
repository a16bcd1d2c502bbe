"""`mtl-rec check` sums up a right config and looks for its data."""

import json

GOOD = """\
name: good
data:
  source: {kind: synthetic_shop}
  split: {kind: random}
features:
  - {kind: numeric, name: price, side: item}
tasks:
  - {name: click}
  - {name: purchase, after: click}
model:
  architecture: {kind: shared_bottom}
"""


def test_a_right_config_is_summed_up(run, write):
    path = write("good.yaml", GOOD)

    text = (
        f"'{path}' is right: 1 feature; tasks click, purchase after click; "
        "shared_bottom.\n"
    )
    assert run("check", path, "--format", "table") == (0, text, "", [])


def test_a_program_reads_what_a_right_config_holds(run, write):
    path = write("good.yaml", GOOD)

    assert json.loads(run("check", path).output) == {
        "config": str(path),
        "name": "good",
        "source": "synthetic_shop",
        "features": ["price"],
        "tasks": [
            {"name": "click", "after": None},
            {"name": "purchase", "after": "click"},
        ],
        "architecture": "shared_bottom",
    }


def test_data_that_is_not_there_is_noticed_by_check(run, write, tmp_path):
    path = write("good.yaml", GOOD)

    outcome = run("check", path, "--set", "data.source={kind: table, path: x.csv}")

    assert outcome[:3] == (
        1,
        "",
        "`data.source.path` must name existing data. Received: 'x.csv'. "
        f"Relative paths start at '{tmp_path / 'working_directory'}'.\n",
    )


def test_square_brackets_in_a_result_are_kept(run, write):
    path = write("[bold]x.yaml", GOOD)

    outcome = run("check", path, "--format", "table")

    assert outcome.output.startswith(f"'{path}' is right: 1 feature;")
