"""Blocks of the weights that meet fields: embeddings and first kernels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mtl_rec.config.feature_section import SIDES
from mtl_rec.config.features import Numeric, Text, is_hashed
from mtl_rec.config.tokens import (
    Characters,
    SentencePieces,
    WordPieces,
    Words,
    WordsAndCharacters,
)
from mtl_rec.models.blocks import (
    BIAS,
    EMBEDDING,
    FIRST_LAYER,
    GATE,
    GIVEN,
    KERNEL,
    PROJECTION,
    Block,
    BlockKey,
    Part,
    whole,
)
from mtl_rec.models.given_vectors import projection_name
from mtl_rec.models.inputs import embedding_tables, table_name
from mtl_rec.models.placed_fields import (
    EmbeddedField,
    FieldProduct,
    PairSum,
    PlacedField,
    SideOrder,
)
from mtl_rec.models.table_reads import rows_by_vocabulary
from mtl_rec.schema.fields import NumberField, VectorField
from mtl_rec.schema.schema import Schema


@dataclass(frozen=True)
class FirstUnits:
    """Units of a first layer that belong together.

    Attributes:
        start: Where they begin.
        stop: Where they end.
        meaning: What they are.
        gate_of: The task whose gate they are, if they are one.
        network: Of whose first layer they are, as `embed_fields` has it.
    """

    start: int
    stop: int
    meaning: str
    gate_of: str | None = None
    network: str = ""

    @property
    def region(self) -> slice:
        """On the last axis of the kernels, and in the bias."""
        return slice(self.start, self.stop)

    def kernel_key(self, field_name: str) -> BlockKey:
        """Of what multiplies a field."""
        if self.gate_of:
            return BlockKey(Part(GATE, self.gate_of), f"kernel of '{field_name}'")
        return BlockKey(Part(FIRST_LAYER, field_name), of_network(KERNEL, self.network))

    @property
    def bias_key(self) -> BlockKey:
        """Of what is added at last."""
        if self.gate_of:
            return BlockKey(Part(GATE, self.gate_of), BIAS)
        # No field has such a name.
        return BlockKey(Part(FIRST_LAYER, f"({BIAS})"), of_network(BIAS, self.network))


def of_network(detail: str, network: str) -> str:
    """A detail of a block where several networks have one, `kernel of click`."""
    return f"{detail} of {network}" if network else detail


def embedding_blocks(
    schema: Schema, embedding_dim: int, network: str = ""
) -> Iterator[Block]:
    """One block for the rows of every vocabulary that a network trains."""
    for key, own in embedding_tables(schema, embedding_dim).items():
        width = key.width
        if key.vectors_of:
            dim = own[0].vector_dim or 0
            yield _projection_block(key.vectors_of, dim, width, network)
            continue
        for name, (first, num_rows) in rows_by_vocabulary(own).items():
            yield Block(
                BlockKey(Part(EMBEDDING, name), of_network("rows", network)),
                f"{table_name(key, network)}/table",
                (slice(first, first + num_rows), slice(0, width)),
                (f"{ids_meaning(schema, name)} of width {width}",),
            )
    for side in SIDES:
        for field in schema.fields_of(VectorField, side):
            width = field.embedding_dim or embedding_dim
            yield _projection_block(field.name, field.dim, width, network)


def _projection_block(name: str, dim: int, width: int, network: str) -> Block:
    return Block(
        BlockKey(Part(PROJECTION, name), of_network(KERNEL, network)),
        f"{projection_name(name, network)}/{KERNEL}",
        whole(width, dim),
        (f"vectors of '{name}' of width {dim}", f"width {width}"),
    )


def given_blocks(schema: Schema, embedding_dim: int) -> Iterator[Block]:
    """One block for every table of vectors that are given, alike for all networks."""
    for key, own in embedding_tables(schema, embedding_dim).items():
        if key.vectors_of:
            shape = own[0].num_ids, own[0].vector_dim or 0
            yield Block(
                BlockKey(Part(GIVEN, key.vectors_of), "rows"),
                f"{table_name(key)}/table",
                whole(*shape),
                (f"vectors of '{key.vectors_of}'",),
            )


def first_layer_blocks(
    schema: Schema, orders: Sequence[SideOrder], name: str, units: Sequence[FirstUnits]
) -> Iterator[Block]:
    """Those of `EmbeddedFields.linear`.

    Args:
        schema: Has the fields.
        orders: The order of the fields.
        name: As there.
        units: All units of the layer.
    """
    for order in orders:
        prefix = f"{name}_user" if order.is_by_request else name
        for number, columns in enumerate(order.small):
            for column, placed in enumerate(columns):
                rows = (slice(column, column + 1), slice(0, placed.width))
                path = f"{prefix}_fields_{number}/{KERNEL}"
                yield from _kernel_blocks(schema, placed, path, rows, units)
        for placed, rows in placed_rows(order.others):
            path = f"{prefix}_dense/{KERNEL}"
            yield from _kernel_blocks(schema, placed, path, (rows,), units)
    for own in units:
        path = f"{name}_bias/{BIAS}"
        yield Block(own.bias_key, path, (own.region,), (own.meaning,))


def placed_rows(
    placed_fields: Sequence[PlacedField],
) -> Iterator[tuple[PlacedField, slice]]:
    """The rows of a kernel that multiply each of the fields side by side."""
    start = 0
    for placed in placed_fields:
        yield placed, slice(start, start + placed.width)
        start += placed.width


def field_meaning(schema: Schema, placed: PlacedField) -> str:
    """What of a field a kernel multiplies."""
    if isinstance(placed.field, FieldProduct):
        pair = (placed.field.one, placed.field.other)
        one, other = (_embedded_meaning(schema, field) for field in pair)
        return f"product of {one} and {other}"
    if isinstance(placed.field, PairSum):
        return f"products of pairs of width {placed.width}"
    if not isinstance(placed.field, NumberField):
        meaning = _embedded_meaning(schema, placed.field)
        return " ".join([f"{meaning} of width {placed.width}", placed.became]).rstrip()
    transforms = {
        f.name: f.transform for f in schema.features if isinstance(f, Numeric)
    }
    transform = transforms.get(placed.field.name)
    return f"a number, {transform}" if transform else "whether a number is missing"


def number_of(schema: Schema, placed: PlacedField) -> str | None:
    """The numeric feature that a field is, where it is standardised."""
    name = placed.field.name
    is_number = isinstance(placed.field, NumberField)
    return name if is_number and name in _numeric_features(schema) else None


def _embedded_meaning(schema: Schema, field: EmbeddedField) -> str:
    if isinstance(field, VectorField):
        return f"vectors of '{field.name}'"
    return ids_meaning(schema, field.vocabulary)


def ids_meaning(schema: Schema, vocabulary: str) -> str:
    """Whose ids, and how values become ids."""
    owner = schema.owner_of(vocabulary)
    if isinstance(owner, Numeric):
        how = "buckets"
    else:
        how = "hashes" if is_hashed(owner) else "values"
    cut = _cut(owner) if isinstance(owner, Text) else ""
    return f"{how} of '{vocabulary}'{cut}"


def _cut(text: Text) -> str:
    """The tokens of a text, where they are not just its words."""
    if text.language_model:
        return " by a language model"
    match tokens := text.tokens:
        case Words():
            return ""
        case Characters():
            return " by character"
        case WordsAndCharacters():
            return f" with n-grams of {tokens.min_n} to {tokens.max_n} characters"
        case WordPieces() | SentencePieces():
            return f" by {tokens.kind}"


def _numeric_features(schema: Schema) -> dict[str, Numeric]:
    return {f.name: f for f in schema.features if isinstance(f, Numeric)}


def _kernel_blocks(
    schema: Schema,
    placed: PlacedField,
    path: str,
    rows: tuple[slice, ...],
    units: Sequence[FirstUnits],
) -> Iterator[Block]:
    for own in units:
        yield Block(
            own.kernel_key(placed.field.name),
            path,
            (*rows, own.region),
            (field_meaning(schema, placed), own.meaning),
            number_of(schema, placed),
            own.bias_key,
        )
