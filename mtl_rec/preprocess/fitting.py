"""Learn from the training split what the preprocessor needs to know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import tensorflow as tf

from mtl_rec.config.features import (
    Feature,
    Hashed,
    IdSequence,
    LearnedVocabulary,
    MultiCategorical,
    Numeric,
    Text,
    Vector,
    is_by_row,
    is_learned,
    language_model_of,
    vectors_by_text,
)
from mtl_rec.config.tasks import Task
from mtl_rec.errors import SchemaError
from mtl_rec.preprocess.fallback_encoders import require_one_encoder
from mtl_rec.preprocess.learning import Moments, Quantiles, ValueCounts, VectorMean
from mtl_rec.preprocess.lists import kept_elements
from mtl_rec.preprocess.numbers import log_transform
from mtl_rec.preprocess.pieces import Pieces, pieces_of
from mtl_rec.preprocess.sampling import SamplingRates, sampled_alike
from mtl_rec.preprocess.strings import as_bytes, counted
from mtl_rec.preprocess.text import tokenise
from mtl_rec.pretrained.language_model import LoadedModel, load_language_model
from mtl_rec.schema.feature_fields import vocabulary_name
from mtl_rec.schema.fields import Vocabulary
from mtl_rec.schema.given_vectors import GivenVectors, read_vectors
from mtl_rec.schema.number_statistics import NumberStatistics
from mtl_rec.schema.sampling import SamplingCorrection
from mtl_rec.schema.schema import LabelScale, Schema
from mtl_rec.schema.vector_values import vector_rows


@dataclass(frozen=True)
class Learned:
    """What the training split said.

    Attributes:
        values: Known values of every vocabulary that has any, in order of their ids.
        vectors: Those of every feature whose vectors are known of ids.
        vector_means: Of every feature of which rows have vectors.
        language_models: Of every text that has one of its own.
        numbers: Statistics of every numeric feature.
        label_scales: Scale of every regression label.
        sampling: What sampled negatives change; None without them.
        num_exposures: Rows.
    """

    values: dict[str, list[bytes]]
    vectors: dict[str, GivenVectors]
    vector_means: dict[str, tuple[float, ...]]
    language_models: dict[str, LoadedModel]
    numbers: dict[str, NumberStatistics]
    label_scales: dict[str, LabelScale]
    sampling: SamplingCorrection | None
    num_exposures: int


def learn(
    features: Sequence[Feature], tasks: Sequence[Task], chunks: Iterable[pa.Table]
) -> Learned:
    """One pass over canonical tables of the training split.

    Raises:
        SchemaError: There are no rows, or what they say of how they were sampled does
            not fit together.
        ArtifactError: The vectors, or the language model, of a feature can't be read,
            or a text that stands in for vectors has another encoder than these.
        ConfigError: A text needs the extra `text`, which is not installed.
    """
    by_id = (f for f in features if isinstance(f, Vector))
    vectors = {f.name: read_vectors(f.path) for f in by_id if f.path}
    means = {f.name: VectorMean() for f in features if is_by_row(f)}
    language_models = {
        f.name: load_language_model(own.source)
        for f in features
        if (own := language_model_of(f)) and vocabulary_name(f) == f.name
    }
    require_one_encoder(features, vectors, language_models)
    owners = [f for f in features if is_learned(f)]
    numeric = [f for f in features if isinstance(f, Numeric)]
    valued = [task for task in tasks if task.kind == "regression"]
    counts = {feature.name: ValueCounts() for feature in owners}
    pieces = {f.name: pieces_of(f.tokens) for f in owners if isinstance(f, Text)}
    numbers = {feature.name: _number_learner(feature) for feature in numeric}
    scales = {task.name: Moments() for task in valued}
    rates = SamplingRates(tasks)
    num_rows = 0
    for chunk in sampled_alike(chunks):
        num_rows += len(chunk)
        for feature in owners:
            values = chunk[feature.name].combine_chunks()
            _count(counts[feature.name], feature, values, pieces.get(feature.name))
        for feature in numeric:
            numbers[feature.name].add(_defined_numbers(feature, chunk))
        for name, mean in means.items():
            mean.add(vector_rows(chunk[name].combine_chunks()))
        for task in valued:
            scales[task.name].add(_defined_labels(task, chunk))
        rates.add(chunk)
    if not num_rows:
        raise SchemaError("The training split must have rows. Received: none.")
    values = {}
    for feature in features:
        if feature.name in vectors:
            ids = vectors[feature.name].ids
            values[feature.name] = ids.cast(pa.binary()).to_pylist()
        elif is_learned(feature):
            values[feature.name] = counts[feature.name].most_frequent(
                feature.min_count, feature.max_size
            )
    return Learned(
        values,
        vectors,
        {name: mean.mean() for name, mean in means.items()},
        language_models,
        {name: learner.statistics() for name, learner in numbers.items()},
        {name: _label_scale(learner) for name, learner in scales.items()},
        rates.correction(),
        num_rows,
    )


def fitted_schema(
    features: Sequence[Feature], tasks: Sequence[Task], learned: Learned
) -> Schema:
    """The declared features with the sizes that were learned."""
    vocabularies: dict[str, Vocabulary] = {}
    for feature in features:
        vector_dim, fingerprint, about = None, None, None
        match feature:
            case Numeric(transform="quantiles"):
                boundaries = learned.numbers[feature.name].boundaries
                sizes = (1, len(boundaries) + 1)
            case (
                Hashed(shares=None, num_buckets=int(buckets))
                | Text(shares=None, num_buckets=int(buckets))
            ):
                sizes = (buckets, 0)
            case Vector(path=str()):
                own = learned.vectors[feature.name]
                sizes = (1, len(own.ids))
                vector_dim, fingerprint = own.dim, own.fingerprint()
            case Text(shares=None) if feature.name in learned.language_models:
                about = learned.language_models[feature.name].about
                sizes = (0, about.bert.num_pieces - 1)
            case LearnedVocabulary(shares=None):
                sizes = (feature.oov_buckets, len(learned.values[feature.name]))
            case _:
                continue
        vocabularies[feature.name] = Vocabulary(
            feature.name,
            *sizes,
            feature.embedding_dim,
            vector_dim,
            fingerprint,
            about,
        )
    return Schema(
        tuple(features),
        tuple(tasks),
        vocabularies,
        learned.label_scales,
        learned.sampling,
        learned.num_exposures,
        learned.vector_means,
        {n: learned.language_models[n].max_tokens for n in vectors_by_text(features)},
    )


def _number_learner(feature: Numeric) -> Moments | Quantiles:
    return Quantiles(feature.num_buckets) if feature.num_buckets else Moments()


def _count(
    counts: ValueCounts,
    feature: LearnedVocabulary,
    values: pa.Array,
    pieces: Pieces | None,
) -> None:
    """Counts what is used of each row: the rest would never train its embedding."""
    match feature:
        case Text():
            _count_tokens(counts, feature, values, pieces)
        case MultiCategorical() | IdSequence():
            kept, _ = kept_elements(values, feature)
            counts.add(*counted(values.flatten().filter(pa.array(kept))))
        case _:
            counts.add(*counted(values))


def _count_tokens(
    counts: ValueCounts, feature: Text, texts: pa.Array, pieces: Pieces | None
) -> None:
    """Tokens of the distinct texts, each as often as its text occurs."""
    distinct, repeats = counted(texts)
    values = tf.constant(as_bytes(distinct), tf.string)
    limits = feature.max_bytes, feature.max_tokens
    tokens = tokenise(values, *limits, feature.tokens, pieces).numpy()
    repeats = np.broadcast_to(repeats[:, np.newaxis], tokens.shape)
    known = tokens != b""
    counts.add(pa.array(tokens[known], pa.binary()), repeats[known])


def _defined_numbers(feature: Numeric, chunk: pa.Table) -> np.ndarray:
    numbers = chunk[feature.name].to_numpy()
    numbers = numbers[np.isfinite(numbers)]
    match feature.transform:
        case "quantiles":
            return numbers
        case "standard":
            return numbers.astype(np.float64)
        case "log":
            return log_transform(numbers.astype(np.float64))


def _defined_labels(task: Task, chunk: pa.Table) -> np.ndarray:
    labels = chunk[task.name].to_numpy().astype(np.float64)
    if task.after:
        labels = labels[chunk[task.after].to_numpy() > 0]
    return labels[np.isfinite(labels)]


def _label_scale(labels: Moments) -> LabelScale:
    statistics = labels.statistics()
    return LabelScale(statistics.mean, statistics.standard_deviation)
