"""`mtl-rec encode-items`: the texts of a catalogue to vectors."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from mtl_rec.cli.backend import frameworks
from mtl_rec.cli.output import (
    OutputFormat,
    Quiet,
    progress_console,
    require_folder,
    show,
)

EXAMPLES = (
    "Examples:\n\n"
    "mtl-rec encode-items catalogue.parquet vectors.parquet --id item_id --text title "
    "--encoder models/minilm\n\n"
    "mtl-rec encode-items 'items/*.csv' vectors.parquet --id sku --text title "
    "--text description --encoder bert_tiny_en_uncased"
)


def encode_items(
    catalogue: Annotated[
        Path, typer.Argument(help="CSV or Parquet: a file, a folder or a glob.")
    ],
    output: Annotated[
        Path,
        typer.Argument(
            help="Parquet file, the `path` of a feature of kind `vector`. What it has "
            "already is not encoded again."
        ),
    ],
    id_column: Annotated[str, typer.Option("--id", help="Column of the items' ids.")],
    text_columns: Annotated[
        list[str],
        typer.Option(
            "--text", help="Column of texts; several are joined, in this order."
        ),
    ],
    encoder: Annotated[
        str,
        typer.Option(
            help="A folder of Hugging Face, sentence-transformers or KerasHub, or the "
            "name of a preset of KerasHub."
        ),
    ],
    batch_size: Annotated[
        int, typer.Option(min=1, help="Texts that are encoded at once.")
    ] = 64,
    output_format: OutputFormat = "auto",
    quiet: Quiet = False,
) -> None:
    """Make a vector of each item's text, by a pretrained language model."""
    require_folder(output, "OUTPUT")
    from mtl_rec.data.catalogue import read_texts

    texts = read_texts(catalogue, id_column, text_columns)
    with frameworks():
        from mtl_rec.pretrained import load_text_encoder
        from mtl_rec.pretrained.encoding_items import encode_items as encode

    text_encoder = load_text_encoder(encoder)
    console = progress_console(output_format, quiet)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as shown:
        bar = shown.add_task("encode texts", total=None)
        done = encode(
            texts,
            text_encoder,
            output,
            id_column,
            batch_size,
            lambda count, total: shown.update(bar, completed=count, total=total),
        )
    counted = (
        f"{done.items:,} items, {done.texts:,} texts, {done.encoded:,} of them encoded "
        f"now; {done.dim} numbers each"
    )
    show(asdict(done), output_format, f"vectors  {done.path}", counted)
