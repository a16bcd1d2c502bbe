"""The first stage of a retrieval run: its data, and what was learned of it."""

from dataclasses import dataclass

from mtl_rec.config.run import RunConfig
from mtl_rec.data import open_exposures
from mtl_rec.preprocess import Preprocessor
from mtl_rec.retrieval.features import retrieval_features
from mtl_rec.retrieval.id_features import IdFeatures, id_features
from mtl_rec.retrieval.interactions import Interactions, read_interactions
from mtl_rec.run.stages import Stage, quiet


@dataclass(frozen=True)
class PreparedRetrieval:
    """The data of a retrieval model, and what was learned of its features.

    Attributes:
        config: The run.
        interactions: What to learn from and to be judged by.
        preprocessor: Of the features that the architecture reads.
    """

    config: RunConfig
    interactions: Interactions
    preprocessor: Preprocessor

    @property
    def id_features(self) -> IdFeatures:
        """Those that the model reads."""
        evaluation = self.config.evaluation
        return id_features(
            self.preprocessor.schema.features,
            evaluation.user_column,
            evaluation.item_column,
        )


def prepare_retrieval(config: RunConfig, stage: Stage = quiet) -> PreparedRetrieval:
    """Reads what users did and learns vocabularies and statistics.

    Raises:
        ConfigError: The features do not suit the architecture.
        SchemaError: The rows contradict the config.
        ArtifactError: The data can't be read.
    """
    settings = config.retrieval
    features = retrieval_features(
        settings.architecture,
        config.features,
        config.evaluation.user_column,
        config.evaluation.item_column,
    )
    with stage("open the exposures, learn vocabularies and statistics") as progress:
        splits = open_exposures(config.data, features.columns, config.tasks, progress)
        preprocessor = Preprocessor.fit(features.read, config.tasks, splits.train)
    with stage("read who did what"):
        interactions = read_interactions(
            splits, features, settings.event_weights, settings.exclude_seen
        )
    return PreparedRetrieval(config, interactions, preprocessor)
