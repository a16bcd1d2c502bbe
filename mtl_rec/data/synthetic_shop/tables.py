"""The simulated shop as an Arrow table."""

import numpy as np
import pyarrow as pa

from mtl_rec.data.events.gaps import named_gaps
from mtl_rec.data.synthetic_shop.behaviour import Behaviour
from mtl_rec.data.synthetic_shop.catalogue import BRANDS, CATEGORIES, Catalogue
from mtl_rec.data.synthetic_shop.exposures import Exposures
from mtl_rec.data.synthetic_shop.histories import as_lists, trace_histories
from mtl_rec.data.synthetic_shop.steps import STEPS

SCHEMA = pa.schema(
    {
        "user_id": pa.string(),
        "item_id": pa.string(),
        "category": pa.string(),
        "brand": pa.string(),
        "title": pa.string(),
        "price": pa.float32(),
        "hour": pa.int8(),
        "position": pa.int8(),
        "timestamp": pa.int64(),
        "history_items": pa.list_(pa.string()),
        "history_categories": pa.list_(pa.string()),
        **{step: pa.int8() for step in STEPS},
        **{f"true_{step}": pa.float32() for step in STEPS},
    }
)
TIME_GAPS = pa.field("history_time_gaps", pa.list_(pa.string()))
SECONDS_PER_MINUTE = 60
# One chunk's histories stay far below the 2 GiB that an Arrow string column can hold.
ROWS_PER_CHUNK = 1_000_000


def build_table(
    exposures: Exposures,
    catalogue: Catalogue,
    behaviour: Behaviour,
    has_time_gaps: bool = False,
) -> pa.Table:
    """Returns the table of `SCHEMA`, one row per exposure; `TIME_GAPS` last, if any."""
    users = _name_numbers("u", int(exposures.user.max()) + 1)
    items = _describe_items(catalogue)
    # The row of a click says what was clicked and when.
    every_row = np.arange(len(exposures))
    histories = trace_histories(exposures.user, every_row, behaviour.labels[0])
    schema = SCHEMA.append(TIME_GAPS) if has_time_gaps else SCHEMA
    chunks = []
    for start in range(0, len(exposures), ROWS_PER_CHUNK):
        rows = slice(start, start + ROWS_PER_CHUNK)
        past_rows, offsets = histories.items_of(rows)
        past_items = exposures.item[past_rows]
        shown = items.take(pa.array(exposures.item[rows]))
        columns = {
            "user_id": users.take(pa.array(exposures.user[rows])),
            **{name: shown.column(name) for name in shown.schema.names},
            "hour": exposures.hour[rows],
            "position": exposures.position[rows],
            "timestamp": exposures.timestamp[rows],
            "history_items": as_lists(offsets, items["item_id"], past_items),
            "history_categories": as_lists(offsets, items["category"], past_items),
        }
        for index, step in enumerate(STEPS):
            columns[step] = behaviour.labels[index, rows]
            columns[f"true_{step}"] = behaviour.probabilities[index, rows]
        if has_time_gaps:
            asked = np.repeat(exposures.timestamp[rows], np.diff(offsets))
            seconds = asked - exposures.timestamp[past_rows]
            gaps = named_gaps(seconds / SECONDS_PER_MINUTE).dictionary_decode()
            columns[TIME_GAPS.name] = pa.ListArray.from_arrays(pa.array(offsets), gaps)
        chunks.append(pa.table(columns, schema=schema))
    return pa.concat_tables(chunks)


def _describe_items(catalogue: Catalogue) -> pa.RecordBatch:
    return pa.record_batch(
        {
            "item_id": _name_numbers("i", len(catalogue.category)),
            "category": pa.array(CATEGORIES).take(pa.array(catalogue.category)),
            "brand": pa.array(BRANDS).take(pa.array(catalogue.brand)),
            "title": catalogue.titles.texts,
            "price": catalogue.price,
        }
    )


def _name_numbers(prefix: str, size: int) -> pa.StringArray:
    return pa.array([f"{prefix}{number}" for number in range(size)])
