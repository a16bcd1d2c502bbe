"""Pages of text about a run: its config, and what its data is."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from mtl_rec.schema.encoded import CHUNK_ROWS, EncodedExposures
from mtl_rec.schema.feature_fields import vocabulary_name
from mtl_rec.schema.schema import Schema
from mtl_rec.schema.stored_arrays import read_rows


def config_card(yaml_text: str) -> str:
    """A config as a page of Markdown."""
    return f"```yaml\n{yaml_text.rstrip()}\n```"


def data_card(splits: Mapping[str, EncodedExposures]) -> str:
    """What the rows of a run are, as a page of Markdown.

    Args:
        splits: By name, all of one schema.
    """
    schema = next(iter(splits.values())).schema
    counted = {name: _counts(split, schema) for name, split in splits.items()}
    positives = [task.name for task in schema.tasks]
    labels = _table(
        ["split", "rows", *positives],
        (
            [name, f"{len(splits[name]):,}", *(own[task] for task in positives)]
            for name, own in counted.items()
        ),
    )
    return f"## Rows and labels\n\n{labels}\n\n## Features\n\n{_features(schema)}\n"


def _counts(split: EncodedExposures, schema: Schema) -> dict[str, str]:
    """By task, how many events there are, or how many values and their mean."""
    counts = {}
    for task in schema.tasks:
        total, defined = 0.0, 0
        for label in _chunks(split.labels[task.name]):
            known = label[np.isfinite(label)]
            total += float(known.sum(dtype=np.float64))
            defined += len(known)
        if task.kind == "binary":
            counts[task.name] = f"{total:,.0f} ({total / max(len(split), 1):.3%})"
        else:
            counts[task.name] = f"{defined:,}, mean {total / max(defined, 1):.4g}"
    return counts


def _chunks(array: np.ndarray) -> Iterator[np.ndarray]:
    for start in range(0, len(array), CHUNK_ROWS):
        yield read_rows(array, start, min(start + CHUNK_ROWS, len(array)))


def _features(schema: Schema) -> str:
    rows = []
    for feature in schema.features:
        vocabulary = schema.vocabularies.get(vocabulary_name(feature))
        sizes = ["", ""]
        if vocabulary:
            unknown = vocabulary.num_out_of_vocabulary
            sizes = [f"{vocabulary.num_values:,}", f"{unknown:,}"]
        shares = getattr(feature, "shares", None) or ""
        rows.append([feature.name, feature.kind, feature.side, *sizes, shares])
    heading = ["feature", "kind", "side", "known values", "unknown ids", "shares"]
    return _table(heading, rows)


def _table(heading: Sequence[str], rows: Iterator[Sequence[str]] | Sequence) -> str:
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
