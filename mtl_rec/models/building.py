"""The one place that knows which architectures there are."""

import keras

from mtl_rec.config.model import MMoE, Model, SharedBottom, SingleTask
from mtl_rec.models.given_vectors import fill_tables
from mtl_rec.models.language_models import fill_language_models
from mtl_rec.models.mmoe import build_mmoe
from mtl_rec.models.shared_bottom import build_shared_bottom
from mtl_rec.models.single_task import build_single_task
from mtl_rec.schema.schema import Schema


def build_model(config: Model, schema: Schema) -> keras.Model:
    """A functional model from packed inputs to every task's log-probabilities.

    Args:
        config: The `model` section of a run.
        schema: Of a fitted preprocessor.

    Raises:
        ArtifactError: A file of given vectors, or a language model, can't be read, or
            has changed since the preprocessor was fitted.
        ConfigError: A language model has fewer layers than are to be trained, or
            reads fewer tokens than a text has, or the extra `text` is not installed.

    Returns:
        A model whose outputs are, by task, `(batch, 2)` = [log P, log(1 - P)] of an
        event or `(batch, 1)` of a value. `probability_model` names what is served.
    """
    model = _built(config, schema)
    fill_tables(model, schema)
    fill_language_models(model, schema)
    return model


def _built(config: Model, schema: Schema) -> keras.Model:
    width, interactions = config.embedding_dim, config.interactions
    match config.architecture:
        case SharedBottom() as architecture:
            return build_shared_bottom(architecture, schema, width, interactions)
        case MMoE() as architecture:
            return build_mmoe(architecture, schema, width, interactions)
        case SingleTask() as architecture:
            return build_single_task(architecture, schema, width, interactions)
