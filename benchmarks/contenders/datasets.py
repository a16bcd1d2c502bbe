"""The data sets, each encoded once by our preprocessor for all contenders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONFIGS = Path(__file__).parents[2] / "configs"
DATA_SETS = ("quickstart", "census_income", "taobao_userbehavior", "complete_journey")
PARTS = ("train", "validation", "test")

QUICK = {"quickstart": ("data.source.num_exposures=20000", "training.epochs=2")}
"""By data set of a smoke test, what is set in its config."""


@dataclass(frozen=True)
class DataSet:
    """One config's rows as contenders see them.

    Attributes:
        name: Of the config.
        overrides: Settings that replace the config's.
        config: The `RunConfig`; its model and training are shipped defaults.
        splits: The raw rows, by part.
        preprocessor: Fitted on the training part.
        encoded: By part, `EncodedExposures`.
    """

    name: str
    overrides: tuple[str, ...]
    config: Any
    splits: Any
    preprocessor: Any
    encoded: Mapping[str, Any]

    @property
    def schema(self) -> Any:
        return self.preprocessor.schema

    def with_architecture(self, kind: str) -> Any:
        """The config with another architecture.

        `single_task` is the config's twin. Others are as `--set` gives them: settings
        of the config that the other architecture also has are kept.
        """
        from mtl_rec.config import load_config

        if kind == "single_task":
            from mtl_rec.config.twins import single_task_twin

            return single_task_twin(self.config)
        kinds = f"model.architecture.kind={kind}"
        return load_config(CONFIGS / f"{self.name}.yaml", [*self.overrides, kinds])


def open_data_set(
    name: str,
    overrides: tuple[str, ...] = (),
    change: Callable[[Any], Any] = lambda config: config,
) -> DataSet:
    """Reads, splits and encodes one data set.

    Args:
        name: Of its config.
        overrides: Settings that replace the config's.
        change: What else becomes of the config.
    """
    from mtl_rec.config import load_config
    from mtl_rec.data import open_exposures
    from mtl_rec.preprocess import Preprocessor

    config = change(load_config(CONFIGS / f"{name}.yaml", overrides))
    splits = open_exposures(config.data, config.features, config.tasks)
    preprocessor = Preprocessor.fit(config.features, config.tasks, splits.train)
    encoded = {part: preprocessor.encode(getattr(splits, part)) for part in PARTS}
    return DataSet(name, tuple(overrides), config, splits, preprocessor, encoded)
