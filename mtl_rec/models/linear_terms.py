"""What every value says of a task by itself: a logistic regression."""

from collections.abc import Mapping

import keras
from keras import ops

from mtl_rec.models.fields import joined
from mtl_rec.models.inputs import is_small
from mtl_rec.models.layer_names import linear_numbers_name, linear_table_name
from mtl_rec.models.layers.request_rows import RequestRows
from mtl_rec.models.table_columns import FIELD_GROUPS
from mtl_rec.models.table_reads import read_table
from mtl_rec.schema.fields import IdField, Vocabulary
from mtl_rec.schema.schema import Schema


def linear_tables(schema: Schema) -> dict[bool, list[Vocabulary]]:
    """Vocabularies whose linear weights are one table, by whether they are small."""
    used = {f.vocabulary for f in schema.fields if isinstance(f, IdField)}
    tables: dict[bool, list[Vocabulary]] = {}
    for name, vocabulary in schema.vocabularies.items():
        # Given vectors stand beside an id, whose weight would be theirs again.
        if name in used and vocabulary.vector_dim is None:
            tables.setdefault(is_small(vocabulary), []).append(vocabulary)
    return tables


def linear_terms(
    inputs: Mapping[str, keras.KerasTensor],
    schema: Schema,
    num_tasks: int,
    network: str = "",
) -> keras.KerasTensor | None:
    """The sum of a weight for each single id and number, for each task.

    Embeddings are shared, and the rarest event, of which a network learns least, has to
    find its own main effects in what the frequent ones made of them. Weights of its
    own, pulled towards 0 as all are, give it what a logistic regression has. Those of
    words and histories, which are many, gave nothing more.

    Reference: Cheng et al., "Wide & Deep Learning for Recommender Systems", DLRS 2016,
    section 3, without crossed features.

    Args:
        inputs: From `packed_inputs`.
        schema: What the columns mean.
        num_tasks: For how many tasks.
        network: As `embed_fields` has it.

    Returns:
        `(batch, num_tasks)`, to be added to the logits; None where all are lists.
    """
    terms: dict[bool, list[keras.KerasTensor]] = {True: [], False: []}
    for of_small, vocabularies in linear_tables(schema).items():
        name = linear_table_name(of_small, network)
        for reads in read_table(
            inputs,
            schema,
            vocabularies,
            num_tasks,
            name,
            takes_lists=False,
            is_shown=False,
        ):
            terms[reads.is_by_request].append(ops.sum(reads.singles, axis=1))
    for is_by_request, sides in FIELD_GROUPS.items():
        names = [f"{side}_numbers" for side in sides]
        if numbers := [inputs[name] for name in names if name in inputs]:
            dense = keras.layers.Dense(
                num_tasks,
                use_bias=False,
                kernel_initializer="zeros",
                name=linear_numbers_name(is_by_request, network),
            )
            terms[is_by_request].append(dense(joined(numbers)))
    sums = {
        group: own[0] if len(own) == 1 else keras.layers.Add()(own)
        for group, own in terms.items()
        if own
    }
    if True not in sums:
        return sums.get(False)
    return RequestRows()(sums[True], *([sums[False]] if False in sums else []))
