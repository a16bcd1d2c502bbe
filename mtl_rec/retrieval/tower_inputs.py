"""What towers read of a run's data, encoded once."""

from dataclasses import dataclass

import pyarrow as pa

from mtl_rec.preprocess import Preprocessor
from mtl_rec.retrieval.encoded_events import EncodedEvents
from mtl_rec.retrieval.encoding import Inputs, encode_side
from mtl_rec.retrieval.id_factors import item_ids_alone, user_ids_alone
from mtl_rec.retrieval.id_features import IdFeatures
from mtl_rec.retrieval.id_fields import with_prior_ids
from mtl_rec.retrieval.interactions import Events, Interactions
from mtl_rec.schema.encoded import read_in_training
from mtl_rec.schema.schema import Schema


@dataclass(frozen=True)
class TowerInputs:
    """Inputs of both towers, `(rows, width)` each.

    Attributes:
        train: Events of the training rows.
        validation: Events of the validation rows.
        asking: Of the query tower, for the queries of the validation part.
        catalogue: Of the candidate tower, for every item.
    """

    train: EncodedEvents
    validation: EncodedEvents
    asking: Inputs
    catalogue: Inputs

    @classmethod
    def of(
        cls, preprocessor: Preprocessor, interactions: Interactions, item_id: str | None
    ) -> "TowerInputs":
        """Encodes what was read.

        Args:
            preprocessor: Fitted on what the architecture reads.
            interactions: The data.
            item_id: The feature of the item's id, if one is read.
        """
        schema = preprocessor.schema

        def of_items(rows: pa.Table) -> Inputs:
            packed = encode_side(preprocessor, rows, "item")
            return with_prior_ids(packed, schema, item_id)

        def encoded(events: Events) -> EncodedEvents:
            users = encode_side(preprocessor, events.rows, "user")
            sides = users, of_items(events.rows)
            return EncodedEvents(
                events, *(read_in_training(schema, own) for own in sides)
            )

        return cls(
            encoded(interactions.train),
            encoded(interactions.validation),
            encode_side(preprocessor, interactions.query_rows["validation"], "user"),
            of_items(interactions.catalogue.rows),
        )

    def of_ids_alone(self, schema: Schema, ids: IdFeatures) -> "TowerInputs":
        """The same for towers of `ids_alone`.

        Args:
            schema: What these inputs are packed by.
            ids: Features of the ids of user and item.
        """

        def of_events(own: EncodedEvents) -> EncodedEvents:
            return EncodedEvents(
                own.events,
                user_ids_alone(own.users, schema, ids),
                item_ids_alone(own.items, schema, ids),
            )

        return TowerInputs(
            of_events(self.train),
            of_events(self.validation),
            user_ids_alone(self.asking, schema, ids),
            item_ids_alone(self.catalogue, schema, ids),
        )
