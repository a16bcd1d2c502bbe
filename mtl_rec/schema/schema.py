"""The narrow waist: what data, preprocessing and models agree on."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from pydantic import TypeAdapter

from mtl_rec.config.feature_section import SIDES, Side
from mtl_rec.config.features import Feature, Text, vectors_by_text
from mtl_rec.config.sampling import SAMPLING_OFFSET
from mtl_rec.config.tasks import Task
from mtl_rec.schema.feature_fields import fields_of_feature
from mtl_rec.schema.fields import (
    FallbackText,
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
    """One input tensor of the model, `(batch, width)`.

    Attributes:
        is_optional: Whether encoded rows may leave it out, all of which then have
            padding there.
    """

    width: int
    dtype: str
    is_optional: bool = False


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
        text_lengths: By text that stands in for vectors, pieces that its language model
            reads at most.
    """

    features: tuple[Feature, ...]
    tasks: tuple[Task, ...]
    vocabularies: Mapping[str, Vocabulary]
    label_scales: Mapping[str, LabelScale]
    sampling: SamplingCorrection | None = None
    num_exposures: int = 0
    vector_means: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    text_lengths: Mapping[str, int] = field(default_factory=dict)

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
            for field in fields_of_feature(feature, self.features)
        )

    @cached_property
    def fallback_texts(self) -> tuple[FallbackText, ...]:
        """Texts that stand in for vectors, in the order of the features."""
        vectors, lengths = vectors_by_text(self.features), self.text_lengths
        return tuple(
            FallbackText(f.name, f.side, vectors[f.name].name, lengths[f.name])
            for f in self.features
            if isinstance(f, Text) and f.name in vectors
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
        for own in self.fallback_texts:
            inputs[own.name] = PackedInput(own.length, "int32", is_optional=True)
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
            | ({"vector_means": self.vector_means} if self.vector_means else {})
            | ({"text_lengths": self.text_lengths} if self.text_lengths else {}),
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
            text_lengths=values.get("text_lengths", {}),
        )


def _vocabulary(values: dict[str, Any]) -> Vocabulary:
    model = values.get("language_model")
    restored = LanguageModel.from_plain(model) if model else None
    return Vocabulary(**{**values, "language_model": restored})


def _sampling(values: dict[str, Any] | None) -> SamplingCorrection | None:
    return SamplingCorrection(**values) if values else None
