"""What the commands take, print and refuse."""

import io
import json

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from mtl_rec.cli import label, rollback, server_files, versions
from mtl_rec.cli.version_tables import gate_table
from mtl_rec.errors import ArtifactError
from mtl_rec.export.manifest import MANIFEST_FILE
from mtl_rec.serving.server_files.models_config import read_rollout
from mtl_rec.serving.versions.gate import GateReport, TaskComparison

app = typer.Typer()
app.command()(versions.versions)
app.command()(label.label)
app.command()(rollback.rollback)
app.command("server-files")(server_files.server_files)


@pytest.fixture
def run(model_directory):
    """Runs a command on the model's directory; its output and exit code."""

    def run_command(command, *arguments):
        called = [command, str(model_directory), *arguments]
        result = CliRunner().invoke(app, called)
        if isinstance(result.exception, ArtifactError):
            raise result.exception
        return result.exit_code, result.output

    return run_command


def test_versions_shows_labels_and_what_was_withdrawn(
    run, publish_files, model_directory
):
    for _ in range(3):
        publish_files()
    run("rollback")
    run("label", "stable=1", "canary=2")

    _, text = run("versions", "--format", "table")
    _, as_json = run("versions", "--json")

    lines = [line.split() for line in text.splitlines()[1:]]
    assert [(line[0], line[5:]) for line in lines] == [
        ("1", ["stable", "served"]),
        ("2", ["canary", "served"]),
        ("3", ["withdrawn"]),
    ]
    shown = {entry["number"]: entry for entry in json.loads(as_json)}
    assert shown[1]["labels"] == ["stable"]
    assert [shown[n]["is_withdrawn"] for n in (1, 2, 3)] == [False, False, True]
    assert shown[3]["path"] == str(model_directory / ".withdrawn-3")
    assert shown[1]["size_bytes"] == shown[2]["size_bytes"] > 0


def test_a_canary_is_promoted_and_ended_in_one_command(
    run, publish_files, model_directory
):
    publish_files(label="stable")
    publish_files(label="canary")

    code, text = run("label", "stable=2", "canary=", "--settle-seconds", "0")

    assert (code, read_rollout(model_directory).labels) == (0, {"stable": 2})
    assert "stable=2" in text


def test_versions_shows_the_metrics_of_the_manifest(
    run, publish_files, model_directory
):
    metrics = {"click": {"auc": 0.71}, "value": {"rmse": 2.5}, "value_given_click": {}}
    created = "2026-05-04T03:02:01+00:00"
    manifest = {"format": 1, "created": created, "metrics": metrics}
    publish_files()
    path = publish_files().path / MANIFEST_FILE
    path.write_text(json.dumps(manifest))

    _, text = run("versions", "--format", "table")
    _, as_json = run("versions", "--json")

    heading, first, second = text.splitlines()
    assert heading.split()[-4:] == ["click", "AUC", "value", "RMSE"]
    assert "0.7100" not in first
    assert second.split()[1:3] == ["2026-05-04", "03:02"]
    assert second.split()[-2:] == ["0.7100", "2.5000"]
    assert json.loads(as_json)[1]["metrics"] == metrics


@pytest.mark.parametrize("change", ["stable", "=4", "stable=four", "stable=-1", "a=²"])
def test_a_label_that_is_set_wrongly_is_wrong_usage(change, run, publish_files):
    publish_files()

    code, text = run("label", change)

    assert code == 2
    assert "as in stable=4" in text


def test_a_rollback_tells_where_the_version_is_kept(
    run, publish_files, model_directory
):
    publish_files()
    publish_files()

    code, text = run("rollback")

    assert code == 0
    assert str(model_directory / ".withdrawn-2") in text
    with pytest.raises(ArtifactError, match="no version to go back to"):
        run("rollback")


def test_server_files_are_listed(run, publish_files, model_directory):
    publish_files()

    _, text = run("server-files")

    assert str(model_directory / "server" / "models.config") in text.splitlines()


def test_the_gate_shows_both_versions_and_why_one_is_refused():
    new = {"positives": 1234, "auc": 0.71, "calibration_ratio": 1.02}
    served = {"positives": 1234, "auc": 0.72, "calibration_ratio": 0.99}
    compared = TaskComparison("click", new, served, problem="the AUC falls")
    value = TaskComparison("value", {"calibration_ratio": 1.1}, None, note="a value")
    report = GateReport(3, [compared, value], [], ["'click': the AUC falls"])

    heading, click, order_value = rendered(gate_table(report))

    assert heading.split()[:2] == ["task", "positives"]
    assert click.split() == [
        *("click", "1,234", "0.7200", "0.7100", "-0.0100", "0.990", "1.020"),
        *("refused:", "the", "AUC", "falls"),
    ]
    assert order_value.split() == ["value", "1.100", "a", "value"]


@pytest.mark.parametrize(
    ("served", "problems", "text"),
    [
        (3, [], "Quality was not compared with version 3"),
        (None, [], "There is no version to compare with"),
        (3, ["'age' is gone"], "refused before that"),
    ],
)
def test_without_rows_it_is_said_that_quality_was_not_compared(served, problems, text):
    report = GateReport(served, [], [], problems)

    assert text in " ".join(rendered(gate_table(report)))


def rendered(shown):
    output = io.StringIO()
    Console(file=output, width=120).print(shown)
    return output.getvalue().splitlines()
