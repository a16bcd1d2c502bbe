"""`mtl-rec rank`: the candidates of one request, best first."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.options import FillMissing
from mtl_rec.cli.output import output_console, require_folder
from mtl_rec.cli.request_file import RequestFile
from mtl_rec.cli.server_options import (
    Label,
    TimeoutSeconds,
    Url,
    Version,
    open_client,
    require_url,
)

if TYPE_CHECKING:
    from mtl_rec.serving.client import Ranking

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec rank saved_models/quickstart/1 request.json --keep item_id --top 10\n\n"
    "mtl-rec rank quickstart request.json --url http://localhost:8501\n\n"
    "request.json: "
    '{"request": {"user_id": "u1", "history_items": ["i3"], "hour": "12"}, '
    '"candidates": [{"item_id": "i7", "price": 9.9}, {"item_id": "i8", "price": 5.0}]}'
)

_ALLOWED = (
    "a JSON object with `request`, an object, and `candidates`, a list of objects"
)

Records = list[dict[str, Any]]


def rank(
    model: Annotated[
        str,
        typer.Argument(
            help="An exported version or, with --url, the name of a served model."
        ),
    ],
    request: Annotated[
        Path,
        typer.Argument(
            help="JSON file, or - for the standard input: `request` has the values "
            "that are the same for all `candidates`."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            help="CSV, JSONL or Parquet file; if not, a table on a terminal, and JSONL "
            "elsewhere."
        ),
    ] = None,
    keep: Annotated[
        list[str], typer.Option(help="Value of the candidates to show beside.")
    ] = [],  # noqa: B006 - typer copies it
    top: Annotated[
        int | None, typer.Option(min=1, help="Candidates to show; all if not given.")
    ] = None,
    fill_missing: FillMissing = False,
    url: Url = None,
    version: Version = None,
    label: Label = None,
    timeout_seconds: TimeoutSeconds = 60.0,
) -> None:
    """Order the candidates of one request, with score and probabilities.

    `position` is a candidate's place in the request, from 0. On a terminal, conditional
    probabilities are left out.
    """
    require_folder(output)
    require_url(url, version, label)
    user, candidates = _read(request)
    if url is None:
        with frameworks():
            from mtl_rec.run.ranking import rank_by_version

        ranking = rank_by_version(Path(model), user, candidates, fill_missing)
    else:
        with open_client(url, model, version, label, timeout_seconds) as client:
            ranking = client.rank(user, candidates, fill_missing=fill_missing)
    _show(_records(ranking, candidates, keep, top), output)


def _read(path: Path) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    file = RequestFile(path, _ALLOWED)
    content = file.content
    is_whole = isinstance(content, dict) and content.keys() == {"request", "candidates"}
    if is_whole and isinstance(content["request"], dict):
        candidates = content["candidates"]
        if isinstance(candidates, list) and all(
            isinstance(c, dict) for c in candidates
        ):
            return content["request"], candidates
    raise file.refusal()


def _records(
    ranking: "Ranking",
    candidates: Sequence[Mapping[str, Any]],
    keep: Sequence[str],
    top: int | None,
) -> Records:
    columns = {"score": ranking.score, **ranking.probabilities}
    return [
        {"position": int(position)}
        | {name: candidates[position].get(name) for name in keep}
        # As text a float32 has no more digits than it needs.
        | {name: float(str(values[position])) for name, values in columns.items()}
        for position in ranking.order[:top]
    ]


def _show(records: Records, output: Path | None) -> None:
    if output is not None:
        import pyarrow as pa

        from mtl_rec.run.row_files import write_rows

        write_rows(iter([pa.Table.from_pylist(records)]), output)
        return
    console = output_console()
    if console.is_terminal:
        console.print(_table(records))
        return
    for record in records:
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")


def _table(records: Records) -> Table:
    # All the conditional probabilities would not fit beside each other.
    names = [name for name in (records or [{}])[0] if "_given_" not in name]
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for name in names:
        is_number = isinstance(records[0][name], int | float)
        table.add_column(name, justify="right" if is_number else "left")
    for record in records:
        table.add_row(*(_cell(record[name]) for name in names))
    return table


def _cell(value: Any) -> str:
    return f"{value:.5f}" if isinstance(value, float) else str(value)
