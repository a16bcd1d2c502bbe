"""From the embedded ids of lists to one vector of each."""

from collections.abc import Mapping

import keras
from keras import ops

from mtl_rec.config.pretrained import Pretrained
from mtl_rec.models.encoders.choosing import encoder_layer
from mtl_rec.models.encoders.joined_steps import JoinedSteps
from mtl_rec.models.fields import flattened
from mtl_rec.models.layer_names import layer_name
from mtl_rec.models.layers.request_rows import RequestRows
from mtl_rec.models.table_columns import TableColumns
from mtl_rec.schema.fields import IdListField
from mtl_rec.schema.schema import Schema


class EmbeddedLists:
    """The steps of all lists, and the item's vectors that some are compared with.

    Args:
        inputs: From `packed_inputs`.
        schema: Has the fields.
        network: As `embed_fields` has it.
    """

    def __init__(
        self, inputs: Mapping[str, keras.KerasTensor], schema: Schema, network: str
    ) -> None:
        self._inputs, self._network = inputs, network
        self._candidates = {
            field.name: field.candidate
            for field in schema.fields
            if isinstance(field, IdListField)
        }
        self._columns: dict[str, keras.KerasTensor] = {}

    def add(self, columns: TableColumns, embedded: keras.KerasTensor) -> None:
        """Takes what a table gave, `(batch, columns, width)`."""
        for field, place in columns.places():
            self._columns[field.name] = embedded[:, place]

    def encoded(self, field: IdListField) -> keras.KerasTensor:
        """The vector of a list, `(batch, width)`.

        A row for each exposure where the candidate is seen, else as the ids have them.
        """
        assert field.encoder is not None
        assert not isinstance(field.encoder, Pretrained)
        name = layer_name(field.name, self._network)
        layer = encoder_layer(field.encoder, name)
        steps, ids = self._columns[field.name], self._inputs[field.name]
        join = None
        if field.along:
            others = {other: self._columns[other] for other in field.along}
            widths = {other: steps.shape[-1] for other, steps in others.items()}
            join = JoinedSteps(widths, name=f"{name}_along")
            steps = join(steps, others)
        if not field.sees_candidate:
            return layer(steps, ids)
        if field.side == "user":
            _, length, width = steps.shape
            by_exposure = RequestRows()(flattened(steps))
            steps = ops.reshape(by_exposure, (-1, length, width))
            ids = RequestRows()(ids)
        return layer(steps, ids, self._candidate(field, join))

    def _candidate(
        self, field: IdListField, join: JoinedSteps | None
    ) -> keras.KerasTensor:
        """What the steps are compared with, joined as they are."""
        candidates = {
            name: self._columns[candidate][:, 0]
            for name in (field.name, *field.along)
            if (candidate := self._candidates[name]) is not None
        }
        own = candidates.pop(field.name)
        return join(own, candidates) if join and candidates else own
