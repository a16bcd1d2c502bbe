"""A run that starts from another, from the command line to the version."""

import json

import pytest

from mtl_rec.cli.app import main
from mtl_rec.run import RunFolder


@pytest.mark.slow
def test_a_run_starts_where_another_ended_and_says_so(finished, capsys):
    result, place = finished
    source = result.folder
    with pytest.raises(SystemExit) as exit_:
        main(
            [
                "train",
                str(place / "tree.yaml"),
                "--set=training.epochs=1",
                "--format=table",
                f"--warm-start={source.path}",
            ]
        )

    assert exit_.value.code == 0
    output = capsys.readouterr().out
    assert f"All of the weights are those of {source.path}" in output
    path = next(line.split()[1] for line in output.splitlines() if line[:4] == "run ")
    run = RunFolder.open(path)
    assert run.config().training.warm_start == str(source.path)
    report = json.loads(run.warm_start_path.read_text())
    assert (report["source"], report["new"]) == (str(source.path), 0)
    (epoch,) = run.read_json(run.history_path)
    first, *_ = source.read_json(source.history_path)
    assert epoch["loss"] < first["loss"]
