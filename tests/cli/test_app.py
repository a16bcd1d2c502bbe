"""The command line as a whole: help, exit codes, and errors of one block."""

import shlex
import sys

import pytest

from mtl_rec import __version__
from mtl_rec.cli import (
    check,
    compare,
    evaluate,
    export,
    init,
    label,
    ls,
    predict,
    prepare,
    publish,
    rank,
    rollback,
    runs,
    serve,
    server_files,
    train,
    truth,
    verify,
    versions,
)
from mtl_rec.cli.app import main
from mtl_rec.errors import ArtifactError, VerificationError

COMMANDS = {
    module.__name__.rpartition(".")[2].replace("_", "-"): module
    for module in (
        *(init, ls, check, prepare, train, runs, compare, evaluate, truth),
        *(export, predict),
        *(verify, publish, label, rollback, versions, server_files, serve, rank),
    )
}
NEED_NO_FILE = ("ls",)
EXAMPLES = [
    line
    for command in COMMANDS.values()
    for line in command.EXAMPLES.splitlines()
    if line.startswith("mtl-rec ")
]


@pytest.fixture
def failing(monkeypatch):
    """Makes `check` fail with an error."""

    def with_error(error: BaseException) -> None:
        def fail(*_):
            raise error

        monkeypatch.setattr(check, "load_config", fail)

    return with_error


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_shows_an_example(run, command):
    outcome = run(command, "--help")

    lines = [line.strip() for line in outcome.output.splitlines()]
    assert outcome.code == 0
    assert [line for line in lines if line.startswith(f"mtl-rec {command} ")]


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_right_usage(run, example):
    outcome = run(*shlex.split(example)[1:])

    # Their files are not here, which is wrong input and not wrong usage.
    assert outcome.code == (0 if shlex.split(example)[1] in NEED_NO_FILE else 1)
    assert outcome.left_behind == []
    # `serve` blocks Keras and switches XLA off, but not before it can serve.
    assert sys.modules.get("keras", "not imported") is not None


def test_help_lists_the_commands_and_the_exit_codes(run):
    outcome = run("--help")

    text = " ".join(outcome.output.split())
    assert outcome.code == 0
    assert all(f" {command} " in text for command in COMMANDS)
    assert (
        "Exit codes: 0 done, 1 wrong input, 2 wrong usage, 3 a version failed its "
        "verification or gate, or data has drifted, 130 interrupted."
    ) in text


def test_no_command_shows_the_help(run):
    outcome = run()

    assert outcome.code == 2
    assert "Usage: mtl-rec" in outcome.output


def test_version(run):
    assert run("--version")[:3] == (0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["tarin"], "No such command 'tarin'"),
        (["check"], "Missing argument 'config'"),
        (["predict", "saved_models/x/1"], "Missing argument 'rows'"),
        (["train", "x.yaml", "--epochs", "3"], "No such option: --epochs"),
        (["check", "x.yaml", "--set"], "Option '--set' requires an argument"),
        (["check", "x.yaml", "y.yaml"], "unexpected extra argument"),
        (["evaluate", "x", "--split", "all"], "'all' is not one of 'train',"),
    ],
)
def test_wrong_usage_exits_with_2(run, arguments, text):
    outcome = run(*arguments)

    assert outcome.code == 2
    assert outcome.output == ""
    assert text in outcome.error
    assert "Traceback" not in outcome.error


def test_an_error_is_one_line_on_standard_error(run):
    outcome = run("check", "nothing.yaml")

    text = "The config 'nothing.yaml' can't be read: No such file or directory.\n"
    assert outcome == (1, "", text, [])


@pytest.mark.parametrize("width", ["20", "400"])
def test_an_error_is_not_wrapped_whatever_the_width(run, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)

    assert run("check", "x" * 200).error.count("\n") == 1


def test_square_brackets_in_an_error_are_kept(run):
    outcome = run("check", "[bold]x[/bold].yaml", "--set", "[red]=1")

    assert "'[bold]x[/bold].yaml'" in outcome.error


@pytest.mark.parametrize("place", [0, 1, 2])
def test_debug_raises_the_error_wherever_it_stands(tmp_path, place):
    arguments = ["check", str(tmp_path / "nothing.yaml")]
    arguments.insert(place, "--debug")

    with pytest.raises(ArtifactError, match="can't be read"):
        main(arguments)


def test_a_failed_verification_exits_with_3(run, failing):
    failing(VerificationError("c_library", "3 of 100 rows differ"))

    assert run("check", "x") == (
        3,
        "",
        "Verification failed at rung 'c_library': 3 of 100 rows differ\n",
        [],
    )


def test_an_interruption_exits_with_130(run, failing):
    failing(KeyboardInterrupt())

    assert run("check", "x")[:3] == (130, "", "Interrupted.\n")


def test_an_error_of_the_system_names_the_file(run, failing):
    failing(PermissionError(13, "Permission denied", "runs"))

    assert run("check", "x")[:3] == (1, "", "'runs': Permission denied.\n")


@pytest.mark.parametrize(
    ("error", "begins"),
    [
        (
            OSError(28, "No space left on device"),
            "[Errno 28] No space left on device. ",
        ),
        (OSError(28, "No space left", "runs/x"), "'runs/x': No space left. "),
    ],
    ids=["nameless", "named"],
)
def test_a_full_disk_says_what_to_do(run, failing, error, begins):
    failing(error)

    assert run("check", "x")[:3] == (
        1,
        "",
        f"{begins}Free some of the disk and run the command again. What "
        "was written whole is kept, and `train` goes on from there.\n",
    )


def test_an_error_of_the_program_is_not_hidden(failing):
    failing(RuntimeError("a mistake of ours"))

    with pytest.raises(RuntimeError, match="a mistake of ours"):
        main(["check", "x"])


@pytest.mark.parametrize("arguments", [["evaluate", "x"], ["predict", "x", "y.csv"]])
def test_an_output_without_a_folder_is_refused_before_the_work(run, arguments):
    text = (
        "`--output` must name a file in an existing folder. "
        "Received: 'nothing/here.csv'.\n"
    )

    assert run(*arguments, "--output", "nothing/here.csv") == (1, "", text, [])
