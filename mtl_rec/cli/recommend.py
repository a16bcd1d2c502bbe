"""`mtl-rec recommend`: a list for one user, out of the whole catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.id_file import read_ids
from mtl_rec.cli.options import ConfigPath, FillMissing, Overrides
from mtl_rec.cli.output import (
    OutputFormat,
    Quiet,
    progress_console,
    require_folder,
    show,
)
from mtl_rec.cli.request_file import RequestFile
from mtl_rec.errors import ArtifactError

if TYPE_CHECKING:
    from mtl_rec.retrieval.recommending import RecommendedList, Recommender

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec recommend configs/quickstart.yaml --user u17 --keep title\n\n"
    "mtl-rec recommend configs/quickstart.yaml request.json --explain\n\n"
    "mtl-rec recommend configs/quickstart.yaml --users users.txt --output "
    "lists.parquet\n\n"
    'request.json: {"request": {"user_id": "u1", "history_items": ["i3"], '
    '"history_categories": ["teas"], "hour": "12", "position": "1"}, '
    '"excluded_items": ["i3"]}'
)

_ALLOWED = (
    "a JSON object with `request`, an object, and, if any, `excluded_items`, a list of "
    "texts"
)


def recommend(
    config_path: ConfigPath,
    request: Annotated[
        Path | None,
        typer.Argument(
            help="JSON file, or - for the standard input: `request` has the features "
            "of the user and of the moment."
        ),
    ] = None,
    user: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Instead of a request: the user's newest exposure in the data, "
            "without what they have bought.",
        ),
    ] = None,
    users: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The same for many: one id a line; needs --output."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="CSV, JSONL or Parquet file for the lists of --users, a row for each "
            "item."
        ),
    ] = None,
    exclude: Annotated[
        list[str],
        typer.Option(metavar="ITEM", help="Id of an item that must not be shown."),
    ] = [],  # noqa: B006 - typer copies it
    keep: Annotated[
        list[str], typer.Option(help="Feature of the items to show beside.")
    ] = [],  # noqa: B006 - typer copies it
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Show where each item was in its sources, what rules left out, and "
            "what took how long. JSON always has all of it.",
        ),
    ] = False,
    fill_missing: FillMissing = False,
    overrides: Overrides = [],  # noqa: B006 - typer copies it
    output_format: OutputFormat = "auto",
    quiet: Quiet = False,
) -> None:
    """Make a list for one user: retrieve, rank, apply the rules of the config."""
    if [request, user, users].count(None) != 2:
        raise typer.BadParameter("Give a request file, --user or --users.")
    if (users is None) != (output is None):
        raise typer.BadParameter("--users and --output go together.")
    require_folder(output)
    from mtl_rec.config import load_config

    config = load_config(config_path, overrides)
    features, excluded = _read(request) if request is not None else ({}, [])
    user_ids = (
        [user] if user is not None else read_ids(users, "a user") if users else []
    )
    with frameworks():
        from mtl_rec.cli.recommendation_rows import write_lists
        from mtl_rec.cli.recommendation_tables import recommendation_tables
        from mtl_rec.cli.stages import Stages
        from mtl_rec.retrieval.recommending import open_recommender
        from mtl_rec.retrieval.recommending.user_requests import read_user_requests
        from mtl_rec.run.row_files import require_ending

    if output is not None:
        require_ending(output)
    stages = Stages(progress_console(output_format, quiet))
    with stages("open the sources and the ranker"):
        recommender = open_recommender(config)
    _require_features(recommender, keep)
    if user_ids:
        who = f"user {user}" if user is not None else f"{len(user_ids):,} users"
        with stages(f"look for {who} in the data") as progress:
            found = read_user_requests(config, user_ids, progress)
        if output is not None:
            with stages(f"make lists for {who}"):
                made = write_lists(recommender, found, user_ids, exclude, keep, output)
            show(asdict(made), output_format, str(made))
            return
        features = recommender.known(found[user_ids[0]].request)
        excluded = found[user_ids[0]].excluded_items
    excluded = [*excluded, *exclude]
    made = recommender.recommend(features, excluded, fill_missing)
    kept = recommender.items.features_of([i.item_id for i in made.items], keep)
    asked = {"request": features, "excluded_items": excluded}
    tables = recommendation_tables(made, kept, explain)
    show(asked | _document(made, kept), output_format, *tables)


def _read(path: Path) -> tuple[Mapping[str, Any], Sequence[str]]:
    file = RequestFile(path, _ALLOWED)
    content = file.content
    if isinstance(content, dict) and isinstance(content.get("request"), dict):
        excluded = content.get("excluded_items", [])
        is_known = content.keys() <= {"request", "excluded_items"}
        is_list = isinstance(excluded, list)
        if is_known and is_list and all(isinstance(i, str) for i in excluded):
            return content["request"], excluded
    raise file.refusal()


def _require_features(recommender: "Recommender", names: Sequence[str]) -> None:
    known = recommender.items.rows.column_names
    for name in names:
        if name not in known:
            from mtl_rec.config.checks import suggestion

            raise ArtifactError(
                f"`--keep` must name a feature of the items, one of {sorted(known)}. "
                f"Received: '{name}'.{suggestion(name, known)}"
            )


def _document(
    made: "RecommendedList", kept: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    document = asdict(made)
    for item, features in zip(document["items"], kept, strict=True):
        item["features"] = features
    return document
