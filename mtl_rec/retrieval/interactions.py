"""What users did with which items, and what was known of both at the time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mtl_rec.data.events.codes import MISSING
from mtl_rec.data.exposures import ExposureStream, Splits
from mtl_rec.errors import SchemaError
from mtl_rec.retrieval.catalogue import Catalogue
from mtl_rec.retrieval.features import RetrievalFeatures
from mtl_rec.retrieval.queries import Queries, queries_of
from mtl_rec.retrieval.who_did_what import (
    TEST,
    TRAIN,
    VALIDATION,
    WhoDidWhat,
    read_who_did_what,
)
from mtl_rec.schema.raw_types import plain


@dataclass(frozen=True)
class Events:
    """Exposures in which an event happened, in the order of time.

    Attributes:
        users: `(events,)` codes of users.
        items: `(events,)` places in the catalogue.
        weights: `(events,)` float32, how much each counts.
        rows: Features of user and item as they were known then.
    """

    users: np.ndarray
    items: np.ndarray
    weights: np.ndarray
    rows: pa.Table

    def __len__(self) -> int:
        """Returns the number of events."""
        return len(self.users)

    def joined(self, later: "Events") -> "Events":
        """These events and later ones."""
        return Events(
            np.concatenate([self.users, later.users]),
            np.concatenate([self.items, later.items]),
            np.concatenate([self.weights, later.weights]),
            pa.concat_tables([self.rows, later.rows]),
        )


@dataclass(frozen=True)
class Interactions:
    """All that retrieval learns from and is judged by.

    Attributes:
        catalogue: Every item of the data.
        train: Events of the training rows.
        validation: Events of the validation rows.
        queries: By `validation` and `test`, whom to ask for.
        query_rows: By the same, what was known of each, a row a query.
        known_items: By `train` and `validation`, `(items,)` whether an item had a row
            there, with an event or without.
        cold_items: By `validation` and `test`, `(items,)` which nobody was shown, or
            did anything with, before its rows. One that was passed over is known: as
            passed over. One that was drawn as a negative is not.
        user_ids: `(users,)` text, by code.
    """

    catalogue: Catalogue
    train: Events
    validation: Events
    queries: Mapping[str, Queries]
    query_rows: Mapping[str, pa.Table]
    known_items: Mapping[str, np.ndarray]
    cold_items: Mapping[str, np.ndarray]
    user_ids: np.ndarray

    def training_counts(self) -> np.ndarray:
        """Events of each item before those that it is judged by, `(items,)`."""
        items = np.concatenate([self.train.items, self.validation.items])
        return np.bincount(items, minlength=len(self.catalogue))


def read_interactions(
    splits: Splits,
    features: RetrievalFeatures,
    event_weights: Mapping[str, float],
    exclude_seen: bool,
) -> Interactions:
    """Reads the data twice: who did what, and then the features of what matters.

    An item has the features of its newest row before the test rows, or, where it has
    none there, of its first one among them.

    Args:
        splits: Opened with `features.columns`.
        features: Names the columns of the ids.
        event_weights: By event, how much it counts; without any, each event counts 1.
        exclude_seen: Whether items that a user had an event with before are none that
            a query should find.

    Raises:
        SchemaError: A part has no row with an event, or no row has an item or a user.
        ArtifactError: A file is damaged.
    """
    log = read_who_did_what(
        splits.train, features.user_column, features.item_column, event_weights
    )
    is_event = log.weights > 0
    events = {
        name: _in_order(log, np.flatnonzero(is_event & (log.parts == part)))
        for name, part in (("train", TRAIN), ("validation", VALIDATION))
    }
    queries = {
        name: queries_of(log, part, exclude_seen)
        for name, part in (("validation", VALIDATION), ("test", TEST))
    }
    for name, found in {**events, **queries}.items():
        if not len(found):
            raise SchemaError(
                f"The {name} split must have rows in which an event happened. "
                f"Received: none of {sorted(event_weights) or 'any'}."
            )
    wanted = {"catalogue": _rows_of_items(log), **events}
    wanted |= {f"{name} queries": own.row_numbers for name, own in queries.items()}
    tables = _read_rows(splits.train, wanted)
    read = [feature.name for feature in features.read]
    of_items = [feature.name for feature in features.of_items]
    num_items = len(log.item_ids)
    train, validation = (
        Events(
            log.users[rows],
            log.items[rows],
            log.weights[rows],
            tables[name].select(read),
        )
        for name, rows in events.items()
    )
    return Interactions(
        Catalogue(log.item_ids, tables["catalogue"].select(of_items)),
        train,
        validation,
        queries,
        {name: tables[f"{name} queries"].select(read) for name in queries},
        {
            name: np.bincount(log.items[log.parts == part], minlength=num_items) > 0
            for name, part in (("train", TRAIN), ("validation", VALIDATION))
        },
        {
            name: _cold_items(log, before)
            for name, before in (("validation", [TRAIN]), ("test", [TRAIN, VALIDATION]))
        },
        log.user_ids,
    )


def _in_order(log: WhoDidWhat, rows: np.ndarray) -> np.ndarray:
    return rows[np.argsort(log.times[rows], kind="stable")]


def _cold_items(log: WhoDidWhat, before: Sequence[int]) -> np.ndarray:
    was_shown = np.isin(log.parts, before) & ~log.is_sampled
    return np.bincount(log.items[was_shown], minlength=len(log.item_ids)) == 0


def _rows_of_items(log: WhoDidWhat) -> np.ndarray:
    """The row that each item's features are taken from, `(items,)`."""
    rows = np.flatnonzero(log.items != MISSING)
    # Rows that are left out may be as late as those for testing.
    is_late = ~np.isin(log.parts[rows], [TRAIN, VALIDATION])
    # The last of each item: the newest of early rows, or else the first of late ones.
    age = np.where(is_late, -log.times[rows], log.times[rows])
    order = np.lexsort((age, ~is_late, log.items[rows]))
    last = np.flatnonzero(np.diff(log.items[rows][order], append=-1))
    return rows[order[last]]


def _read_rows(
    stream: ExposureStream, wanted: Mapping[str, np.ndarray]
) -> dict[str, pa.Table]:
    """The features of some rows of the data, in the order of their numbers."""
    numbers = np.unique(np.concatenate(list(wanted.values())))
    kept: list[pa.Table] = []
    for batch, _, first_row in stream.batches(stream.columns()):
        span = np.searchsorted(numbers, [first_row, first_row + batch.num_rows])
        own = numbers[slice(*span)] - first_row
        if len(own):
            kept.append(plain(stream.typed(batch.take(pa.array(own)))))
    table = pa.concat_tables(kept)
    return {
        name: table.take(pa.array(np.searchsorted(numbers, rows)))
        for name, rows in wanted.items()
    }
