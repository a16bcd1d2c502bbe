"""The regularizers that a run's config asks for."""

from mtl_rec.config.feature_section import SIDES
from mtl_rec.config.features import Feature, vectors_by_text
from mtl_rec.config.regularizers import ColdStartDropout, TextAugmentation
from mtl_rec.config.training import Training
from mtl_rec.schema.feature_fields import vocabulary_name
from mtl_rec.schema.fields import IdField
from mtl_rec.schema.schema import Schema
from mtl_rec.training.regularizers.label_smoothing import LabelSmoothing
from mtl_rec.training.regularizers.regularizers import Regularizers
from mtl_rec.training.regularizers.token_noise import TokenNoise
from mtl_rec.training.regularizers.unknown_ids import UnknownIds


def build_regularizers(config: Training, schema: Schema) -> Regularizers:
    """Of which none does anything that is not asked for.

    Args:
        config: The `training` section of a run.
        schema: Says where features and tasks are in a batch.
    """
    return Regularizers(
        _unknown_ids(config.cold_start_dropout, schema),
        _token_noise(config.text_augmentation, schema),
        _label_smoothing(config.label_smoothing, schema),
        config.adversarial_norm,
    )


def _unknown_ids(config: ColdStartDropout | None, schema: Schema) -> list[UnknownIds]:
    if config is None or config.rate == 0:
        return []
    unknown = []
    for side in SIDES:
        counts = [
            schema.vocabularies[field.vocabulary].num_out_of_vocabulary
            if field.name in config.features
            else 0
            for field in schema.fields_of(IdField, side)
        ]
        if any(counts):
            unknown.append(UnknownIds(f"{side}_ids", counts, config.rate))
    return unknown


def _token_noise(config: TextAugmentation | None, schema: Schema) -> list[TokenNoise]:
    if config is None or config.dropout == config.swap == 0:
        return []
    unread = vectors_by_text(schema.features)
    return [
        TokenNoise(feature.name, config.dropout, config.swap, _ends(feature, schema))
        for feature in schema.features
        if feature.kind == "text" and feature.name not in unread
    ]


def _ends(text: Feature, schema: Schema) -> tuple[int, ...]:
    """The ids around every text that a language model reads."""
    model = schema.vocabularies[vocabulary_name(text)].language_model
    return (model.tokens.start_id, model.tokens.end_id) if model else ()


def _label_smoothing(share: float, schema: Schema) -> LabelSmoothing | None:
    events = {task.name: task for task in schema.tasks if task.kind == "binary"}
    if share == 0 or not events:
        return None
    parents = {}
    for name, task in events.items():
        parent = events.get(task.after) if task.after else None
        is_alike = parent and not (task.is_conditional or parent.is_conditional)
        parents[name] = task.after if is_alike else None
    return LabelSmoothing(share, parents)
