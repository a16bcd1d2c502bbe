"""Models of one data set that differ in how the item's text is read alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from contenders.datasets import PARTS, DataSet, open_data_set
from contenders.scored import raw_column

IDS, BAG, FROZEN, LORA = "ids only", "bag", "frozen", "lora"
ENCODERS: dict[str, dict[str, Any]] = {
    BAG: {"kind": "bag"},
    "cnn": {"kind": "cnn"},
    "gru": {"kind": "gru"},
    "transformer": {"kind": "transformer"},
}
"""By row of the table, the `encoder` of the text; all with its defaults."""
VARIANTS = (IDS, *ENCODERS, FROZEN)
FEW_VARIANTS = (IDS, BAG, FROZEN, LORA)
"""Those that learn from few rows too, as a language model that is trained must."""

ITEM = "item_id"
DROPPED = "training.cold_start_dropout={features: [item_id], rate: 0.2}"
OFTEN_DROPPED = "training.cold_start_dropout={features: [item_id], rate: 0.5}"
CANDIDATES = ((), (DROPPED,), (OFTEN_DROPPED,))
"""Settings that every row of the table is tried with on the first seed."""


@dataclass(frozen=True)
class Case:
    """A shipped config whose item has a text.

    Attributes:
        config: Its name.
        text: The feature.
        overrides: What is set in the config.
        seed_setting: What else of the data the seed decides, besides the training.
    """

    config: str
    text: str
    overrides: tuple[str, ...] = ()
    seed_setting: str | None = None

    def opened(
        self, seed: int, variant: str, model: Path | None, vectors: Path | None
    ) -> DataSet:
        """The rows as one model reads them.

        Args:
            seed: Decides the data where they are simulated.
            variant: How the text is read.
            model: Folder of a pretrained one.
            vectors: File of its vectors of all items.
        """
        own = () if self.seed_setting is None else (f"{self.seed_setting}={seed}",)

        def change(config: Any) -> Any:
            features = [feature.model_dump() for feature in config.features]
            kept = [
                changed
                for feature in features
                for changed in (
                    [feature]
                    if feature["name"] != self.text
                    else read_by(variant, feature, model, vectors)
                )
            ]
            settings = {**config.model_dump(), "features": kept}
            return type(config).model_validate(settings)

        return open_data_set(self.config, (*self.overrides, *own), change)


def read_by(
    variant: str, text: Mapping[str, Any], model: Path | None, vectors: Path | None
) -> list[dict[str, Any]]:
    """The features in place of a text."""
    if variant == IDS:
        return []
    if variant == FROZEN:
        own = {"kind": "vector", "name": f"{text['name']}_vector", "side": "item"}
        return [{**own, "column": ITEM, "path": str(vectors)}]
    encoder = ENCODERS.get(variant)
    if variant == LORA:
        encoder = {"kind": "pretrained", "source": str(model), "mode": {"kind": "lora"}}
    return [{**text, "encoder": encoder}]


def texts_of_items(case: Case, data_set: DataSet) -> dict[str, str]:
    """The text of every item of a log, by id."""
    texts: dict[str, str] = {}
    for part in PARTS:
        columns = [raw_column(data_set, name, part) for name in (ITEM, case.text)]
        texts |= dict(zip(*columns, strict=True))
    return {item: text or "" for item, text in texts.items()}


def training_counts(data_set: DataSet, part: str) -> np.ndarray:
    """Rows in training of the item of each row, `(rows,)`."""
    items, counts = np.unique(
        raw_column(data_set, ITEM, "train").astype(str), return_counts=True
    )
    own = raw_column(data_set, ITEM, part).astype(str)
    places = np.minimum(np.searchsorted(items, own), len(items) - 1)
    return np.where(items[places] == own, counts[places], 0)


def some_rows(encoded: Any, rows: np.ndarray) -> Any:
    """Some rows of a part."""
    arrays = {name: array[rows] for name, array in encoded.arrays().items()}
    return replace(encoded.from_arrays(encoded.schema, arrays), counts=None)
