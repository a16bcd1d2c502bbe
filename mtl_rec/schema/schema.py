"""The narrow waist: what data, preprocessing and models agree on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from pydantic import TypeAdapter

from mtl_rec.config.candidates import candidate_of
from mtl_rec.config.encoders import MeanEncoder
from mtl_rec.config.feature_section import SIDES, Side
from mtl_rec.config.features import Feature, IdSequence, is_by_row
from mtl_rec.config.sampling import SAMPLING_OFFSET
from mtl_rec.config.tasks import Task
from mtl_rec.schema.fields import (
    Field,
    IdField,
    IdListField,
    NumberField,
    VectorField,
    Vocabulary,
)
from mtl_rec.schema.funnel import Funnel
from mtl_rec.schema.language_models import LanguageModel
from mtl_rec.schema.sampling import SamplingCorrection

FieldKind = TypeVar("FieldKind", IdField, NumberField, IdListField, VectorField)


@dataclass(frozen=True)
class LabelScale:
    """Mean and standard deviation of a regression label where it is defined."""

    mean: float
    standard_deviation: float


@dataclass(frozen=True)
class PackedInput:
    """One input tensor of the model, `(batch, width)`."""

    width: int
    dtype: str


@dataclass(frozen=True)
class Schema:
    """Features, funnel, and what was learned of their sizes.

    Attributes:
        features: As declared.
        tasks: As declared, parents first.
        vocabularies: By name of the feature that owns each.
        label_scales: By name of the regression task.
        sampling: Of data with sampled negatives.
        num_exposures: Rows of the training split; 0 where they are not known.
        vector_means: By feature of which rows have vectors, what stands for missing
            ones.
    """

    features: tuple[Feature, ...]
    tasks: tuple[Task, ...]
    vocabularies: Mapping[str, Vocabulary]
    label_scales: Mapping[str, LabelScale]
    sampling: SamplingCorrection | None = None
    num_exposures: int = 0
    vector_means: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @cached_property
    def funnel(self) -> Funnel:
        """The tasks as a forest."""
        return Funnel(self.tasks)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Every field, in the order of the features."""
        return tuple(
            field
            for feature in self.features
            for field in _fields(feature, self.features)
        )

    def owner_of(self, vocabulary: str) -> Feature:
        """The feature that a vocabulary belongs to, which says how it is made."""
        return next(f for f in self.features if f.name == vocabulary)

    def fields_of(self, kind: type[FieldKind], side: Side) -> list[FieldKind]:
        """The fields of one kind and side, in the order of their packed columns.

        By alphabet, as the columns of the served signature `packed`: a model of one
        side then need not move them.
        """
        own = [f for f in self.fields if isinstance(f, kind) and f.side == side]
        return sorted(own, key=lambda field: field.name)

    def ids_of(
        self, field: IdField | IdListField, inputs: Mapping[str, np.ndarray]
    ) -> np.ndarray:
        """The columns of packed inputs that hold a field's ids, `(rows, width)`."""
        if isinstance(field, IdListField):
            return inputs[field.name]
        place = self.fields_of(IdField, field.side).index(field)
        return inputs[f"{field.side}_ids"][:, place : place + 1]

    def numbers_of(
        self, field: NumberField, inputs: Mapping[str, np.ndarray]
    ) -> np.ndarray:
        """The column of packed inputs that holds a field's numbers, `(rows, 1)`."""
        place = self.fields_of(NumberField, field.side).index(field)
        return inputs[f"{field.side}_numbers"][:, place : place + 1]

    def number_names(self) -> dict[str, list[str]]:
        """By packed input that holds numbers, the field of every column."""
        names = {
            f"{side}_numbers": [f.name for f in self.fields_of(NumberField, side)]
            for side in SIDES
        }
        return {name: own for name, own in names.items() if own}

    def inputs(self) -> dict[str, PackedInput]:
        """The model's inputs by name; those without a column are left out.

        `sampling_offset` is there in training only: predictions do not depend on it.
        """
        inputs = {}
        for side in SIDES:
            ids = self.fields_of(IdField, side)
            numbers = self.fields_of(NumberField, side)
            inputs[f"{side}_ids"] = PackedInput(len(ids), "int32")
            inputs[f"{side}_numbers"] = PackedInput(len(numbers), "float32")
            for own in self.fields_of(IdListField, side):
                inputs[own.name] = PackedInput(own.length, "int32")
            for own in self.fields_of(VectorField, side):
                inputs[own.name] = PackedInput(own.dim, "float32")
        if self.sampling and self.sampling.varies:
            inputs[SAMPLING_OFFSET] = PackedInput(1, "float32")
        return {name: packed for name, packed in inputs.items() if packed.width}

    def to_json(self) -> str:
        """The schema as text that `from_json` reads back."""
        return json.dumps(
            {
                "features": [f.model_dump() for f in self.features],
                "tasks": [t.model_dump() for t in self.tasks],
                "vocabularies": [asdict(v) for v in self.vocabularies.values()],
                "label_scales": {n: asdict(s) for n, s in self.label_scales.items()},
                "sampling": asdict(self.sampling) if self.sampling else None,
                "num_exposures": self.num_exposures,
            }
            | ({"vector_means": self.vector_means} if self.vector_means else {}),
            indent=2,
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> "Schema":
        """The schema that `to_json` wrote."""
        values: dict[str, Any] = json.loads(text)
        return cls(
            features=TypeAdapter(tuple[Feature, ...]).validate_python(
                values["features"]
            ),
            tasks=TypeAdapter(tuple[Task, ...]).validate_python(values["tasks"]),
            vocabularies={v["name"]: _vocabulary(v) for v in values["vocabularies"]},
            label_scales={
                n: LabelScale(**s) for n, s in values["label_scales"].items()
            },
            sampling=_sampling(values.get("sampling")),
            num_exposures=values["num_exposures"],
            vector_means={
                n: tuple(mean) for n, mean in values.get("vector_means", {}).items()
            },
        )


def _vocabulary(values: dict[str, Any]) -> Vocabulary:
    model = values.get("language_model")
    restored = LanguageModel.from_plain(model) if model else None
    return Vocabulary(**{**values, "language_model": restored})


def _sampling(values: dict[str, Any] | None) -> SamplingCorrection | None:
    return SamplingCorrection(**values) if values else None


def vocabulary_name(feature: Any) -> str:
    """The feature that owns the vocabulary this one uses."""
    return getattr(feature, "shares", None) or feature.name


def _fields(feature: Feature, features: Sequence[Feature]) -> list[Field]:
    name, side = feature.name, feature.side
    vocabulary = vocabulary_name(feature)
    match feature.kind:
        case "categorical" | "hashed":
            return [IdField(name, side, vocabulary)]
        case "vector":
            if is_by_row(feature):
                return [VectorField(name, side, feature.row_dim, feature.embedding_dim)]
            return [IdField(name, side, vocabulary)]
        case "numeric":
            if feature.transform == "quantiles":
                return [IdField(name, side, vocabulary)]
            flags = [NumberField(f"{name}_is_missing", side)]
            return [NumberField(name, side), *(flags if feature.missing_flag else [])]
        case "multi_categorical":
            length, encoder = feature.max_values, MeanEncoder()
        case "sequence":
            return [_sequence_field(feature, features)]
        case "text":
            length, encoder = feature.max_tokens, feature.encoder
    return [IdListField(name, side, vocabulary, length, encoder)]


def _sequence_field(feature: IdSequence, features: Sequence[Feature]) -> IdListField:
    sequences = [f for f in features if isinstance(f, IdSequence)]
    is_led = any(feature.name in other.along for other in sequences)
    candidate = candidate_of(feature, features)
    return IdListField(
        feature.name,
        feature.side,
        vocabulary_name(feature),
        feature.max_length,
        None if is_led else feature.encoder,
        feature.along,
        candidate.name if candidate else None,
    )
