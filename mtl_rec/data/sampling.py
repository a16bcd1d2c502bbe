"""Which rows were sampled, as the columns of the data or its config say it."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mtl_rec.config.data import Source, Table
from mtl_rec.config.sampling import IS_SAMPLED, LOG_SAMPLING_RATE, SAMPLING_COLUMNS
from mtl_rec.config.tasks import Task
from mtl_rec.data.sources import RawRows
from mtl_rec.errors import SchemaError
from mtl_rec.schema.rows import says_how_sampled
from mtl_rec.schema.sampling import require_first_event


def require_clear_sampling(
    source: Source, rows: RawRows, tasks: Sequence[Task]
) -> None:
    """Refuses data that says in part, or twice, how it was sampled.

    Args:
        source: Where the rows are from.
        rows: The rows.
        tasks: The funnel.

    Raises:
        SchemaError: It does, or its negatives are not those of one event.
    """
    says_how = {p: says_how_sampled(names) for p, names in rows.headers.items()}
    if len(set(says_how.values())) > 1:
        without = next(place for place, says in says_how.items() if not says)
        raise SchemaError(
            f"All files must have the columns {list(SAMPLING_COLUMNS)}, or none. "
            f"Received: '{without}' without them, others with them."
        )
    if _kept_negatives(source) is None:
        return
    require_first_event(tasks)
    if any(says_how.values()):
        raise SchemaError(
            "`data.source.kept_negatives` must not be given for rows that say "
            f"themselves how they were sampled. Received: '{next(iter(says_how))}' "
            f"with the columns {list(SAMPLING_COLUMNS)}. Remove the setting."
        )


def sampling_columns(rows: RawRows) -> tuple[str, ...]:
    """The columns that say how rows were sampled, if the data has them."""
    headers = rows.headers.values()
    return SAMPLING_COLUMNS if all(map(says_how_sampled, headers)) else ()


def marked_if_thinned(
    rows: pa.Table, source: Source, tasks: Sequence[Task]
) -> pa.Table:
    """Canonical rows; those of a thinned table say that their negatives were sampled.

    Args:
        rows: From the source.
        source: Says whether it was thinned.
        tasks: The funnel.
    """
    kept = _kept_negatives(source)
    if kept is None:
        return rows
    is_sampled = pc.equal(rows[require_first_event(tasks).name], 0)
    log_rates = pa.array(np.full(len(rows), np.log(kept)))
    rows = rows.append_column(IS_SAMPLED, is_sampled)
    return rows.append_column(LOG_SAMPLING_RATE, log_rates)


def _kept_negatives(source: Source) -> float | None:
    return source.kept_negatives if isinstance(source, Table) else None
