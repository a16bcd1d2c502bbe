"""The command line: its commands, its one-line errors, its exit codes."""

import sys
from collections.abc import Sequence
from errno import ENOSPC
from typing import Annotated

import typer
from rich.console import Console

from mtl_rec import __version__
from mtl_rec.cli import (
    check,
    compare,
    drift,
    encode_items,
    evaluate,
    export,
    index,
    init,
    label,
    ls,
    predict,
    prepare,
    publish,
    rank,
    recommend,
    retrieve,
    rollback,
    runs,
    serve,
    server_files,
    train,
    truth,
    update_items,
    verify,
    versions,
)
from mtl_rec.cli.completion import answer_bash_about_values
from mtl_rec.errors import MtlRecError, VerificationError

EXIT_INPUT, EXIT_VERIFICATION, EXIT_INTERRUPTED = 1, 3, 130

app = typer.Typer(
    name="mtl-rec",
    help="Predict click, add-to-cart and purchase together, and serve the result.",
    epilog="Exit codes: 0 done, 1 wrong input, 2 wrong usage, 3 a version failed its "
    "verification or gate, or data has drifted, 130 interrupted.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
_CONFIGS, _TRAINING = "Describe data", "Train and judge"
_RECOMMENDING, _SERVING = "Recommend", "Serve"

for _panel, _modules in (
    (_CONFIGS, (init, ls, check, prepare, drift, encode_items)),
    (_TRAINING, (train, runs, compare, evaluate, truth, export, predict)),
    (_RECOMMENDING, (retrieve, update_items, index, recommend)),
    (_SERVING, (verify, publish, label, rollback, versions, server_files, serve, rank)),
):
    for _module in _modules:
        _name = _module.__name__.rpartition(".")[2]
        app.command(
            _name.replace("_", "-"), epilog=_module.EXAMPLES, rich_help_panel=_panel
        )(getattr(_module, _name))


def _show_version(wanted: bool) -> None:
    if wanted:
        Console().print(__version__, highlight=False)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error.")
    ] = False,
) -> None:
    """Options of every command."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and exits with its code."""
    if answer_bash_about_values():
        return
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Accepted anywhere on the line, as people add it to the end.
    debug = "--debug" in given
    given = [argument for argument in given if argument != "--debug"]
    try:
        # Exits by itself: wrong usage is shown with code 2, an interruption has 130.
        app(given, prog_name="mtl-rec")
    except (MtlRecError, OSError) as error:
        if debug:
            raise
        _print_error(_message(error))
        is_proof = isinstance(error, VerificationError)
        sys.exit(EXIT_VERIFICATION if is_proof else EXIT_INPUT)
    except SystemExit as exit_:
        if exit_.code == EXIT_INTERRUPTED:
            _print_error("Interrupted.")
        raise


def _message(error: MtlRecError | OSError) -> str:
    if not isinstance(error, OSError):
        return str(error)
    text = str(error)
    if error.strerror and error.filename:
        text = f"'{error.filename}': {error.strerror}."
    if error.errno != ENOSPC:
        return text
    # A write that fails names no file.
    return (
        f"{text.removesuffix('.')}. Free some of the disk and run the command again. "
        "What was written whole is kept, and `train` goes on from there."
    )


def _print_error(text: str) -> None:
    console = Console(stderr=True)
    console.print(text, style="red", markup=False, highlight=False, soft_wrap=True)
